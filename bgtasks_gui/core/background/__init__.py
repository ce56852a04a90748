"""What a program asks of the agent: continuous tasks, suspend delays, access (seed 3)."""

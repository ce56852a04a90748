"""What the agent does beside runs: watches the machine, remembers sleeps, prunes the history."""

"""The task editor: creates and changes tasks of every kind the agent's catalogue knows."""

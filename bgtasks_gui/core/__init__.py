"""Words and decisions: what a task and a run are, and what may happen to them. No I/O, no clock."""

"""One run after the other: the line to the supervisor, and what is done with each process."""

"""The line to the supervisor: its process where we started it, and what is said over it."""

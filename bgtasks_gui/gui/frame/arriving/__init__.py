"""What comes to the window from outside: a run that somebody wants to see."""

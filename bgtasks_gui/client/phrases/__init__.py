"""What is said of tasks, runs and times: the same words in the window and on the command line."""

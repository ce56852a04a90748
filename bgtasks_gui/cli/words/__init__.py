"""What a person writes on a command line, read into the values of the core. No input or output."""

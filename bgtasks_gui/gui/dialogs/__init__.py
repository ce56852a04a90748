"""Small windows that ask one thing. None of them stops the rest of the program."""

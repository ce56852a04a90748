"""Downloads and uploads on the command line."""

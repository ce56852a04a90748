"""Work in the background on the command line: what programs ask for, and what they may."""

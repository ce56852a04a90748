"""The cards of the page of the machine, one file each."""

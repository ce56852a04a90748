"""The pieces that the page of the machine is made of."""

"""Ways of telling that a test has do what it wants."""

"""What the person was told, as a list."""

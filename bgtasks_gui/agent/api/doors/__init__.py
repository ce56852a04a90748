"""What the API says and does, by subject."""

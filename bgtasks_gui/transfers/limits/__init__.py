"""What a transfer may use: bytes a second, time, and a place among those that start."""

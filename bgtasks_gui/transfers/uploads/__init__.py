"""Files on their way to a server: all at once, or by a protocol that can go on where it stopped."""

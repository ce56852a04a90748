"""What serves programs that work in the background."""

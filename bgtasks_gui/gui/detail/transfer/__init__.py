"""The side of a download or upload: its receipt, its pieces, and how fast it is."""

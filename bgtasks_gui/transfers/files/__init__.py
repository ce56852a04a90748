"""The files of downloads: their names, their places, and what is safe in them."""

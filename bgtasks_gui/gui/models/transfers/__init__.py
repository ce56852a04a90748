"""The list of downloads and uploads."""

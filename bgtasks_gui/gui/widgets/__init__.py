"""Pieces that windows and pages are put together from."""

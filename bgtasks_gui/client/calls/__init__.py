"""Requests as data, where they are too many for one module."""

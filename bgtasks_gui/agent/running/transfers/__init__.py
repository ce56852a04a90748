"""Runs that are transfers: placed, handed to the engine, and settled as they end."""

"""Continuous tasks, suspend delays and access: kept, watched and ended."""

"""Tells the person: decides by `core.notices`, shows on surfaces, keeps the history, acts."""

"""Requests and answers: redirects, credentials, and what can go wrong, as sentences."""

"""Moves files over HTTP: downloads and uploads that go on where they stopped."""

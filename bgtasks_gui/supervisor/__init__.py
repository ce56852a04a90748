"""Starts, watches and reaps every run, and outlives the agent. Standard library only."""

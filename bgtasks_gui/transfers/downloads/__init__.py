"""Files on their way here: in pieces, over several attempts, and always of one version."""

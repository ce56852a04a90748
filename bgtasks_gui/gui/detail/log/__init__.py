"""What a run printed: read piece by piece, coloured as in a terminal, searched and saved."""

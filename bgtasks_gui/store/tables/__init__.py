"""One file per table: saving what it holds, and asking for it."""

"""How answers look: for people on a terminal, in plain columns through a pipe, or as JSON."""

"""Drawing the cells of lists."""

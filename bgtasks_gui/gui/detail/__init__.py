"""The pane below the table: one task, its runs, and what they printed."""

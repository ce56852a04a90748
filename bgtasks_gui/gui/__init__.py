"""The window and the tray: a client of the agent, drawn with Qt."""

"""The icon in the tray, its menu, and whether there is a tray at all."""

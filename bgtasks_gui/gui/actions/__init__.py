"""What a person can do, in one place for toolbar, menus, keyboard and tray."""

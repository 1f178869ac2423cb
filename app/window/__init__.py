"""The main window: tabs, docks, menus, saving, training, start."""

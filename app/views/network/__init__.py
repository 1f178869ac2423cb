"""The network graph on the screen."""

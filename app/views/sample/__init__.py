"""The chosen sample: its picture, and what the network makes of it."""

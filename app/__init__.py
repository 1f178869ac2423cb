"""The window. Nothing in here imports torch or tensorflow."""

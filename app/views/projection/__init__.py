"""Samples in a plane: those that the network takes for alike lie together."""

"""The signs of gradients over the run, and what becomes of those near zero."""

"""Reads what other tools have logged of a training, and makes a collection of it: curves and distributions."""

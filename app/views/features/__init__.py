"""Filters, what they make of the sample, and units that have gone dead."""

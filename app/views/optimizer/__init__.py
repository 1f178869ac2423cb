"""Norms, ratios and moments of each layer over the run, and histograms of the pass."""

"""A run as a page: findings with their evidence, curves, layers and cost, as HTML and SVG that need nothing else.

`page` makes a file of its own of a collection, `summary` what a notebook shows. NumPy, storage and findings only.
"""

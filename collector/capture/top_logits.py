"""What is kept of logits where there are very many classes."""

MOST_CLASSES = 1024
"""Of more classes only the largest logits are kept."""

TOP = 16
"""So many of each sample."""

TOP_TOKENS = 8
"""So many of each position, where there are positions."""

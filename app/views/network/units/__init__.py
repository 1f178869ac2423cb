"""The network as columns of units and the edges between them."""

"""The network as columns of units and edges, in numbers: what the drawing and the figures of a unit share."""

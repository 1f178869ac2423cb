"""Four points at the corners of a plane, of two classes."""

import numpy as np

from app.analysis.class_groups import grouped

POINTS = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0], [10.0, 10.0]])
COLOURS = np.array([[80, 160, 230], [230, 140, 60]], np.uint8)
GROUPS = grouped(np.array([0, 1, 0, 1]), ("ant", "bee"), COLOURS)

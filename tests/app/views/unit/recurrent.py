"""A recurrent layer, whose parameters have rows of each gate."""

import numpy as np

from collector.storage.schema import Axis, Layer

GATES = ["reset gate", "update gate", "new gate"]


def recurrent() -> Layer:
    rows = Axis(12, np.arange(12), GATES, units_of="gru")
    layer = Layer("gru", "GRU", 4, "gru", np.arange(4), parameters={"weight_ih_l0": [12, 3], "bias_ih_l0": [12]})
    layer.kept_parameters = {"weight_ih_l0": [rows, Axis(3, [0, 1, 2])], "bias_ih_l0": [rows]}
    return layer

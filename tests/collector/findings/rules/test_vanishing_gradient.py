from pathlib import Path

import numpy as np

from tests.collector.findings.recorded import Recorded, chain, falling, flat
from tests.collector.findings.said import lacking, told

N = 200
RULE = "vanishing-gradient"


def recorded(folder: Path, slope: float | np.ndarray, n_layers: int = 12, n: int = N, loss=None, **of) -> Recorded:
    """Gradients that have ``10 ** slope`` times less with each layer back."""
    run = Recorded(folder, chain(n_layers)).scalars({"loss": flat(N) if loss is None else loss})
    slopes = np.broadcast_to(slope, (n,))
    columns = {f"gradient_norm/fc{k}": 10.0 ** (slopes * (k - n_layers)) for k in range(1, n_layers + 1)}
    return run.scalars(columns | {name.replace("__", "/"): values for name, values in of.items()})


def test_that_more_than_three_tenths_of_a_power_of_ten_a_layer_vanish(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, 0.31), RULE) == [
        "warning: fc1, fc2, fc3 (then fc4, fc5, fc6) since 0 in 0-0; see optimizer 0 fc1 gradient_norm/fc1",
        "Gradients vanish towards the input: that of fc1 is 0.00039 of that of fc12. Each layer back has "
        "2.04 times less; the first ones do not learn.",
        "first / last layer: 0.000389, slope of log10 a layer: 0.31",
    ]
    assert told(recorded(tmp_path, 0.29), RULE) == []
    assert told(recorded(tmp_path, 0.31, loss=falling(N)), RULE)[0].startswith("note")


def test_that_the_first_has_to_have_less_than_a_thousandth_of_the_last(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, 0.76, 5), RULE) == [
        "warning: fc1 (then fc2) since 0 in 0-0; see optimizer 0 fc1 gradient_norm/fc1",
        "Gradients vanish towards the input: that of fc1 is 0.00091 of that of fc5. Each layer back has "
        "5.75 times less; the first ones do not learn.",
        "first / last layer: 0.000912, slope of log10 a layer: 0.76",
    ]
    assert told(recorded(tmp_path, 0.74, 5), RULE) == []
    assert lacking(recorded(tmp_path, 0.9, 4), RULE).startswith("5 layers with a gradient norm are needed")


def test_that_sizes_are_told_by_parameter(tmp_path: Path) -> None:
    run = recorded(tmp_path, 0.0)
    for place, each in enumerate(run._header.layers):
        each.parameters = {"weight": [10 ** (11 - place) * 8, 1]}  # a square root of ten more with each layer back
    assert told(run, RULE)[2].endswith("slope of log10 a layer: 0.5")


def test_that_half_of_the_steps_have_to_be_so_and_three_in_a_row(tmp_path: Path) -> None:
    steps = np.arange(N)
    assert told(recorded(tmp_path, np.where(steps < 100, 0.1, 0.5)), RULE) == [
        "warning: fc1, fc2, fc3 (then fc4, fc5, fc6) since 100 in 99-100; see optimizer 100 fc1 gradient_norm/fc1",
        "Gradients vanish towards the input: that of fc1 is 3.2e-06 of that of fc12. Each layer back has "
        "3.16 times less; the first ones do not learn.",
        "first / last layer: 3.162e-06, slope of log10 a layer: 0.5",
    ]
    assert told(recorded(tmp_path, np.where(steps < 101, 0.1, 0.5)), RULE) == []
    assert told(recorded(tmp_path, np.where(steps < 120, 0.5, 0.1)), RULE) == [
        "warning: fc1, fc2, fc3 (then fc4, fc5, fc6) since 0 in 0-0 until 119; see optimizer 0 fc1 gradient_norm/fc1",
        "Gradients vanish towards the input: that of fc1 is 3.2e-06 of that of fc12. Each layer back has "
        "3.16 times less; the first ones do not learn.",
        "first / last layer: 3.162e-06, slope of log10 a layer: 0.5",
    ]
    assert told(recorded(tmp_path, np.where(steps % 3 < 2, 0.5, 0.1)), RULE) == []
    assert told(recorded(tmp_path, np.where(steps % 4 < 3, 0.5, 0.1)), RULE) != []


def test_that_of_many_steps_two_hundred_are_looked_at(tmp_path: Path) -> None:
    slopes = np.where(np.arange(1991) < 800, 0.1, 0.5)
    assert told(recorded(tmp_path, slopes, n=1991), RULE)[0].startswith("warning: fc1, fc2, fc3 (then fc4, fc5, fc6)")
    assert " since 800 in 799-800;" in told(recorded(tmp_path, slopes, n=1991), RULE)[0]


def test_that_gradients_of_zero_are_left_out_and_the_first_that_has_one_is_compared(tmp_path: Path) -> None:
    nothing = {"gradient_norm__fc1": np.zeros(N), "gradient_norm__fc12": np.zeros(N)}
    assert told(recorded(tmp_path, 0.34, **nothing), RULE) == [
        "warning: fc1, fc2, fc3 (then fc4, fc5, fc6) since 0 in 0-0; see optimizer 0 fc2 gradient_norm/fc2",
        "Gradients vanish towards the input: that of fc2 is 0.00087 of that of fc11. Each layer back has "
        "2.19 times less; the first ones do not learn.",
        "first / last layer: 0.000871, slope of log10 a layer: 0.34",
    ]
    assert told(recorded(tmp_path, 0.33, **nothing), RULE) == []
    too_few = {f"gradient_norm__fc{k}": np.zeros(N) for k in range(1, 9)}
    assert told(recorded(tmp_path, 1.5, **too_few), RULE) == []


def test_that_gains_and_biases_are_not_compared(tmp_path: Path) -> None:
    run = recorded(tmp_path, 0.9, 5)
    run._header.layers[2].parameters = {"weight": [8], "bias": [8]}
    assert told(run, RULE) == []

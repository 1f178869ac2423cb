from pathlib import Path

import numpy as np

from tests.collector.findings.recorded import Recorded, chain, falling, flat
from tests.collector.findings.said import opponents, told

N = 200
NUMBERS = np.random.default_rng(0)


def outputs(folder: Path, passes: list[np.ndarray], loss: np.ndarray, n_classes: int = 2) -> Recorded:
    n = len(passes[0])
    labels = np.arange(n) % n_classes if n_classes else None
    run = Recorded(folder, probe=(np.arange(n * 8.0).reshape(n, 8), labels)).scalars({"loss": loss})
    for number, each in enumerate(passes):
        run.taken(50 * number, {}, each.astype(np.float32))
    return run


def apart(size: float, n: int = 16) -> np.ndarray:
    """Logits of two classes whose probabilities have about this standard deviation, ``[N, 2]``."""
    return np.stack([np.where(np.arange(n) % 2, 8 * size, 0.0), np.zeros(n)], axis=1) - 500.0


def test_that_probabilities_that_differ_by_less_than_a_thousandth_are_the_same(tmp_path: Path) -> None:
    same, lively = apart(0.00099), apart(0.00101)
    assert told(outputs(tmp_path, [lively, lively, same, same], flat(N)), "constant-output") == [
        "critical: fc3 since 100 in 50-100; see sample 100",
        "The network gives the same output for every sample, since step 100. Nothing of the input reaches the output.",
        "spread of the outputs: 0.0009918",
    ]
    assert told(outputs(tmp_path, [lively, lively, lively, same], flat(N)), "constant-output") == []
    assert told(outputs(tmp_path, [same, same], falling(N)), "constant-output") == [
        "warning: fc3 since 0 in 0-0; see sample 0",
        "The network gives the same output for every sample, since step 0. Nothing of the input reaches the output.",
        "spread of the outputs: 0.0009918",
    ]


def test_that_outputs_that_are_no_classes_are_told_by_their_own_size(tmp_path: Path) -> None:
    for size, is_told in ((0.0019, True), (0.0021, False)):
        values = 7 * np.where(np.arange(16) % 2, 1.0, 1.0 - size)[:, None]
        run = outputs(tmp_path, [values, values], flat(N), n_classes=0)
        assert bool(told(run, "constant-output")) is is_told
    assert told(outputs(tmp_path, [np.zeros((16, 2))] * 2, flat(N), n_classes=0), "constant-output") == [
        "critical: fc3 since 0 in 0-0; see sample 0",
        "The network gives the same output for every sample, since step 0. Nothing of the input reaches the output.",
        "spread of the outputs: 0",
    ]


def test_that_one_column_is_judged_by_its_size_and_what_is_not_finite_not_at_all(tmp_path: Path) -> None:
    one = np.where(np.arange(16) % 2, 1.0, 2.0)[:, None]
    assert told(outputs(tmp_path, [one, one], flat(N)), "constant-output") == []
    nothing = np.full((16, 2), np.nan)
    assert told(outputs(tmp_path, [nothing, nothing], flat(N)), "constant-output") == []


def test_that_a_single_sample_says_nothing_and_two_do(tmp_path: Path) -> None:
    assert told(outputs(tmp_path, [np.zeros((1, 2))] * 2, flat(N)), "constant-output") == []
    assert told(outputs(tmp_path, [np.zeros((2, 2))] * 2, flat(N)), "constant-output") == [
        "critical: fc3 since 0 in 0-0; see sample 0",
        "The network gives the same output for every sample, since step 0. Nothing of the input reaches the output.",
        "spread of the outputs: 0",
    ]


def line(n: int, units: int) -> np.ndarray:
    return np.outer(NUMBERS.normal(size=n), NUMBERS.normal(size=units))


def ellipse(rank: float, n: int = 16) -> np.ndarray:
    """Features that fill two directions, with this participation ratio, ``[N, 8]``."""
    # (1 + x)² = rank (1 + x²) of the ratio x of the two variances
    x = (1 - np.sqrt(1 - (rank - 1) ** 2)) / (rank - 1)
    values = np.zeros((n, 8))
    values[:, 0], values[:, 1] = np.resize([1, -1], n), np.sqrt(x) * np.resize([1, 1, -1, -1], n)
    return values


def features(folder: Path, passes: list[dict[str, np.ndarray]], loss: np.ndarray, n: int = 16) -> Recorded:
    run = Recorded(folder, chain(4), probe=(np.zeros((n, 8)), None)).scalars({"loss": loss})
    for number, each in enumerate(passes):
        run.taken(50 * number, {name: {"activation": values.astype(np.float32)} for name, values in each.items()})
    return run


def test_that_the_first_layer_that_collapsed_is_the_cause(tmp_path: Path) -> None:
    wide, thin = NUMBERS.normal(size=(16, 8)), line(16, 8)
    passes = [dict.fromkeys(("fc1", "fc2", "fc3", "fc4"), wide)] + [
        {"fc1": wide, "fc2": thin, "fc3": thin if number else wide, "fc4": thin} for number in range(3)
    ]
    assert told(features(tmp_path, passes, flat(N)), "representation-collapse") == [
        "warning: fc2 (then fc3) since 50 in 0-50; see correlations 50 fc2",
        "fc2: its features lie on one line since step 50. All samples look alike to the layers behind it.",
        "effective rank: 1",
    ]
    assert told(features(tmp_path, passes, falling(N)), "representation-collapse") == []
    assert told(features(tmp_path, [passes[0], passes[0], passes[-1]], flat(N)), "representation-collapse") == []


def test_that_one_and_a_half_directions_are_enough(tmp_path: Path) -> None:
    for rank, is_told in ((1.49, True), (1.51, False)):
        passes = [{"fc1": ellipse(rank), "fc2": ellipse(1.9), "fc3": ellipse(1.9)}] * 2
        assert bool(told(features(tmp_path, passes, flat(N)), "representation-collapse")) is is_told


def test_that_features_that_do_not_differ_at_all_have_no_direction(tmp_path: Path) -> None:
    wide = NUMBERS.normal(size=(16, 8))
    passes = [{"fc1": np.ones((16, 8)), "fc2": wide, "fc3": wide}] * 2
    assert told(features(tmp_path, passes, flat(N)), "representation-collapse") == [
        "warning: fc1 since 0 in 0-0; see correlations 0 fc1",
        "fc1: its features lie on one line since step 0. All samples look alike to the layers behind it.",
        "effective rank: 0",
    ]


def test_that_few_samples_few_units_and_opponents_are_not_judged(tmp_path: Path) -> None:
    rule = "representation-collapse"
    for n, is_told in ((8, True), (7, False)):
        passes = [{"fc1": line(n, 8), "fc2": ellipse(1.9, n), "fc3": ellipse(1.9, n)}] * 2
        assert bool(told(features(tmp_path, passes, flat(N), n), rule)) is is_told
    assert told(features(tmp_path, passes, flat(N)).add(opponents()), rule) == []
    for units, is_told in ((4, True), (3, False)):
        run = features(tmp_path, [{"fc1": line(16, units), "fc2": ellipse(1.9), "fc3": ellipse(1.9)}] * 2, flat(N))
        first = run._header.layers[0]
        first.units, first.kept, first.output_shape = units, list(range(units)), [units]
        assert bool(told(run, rule)) is is_told
    run = features(tmp_path, [{"fc1": line(16, 8), "fc2": ellipse(1.9), "fc3": ellipse(1.9)}] * 2, flat(N))
    run._header.layers[0].output_shape = [8, 4, 4]
    assert told(run, rule) == []

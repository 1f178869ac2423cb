from pathlib import Path

import numpy as np

from tests.collector.findings.recorded import Recorded
from tests.collector.findings.said import halved, told

N = 200
RULE = "noise-gradient"


def recorded(folder: Path, late: dict[str, float], loss: np.ndarray | None = None, n: int = 100, early: float = 0.5):
    """Cosines that are ``late`` in the second half of what was recorded; layers have 72 parameters."""
    cosines = {f"half_batch_cosine/{name}": np.where(np.arange(n) < n // 2, early, each) for name, each in late.items()}
    run = Recorded(folder).scalars({"loss": np.full(N, 2.0) if loss is None else loss})
    return run.scalars(cosines, every=N // n, start=1)


def test_that_below_two_standard_errors_in_every_layer_is_noise(tmp_path: Path) -> None:
    # 2 ÷ √(72 × 50) = 0.0333
    assert told(recorded(tmp_path, {"fc1": 0.033, "fc2": -0.3, "total": 0.9}), RULE) == [
        "warning: all since 101 in 1-101; see timeline 199 half_batch_cosine/fc1",
        "Gradients of half batches are unrelated in every layer, and the loss is far from its floor. "
        "What one half of a batch teaches, the other does not confirm.",
        "largest median cosine: 0.033",
    ]
    run = recorded(tmp_path, {"fc1": 0.0}).scalars({"half_batch_cosine/fc2": np.zeros(20)}, every=5)
    assert told(run, RULE)[0].endswith(" since 101 in 1-101; see timeline 199 half_batch_cosine/fc1")
    assert told(recorded(tmp_path, {"fc1": 0.034, "fc2": -0.3}), RULE) == []
    assert told(recorded(tmp_path, {"total": 0.0}), RULE) == []


def test_that_a_fiftieth_is_noise_however_many_parameters_there_are(tmp_path: Path) -> None:
    for late, is_told in ((0.0199, True), (0.02, False)):
        run = recorded(tmp_path, {"fc1": late})
        run._header.layers[0].parameters = {"weight": [1000, 1000]}
        assert bool(told(run, RULE)) is is_told


def test_that_what_is_no_layer_has_the_error_of_two_parameters(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, {"block": 0.199}), RULE) != []  # 2 ÷ √(2 × 50) = 0.2
    assert told(recorded(tmp_path, {"block": 0.201}), RULE) == []


def test_that_fewer_than_ten_values_are_not_looked_at(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, {"fc1": 0.0}, n=10), RULE) != []
    assert told(recorded(tmp_path, {"fc1": 0.0}, n=9), RULE) == []


def test_that_a_loss_that_has_halved_or_is_near_its_floor_is_not_judged(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, {"fc1": 0.0}, halved(N, 2.0, 1.0)), RULE) != []
    assert told(recorded(tmp_path, {"fc1": 0.0}, halved(N, 2.0, 0.99)), RULE) == []
    run = Recorded(tmp_path, probe=(np.zeros((16, 8)), np.arange(16))).scalars({"loss": np.full(N, 0.13)})
    assert told(run.scalars({"half_batch_cosine/fc1": np.zeros(N)}), RULE) == []  # 5 % of ln 16 is 0.139

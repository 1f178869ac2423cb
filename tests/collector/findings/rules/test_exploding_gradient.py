from pathlib import Path

import numpy as np
import pytest

from tests.collector.findings.recorded import Recorded, chain, falling, flat
from tests.collector.findings.said import halved, told

N = 200
RULE = "exploding-gradient"


def recorded(folder: Path, loss: np.ndarray | None = None, n_layers: int = 5, **norms: np.ndarray) -> Recorded:
    run = Recorded(folder, chain(n_layers)).scalars({"loss": flat(N) if loss is None else loss})
    columns = {f"gradient_norm/fc{k}": norms.get(f"fc{k}", np.ones(N)) for k in range(1, n_layers + 1)}
    return run.scalars(columns)


def raised(start: int, stop: int, times: float) -> np.ndarray:
    steps = np.arange(N)
    return np.where((steps >= start) & (steps < stop), times, 1.0)


def test_that_more_than_ten_times_at_three_steps_is_told(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, fc2=400 * raised(120, 150, 10.5)), RULE) == [
        "warning: fc2 since 120 in 119-120 until 149; see optimizer 120 fc2 gradient_norm/fc2",
        "The gradient of fc2 is 10.5 times what it was, from step 120 on. Updates of that size undo what was learnt.",
        "times its median: 10.5, layers: 1",
    ]
    assert told(recorded(tmp_path, fc2=raised(120, 150, 10.0)), RULE) == []
    assert told(recorded(tmp_path, fc2=raised(120, 123, 20.0)), RULE) == [
        "note: fc2 since 120 in 119-120 until 122; see optimizer 120 fc2 gradient_norm/fc2",
        "The gradient of fc2 is 20 times what it was, from step 120 on. It came back within a few steps.",
        "times its median: 20, layers: 1",
    ]
    assert told(recorded(tmp_path, fc2=raised(120, 122, 20.0)), RULE) == []


def test_that_what_is_usual_noise_of_the_layer_is_not(tmp_path: Path) -> None:
    for swing, is_told in (
        (0.25, True),
        (0.256, False),
    ):  # in powers of ten; 1.25 − swing ÷ 2 against 6 × 1.4826 × swing ÷ 2
        noisy = 10 ** (swing * np.where(np.arange(N) % 2, 0.5, -0.5)) * raised(120, 150, 10**1.25)
        assert bool(told(recorded(tmp_path, fc2=noisy), RULE)) is is_told


@pytest.mark.parametrize(
    ("stop", "times", "severity"),
    [(131, 5e3, "note"), (132, 5e3, "warning"), (N, 1001.0, "critical"), (N, 999.0, "warning")],
)
def test_that_it_is_as_bad_as_it_lasts_and_grows(tmp_path: Path, stop: int, times: float, severity: str) -> None:
    assert told(recorded(tmp_path, fc2=raised(120, stop, times)), RULE)[0].startswith(severity)


def test_that_it_is_a_note_while_the_loss_falls(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, falling(N), fc2=raised(30, N, 2e3)), RULE)[0].startswith("note")


def test_that_of_several_layers_the_largest_is_named_and_of_many_the_others_suffer(tmp_path: Path) -> None:
    few = {f"fc{k}": raised(120, 120 + 20 * k, 20.0 * k) for k in (1, 2, 3)}
    assert told(recorded(tmp_path, **few), RULE) == [
        "warning: fc3, fc2, fc1 since 120 in 119-120 until 179; see optimizer 120 fc3 gradient_norm/fc3",
        "The gradient of fc3 is 60 times what it was, from step 120 on, and so are those of 2 more "
        "layers. Updates of that size undo what was learnt.",
        "times its median: 60, layers: 3",
    ]
    many = few | {"fc4": raised(120, 140, 30.0), "fc5": raised(130, N, 5e4)}
    assert told(recorded(tmp_path, **many), RULE) == [
        "warning: fc3 (then fc2, fc1, fc4) since 120 in 119-120 until 179; see optimizer 120 fc3 gradient_norm/fc3",
        "The gradient of fc3 is 60 times what it was, from step 120 on, and so are those of 3 more "
        "layers. Updates of that size undo what was learnt.",
        "times its median: 60, layers: 4",
    ]


def test_that_a_gradient_that_stops_being_finite_goes_on_exploding(tmp_path: Path) -> None:
    norms = raised(120, N, 1e4)
    norms[121:] = np.inf
    assert told(recorded(tmp_path, fc2=norms), RULE) == [
        "critical: fc2 since 120 in 119-120; see optimizer 120 fc2 gradient_norm/fc2",
        "The gradient of fc2 is 1e+04 times what it was, from step 120 on. Updates of that size undo what was learnt.",
        "times its median: 1e+04, layers: 1",
    ]
    norms = np.ones(N)
    norms[:3], norms[-2:] = np.nan, 1e4
    assert told(recorded(tmp_path, fc2=norms), RULE) == []
    norms = np.ones(N)
    norms[121:] = np.inf
    assert told(recorded(tmp_path, fc2=norms), RULE) == []


def against_weights(folder: Path, loss: np.ndarray, share: dict[str, np.ndarray]) -> Recorded:
    run = recorded(folder, loss, 3, **share)
    return run.scalars({f"weight_norm/fc{k}": np.ones(N) for k in (1, 2, 3)})


def test_that_a_gradient_a_thousand_times_the_weights_is_told_whatever_came_before(tmp_path: Path) -> None:
    always = np.full(N, 1001.0)
    assert told(against_weights(tmp_path, flat(N), {"fc2": always, "fc3": always}), RULE) == [
        "critical: fc2 since 0 in 0-0; see optimizer 0 fc2 gradient_norm/fc2",
        "The gradient of fc2 is 1e+03 times as large as its weights. No learning rate fits such a "
        "gradient and the other layers' too.",
        "gradient norm / weight norm: 1001",
    ]
    assert told(against_weights(tmp_path, flat(N), {"fc2": np.full(N, 1000.0)}), RULE) == []
    until = np.where(np.arange(N) < 3, 4e3, 1e3)
    assert told(against_weights(tmp_path, flat(N), {"fc2": until}), RULE) == [
        "warning: fc2 since 0 in 0-0 until 2; see optimizer 0 fc2 gradient_norm/fc2",
        "The gradient of fc2 is 4e+03 times as large as its weights. No learning rate fits such a "
        "gradient and the other layers' too.",
        "gradient norm / weight norm: 4000",
    ]
    assert told(against_weights(tmp_path, flat(N), {"fc2": np.where(np.arange(N) < 2, 4e3, 1e3)}), RULE) == []


def test_that_it_harms_nothing_where_much_is_learnt_unless_it_is_a_million_times(tmp_path: Path) -> None:
    loss = falling(N)
    assert told(against_weights(tmp_path, loss, {"fc1": np.full(N, 1e6)}), RULE) == []
    assert told(against_weights(tmp_path, loss, {"fc1": np.full(N, 1e6 + 1)}), RULE) == [
        "critical: fc1 since 0 in 0-0; see optimizer 0 fc1 gradient_norm/fc1",
        "The gradient of fc1 is 1e+06 times as large as its weights. No learning rate fits such a "
        "gradient and the other layers' too.",
        "gradient norm / weight norm: 1e+06",
    ]
    assert told(against_weights(tmp_path, halved(N, 1.0, 0.6), {"fc1": np.full(N, 2e3)}), RULE)[0].startswith("crit")


def test_that_weights_of_other_steps_are_not_compared(tmp_path: Path) -> None:
    run = recorded(tmp_path, flat(N), 3, fc1=np.full(N, 5e3))
    assert told(run, RULE) == []
    assert told(run.scalars({f"weight_norm/fc{k}": np.ones(N // 2) for k in (1, 2, 3)}, every=2), RULE) == []

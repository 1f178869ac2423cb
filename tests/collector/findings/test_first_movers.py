"""Who moved first: measured on series made for it, in which one layer leaves its own past and the others follow."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import lfilter

from collector.findings import Recording
from collector.findings.first_movers import QUANTITIES, FirstMovers, first_movers
from collector.storage import open_collection
from tests.collector.findings.recorded import Recorded, chain

ROWS = 90
AUTOCORRELATION = 0.6


@dataclass
class Series:
    """Log₁₀ series of all quantities that look healthy: correlated in time, with trends and moves that all share.

    Attributes:
        values: quantity → ``[R, L]``.
        random: for what is planted in them.
    """

    values: dict[str, np.ndarray]
    random: np.random.Generator

    @classmethod
    def drawn(cls, seed: int, n_layers: int | None = None) -> "Series":
        random = np.random.default_rng(seed)
        n_layers = n_layers or int(random.integers(3, 40))
        values = {}
        for quantity in QUANTITIES:
            spread = random.uniform(0.03, 0.15, n_layers) * (0.2 if quantity == "weight_norm" else 1)
            noise = correlated(random, (ROWS, n_layers)) * spread
            shared = 0.1 * correlated(random, (ROWS, 1)) + np.linspace(0, random.normal(0, 0.5), ROWS)[:, None]
            values[quantity] = random.normal(0, 1, n_layers) + noise + shared
        return cls(values, random)

    @property
    def layers(self) -> list[str]:
        return [f"fc{number}" for number in range(1, len(next(iter(self.values.values()))[0]) + 1)]

    def asked(self, folder: Path, step: int, every: int = 10) -> FirstMovers:
        """Who moved first, in a recording of them."""
        run = Recorded(folder, chain(len(self.layers)))
        for quantity, logs in self.values.items():
            columns = zip(self.layers, (10**logs).T, strict=True)
            run.scalars({f"{quantity}/{layer}": column for layer, column in columns}, every=every)
        run.report()
        with open_collection(run.path) as collection:
            return first_movers(Recording(collection), step)


def correlated(random: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Normal values of unit spread with an autocorrelation of 0.6 from row to row ``[R, L]``."""
    noise = random.normal(0, np.sqrt(1 - AUTOCORRELATION**2), (shape[0] + 30, shape[1]))
    return lfilter([1], [1, -AUTOCORRELATION], noise, axis=0)[30:]


def planted(seed: int) -> tuple[Series, str, str, int]:
    """A layer that moves, others that follow it, and a shared move; layer, quantity and row at which it began."""
    series = Series.drawn(seed)
    random = series.random
    layer, quantity = int(random.integers(len(series.layers))), str(random.choice(QUANTITIES[:3]))
    row = int(random.integers(25, ROWS - 8))
    size = random.uniform(0.8, 2.0) * random.choice([-1, 1])
    rise = np.clip((np.arange(ROWS) - row + 1) / random.integers(1, 4), 0, 1)
    series.values[quantity][:, layer] += size * rise
    for follower in random.choice(len(series.layers), len(series.layers) // 4, replace=False):
        later = np.arange(ROWS) >= row + random.integers(2, 6)
        if follower != layer:
            series.values[str(random.choice(QUANTITIES))][:, follower] += random.uniform(0.5, 1.5) * later
    jump = (random.random() < 0.5) * (np.arange(ROWS) >= row + random.integers(-3, 4))
    for each in ("gradient_norm", "update_norm"):
        series.values[each] += jump[:, None]
    return series, series.layers[layer], quantity, row


def still(n_layers: int, seed: int = 0) -> Series:
    """Series with next to no noise."""
    series = Series.drawn(seed, n_layers)
    series.values = {each: 0.01 * correlated(series.random, (ROWS, n_layers)) for each in QUANTITIES}
    return series


def from_row(row: int, size: float = 1.0) -> np.ndarray:
    return size * (np.arange(ROWS) >= row)


def test_that_the_first_mover_stands_among_the_first_three(tmp_path: Path) -> None:
    hits = []
    for seed in range(50):
        series, layer, quantity, row = planted(seed)
        late = int(series.random.integers(0, 6))
        found = series.asked(tmp_path, 10 * (row + late))
        hits.append((layer, quantity) in [(each.layer, each.quantity) for each in found.movers[:3]])
    assert np.mean(hits) >= 0.92


def test_that_in_healthy_series_hardly_anybody_is_named(tmp_path: Path) -> None:
    named = [bool(Series.drawn(seed).asked(tmp_path, 500).movers) for seed in range(1000, 1030)]
    assert np.mean(named) <= 0.2


@pytest.mark.parametrize("n_layers", [2, 3, 4, 25])
@pytest.mark.parametrize("decades", [2.0, -1.5])
def test_that_what_all_layers_do_is_a_shared_move_and_nobodys(tmp_path: Path, n_layers: int, decades: float) -> None:
    for seed in range(3):
        series = still(n_layers, seed)
        for logs in series.values.values():
            logs += from_row(50, decades)[:, None]
        found = series.asked(tmp_path, 520)
        assert found.movers == []
        assert {each.quantity for each in found.shared} == set(QUANTITIES)
        assert {each.step for each in found.shared} == {500}
        assert [each.factor for each in found.shared] == pytest.approx([10**decades] * 4, rel=0.2)


def test_that_it_says_since_when_and_how_far(tmp_path: Path) -> None:
    series = still(5)
    series.values["gradient_norm"][:, 2] += from_row(50, 2)
    found = series.asked(tmp_path, 520)
    assert found.window == (370, 570)
    assert [(each.layer, each.quantity) for each in found.movers] == [("fc3", "gradient_norm")]
    mover = found.movers[0]
    assert (mover.since, mover.since_range, mover.is_tie) == (500, (490, 500), False)
    assert mover.size > 4
    assert mover.factor == pytest.approx(100, rel=0.2)
    assert found.shared == []


def test_that_within_a_recorded_step_activations_go_from_the_input_and_gradients_from_the_loss(tmp_path: Path) -> None:
    series = still(9)
    for layer, quantity in ((3, "gradient_norm"), (1, "gradient_norm"), (4, "activation_std"), (6, "activation_std")):
        series.values[quantity][:, layer] += from_row(50, 1 + layer / 10)
    found = series.asked(tmp_path, 500)
    assert [(each.layer, each.quantity) for each in found.movers] == [
        ("fc5", "activation_std"),
        ("fc7", "activation_std"),
        ("fc4", "gradient_norm"),
        ("fc2", "gradient_norm"),
    ]
    assert all(each.is_tie for each in found.movers)


def test_that_recorded_steps_that_overlap_are_a_tie(tmp_path: Path) -> None:
    """Seen at step 50 where each step was recorded, and at 51 where each third was: since 49, and since 48."""

    def norms(every: int, moving: int) -> dict[str, np.ndarray]:
        steps = np.arange(0, 60, every)
        return {f"fc{k}": np.where((steps >= 50) & (k == moving), 10.0, 1.0) for k in (1, 2, 3)}

    run = Recorded(tmp_path)
    run.scalars({f"update_norm/{layer}": values for layer, values in norms(1, moving=1).items()})
    run.scalars({f"gradient_norm/{layer}": values for layer, values in norms(3, moving=2).items()}, every=3)
    run.report()
    with open_collection(run.path) as collection:
        found = first_movers(Recording(collection), 50)
    assert [(each.layer, each.since_range, each.is_tie) for each in found.movers] == [
        ("fc2", (48, 51), True),
        ("fc1", (49, 50), True),
    ]


def test_that_who_moved_a_recorded_step_earlier_comes_first_whatever_its_size(tmp_path: Path) -> None:
    series = still(5)
    series.values["update_norm"][:, 4] += from_row(49, 0.5)
    series.values["activation_std"][:, 0] += from_row(50, 3)
    found = series.asked(tmp_path, 500)
    assert [each.layer for each in found.movers] == ["fc5", "fc1"]
    assert not any(each.is_tie for each in found.movers)


@pytest.mark.parametrize("value", [0.0, np.inf, np.nan])
def test_that_a_norm_of_zero_and_one_that_is_no_number_have_moved(tmp_path: Path, value: float) -> None:
    norms = np.where(np.arange(60) >= 40, value, 1.0)
    run = Recorded(tmp_path).scalars({f"gradient_norm/fc{k}": norms if k == 2 else np.ones(60) for k in (1, 2, 3)})
    run.scalars({"nan/fc2": np.isnan(norms)})
    run.report()
    with open_collection(run.path) as collection:
        found = first_movers(Recording(collection), 41)
    assert [(each.layer, each.since) for each in found.movers] == [("fc2", 40)]


def test_that_a_jump_of_the_rate_is_a_shared_move(tmp_path: Path) -> None:
    rate = np.where(np.arange(60) >= 45, 0.1, 0.001)
    norms = {f"update_norm/fc{k}": 10 * rate for k in (1, 2, 3)}
    run = Recorded(tmp_path).scalars({"learning_rate": rate, **norms})
    run.report()
    with open_collection(run.path) as collection:
        found = first_movers(Recording(collection), 45)
    assert found.movers == []
    assert [(each.quantity, each.step, round(each.factor)) for each in found.shared] == [
        ("update_norm", 45, 100),
        ("learning_rate", 45, 100),
    ]


@pytest.mark.parametrize(
    ("columns", "step", "words"),
    [
        ({"loss": np.ones(60)}, 30, "there is no activation_std or gradient_norm"),
        ({"gradient_norm/fc1": np.ones(60)}, 4, "fewer than 6 steps were recorded before step 4"),
        ({"gradient_norm/fc1": np.ones(60)}, -3, "fewer than 6 steps were recorded before step -3"),
    ],
)
def test_that_where_nothing_can_be_told_it_says_why(tmp_path: Path, columns, step: int, words: str) -> None:
    run = Recorded(tmp_path).scalars(columns)
    run.report()
    with open_collection(run.path) as collection:
        found = first_movers(Recording(collection), step)
    assert words in found.lacks
    assert (found.movers, found.shared, found.window) == ([], [], (step, step))


def test_that_a_step_behind_the_end_is_the_last(tmp_path: Path) -> None:
    series = still(3)
    series.values["gradient_norm"][:, 1] += from_row(ROWS - 3)
    found = series.asked(tmp_path, 10**9)
    assert [each.layer for each in found.movers] == ["fc2"]
    assert not found.lacks

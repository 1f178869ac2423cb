"""The insight recorder against the slow version of each of its numbers."""

import importlib.util
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from collector import InsightOptions, open_collection
from collector.capture.insight import InsightRecorder
from collector.capture.parameters import ParameterSpec
from collector.capture.run_log import RunLog
from collector.metrics.norms import sizes_of_changes
from collector.storage import Collection, schema

_spec = importlib.util.spec_from_file_location(
    "slow_dynamics", Path(__file__).parent.parent / "metrics" / "slow_dynamics.py"
)
slow: Any = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(slow)

SPECS = [ParameterSpec("fc1", "weight", 130), ParameterSpec("fc1", "bias", 10), ParameterSpec("fc2", "weight", 70)]
THRESHOLDS = (1e-7, 1e-5)
Arrays = list[np.ndarray]


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Callable[..., Collection]]:
    """Records given gradients and the weights around each update."""
    opened: list[Collection] = []

    def run(
        gradients: Sequence[Sequence[np.ndarray | None]],
        weights: Sequence[Arrays],
        specs: Sequence[ParameterSpec] = SPECS,
        moments: Sequence[Any] | None = None,
        says_unchanged: bool = False,
        flushes: int = 0,
        **options: Any,
    ) -> Collection:
        recorder = InsightRecorder(specs, InsightOptions(**({"interval": 1} | options)))
        run_of = schema.Run("2026-01-01T00:00:00+00:00", 10, 0)
        header = schema.Header(schema.FORMAT, schema.VERSION, run_of, [], insight=recorder.to_schema())
        log = RunLog(tmp_path / f"{len(opened)}.json", header, overwrite=True)
        recorder.start(log)
        for step, own in enumerate(gradients):
            if recorder.wants(step):
                before = weights[step]
                known = None if says_unchanged and step else before
                recorder.before_update(step, own, known, None if moments is None else moments[step])
                after = weights[step + 1]
                sizes = sizes_of_changes(after, before) if recorder.is_sampled else None
                recorder.after_update(step, after, sizes)
            log.after_step()
            if flushes and step % flushes == flushes - 1:
                log.flush_rows()
        log.close()
        opened.append(open_collection(tmp_path / f"{len(opened)}.json"))
        return opened[-1]

    yield run
    for collection in opened:
        collection.close()


def course(n_steps: int, seed: int = 0, specs: Sequence[ParameterSpec] = SPECS) -> tuple[list[Arrays], list[Arrays]]:
    """Gradients of all sizes, many of them near zero or zero, and the weights before each update and after the last."""
    chance = np.random.default_rng(seed)
    gradients: list[Arrays] = []
    weights = [[chance.normal(size=each.size).astype(np.float32) for each in specs]]
    for _ in range(n_steps):
        own = []
        for each in specs:
            sizes = 10.0 ** chance.integers(-9, -3, each.size) * chance.choice([0, -0.0, 1, 1, -1], each.size)
            own.append((chance.random(each.size) * sizes).astype(np.float32))
        gradients.append(own)
        weights.append([w + (chance.normal(size=w.size) * 1e-3).astype(np.float32) for w in weights[-1]])
    return gradients, weights


def joined(arrays: Arrays, layer: str) -> np.ndarray:
    return np.concatenate([a for a, each in zip(arrays, SPECS, strict=True) if layer in (each.layer, "total")])


def check(series: Any, name: str, step: int, expected: float) -> None:
    # A column without a single number is not in the file.
    found = series[name][step] if name in series else np.nan
    np.testing.assert_allclose(found, expected, rtol=2e-6, atol=0, err_msg=f"{name} at step {step}")


@pytest.mark.parametrize("says_unchanged", [False, True])
@pytest.mark.parametrize("layer", ["fc1", "fc2", "total"])
def test_that_every_count_is_that_of_the_slow_version(
    record: Callable[..., Collection], layer: str, says_unchanged: bool
) -> None:
    gradients, weights = course(8)
    series = record(gradients, weights, says_unchanged=says_unchanged).series

    g = [joined(each, layer) for each in gradients]
    w = [joined(each, layer) for each in weights]
    changes = [after - before for before, after in pairwise(w)]
    for suffix, values, moves in (
        ("", g, changes),
        ("~ema", slow.averaged(g), slow.averaged_changes(changes)),
    ):
        for step in range(1, 8):
            for threshold in THRESHOLDS:
                own = slow.counts_of(values[step - 1], values[step], moves[step - 1], moves[step], threshold)
                for metric, expected in own.items():
                    check(series, f"{metric}@{threshold:g}{suffix}/{layer}", step, expected)
            flips = sum(slow.is_flip(a, b) for a, b in zip(values[step - 1], values[step], strict=True))
            check(series, f"flips_all{suffix}/{layer}", step, flips)
            check(series, f"flips_all_fraction{suffix}/{layer}", step, flips / len(values[step]))


@pytest.mark.parametrize("layer", ["fc1", "fc2", "total"])
def test_that_norms_and_angles_are_those_of_float64(record: Callable[..., Collection], layer: str) -> None:
    gradients, weights = course(5)
    moments = [None, *gradients[:-1]]
    moments = [None if each is None else [m * 3 - 1e-4 for m in each] for each in moments]
    series = record(gradients, weights, moments=moments).series

    def angle(a: np.ndarray, b: np.ndarray) -> float:
        return float(np.degrees(np.arccos(a.dot(b) / np.linalg.norm(a) / np.linalg.norm(b))))

    for step in range(5):
        g, w, after = (joined(each, layer).astype(np.float64) for each in (gradients[step], *weights[step : step + 2]))
        update = np.linalg.norm((after.astype(np.float32) - w.astype(np.float32)).astype(np.float64))
        check(series, f"gradient_norm/{layer}", step, np.linalg.norm(g))
        check(series, f"weight_norm/{layer}", step, np.linalg.norm(w))
        check(series, f"update_norm/{layer}", step, update)
        check(series, f"update_ratio/{layer}", step, update / np.linalg.norm(w))
        check(series, f"step_size/{layer}", step, update / np.linalg.norm(g))
        before = np.nan if not step else angle(joined(gradients[step - 1], layer).astype(np.float64), g)
        np.testing.assert_allclose(series[f"gradient_angle/{layer}"][step], before, rtol=1e-5)
        own = np.nan if not step else angle(joined(moments[step], layer).astype(np.float64), g)
        np.testing.assert_allclose(series[f"moment_angle/{layer}"][step], own, rtol=1e-5)


def test_that_weights_changed_between_updates_are_told_from_the_updates(record: Callable[..., Collection]) -> None:
    gradients, weights = course(4)
    seen = record(gradients, weights).series
    away = [[-w for w in own] for own in weights]
    n_asked = 0

    class MovedBack(list[Arrays]):
        """The same weights at each gradient, but those far away after each update."""

        def __getitem__(self, step: Any) -> Any:
            nonlocal n_asked
            n_asked += 1
            return weights[step] if n_asked % 2 else away[step]

    other = record(gradients, MovedBack()).series

    for name in ("minima@1e-05/total", "maxima@1e-05/total"):
        np.testing.assert_array_equal(other[name], seen[name])
        assert not np.array_equal(other[name.replace("@", "_original@")], seen[name.replace("@", "_original@")])
    assert (other["update_norm/total"] > 10 * seen["update_norm/total"]).all()


HARD = st.sampled_from(
    [0.0, -0.0, 1e-7, -1e-7, 1.00001e-7, 1e-5, -1e-5, 2e-5, 1e-30, -1e-30, 1e-40, 3.0, -3.0, np.nan, np.inf, -np.inf]
)


@settings(max_examples=200, deadline=None)
@example([(0.0, 0.0, 0.0, 1e-30), (0.0, 1.00001e-07, 0.0, 1e-07)])  # what is lost at one threshold only
@given(data=st.lists(st.tuples(HARD, HARD, HARD, HARD), min_size=1, max_size=150))
def test_that_counts_hold_for_zeros_limits_and_what_is_not_finite(data: list[tuple[float, ...]]) -> None:
    from collector.metrics.flat_layout import FlatLayout
    from collector.metrics.step_measure import StepMeasure
    from collector.metrics.step_results import joined

    before, now, moved, moves = np.array(data, np.float32).T.copy()
    measure = StepMeasure(FlatLayout([len(before)]), THRESHOLDS, averages=False)
    zeros = np.zeros_like(before)
    measure.before_update([before], [zeros], None, follows=False)
    measure.after_update([moved])
    kinds = [np.isnan(before).sum(), np.isposinf(before).sum(), np.isneginf(before).sum()]
    assert measure.not_finite[:, 0].tolist() == kinds
    # the second update begins where a weight is 0, so that its change is what the data say
    with np.errstate(all="ignore"):
        start = np.where(np.isfinite(moved), moved, 0)
        measure.before_update([now], [start], None, follows=True)
        awaited = measure.after_update([start + moves])
        changes = (start - zeros, (start + moves) - start)
    assert awaited is not None
    measure.settle()
    measured = joined([awaited])
    for number, threshold in enumerate(THRESHOLDS):
        with np.errstate(all="ignore"):
            own = slow.counts_of(before, now, *changes, threshold)
        counts = dict(
            zip(
                ("near_zero", "retained", "sign_flips", "minima", "maxima", "minima_original", "maxima_original"),
                measured.counts[0, :-1, 0, number, 0],
                strict=True,
            )
        )
        assert counts == {name: own[name] for name in counts}
        sums = measured.drift[0, :, 0, number, 0]
        if own["retained"]:
            np.testing.assert_allclose(sums[0] / own["retained"], own["still_change_mean"], rtol=1e-5)
            np.testing.assert_allclose(np.sqrt(sums[1]), own["still_change_norm"], rtol=1e-5)
    kinds = [np.isnan(now).sum(), np.isposinf(now).sum(), np.isneginf(now).sum()]
    assert measure.not_finite[:, 0].tolist() == kinds


def known(series: Any, name: str) -> tuple[list[int], np.ndarray]:
    """Steps and values of what is a number; a column begins with the first flush that has one."""
    steps, values = series.recorded(name)
    order = np.argsort(steps)
    order = order[~np.isnan(values[order])]
    return steps[order].tolist(), values[order]


@pytest.mark.parametrize("flushes", [1, 7, 32, 33])
@pytest.mark.parametrize("interval", [1, 10])
def test_that_steps_have_the_same_numbers_however_many_are_measured_together(
    record: Callable[..., Collection], flushes: int, interval: int
) -> None:
    gradients, weights = course(75)
    missing: list[list[np.ndarray | None]] = [list(each) for each in gradients]
    missing[20][1] = missing[40][0] = missing[41][0] = None
    moments = [None, *gradients[:-1]]
    together = record(missing, weights, moments=moments, interval=interval).series
    apart = record(missing, weights, moments=moments, interval=interval, flushes=flushes).series

    assert set(apart) == set(together)
    for name in together:
        steps, values = known(together, name)
        assert known(apart, name)[0] == steps
        np.testing.assert_allclose(known(apart, name)[1], values, rtol=1e-6, err_msg=name)


@pytest.mark.parametrize("interval", [1, 3, 10])
def test_that_steps_have_the_same_numbers_in_a_model_so_large_that_each_is_measured_alone(
    record: Callable[..., Collection], interval: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    gradients, weights = course(75)
    moments = [None, *gradients[:-1]]
    together = record(gradients, weights, moments=moments, interval=interval).series
    monkeypatch.setattr("collector.metrics.flat_layout._WAITING", 1)
    alone = record(gradients, weights, moments=moments, interval=interval).series

    assert set(alone) == set(together)
    for name in together:
        steps, values = known(together, name)
        assert known(alone, name)[0] == steps
        np.testing.assert_allclose(known(alone, name)[1], values, rtol=1e-6, err_msg=name)


def test_that_what_was_written_before_a_crash_has_every_step_up_to_then(tmp_path: Path) -> None:
    gradients, weights = course(9)
    recorder = InsightRecorder(SPECS, InsightOptions(interval=1))
    run_of = schema.Run("2026-01-01T00:00:00+00:00", 10, 0)
    header = schema.Header(schema.FORMAT, schema.VERSION, run_of, [], insight=recorder.to_schema())
    log = RunLog(tmp_path / "run.json", header, overwrite=True)
    recorder.start(log)
    for step in range(9):
        recorder.before_update(step, gradients[step], weights[step])
        recorder.after_update(step, weights[step + 1])
        log.after_step()
        if step == 6:
            log.flush_rows()
    with open_collection(tmp_path / "run.json") as unfinished:
        assert known(unfinished.series, "update_norm/total")[0] == list(range(7))
    log.close()


def test_that_a_step_under_way_when_the_rows_are_written_does_not_upset_the_next(tmp_path: Path) -> None:
    gradients, weights = course(6)
    recorder = InsightRecorder(SPECS, InsightOptions(interval=1))
    run_of = schema.Run("2026-01-01T00:00:00+00:00", 10, 0)
    header = schema.Header(schema.FORMAT, schema.VERSION, run_of, [], insight=recorder.to_schema())
    log = RunLog(tmp_path / "run.json", header, overwrite=True)
    recorder.start(log)
    for step in range(6):
        recorder.before_update(step, gradients[step], weights[step])
        if step == 3:
            log.flush_rows()
        recorder.after_update(step, weights[step + 1])
        log.after_step()
    log.close()
    with open_collection(tmp_path / "run.json") as collection:
        steps, values = known(collection.series, "near_zero@1e-05/total")
        assert steps == [0, 1, 2, 4, 5]
        moved = known(collection.series, "minima@1e-05/total")
    own = [joined(each, "total") for each in gradients[3:5]]
    change = joined(weights[4], "total") - joined(weights[3], "total")
    after = joined(weights[5], "total") - joined(weights[4], "total")
    assert values[3] == (np.abs(own[1]) <= np.float32(1e-5)).sum()
    assert dict(zip(*moved, strict=True))[4] == slow.counts_of(*own, change, after, 1e-5)["minima"]


def test_that_a_block_that_could_not_be_measured_is_missing_and_no_more(
    record: Callable[..., Collection], monkeypatch: pytest.MonkeyPatch
) -> None:
    from collector.metrics.step_measure import StepMeasure

    gradients, weights = course(12)
    whole = record(gradients, weights).series
    settle, n_failures = StepMeasure._settle, 0

    def failing(measure: StepMeasure) -> None:
        nonlocal n_failures
        if n_failures:
            settle(measure)
        n_failures += 1
        if n_failures == 1:
            raise MemoryError

    class Guarded(RunLog):
        def flush_rows(self) -> None:
            with self.guard("writing"):
                super().flush_rows()

    monkeypatch.setattr(StepMeasure, "_settle", failing)
    monkeypatch.setitem(globals(), "RunLog", Guarded)
    with pytest.warns(UserWarning, match="MemoryError"):
        cut = record(gradients, weights, flushes=5).series

    assert known(cut, "near_zero@1e-05/total")[0] == list(range(5, 12))
    steps, values = known(cut, "retained@1e-05/total")
    assert steps == list(range(6, 12))  # the first after it has none to be compared with
    np.testing.assert_array_equal(values, whole["retained@1e-05/total"][6:])


def test_that_every_tenth_step_is_compared_with_the_one_before_it(record: Callable[..., Collection]) -> None:
    gradients, weights = course(32)
    series = record(gradients, weights, interval=10).series
    exact = record(gradients, weights, interval=1).series

    assert series.recorded("retained@1e-05/total")[0].tolist() == [0, 10, 20, 30]
    for name in series:
        assert "~ema" not in name
        steps, values = series.recorded(name)
        later = steps > 0
        np.testing.assert_array_equal(values[later], exact[name][steps[later]], err_msg=name)


def test_that_a_parameter_without_gradient_is_left_out_of_the_step(record: Callable[..., Collection]) -> None:
    gradients, weights = course(6)
    missing: list[list[np.ndarray | None]] = [list(each) for each in gradients]
    missing[3][2] = None
    series = record(missing, weights).series
    exact = record(gradients, weights).series

    for metric in ("near_zero@1e-05", "retained@1e-05", "flips_all", "gradient_norm"):
        assert np.isnan(series[f"{metric}/fc2"][3])
        assert series[f"{metric}/total"][3] == series[f"{metric}/fc1"][3] == exact[f"{metric}/fc1"][3]
    assert np.isnan(series["retained@1e-05/fc2"][4])
    assert series["near_zero@1e-05/fc2"][4] == exact["near_zero@1e-05/fc2"][4]
    assert series["retained@1e-05/fc2"][5] == exact["retained@1e-05/fc2"][5]


@pytest.mark.parametrize("flushes", [0, 1, 5])
def test_that_moving_averages_go_on_over_steps_without_a_gradient(
    record: Callable[..., Collection], flushes: int
) -> None:
    gradients, weights = course(14)
    # fc2 is used at every second step, and not at all at first; fc1 misses two steps in a row
    missing: list[list[np.ndarray | None]] = [list(each) for each in gradients]
    for step in range(0, 14, 2):
        missing[step][2] = None
    missing[6][:2] = missing[7][:2] = [None, None]
    series = record(missing, weights, flushes=flushes).series

    for layer, own in (("fc1", (0, 1)), ("fc2", (2,))):
        mean, moved = None, np.zeros(sum(SPECS[each].size for each in own), np.float32)
        for step in range(14):
            change = np.concatenate([weights[step + 1][each] - weights[step][each] for each in own])
            moves = moved * np.float32(0.9) + change * np.float32(0.1)
            before = mean
            has = missing[step][own[0]] is not None
            if has:
                value = np.concatenate([gradients[step][each] for each in own])
                mean = value if before is None else before * np.float32(0.9) + value * np.float32(0.1)
            expected = slow.counts_of(before, mean, moved, moves, 1e-5) if has and before is not None else {}
            for metric in ("retained", "released", "sign_flips", "minima", "maxima_original", "still_change_norm"):
                check(series, f"{metric}@1e-05~ema/{layer}", step, expected.get(metric, np.nan))
            moved = moves


def test_that_a_shared_parameter_counts_in_each_layer_and_once_in_the_total(record: Callable[..., Collection]) -> None:
    gradients, weights = course(4)
    shared = [ParameterSpec("fc1", "weight", 130, also=("fc2",)), *SPECS[1:]]
    series = record(gradients, weights, shared).series
    apart = record(gradients, weights).series

    both = np.concatenate([gradients[2][0], gradients[2][2]])
    assert series["near_zero@1e-05/fc2"][2] == (np.abs(both) <= np.float32(1e-5)).sum()
    np.testing.assert_array_equal(series["near_zero@1e-05/total"], apart["near_zero@1e-05/total"])
    np.testing.assert_array_equal(series["gradient_norm/total"], apart["gradient_norm/total"])


def test_that_what_is_not_finite_is_counted_and_told_once(record: Callable[..., Collection]) -> None:
    gradients, weights = course(6)
    gradients[2][2][:3] = np.nan
    gradients[3][2][0] = np.inf
    gradients[4][0][5] = np.nan
    collection = record(gradients, weights)

    assert collection.series["not_finite/total"].tolist() == [0, 0, 3, 1, 1, 0]
    assert collection.series.recorded("nan/fc2")[0].tolist() == [2]
    assert collection.series.recorded("nan/fc1")[1].tolist() == [1]
    assert [note.text for note in collection.notes] == [
        "The first NaN in a gradient came at step 2, in fc2.",
        "The first +Inf in a gradient came at step 3, in fc2.",
    ]
    assert [note.step for note in collection.notes] == [2, 3]


def test_that_a_large_model_is_estimated_on_a_fixed_sample(record: Callable[..., Collection]) -> None:
    specs = [
        ParameterSpec("wide", "weight", 64_000),
        ParameterSpec("wide", "bias", 40),
        ParameterSpec("out", "w", 6400),
    ]
    gradients, weights = course(3, specs=specs)
    sampled = record(gradients, weights, specs, sample=20_000, sign_interval=0)
    again = record(gradients, weights, specs, sample=20_000, sign_interval=0)
    exact = record(gradients, weights, specs, sample=0, sign_interval=0)

    insight = sampled.insight
    assert insight.parameters == 70_440
    assert abs(insight.sample - 20_000) < 300
    assert insight.sample_seed == 0
    assert exact.insight.sample == 70_440
    assert exact.insight.sample_seed is None
    for name in sampled.series:
        np.testing.assert_array_equal(sampled.series[name], again.series[name])
    for name in ("near_zero_fraction@1e-05/total", "retained_fraction@1e-05/wide", "near_zero@1e-05/total"):
        np.testing.assert_allclose(sampled.series[name][1:], exact.series[name][1:], rtol=0.05)
    np.testing.assert_allclose(sampled.series["gradient_norm/total"], exact.series["gradient_norm/total"], rtol=1e-6)


@pytest.mark.parametrize("layer", ["wide", "total"])
def test_that_the_angles_of_a_sample_are_those_of_the_model(record: Callable[..., Collection], layer: str) -> None:
    specs = [ParameterSpec("wide", "weight", 64_000), ParameterSpec("out", "w", 6400)]
    chance = np.random.default_rng(0)
    common = [chance.normal(size=each.size) for each in specs]
    gradients = [[(c + chance.normal(size=c.size)).astype(np.float32) for c in common] for _ in range(3)]
    _, weights = course(3, specs=specs)
    moments = [None, *gradients[:-1]]
    sampled = record(gradients, weights, specs, moments=moments, sample=20_000, sign_interval=0).series
    exact = record(gradients, weights, specs, moments=moments, sample=0, sign_interval=0).series

    for name in (f"gradient_angle/{layer}", f"moment_angle/{layer}"):
        assert (exact[name][1:] > 40).all()
        assert (exact[name][1:] < 80).all()
        np.testing.assert_allclose(sampled[name][1:], exact[name][1:], atol=1)


def test_that_sign_rows_come_at_their_own_interval_whatever_is_measured(record: Callable[..., Collection]) -> None:
    gradients, weights = course(7)
    collection = record(gradients, weights, interval=0, sign_interval=3)

    assert collection.insight.interval == 0
    assert collection.insight.sign_columns == 210
    assert [band.first for band in collection.insight.bands] == [0, 130, 140]
    assert not list(collection.series)
    lines = collection.path.read_text().splitlines()
    assert sum('"record":"signs"' in line for line in lines) == 3
    assert sum('"record":"sign_bits"' in line for line in lines) == 3


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"interval": -1}, "interval is -1"),
        ({"interval": 1.5}, "interval is 1.5"),
        ({"sample": -3}, "sample is -3"),
        ({"sign_interval": None}, "sign_interval is None"),
        ({"thresholds": ()}, "thresholds"),
        ({"thresholds": (0.0,)}, "thresholds"),
        ({"thresholds": (1e-5, 1e-5)}, "different"),
    ],
)
def test_that_a_bad_option_is_refused_by_its_name(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        InsightOptions(**options)

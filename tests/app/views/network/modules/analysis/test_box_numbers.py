"""The numbers in boxes at their limits: where there are none, where one is nothing, and how far bars go."""

from dataclasses import replace

import numpy as np
import pytest

from app.views.network.modules.analysis import module_numbers
from app.views.network.modules.analysis.module_differences import Compared, ModuleDifference, Told
from app.views.network.modules.analysis.module_numbers import BoxNumbers, ModuleReadings, Span
from app.views.network.modules.analysis.module_table import module_rows
from app.views.network.modules.analysis.modules import module_graph
from collector.storage.passes import Pass
from tests.app.looks.pieces.network_modules import BLOCKS, CHAIN
from tests.app.made_up import made_up_pass
from tests.app.views.network.modules.analysis.made_up_activations import ONES, ZEROS, of_two, with_activations
from tests.app.views.network.modules.made_up_modules import ModuleRun, chain_of, node


def test_that_a_bar_is_never_shorter_than_can_be_seen_nor_longer_than_its_room() -> None:
    span = Span(0.01, 100.0)
    assert [span.part(value) for value in (0.01, 0.001, 100.0, 1e9)] == pytest.approx([0.04, 0.04, 1.0, 1.0])
    assert span.part(1.0) == pytest.approx(0.04 + 0.96 / 2)
    assert [span.part(value) for value in (0.0, -1.0, float("nan"))] == [0.0] * 3
    assert Span(2.0, 2.0).part(2.0) == 1.0
    assert Span(2.0, 2.0).part(1.0) == 1.0
    assert [Span().part(value) for value in (0.0, 1.0)] == [0.0] * 2
    wide = Span(1e-20, 1.0)
    assert wide.shown_low == 1e-8
    assert wide.part(1e-4) == pytest.approx(0.04 + 0.96 / 2)
    assert Span(1e-8, 1.0).shown_low == 1e-8 and Span(1e-7, 1.0).shown_low == 1e-7


def test_that_a_span_grows_by_numbers_above_nothing_alone() -> None:
    assert Span().with_values([3.0]) == Span(3.0, 3.0)
    assert Span(1.0, 2.0).with_values([]) == Span(1.0, 2.0)
    assert Span(1.0, 2.0).with_values([0.0, -5.0, np.inf, np.nan]) == Span(1.0, 2.0)
    assert Span(1.0, 2.0).with_values([1.5]) == Span(1.0, 2.0)
    assert Span(1.0, 2.0).with_values([0.5, 7.0]) == Span(0.5, 7.0)


def test_that_the_length_of_bars_is_that_of_the_largest_and_smallest_means() -> None:
    run = with_activations(ModuleRun(CHAIN), fc1=np.full((4, 8), -2.0), fc2=np.zeros((4, 8)), fc3=np.zeros((4, 0)))
    readings = run.readings()
    assert readings.activations == Span(2.0, 2.0)
    assert [readings.largest_of(name) for name in ("fc1", "fc2", "fc3")] == [2.0, 0.0, None]
    numbers = readings.at(run.passes[0], 0)
    assert [numbers.of_box(name).activation for name in ("fc1", "fc2", "fc3")] == [2.0, 0.0, None]
    assert not numbers.has_not_finite


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_that_what_is_not_finite_is_noted_once_a_box_with_it_was_asked_for(bad: float) -> None:
    values = np.ones((4, 8))
    values[1, 1] = bad
    run = with_activations(ModuleRun(CHAIN), fc1=np.ones((4, 8)), fc2=values)
    numbers = run.numbers()
    numbers.of_box("fc1")
    assert not numbers.has_not_finite
    numbers.of_box("fc2")
    numbers.of_box("fc1")
    assert numbers.has_not_finite


@pytest.mark.parametrize(("sample", "is_there"), [(-1, False), (0, True), (3, True), (4, False)])
def test_that_units_are_those_of_a_sample_that_there_is(sample: int, is_there: bool) -> None:
    run, other = ModuleRun(CHAIN), ModuleRun(CHAIN, seed=1)
    units = run.numbers(sample=sample).of_box("fc2").units
    assert (units is not None) is is_there
    both = other.less(run)
    made = ModuleDifference(both.pair, both._both, sample, both.endpoints)
    assert (made.of_box("fc2").units is not None) is is_there
    if units is not None:
        assert len(units) == len(made.of_box("fc2").units) == 8


def test_that_units_are_read_once() -> None:
    read: list[None] = []

    def units() -> np.ndarray:
        read.append(None)
        return np.zeros(3, int)

    own = BoxNumbers(read_units=units)
    assert own.units is own.units and len(read) == 1
    nothing = BoxNumbers()
    assert (nothing.activation, nothing.gradient, nothing.units, nothing.damage) == (None, None, None, "")
    assert not nothing.has_no_gradient, "of which nothing was recorded, it is not known"


def test_that_layers_are_counted_and_found_without_being_read() -> None:
    layers = ModuleRun(CHAIN).numbers().layers
    assert (list(layers), len(layers)) == (["fc1", "fc2", "fc3"], 3)
    assert ["fc1" in layers, "input" in layers] == [True, False]
    with pytest.raises(KeyError, match="input"):
        layers["input"]


def test_that_of_very_many_layers_some_are_measured_evenly_from_the_first_to_the_last() -> None:
    names = [f"fc{number}" for number in range(601)]
    run = ModuleRun(chain_of(*names), n_passes=1, without=dict.fromkeys(names, ("activation",)))
    measured = run.readings().measured
    assert len(measured) == module_numbers.MOST_MEASURED == 300
    places = [names.index(each) for each in measured]
    assert (places[0], places[-1]) == (0, 600)
    assert set(np.diff(places).tolist()) == {2, 3}
    few = ModuleRun(CHAIN).readings()
    assert few.measured == ("fc1", "fc2", "fc3")
    assert ModuleReadings(module_graph({}, ()), run, run.passes).measured == ()


def test_that_what_was_read_of_a_module_is_read_of_the_run_that_has_gone_on(monkeypatch: pytest.MonkeyPatch) -> None:
    run, made = ModuleRun(BLOCKS), []
    norms = module_numbers.frame_norms
    monkeypatch.setattr(module_numbers, "frame_norms", lambda *given: (made.append(given), norms(*given))[1])
    readings = run.readings()
    readings.read(["blocks.0", "blocks.1", "head"])
    readings.norms_in("blocks.0")
    assert len(made) == 2
    grown = readings.grown(run, None)
    assert len(made) == 4, "at once, and not when it is painted"
    grown.norms_in("blocks.1")
    assert len(made) == 4
    assert (grown.activations, grown.gradients) == (readings.activations, readings.gradients)
    assert grown.largest_of("head") == readings.largest_of("head")


def test_that_what_is_on_the_screen_is_read_at_once_of_a_run_that_has_gone_on() -> None:
    run = ModuleRun(CHAIN)
    readings = run.readings()
    readings.at(run.passes[0], 0).of_box("fc2")
    grown = readings.grown(run, run.passes[1])
    numbers = grown.at(run.passes[1], 0)
    assert set(numbers.layers._made) == {"fc2"}


def test_that_a_wish_that_is_over_reads_no_frame() -> None:
    run = ModuleRun(BLOCKS)
    readings = run.readings()
    readings.read(["blocks.0"], lambda: False)
    assert not readings._frames


@pytest.mark.parametrize(
    ("a", "b", "ratio"),
    [(None, 1.0, None), (1.0, None, None), (None, None, None), (2.0, 8.0, 2.0), (8.0, 2.0, -2.0), (0.0, 0.0, 0.0)],
)
def test_that_a_ratio_needs_both_numbers(a: float | None, b: float | None, ratio: float | None) -> None:
    assert Compared(a, b).log_ratio == ratio


def test_that_a_layer_s_output_differs_by_a_share_of_what_it_was() -> None:
    both = of_two({"fc1": ONES, "fc2": ZEROS, "fc3": ZEROS}, {"fc1": 1.5 * ONES, "fc2": ZEROS, "fc3": ONES})
    found = {name: both.of_box(name) for name in ("fc1", "fc2", "fc3")}
    assert [each.behind for each in found.values()] == [0.5, 0.0, None]
    assert [each.before for each in found.values()] == [0.0, 0.5, None], "the sample is the same"
    assert [each.added for each in found.values()] == [0.5, -0.5, None]
    assert [found["fc1"].told(each) for each in Told] == [pytest.approx(np.log2(1.5)), 0.0, 0.5]
    assert [each.is_same for each in found.values()] == [False, True, False]
    assert not both.is_same
    assert both.scale_of(Told.ACTIVATION) == pytest.approx(np.log2(1.5))


def test_that_nothing_differs_where_both_are_the_same_and_something_was_asked_for() -> None:
    both = of_two({"fc1": ONES, "fc2": ONES, "fc3": ONES}, {"fc1": ONES, "fc2": ONES, "fc3": ONES})
    assert both.is_same and not both.has_not_finite
    assert both.of_box("fc2").units is None, "no difference has a colour"
    fresh = ModuleDifference(both.pair, both._both, 0, both.endpoints)
    assert not fresh.is_same, "nothing was asked for"
    assert fresh.asked_for == set()
    fresh.of_box("fc1")
    assert fresh.asked_for == {"fc1"}


def test_that_boxes_that_were_asked_for_are_read_at_once_at_the_next_pass() -> None:
    first = of_two({"fc1": ONES, "fc2": ONES}, {"fc1": 2 * ONES, "fc2": ONES})
    second = first.pair.at(first._both, 0, first.endpoints)
    assert set(second._boxes) == {"input", "fc1", "fc2", "fc3", "output"}
    assert second.asked_for == set()
    second.of_box("fc1")
    third = first.pair.at(first._both, 0, first.endpoints)
    assert set(third._boxes) == {"fc1"}


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_that_what_is_not_finite_has_no_share(bad: float) -> None:
    for pair in (({"fc1": ONES}, {"fc1": bad * ONES}), ({"fc1": bad * ONES}, {"fc1": ONES})):
        assert of_two(*pair).of_box("fc1").behind is None


def test_that_with_another_probe_nothing_is_told_of_what_was_read() -> None:
    both = of_two({"fc1": ONES}, {"fc1": 2 * ONES}, same_probe=False)
    assert not both.has_same_probe
    assert (both.of_box("fc1").behind, both.of_box("fc1").before) == (None, None)


def test_that_what_a_layer_reads_is_the_largest_of_several_through_what_has_no_numbers_itself() -> None:
    flow = [
        node("input", kind="input"),
        node("a", "input"),
        node("b", "input"),
        node("flat", "b"),
        node("sum", "a", "flat", kind="add"),
        node("head", "sum", "a"),
        node("output", "head", kind="output"),
    ]
    flow[3] = replace(flow[3], kind="Flatten")
    runs = [ModuleRun(flow), ModuleRun(flow)]
    for run, factor in zip(runs, (1.0, 2.0), strict=True):
        with_activations(run, a=(1 + 0.1 * factor) * ONES, b=factor * ONES, head=factor * ONES)
    both = runs[1].less(runs[0])
    assert both.of_box("b").behind == 1.0
    assert both.of_box("a").behind == pytest.approx(0.1 / 1.1, rel=1e-6)
    assert both.of_box("head").before == 1.0
    assert both.pair.read_by("head") == ("sum", "a")
    assert both.pair.layers_of("sum") == both.pair.layers_of("input") == both.pair.layers_of("flat") == ()
    assert both.pair.layers_of("head") == ("head",)


def test_that_the_table_has_a_row_for_each_call_and_closed_module() -> None:
    run = ModuleRun(BLOCKS)
    headings, rows = module_rows(["input", "embedding", "blocks.0.sum1", "blocks.1", "output"], run.numbers())
    assert headings == ("module", "mean_abs_activation", "gradient_norm")
    numbers = run.numbers()
    assert rows == [
        (name, numbers.of_box(name).activation, numbers.of_box(name).gradient) for name in ("embedding", "blocks.1")
    ]
    both = ModuleRun(chain_of("fc1", "fc3")).less(ModuleRun(CHAIN))
    headings, rows = module_rows(["fc1", "fc2"], both)
    assert (headings[:2], headings[4:6], headings[-1]) == (
        ("module", "mean_abs_activation_a"), ("gradient_norm_a", "gradient_norm_b"), "not_compared",
    )  # fmt: skip
    assert [row[-1] for row in rows] == [None, "only in A"]
    assert [len(row) for row in rows] == [11, 11]
    own = both.of_box("fc1")
    assert rows[0][1:4] == (own.activation.a, own.activation.b, own.activation.log_ratio)
    assert rows[0][7:10] == (own.behind, own.before, own.added)


def test_that_the_newest_pass_widens_what_colours_mean() -> None:
    run = with_activations(ModuleRun(CHAIN), fc1=ONES, fc2=ONES, fc3=ONES)
    readings = run.readings()
    newest: Pass = made_up_pass(run.layers, {"fc1": {"activation": (9 * ONES).astype("f4")}}, n_samples=4)
    grown = readings.grown(run, newest)
    assert (grown.largest_of("fc1"), grown.largest_of("fc2")) == (9.0, 1.0)
    assert grown.activations == Span(1.0, 9.0)

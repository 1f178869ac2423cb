"""Which layer a box shows, what of damage and of numbers without end it tells, and what scales are made of."""

from dataclasses import replace

import numpy as np
import pytest

from app.views.network.modules.analysis import module_numbers
from app.views.network.modules.analysis.module_differences import BoxDifference, Compared, ModuleDifference, Told
from app.views.network.modules.analysis.module_numbers import NOTHING, ModuleReadings, Span
from collector.storage.blocks import Block, to_block
from collector.storage.columns import Columns
from collector.storage.series import Series
from tests.app.looks.pieces.network_modules import BLOCKS, CHAIN
from tests.app.made_up import made_up_pass
from tests.app.views.network.modules.analysis.made_up_activations import ONES, of_two, with_activations
from tests.app.views.network.modules.made_up_modules import ModuleRun, chain_of, node

IN_A_LAYER = [
    node("input", kind="input"),
    node("fc1", "input"),
    replace(node("flat", "fc1"), kind="Flatten"),
    node("fc2.add", "flat", "fc1", kind="add"),
    node("fc2", "fc2.add"),
    node("output", "fc2", kind="output"),
]
"""What is added within a layer lies in it, and is not its output."""


def test_that_only_a_call_of_a_layer_shows_that_layer() -> None:
    run = ModuleRun(IN_A_LAYER)
    readings, both = run.readings(), ModuleRun(IN_A_LAYER, seed=1).less(run)
    numbers = readings.at(run.passes[0], 0)
    shown = {name: readings.shown_layer(name, run.passes[0]) for name in run.graph.nodes}
    assert {name: layer for name, layer in shown.items() if layer is not None} == {"fc1": "fc1", "fc2": "fc2"}
    assert {name for name in run.graph.nodes if numbers.of_box(name) is not NOTHING} == {"fc1", "fc2"}
    assert {name: both.pair.layers_of(name) for name in run.graph.nodes if both.pair.layers_of(name)} == {
        "fc1": ("fc1",), "fc2": ("fc2",),
    }  # fmt: skip
    assert both.of_box("fc2").before == both.of_box("fc1").behind, "the sum is looked through, and not at its layer"


def test_that_a_module_shows_its_last_layer_that_has_an_activation() -> None:
    run = ModuleRun(BLOCKS)
    inside = run.graph.frames["blocks.0.mlp"].nodes
    assert run.readings().shown_layer("blocks.0.mlp", run.passes[0]) == inside[-1]
    without = ModuleRun(BLOCKS, without={inside[-1]: ("activation",)})
    assert without.readings().shown_layer("blocks.0.mlp", without.passes[0]) == inside[-2]
    none = ModuleRun(BLOCKS, without=dict.fromkeys(inside, ("activation",)))
    assert none.readings().shown_layer("blocks.0.mlp", none.passes[0]) is None
    own = none.numbers().of_box("blocks.0.mlp")
    assert (own.activation, own.units, own.damage) == (None, None, "")
    assert own.gradient is not None


def test_that_a_closed_module_tells_of_damage_rather_than_of_another_layer() -> None:
    run = ModuleRun(BLOCKS)
    run.passes[0].layers["blocks.0.mlp.down"]._record.activation = Block("<f4", [4, 8], "AAAA")
    own = run.readings().at(run.passes[0], 0).of_box("blocks.0.mlp")
    assert own.activation is None
    assert "activation of 'blocks.0.mlp.down'" in own.damage


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_that_a_gradient_without_end_is_noted(bad: float) -> None:
    run = ModuleRun(CHAIN)
    readings = run.readings()
    norm = readings.norm_of("fc2")
    readings._norms["fc2"] = replace(norm, values=np.full(len(norm.steps), bad))
    numbers = readings.at(run.passes[0], 0)
    for name, is_noted in (("fc1", False), ("fc2", True), ("fc3", True)):
        numbers.of_box(name)
        assert numbers.has_not_finite is is_noted


def test_that_numbers_too_large_to_be_added_have_a_mean_without_end() -> None:
    run = ModuleRun(CHAIN)
    records = {"fc1": {"activation": np.full((4, 8), 1e308)}}
    run.passes[:] = [made_up_pass(run.layers, records, n_samples=4)]
    assert run.readings().at(run.passes[0], 0).of_box("fc1").activation == np.inf


def test_that_gradient_bars_are_as_long_as_the_finite_norms_above_nothing_say() -> None:
    run = ModuleRun(CHAIN, n_passes=5)
    given = {"fc1": [0.0, np.inf, np.nan, 2.0, 3.0], "fc2": [0.0, -1.0, np.nan, 0.0, 0.0], "fc3": [0.5] * 5}
    columns = Columns()
    for name, values in given.items():
        columns.put(f"gradient_norm/{name}", run.passes.steps, np.array(values))
    run.series = Series(columns, 50)
    assert run.readings().gradients == Span(0.5, 3.0)
    nothing = ModuleRun(CHAIN, without=dict.fromkeys(("fc1", "fc2", "fc3"), ("gradient_norm",)))
    assert nothing.readings().gradients == Span()


def test_that_a_layer_which_is_not_measured_has_a_scale_of_colours_and_no_part_in_the_bars(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module_numbers, "MOST_MEASURED", 2)
    run = with_activations(ModuleRun(CHAIN), fc1=ONES, fc2=5 * ONES, fc3=2 * ONES)
    readings = run.readings()
    assert readings.measured == ("fc1", "fc3")
    assert (readings.activations, readings.largest_of("fc2")) == (Span(1.0, 2.0), None)
    readings.read(["fc2"])
    assert readings.largest_of("fc2") == 5.0
    newest = made_up_pass(run.layers, {"fc2": {"activation": (9 * ONES).astype("f4")}}, n_samples=4)
    grown = readings.grown(run, newest)
    assert (grown.activations, grown.largest_of("fc2")) == (Span(1.0, 2.0), 9.0)


def test_that_of_a_layer_which_is_not_measured_no_difference_has_a_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module_numbers, "MOST_MEASURED", 2)
    both = of_two({"fc1": ONES, "fc2": ONES, "fc3": ONES}, {"fc1": 3 * ONES, "fc2": 3 * ONES, "fc3": ONES})
    assert [both.pair.units_scale(name) for name in ("fc1", "fc2", "fc3")] == [2.0, 0.0, 0.0]
    assert [both.of_box(name).units is not None for name in ("fc1", "fc2", "fc3")] == [True, False, False]


def test_that_what_was_read_once_is_not_read_again() -> None:
    run = ModuleRun(CHAIN)
    readings = ModuleReadings(run.graph, run, run.passes)
    readings.read(["fc2"])
    before = readings.largest_of("fc2")
    run.passes[0].layers["fc2"]._record.activation = to_block(np.full((4, 8), 99.0, "f4"))
    readings.read(["fc2", "fc3"])
    assert readings.largest_of("fc2") == before
    assert readings.largest_of("fc3") is not None


def test_that_colours_of_two_go_to_the_largest_difference_along_both_runs() -> None:
    both = of_two({"fc1": ONES, "fc2": ONES}, {"fc1": 3 * ONES, "fc2": 0.5 * ONES})
    assert [both.pair.units_scale(name) for name in ("fc1", "fc2", "fc3")] == [2.0, 0.5, 0.0]
    assert both.scale_of(Told.ACTIVATION) == pytest.approx(np.log2(3))
    assert both.scale_of(Told.ADDED) == 2.0
    assert both.of_box("fc2").told(Told.ADDED) == 0.5 - 2.0


def test_that_the_gradient_of_a_module_is_that_of_what_both_have() -> None:
    a, b = ModuleRun(CHAIN), ModuleRun(chain_of("fc1", "fc3"), seed=1)
    pair = b.less(a).pair
    of_a = [a.readings().norm_of(name).value_at(0) for name in ("fc1", "fc3")]
    of_b = [b.readings().norm_of(name).value_at(10) for name in ("fc1", "fc3")]
    found = pair.gradient_of(["fc1", "fc2", "fc3"], 0, 10)
    assert (found.a, found.b) == pytest.approx((np.hypot(*of_a), np.hypot(*of_b)))
    assert pair.gradient_of(["fc2"], 0, 10) == Compared(None, None)
    assert pair.gradient_of(["fc1"], -1, 10).a is None, "nothing was recorded by then"


def without(names: tuple[str, ...]) -> ModuleRun:
    """Two blocks, of which these layers are not there."""
    kept = [each for each in BLOCKS if each.name not in names]
    gone = {each.name: each.reads[0] for each in BLOCKS if each.name in names}
    return ModuleRun([replace(each, reads=tuple(gone.get(name, name) for name in each.reads)) for each in kept])


def test_that_only_a_module_of_which_nothing_is_compared_is_hollow() -> None:
    a = ModuleRun(BLOCKS)
    attention = tuple(f"blocks.0.attention.{each}" for each in "qkv")
    some = without(attention[:2]).less(a)
    assert some.of_box("blocks.0.attention").why_hollow == ""
    assert some.of_box(attention[0]).why_hollow == "only in A"
    none = without(attention).less(a)
    assert none.of_box("blocks.0.attention").why_hollow == "only in A"
    assert none.of_box("input").why_hollow == ""
    again = ModuleDifference(none.pair, none._both, 0, none.endpoints)
    again._both.common.why_not.update(zip(attention, ("first", "second", "third"), strict=True))  # type: ignore[attr-defined]
    assert again.of_box("blocks.0.attention").why_hollow == "first", "of several reasons that of the first"


def test_that_only_what_is_the_same_in_all_is_the_same() -> None:
    same, other = Compared(1.0, 1.0), Compared(1.0, 2.0)
    assert BoxDifference(same, same, 0.0, None).is_same and BoxDifference(same, same, None, None).is_same
    for made in (
        BoxDifference(other, same, None, None),
        BoxDifference(same, other, 0.0, None),
        BoxDifference(same, same, 0.1, None),
        BoxDifference(same, Compared(None, 1.0), 0.0, None),
    ):
        assert not made.is_same
    assert [BoxDifference(same, same, *each).added for each in ((None, 1.0), (1.0, None), (1.0, 3.0))] == [
        None,
        None,
        -2.0,
    ]

"""Of two runs, too, what is damaged and what was measured on other samples is told as that, not as not recorded."""

import pytest
from PyQt6.QtCore import QSize

from app.analysis.figures import DAMAGED
from app.analysis.graph.rectangle import Rectangle
from app.palette import DARK
from app.views.network.modules.analysis.module_differences import Compared, ModuleDifference, Told
from app.views.network.modules.analysis.module_text import box_facts
from app.views.network.modules.difference_drawing import draw_difference
from app.views.network.modules.module_drawing import READABLE, rect_of
from collector.comparing.subtracted import OTHER_PROBE
from collector.storage.blocks import Block
from tests.app.looks.pieces.network_modules import BLOCKS, CHAIN
from tests.app.painted import Painted, painted_by
from tests.app.views.network.modules.made_up_modules import ModuleRun

ACTIVATION = "mean |activation| of the probe"


def run(flow: list = CHAIN, *damaged: str) -> ModuleRun:
    """One whose activations of these layers are cut off."""
    made = ModuleRun(flow)
    pass_ = made.passes[0]
    pass_._decoder._say = lambda problem: None  # as `Passes.salvaged` has it
    for layer in damaged:
        pass_.layers[layer]._record.activation = Block("<f4", [4, 4], "AAAA")
    return made


@pytest.mark.parametrize(("of_a", "of_b"), [(("fc2",), ()), ((), ("fc2",)), (("fc2",), ("fc2",))])
def test_that_a_damaged_activation_of_either_is_told(of_a: tuple[str, ...], of_b: tuple[str, ...]) -> None:
    both = run(CHAIN, *of_b).less(run(CHAIN, *of_a))
    assert both.of_box("fc2").activation == Compared(None, None, DAMAGED)
    folded = run().layout().folded
    assert dict(box_facts(folded, "fc2", both))[ACTIVATION] == "damaged"
    assert dict(box_facts(folded, "fc1", both))[ACTIVATION].endswith("the same"), "the rest is compared"


def test_that_no_other_layers_numbers_stand_in_for_damaged_ones_of_a_closed_module() -> None:
    last = ModuleRun(BLOCKS).readings().shown_layer("blocks.0", ModuleRun(BLOCKS).passes[0])
    for of_a, of_b in (((last,), ()), ((), (last,))):
        both = run(BLOCKS, *of_b).less(run(BLOCKS, *of_a))
        assert both.of_box("blocks.0").activation == Compared(None, None, DAMAGED)


def test_that_what_was_measured_on_other_samples_is_told_as_that() -> None:
    both, folded = run(BLOCKS).less(run(BLOCKS), same_probe=False), run(BLOCKS).layout(frozenset()).folded
    for box in ("blocks.0", "head"):
        assert both.of_box(box).activation == Compared(None, None, OTHER_PROBE)
        assert dict(box_facts(folded, box, both))[ACTIVATION] == "A and B were measured on other samples"
    bare = ModuleRun(CHAIN, without={"fc2": ("activation",)})
    assert bare.less(bare).of_box("fc2").activation == Compared(None, None)


def drawn(both: ModuleDifference, zoom: float) -> Painted:
    layout = run().layout()
    seen, size = Rectangle(0, 0, layout.width, layout.height), QSize(int(layout.width) + 20, int(layout.height) + 20)
    return painted_by(lambda painter: draw_difference(painter, layout, both, Told.GRADIENT, seen, zoom), size)


def test_that_damage_stands_where_units_would_as_long_as_it_can_be_read() -> None:
    both = run(CHAIN, "fc2").less(run())
    found, box = drawn(both, 1.0), rect_of(run().layout().boxes["fc2"])
    word = found.word(DAMAGED)
    assert word.colour == DARK.badge
    assert box.contains(word.place.center())
    assert [each.text for each in found.words].count(DAMAGED) == 1
    assert DAMAGED in drawn(both, READABLE).texts
    assert DAMAGED not in drawn(both, READABLE - 0.01).texts

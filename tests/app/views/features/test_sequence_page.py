"""What the page of sequences shows of a layer that is made up: its scale, its boxes, and one head alone."""

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.views.features.analysis.feature_stages import FeatureStage
from app.views.features.analysis.tiles import ScaleRule
from app.views.features.sequence_page import SequencePage
from collector.storage.layer import Attention, Layer
from collector.storage.passes import Pass
from tests.app.made_up import axis, layer, made_up_pass

SEQUENCE = np.array([[[1.0, -2.0], [3.0, 4.0], [0.5, 0.0]]], "f2")


def attending(heads: int) -> Layer:
    return layer("attn", units=2, sequence=axis(3), attention=Attention(heads, axis(2), axis(3)))


def taken(*layers: Layer) -> Pass:
    arrays = {}
    for each in layers:
        heads = 0 if each.attention is None else each.attention.heads
        weights = np.arange(heads * 6, dtype="f2").reshape(1, heads, 2, 3) / 64
        arrays[each.name] = {"sequence": SEQUENCE} | ({"attention": weights} if heads else {})
    return made_up_pass({each.name: each for each in layers}, arrays, n_samples=2)


def stage(*layers: Layer) -> FeatureStage:
    attend = tuple(each for each in layers if each.attention is not None)
    return FeatureStage(layers[0], layers[1:], layers[-1], None, False, layers, attend, False)


@pytest.fixture
def page(qtbot: QtBot) -> SequencePage:
    page = SequencePage()
    qtbot.addWidget(page)
    page.resize(700, 300)
    page.show()
    qtbot.waitExposed(page)
    return page


def show(page: SequencePage, *layers: Layer, rule: ScaleRule = ScaleRule.RUN, largest: float = 0.0) -> FeatureStage:
    shown = stage(*layers)
    page.show_stage(taken(*layers), shown, 0, None, rule, lambda name: largest)
    return shown


@pytest.mark.parametrize(
    ("rule", "largest", "scale"),
    [(ScaleRule.RUN, 9.0, 9.0), (ScaleRule.RUN, 0.0, 4.0), (ScaleRule.PASS, 9.0, 4.0)],
)
def test_that_the_full_colour_is_the_run_s_where_that_is_asked_for(
    page: SequencePage, rule: ScaleRule, largest: float, scale: float
) -> None:
    show(page, attending(2), rule=rule, largest=largest)
    assert page.sequence.matrix is not None
    assert page.sequence.matrix.scale == scale
    assert page.sequence_scale.words == rule.value
    assert (page.sequence_scale.low, page.sequence_scale.high) == (f"−{scale:g}", f"{scale:g}")


def test_that_of_a_single_head_there_is_nothing_to_choose(page: SequencePage) -> None:
    show(page, attending(1))
    assert not page.head_box.isVisible()
    assert page.head.isVisible() and not page.heads.isVisible()
    assert page.head.matrix is not None
    assert page.head.matrix.values.tolist() == (np.arange(6).reshape(2, 3) / 64).tolist()
    page.head.column_requested.emit(1)
    assert page.head.isVisible()
    show(page, attending(2))
    assert page.head_box.isVisible()
    assert page.heads.isVisible() and not page.head.isVisible()
    assert page.head_box.offered == ["all heads", 0, 1]
    page.heads.unit_requested.emit(1)
    assert page.head.isVisible()
    assert page.head.matrix.values.tolist() == (np.arange(6, 12).reshape(2, 3) / 64).tolist()


def test_that_a_layer_is_chosen_where_there_are_several_and_stays_chosen(page: SequencePage) -> None:
    own, behind = attending(2), layer("norm", units=2, sequence=axis(3))
    first = show(page, own)
    assert not page.layer_box.isVisible()
    page.show_layer("norm")
    assert page.layer_box.choice == "attn", "it has none of that name"
    both = show(page, own, behind)
    assert page.layer_box.isVisible()
    assert (page.layer_box.choice, page.sequence_heading.title) == ("norm", "norm")
    assert page.attention_heading.title == "attn"
    page.layer_box.choose("attn")
    page.layer_box.activated.emit(page.layer_box.currentIndex())
    assert (page.sequence_heading.title, page.attention_heading.title) == ("attn", "Attention")
    page.show_stage(taken(own, behind), both, 0, None, ScaleRule.RUN, lambda name: 0.0)
    assert page.layer_box.choice == "attn", "at another pass what was chosen stays"
    page.show_layer("norm")
    assert page.layer_box.choice == "attn", "that layer was shown already"
    page.show_layer("attn")
    page.show_layer("norm")
    assert page.layer_box.choice == "norm"
    assert first is not both


def test_that_a_side_without_anything_is_left_out(page: SequencePage) -> None:
    show(page, layer("lstm", units=2, sequence=axis(3)))
    assert page.sequence.isVisible() and not page.attention_heading.isVisible()
    assert page.attention_numbers() == []
    assert len(page.sequence_numbers()) == 6
    alone = replace(attending(2), sequence=None)
    shown = FeatureStage(alone, (), alone, None, False, (), (alone,), False)
    page.show_stage(taken(alone), shown, 0, None, ScaleRule.RUN, lambda name: 0.0)
    assert not page.sequence.isVisible() and page.heads.isVisible()
    assert page.sequence_numbers() == []
    assert [row[0] for row in page.attention_numbers()] == ["attn head 0"] * 6 + ["attn head 1"] * 6


def test_that_what_most_weights_lie_below_is_told_in_numbers(page: SequencePage) -> None:
    show(page, attending(2))
    assert page.attention_scale.words == "and beyond; 98 of 100 weights lie below it"
    assert page.attention_heading.about == "queries down, keys across"
    page.show_stage(taken(attending(2)), stage(attending(2)), 1, None, ScaleRule.RUN, lambda name: 0.0)
    assert page.attention_scale.accessibleName() == page.sequence_scale.accessibleName() == ""
    assert page.heads.message.endswith("--feature_samples 2")
    assert page.head_box.offered == ["all heads"]
    assert not page.head_box.isVisible()


def test_that_before_a_stage_is_shown_there_is_nothing(page: SequencePage) -> None:
    assert (page.sequence_numbers(), page.attention_numbers()) == ([], [])
    page.show_layer("attn")
    page.show_unit(1)
    show(page, attending(2))
    assert page.layer_box.choice == "attn"

"""The view of features as a whole: what it says of itself, its tables, and what each kind of layer shows."""

from collections.abc import Callable
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.session import Session
from app.views.features.analysis.feature_tiles import RGB
from app.views.features.analysis.tiles import ScaleRule
from collector.storage import CollectionWriter, schema
from tests.app.views.features.alone import Go, alone
from tests.app.views.features.expert_run import write_expert_run
from tests.app.views.features.features_run import feature_layers, feature_pass, write_features_run
from tests.app.views.features.sequence_run import write_sequence_run

Show = Callable[..., Any]


@pytest.fixture
def shown(qtbot: QtBot) -> Show:
    """The view of a run, which is written by ``write``, at a layer."""

    def show(write: Callable[[Path], Path], layer: str | None = None, go: Go = lambda session: None) -> Any:
        def goes(session: Session) -> None:
            session.select_layer(layer)
            go(session)

        view = alone("features", write, goes)
        qtbot.addWidget(view)
        view.resize(900, 400)
        view.show()
        qtbot.waitExposed(view)
        return view

    return show


def at(number: int, sample: int = 0) -> Go:
    return lambda session: session.go_to(pass_number=number, sample=sample)


def held(number: int) -> Go:
    def go(session: Session) -> None:
        session.show_pass(0)
        session.hold_pass()
        session.show_pass(number)

    return go


def write_bare(path: Path) -> Path:
    """Two passes without a weight and without maps of the convolution."""
    layers = feature_layers()
    layers[0].not_recorded = {"weight": "too large"}
    run = schema.Run(created="2026-01-01T00:00:00+00:00", interval=10, neuron_cap=5)
    probe = schema.Probe(inputs=np.zeros((3, 3, 7, 7), np.float32))  # type: ignore[arg-type]
    with CollectionWriter(path, schema.Header(schema.FORMAT, schema.VERSION, run, layers, probe)) as writer:
        for number in range(2):
            taken = feature_pass(number, ())
            taken.layers["conv"] = schema.LayerRecord(activation=taken.layers["conv"].activation)
            writer.write(taken)
    return path


def test_that_it_is_about_a_sample_and_a_layer(shown: Show) -> None:
    assert shown(write_features_run, "fc", at(2, 1)).about() == {"sample": 1, "layer": "fc"}
    assert shown(write_features_run).about() == {"sample": 0, "layer": "conv"}


@pytest.mark.parametrize(
    ("write", "layer", "titles"),
    [
        (write_features_run, "conv", ["Features"]),
        (write_features_run, "fc", ["Features"]),
        (write_expert_run, "gate", ["Features", "Features: experts"]),
        (write_sequence_run, "attn", ["Features", "Features: sequence", "Features: attention"]),
        (write_sequence_run, "head", ["Features"]),
    ],
)
def test_that_there_are_tables_of_what_is_shown(
    shown: Show, write: Callable[[Path], Path], layer: str, titles: list[str]
) -> None:
    assert list(shown(write, layer).tables) == titles


def test_that_tables_say_what_their_numbers_are(shown: Show) -> None:
    table = shown(write_features_run, "relu", at(4, 1)).tables["Features"]()
    assert table.notes == (
        "a row for each unit that was kept; activation: of the sample, activation_mean: over the probe's samples",
        "dead: no sample of the probe makes it more than 0 at this pass; dead_since: a step",
    )
    assert (table.about, table.is_of_pass, table.nothing) == ({"sample": 1}, True, "No layer with units is recorded.")
    assert [row[4:] for row in table.rows] == [(0, None), (1, 10), (0, None), (1, 40), (0, None)]
    experts = shown(write_expert_run, "gate").tables["Features: experts"]()
    assert (experts.headings, experts.about, experts.is_of_pass) == (
        ("step", "expert", "share"),
        {"layer": "gate"},
        False,
    )
    assert experts.notes == (
        "share: of all choices of an expert for the probe, that fell on it at the pass of this step",
    )
    assert experts.nothing == "How often each expert is chosen is still being read, or was not recorded."


def test_that_tables_of_sequences_have_one_value_or_those_of_two(shown: Show) -> None:
    view = shown(write_sequence_run, "attn", at(1))
    sequence, attention = (view.tables[f"Features: {name}"]() for name in ("sequence", "attention"))
    assert (sequence.headings, attention.headings) == (
        ("layer", "position", "unit", "value"),
        ("head", "query", "key", "value"),
    )
    assert sequence.notes == ("a row for each kept position and unit of the layer: what it gives there for the sample",)
    assert attention.notes == ("a row for each head, kept query and kept key: the weight behind the softmax",)
    assert sequence.nothing == "This layer gives nothing along a sequence that is kept of this sample."
    assert attention.nothing == "This layer attends to nothing, or its weights are not kept of this sample."
    assert (sequence.about, sequence.is_of_pass, len(attention.rows)) == ({"sample": 0}, True, 2 * 4 * 4)
    both = shown(write_sequence_run, "attn", held(1)).tables["Features: attention"]()
    assert both.headings[3:] == ("value_a", "value_b", "value_difference")
    assert all(row[5] == pytest.approx(row[4] - row[3], abs=1e-6) for row in both.rows)
    for sample in (2, 0):
        view.panel.sample_requested.emit(sample)
        kept = sample < 2
        rows = [view.tables[f"Features: {name}"]().rows for name in ("sequence", "attention")]
        assert [bool(each) for each in rows] == [kept, kept]
    assert shown(write_sequence_run, "lstm").tables["Features: attention"]().rows == []


def test_that_what_is_not_recorded_of_a_convolution_says_so(shown: Show) -> None:
    panel = shown(write_bare, "conv").panel
    assert panel.filters.grid.message == "The weight was not recorded: too large."
    assert panel.before.grid.message == "Maps of conv were not recorded. Record them with\n--feature_maps ends"
    both = shown(write_bare, "conv", held(1)).panel
    assert both.filters.grid.message == "The weights are not compared: of A: too large."
    assert both.before.grid.message == "Maps of conv are not compared: not in both are any kept of this sample."


@pytest.mark.parametrize(
    ("write", "layer", "title", "about", "parts"),
    [
        (
            write_features_run,
            "conv",
            "Conv2d with 10 channels",
            "5 of them kept (--neuron_cap 0 keeps all)",
            "filters beside",
        ),
        (write_features_run, "fc", "Linear with 4 units", "", "strips beside"),
        (write_sequence_run, "lstm", "LSTM with 9 units", "5 of them kept (--neuron_cap 0 keeps all)", "sequences"),
        (write_sequence_run, "head", "Linear with 2 units", "", "strips beside"),
        (write_expert_run, "gate", "Linear with 4 units", "", "strips experts beside"),
        (write_expert_run, "mixture", "Mixture with 4 units", "", "experts beside"),
    ],
)
def test_that_each_kind_of_layer_has_its_own_parts(
    shown: Show, write: Callable[[Path], Path], layer: str, title: str, about: str, parts: str
) -> None:
    panel = shown(write, layer).panel
    seen = {
        "filters": panel.filters,
        "strips": panel.strips,
        "sequences": panel.sequences,
        "experts": panel.experts,
        "beside": panel.sample,
    }
    assert (panel.heading.title, panel.heading.about) == (title, about)
    assert " ".join(name for name, each in seen.items() if each.isVisible()) == parts


def test_that_the_scales_and_channels_that_are_offered_are_those_of_the_layer(shown: Show) -> None:
    view = shown(write_features_run, "conv")
    panel = view.panel
    assert panel.scale_box.offered == list(ScaleRule)
    assert (panel.channel_box.choice, panel.channel_box.isVisible()) == (RGB, True)
    panel.layer_requested.emit("fc")
    assert panel.scale_box.offered == [ScaleRule.RUN, ScaleRule.PASS]
    assert panel.stage_box.choice == "fc"
    assert panel.strips_heading.about == "all linear layers up to the logits"
    assert panel.filters.heading.about == "2×2"
    assert (panel.before.heading.about, panel.after.heading.about) == ("conv · 6×6", "relu · 6×6")


def test_that_strips_end_at_the_logits_only_where_these_are_those_of_the_last_layer(shown: Show) -> None:
    panel = shown(write_expert_run, "gate").panel
    assert (panel.strips_heading.title, panel.strips_heading.about) == (
        "Activation strips",
        "all linear layers up to the output",
    )
    assert panel.strips.verdicts(panel.strips.strips[-1]) == []
    both = shown(write_features_run, "fc", held(3)).panel
    assert both.strips_heading.about == "B − A · all linear layers up to the logits"
    assert both.strips_scale.toolTip().startswith("colours from −")
    same = shown(write_features_run, "fc", held(0)).panel
    assert same.strips_heading.about == "B − A: the same in A and B · all linear layers up to the logits"


def test_that_a_pinned_unit_is_framed_in_its_layer_only(shown: Show) -> None:
    view = shown(write_features_run, "conv")
    panel = view.panel
    grids = (panel.filters.grid, panel.before.grid, panel.after.grid)
    for unit, framed in ((("conv", 6), 6), (("fc", 2), None), (None, None)):
        panel.show_unit(unit)
        assert [grid._unit for grid in grids] == [framed] * 3
        assert panel.strips._unit == unit


def test_that_reading_is_told_until_it_has_ended(shown: Show) -> None:
    panel = shown(write_features_run).panel
    for done, total, told in (
        (0, 1200, "reading 0 of 1,200 passes…"),
        (1199, 1200, "reading 1,199 of 1,200 passes…"),
        (3, 3, ""),
    ):
        panel.show_progress(done, total)
        assert panel.heading.figure == told


def test_that_its_parts_have_names_for_those_who_do_not_see_them(shown: Show) -> None:
    panel = shown(write_sequence_run, "attn").panel
    names = {
        "stage_box": "Layer",
        "scale_box": "Which value has the full colour",
        "channel_box": "What is shown of each filter",
        "activation_box": "What the strips show",
        "filters.grid": "Filters",
        "before.grid": "Before activation",
        "after.grid": "After activation",
        "sequences.layer_box": "Which layer's output is shown",
        "sequences.head_box": "Which head is shown",
        "sequences.sequence": "Along the sequence",
        "sequences.heads": "What each head attends to",
        "sequences.head": "What one head attends to",
    }
    assert {part: attrgetter(part)(panel).accessibleName() for part in names} == names
    assert panel.sequences.head_box.offered == ["all heads", 0, 1]
    assert [panel.sequences.head_box.itemText(number) for number in range(3)] == ["all heads", "head 0", "head 1"]


@pytest.mark.parametrize(
    ("part", "signal", "given", "wish", "asked"),
    [
        ("filters.grid", "unit_requested", (4,), "unit_requested", ("conv", 4)),
        ("before.grid", "unit_requested", (4,), "unit_requested", ("conv", 4)),
        ("after.grid", "unit_requested", (4,), "unit_requested", ("conv", 4)),
        ("sequences", "unit_requested", (4,), "unit_requested", ("conv", 4)),
        ("strips", "unit_requested", ("fc", 2), "unit_requested", ("fc", 2)),
        ("strips", "layer_requested", ("fc",), "layer_requested", ("fc",)),
        ("sample", "sample_requested", (2,), "sample_requested", (2,)),
        ("dead_units", "step_requested", (7.5,), "step_requested", (7.5,)),
        ("dead_units.plot", "step_requested", (7.5,), "step_requested", (7.5,)),
        ("experts", "step_requested", (7.5,), "step_requested", (7.5,)),
        ("experts.map", "step_requested", (7.5,), "step_requested", (7.5,)),
        ("sequences.sequence", "column_requested", (4,), "unit_requested", ("conv", 4)),
    ],
)
def test_that_wishes_of_its_parts_are_its_own(
    shown: Show, part: str, signal: str, given: tuple[object, ...], wish: str, asked: tuple[object, ...]
) -> None:
    panel = shown(write_features_run, "conv").panel
    heard: list[tuple[object, ...]] = []
    getattr(panel, wish).connect(lambda *args: heard.append(args))
    getattr(attrgetter(part)(panel), signal).emit(*given)
    assert heard == [asked]


@pytest.mark.parametrize(
    ("wish", "given", "field", "wished"),
    [
        ("layer_requested", ("relu",), "layer", "relu"),
        ("sample_requested", (2,), "sample", 2),
        ("step_requested", (20.0,), "step", 20),
        ("unit_requested", ("conv", 4), "unit", ("conv", 4)),
    ],
)
def test_that_the_session_hears_of_its_wishes(
    shown: Show, wish: str, given: tuple[object, ...], field: str, wished: object
) -> None:
    sessions: list[Session] = []
    view = shown(write_features_run, "conv", sessions.append)
    getattr(view.panel, wish).emit(*given)
    assert getattr(sessions[0].view, field) == wished


def test_that_the_largest_values_of_all_passes_are_read_and_of_two_what_they_differ_by(shown: Show) -> None:
    panel = shown(write_features_run, "conv").panel
    weights = [np.abs(feature_pass(number, ()).layers["conv"].weight).max() for number in range(5)]  # type: ignore[arg-type]
    assert panel.filters.scale.high == f"{max(weights):.4g}"
    assert panel.after.scale.toolTip() == f"colours from 0 to {panel.after.scale.high}: one scale: the run's largest"

    both = shown(write_features_run, "conv", held(2)).panel
    first = feature_pass(0, ()).layers["conv"].weight
    apart = [np.abs(feature_pass(number, ()).layers["conv"].weight - first).max() for number in range(5)]  # type: ignore[operator]
    assert both.filters.scale.high == f"{max(apart):.4g}"

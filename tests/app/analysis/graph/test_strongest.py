"""Which edges are drawn, in which order, and how many."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.graph.graph import build_graph
from app.analysis.graph.graph_options import GraphOptions
from app.analysis.graph.graph_view import GraphView, prepare
from app.analysis.graph.strongest import (
    DENSITIES,
    LEVELS,
    NOT_FINITE_STYLE,
    TURN,
    Style,
    drawing_order,
    fair_shares,
    strongest_lines,
    style_number,
    style_of,
    style_runs,
)
from app.views.network.units.analysis.line_budget import affordable
from app.views.network.units.analysis.parallel_lines import parallel_lines
from app.views.network.units.analysis.unit_edges import unit_edges
from tests.app.made_up import chain, measure_scales


def view_of(*stages: tuple[str, int], most_edges: int = 10_000) -> GraphView:
    run = chain(*stages)
    graph = build_graph(run.layers, run.probe)
    return prepare(graph, run.passes[0], 0, measure_scales(graph, run.passes), GraphOptions(most_edges=most_edges))


@given(st.lists(st.integers(0, 500), max_size=8), st.integers(0, 2000))
def test_that_shares_use_what_there_is_and_favour_nobody(wanted: list[int], most: int) -> None:
    shares = fair_shares(wanted, most)
    assert sum(shares) == min(most, sum(wanted))
    assert all(share <= want for share, want in zip(shares, wanted, strict=True))
    short = [share for share, want in zip(shares, wanted, strict=True) if share < want]
    assert not short or max(short) - min(short) <= 1
    assert not short or max(shares) <= max(short) + 1


def test_that_the_strongest_of_each_pair_are_drawn() -> None:
    view = view_of(("fc", 8), ("fc", 8), ("fc", 3), most_edges=30)
    assert len(view.lines) == 30
    for number, pair in enumerate(view.pairs):
        drawn = view.lines.edges[view.lines.pairs == number]
        left_out = np.setdiff1d(np.arange(len(pair.values)), drawn)
        assert np.abs(pair.values[drawn]).min() >= np.abs(pair.values[left_out]).max()
    assert view.lines.n_left_out == view.lines.n_edges - 30


def test_that_stronger_edges_come_later() -> None:
    view = view_of(("fc", 8), ("fc", 3))
    strength = [style_of(int(style)).level for style in view.lines.styles]
    assert strength == sorted(strength)
    runs = style_runs(view.lines.styles)
    assert {style for style, _, _ in runs} == set(np.unique(view.lines.styles).tolist())


def test_that_signs_of_the_same_strength_take_turns_so_that_neither_hides_the_other() -> None:
    values = np.tile(np.float32([1, -1]), 300)
    order = values[drawing_order((values < 0).astype(np.uint8))]
    assert np.abs(np.cumsum(order)).max() <= TURN
    assert sorted(order.tolist()) == sorted(values.tolist())


@pytest.mark.parametrize("n", [0, 1, 500, 1_500])
def test_that_turns_come_in_the_order_in_which_the_edges_do(n: int) -> None:
    styles = np.random.default_rng(n).integers(0, 6, n).tolist()
    met = dict.fromkeys(styles, 0)
    places = []
    for at, style in enumerate(styles):
        places.append((style // 2, met[style] // TURN, style % 2, at))
        met[style] += 1
    assert drawing_order(np.array(styles, np.uint8)).tolist() == [at for *_, at in sorted(places)]


def test_that_styles_tell_sign_and_magnitude() -> None:
    graph = view_of(("fc", 1), ("fc", 2)).graph
    values = [np.zeros(64, "f4"), np.array([-2.0, 0.5], "f4")]
    lines = strongest_lines(graph, values, [1.0, 2.0], 100)
    styles = {int(edge): style_of(int(style)) for edge, style in zip(lines.edges, lines.styles, strict=True)}
    assert styles[0] == Style(LEVELS - 1, 0, is_negative=True)
    assert not styles[1].is_negative and styles[1].level == LEVELS // 4 - 1 + (LEVELS % 4 > 0)
    assert len(lines) == 2, "edges of zero are not drawn"


def test_that_an_edge_that_is_not_finite_is_marked_and_on_top() -> None:
    graph = view_of(("fc", 1), ("fc", 3)).graph
    lines = strongest_lines(graph, [None, np.array([np.nan, 1.0, -np.inf], "f4")], [0.0, 1.0], 2)
    assert lines.styles.tolist() == [NOT_FINITE_STYLE, NOT_FINITE_STYLE]


def test_that_every_style_can_be_told_from_its_number() -> None:
    styles = [style_of(number) for number in range(NOT_FINITE_STYLE)]
    assert len(set(styles)) == NOT_FINITE_STYLE == 2 * LEVELS * (len(DENSITIES) + 1)
    for level in (0, 3, LEVELS - 1):
        for is_negative in (True, False):
            assert style_of(style_number(level, is_negative=is_negative)) == Style(level, 0, is_negative)
    assert all(each.is_finite for each in styles)
    assert not style_of(NOT_FINITE_STYLE).is_finite


def test_that_a_scale_of_zero_draws_nothing_wrong() -> None:
    graph = view_of(("fc", 1), ("fc", 3)).graph
    assert len(strongest_lines(graph, [None, np.zeros(3, "f4")], [0.0, 0.0], 10)) == 0


def test_that_no_edges_at_all_are_no_lines() -> None:
    graph = view_of(("fc", 1), ("fc", 3)).graph
    assert len(strongest_lines(graph, [None, None], [0.0, 0.0], 10)) == 0


def test_that_a_budget_is_shared_by_pairs_and_spent_on_the_strongest() -> None:
    lines = view_of(("fc", 8), ("fc", 8), ("fc", 3)).lines
    lengths = np.full(len(lines), 10.0)
    rough, smooth = affordable(lines, lengths, 200, 100)
    assert len(smooth) <= 20 and len(smooth) + len(rough) <= 30
    assert not set(rough) & set(smooth)
    for pair in range(3):
        own = np.flatnonzero(lines.pairs == pair)
        drawn_smoothly = np.intersect1d(smooth, own)
        assert len(drawn_smoothly) >= 6
        assert drawn_smoothly.min() > np.setdiff1d(own, drawn_smoothly).max()


def test_that_a_budget_that_suffices_leaves_nothing_out() -> None:
    lines = view_of(("fc", 4), ("fc", 3)).lines
    rough, smooth = affordable(lines, np.ones(len(lines)), 1e6, 0)
    assert len(rough) == 0 and smooth.tolist() == list(range(len(lines)))


def test_that_strands_lie_side_by_side_around_the_line() -> None:
    starts, ends = np.array([[0.0, 0.0], [0.0, 5.0]]), np.array([[10.0, 0.0], [10.0, 5.0]])
    first, last, line = parallel_lines(starts, ends, np.array([1, 3]), 2.0)
    assert line.tolist() == [0, 1, 1, 1]
    assert sorted(first[1:, 1].tolist()) == [3.0, 5.0, 7.0]
    assert (first[:, 1] == last[:, 1]).all()


def test_that_a_fan_has_all_edges_of_a_unit_and_no_others() -> None:
    view = view_of(("fc", 5), ("fc", 4), ("fc", 3))
    fan = unit_edges(view, 2, 1)
    assert len(fan.lines) == 5 + 3
    assert set(fan.columns) == {1, 3}
    anchor = view.graph.columns[2].first_anchor + 1
    assert ((fan.lines.leaving == anchor) | (fan.lines.arriving == anchor)).all()


def test_that_the_fan_of_a_pixel_read_by_channels_is_that_of_the_channels() -> None:
    view = view_of(("conv", 5), ("fc", 3))
    assert len(unit_edges(view, 0, 17).lines) == 5


def test_that_stretches_of_one_style_are_told_from_where_to_where() -> None:
    assert style_runs(np.array([3, 3, 5, 9, 9, 9], np.uint8)) == [(3, 0, 2), (5, 2, 3), (9, 3, 6)]
    assert style_runs(np.zeros(0, np.uint8)) == []


def test_that_what_is_not_finite_is_as_strong_as_can_be_of_no_sign() -> None:
    assert style_of(NOT_FINITE_STYLE) == Style(LEVELS - 1, 0, is_negative=False, is_finite=False)


@pytest.mark.parametrize("more", [0, 1])
@pytest.mark.parametrize("number", range(len(DENSITIES)))
def test_that_a_pair_is_drawn_fainter_above_each_threshold(number: int, more: int) -> None:
    n_edges = DENSITIES[number] + more
    graph = view_of(("fc", 1), ("fc", n_edges)).graph
    lines = strongest_lines(graph, [None, np.ones(n_edges, "f4")], [0.0, 1.0], n_edges)
    assert {style_of(style).density for style in lines.styles.tolist()} == {number + more}


def test_that_edges_of_one_strength_are_drawn_in_their_order_where_all_of_them_are() -> None:
    graph = view_of(("fc", 1), ("fc", 3)).graph
    lines = strongest_lines(graph, [None, np.array([1, 0.999, 0.998], "f4")], [0.0, 1.0], 3)
    assert lines.edges.tolist() == [0, 1, 2]


def test_that_a_pair_of_one_edge_has_a_share() -> None:
    graph = view_of(("fc", 1), ("fc", 1)).graph
    lines = strongest_lines(graph, [None, np.ones(1, "f4")], [0.0, 1.0], 1)
    assert (lines.pairs.tolist(), lines.edges.tolist(), lines.n_left_out) == ([1], [0], 0)


def test_that_of_a_pair_that_nothing_is_chosen_of_nothing_is_counted() -> None:
    graph = view_of(("fc", 2), ("fc", 3)).graph
    values = [np.ones(128, "f4"), np.ones(6, "f4")]
    lines = strongest_lines(graph, values, [1.0, 1.0], 2, [None, np.array([1, 3, 5])])
    assert (lines.n_edges, lines.n_left_out, len(lines)) == (3, 1, 2)
    lines = strongest_lines(graph, [None, None], [1.0, 1.0], 2, [np.array([1]), None])
    assert (lines.n_edges, lines.n_left_out, len(lines)) == (0, 0, 0)
    assert lines.styles.dtype == np.uint8

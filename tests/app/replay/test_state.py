"""From wishes to what can be shown."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.analysis.graph.graph_options import GraphOptions
from app.replay.state import LONGEST_DELAY_MS, SHORTEST_DELAY_MS, ReplayState, resolve
from tests.app.made_up_findings import DEAD

numbers = st.integers(-(10**6), 10**6)
states = st.builds(
    ReplayState,
    pass_number=numbers,
    step=st.none() | numbers,
    sample=numbers,
    is_playing=st.booleans(),
    delay_ms=numbers,
    is_looping=st.booleans(),
    is_following=st.booleans(),
)
runs = st.lists(st.integers(0, 1000), min_size=1, max_size=50)
"""Steps of passes, also in no order and twice, as in a damaged file."""


@given(states, runs, st.integers(0, 10**4), st.integers(0, 2000))
def test_that_a_view_only_names_what_exists(
    state: ReplayState, steps: list[int], n_samples: int, last_step: int
) -> None:
    view = resolve(state, steps, n_samples, last_step)
    assert view is not None
    assert 0 <= view.pass_number < len(steps)
    assert view.pass_step == steps[view.pass_number]
    assert 0 <= view.step <= max(last_step, *steps)
    assert view.sample == 0 or 0 < view.sample < n_samples
    assert SHORTEST_DELAY_MS <= view.delay_ms <= LONGEST_DELAY_MS


@given(states, runs, st.integers(1, 100), st.integers(0, 2000))
def test_that_a_resolved_view_is_its_own_resolution(
    state: ReplayState, steps: list[int], n_samples: int, last_step: int
) -> None:
    view = resolve(state, steps, n_samples, last_step)
    assert view is not None
    again = replace(
        state,
        pass_number=view.pass_number,
        step=None if state.step is None or view.is_following else view.step,
        sample=view.sample,
        is_playing=view.is_playing,
        delay_ms=view.delay_ms,
    )
    assert resolve(again, steps, n_samples, last_step) == view


@given(st.integers(-5, 2000), st.lists(st.integers(0, 1000), min_size=1, max_size=50, unique=True).map(sorted))
def test_that_the_pass_of_a_step_is_the_last_at_or_before_it_and_the_first_where_none_is(
    step: int, steps: list[int]
) -> None:
    view = resolve(ReplayState(step=step), steps, 1, 1500)
    assert view is not None
    assert view.step == min(max(step, 0), 1500)
    assert view.pass_step == max((each for each in steps if each <= view.step), default=steps[0])
    assert view.is_on_pass == (view.step in steps)


def test_that_each_pass_can_be_shown_also_where_two_are_of_one_step() -> None:
    views = [resolve(ReplayState(pass_number=number), [0, 5, 5, 9], 1) for number in range(4)]
    assert [view and view.pass_number for view in views] == [0, 1, 2, 3]


def test_that_a_step_of_several_passes_shows_the_last_of_them_also_where_it_is_the_first_step() -> None:
    views = [resolve(ReplayState(step=step), [5, 5, 9], 1) for step in (4, 5, 6)]
    assert [view and (view.pass_number, view.is_on_pass) for view in views] == [(0, False), (1, True), (1, False)]


def test_that_where_no_last_step_is_known_it_is_that_of_the_last_pass() -> None:
    ends = [resolve(ReplayState(step=99), steps, 1) for steps in ([0], [0, 7])]
    assert [view and view.step for view in ends] == [0, 7]


def test_that_before_anything_is_wished_each_pass_of_a_run_is_played_in_turn_again_and_again() -> None:
    view = resolve(ReplayState(), [0, 10, 20], 3)
    assert view is not None
    assert (view.pass_number, view.step, view.sample, view.stride) == (0, 0, 0, 1)
    assert (view.is_playing, view.is_looping, view.is_following) == (False, True, False)
    assert SHORTEST_DELAY_MS < view.delay_ms < LONGEST_DELAY_MS


def test_that_whoever_follows_is_on_the_last_pass_whatever_step_was_wished() -> None:
    view = resolve(ReplayState(step=3, is_following=True), [0, 5, 10], 1, 12)
    assert view is not None
    assert (view.pass_number, view.step) == (2, 10)


def test_that_without_a_pass_there_is_nothing_to_show() -> None:
    assert resolve(ReplayState(), [], 3) is None


def test_that_two_passes_can_be_played() -> None:
    view = resolve(ReplayState(is_playing=True), [0, 10], 1)
    assert view is not None
    assert view.is_playing


def test_that_a_single_pass_is_not_played() -> None:
    view = resolve(ReplayState(is_playing=True), [0], 1)
    assert view is not None
    assert not view.is_playing
    assert view.is_last


WISHED = ReplayState(
    pass_number=3, step=31, sample=2, is_playing=True, delay_ms=300, stride=4, is_looping=False, is_following=True,
    options=GraphOptions(most_edges=7), layer="fc1", unit=("fc1", 2), as_modules=True, open_modules=frozenset({"a"}),
    tab="compare", finding=DEAD, series="loss", why_at=5, story=6, selected=frozenset({1}),
)  # fmt: skip


def test_that_another_run_is_looked_at_in_the_same_way_but_at_no_place_of_this_one() -> None:
    for is_following in (True, False):
        assert WISHED.for_another_run(is_following=is_following) == ReplayState(
            delay_ms=300, stride=4, is_looping=False, is_following=is_following, options=WISHED.options, tab="compare"
        )


def test_that_the_place_of_a_view_is_taken_and_what_belongs_to_this_run_is_dropped() -> None:
    there = resolve(ReplayState(pass_number=1, sample=1, layer="x", unit=("x", 0), series="f1"), [0, 10, 20], 3)
    assert there is not None
    assert WISHED.at(there) == replace(
        WISHED, pass_number=1, step=None, sample=1, layer="x", unit=("x", 0), series="f1", finding=None, why_at=None,
        story=None, selected=None,
    )  # fmt: skip


def test_that_a_view_has_all_else_that_is_wished() -> None:
    view = resolve(replace(WISHED, is_following=False), [0, 10, 20, 30, 40], 3, 50)
    assert view is not None
    assert (view.step, view.pass_step, view.pass_number, view.n_passes, view.sample) == (31, 30, 3, 5, 2)
    how = (view.is_playing, view.delay_ms, view.stride, view.is_looping, view.is_following)
    assert how == (True, 300, 4, False, False)
    kept = ("options", "layer", "unit", "as_modules", "open_modules", "tab", "finding", "series", "why_at", "story")
    for name in kept:
        assert getattr(view, name) == getattr(WISHED, name)
    assert view.selected == WISHED.selected
    assert view.decides_frame == (3, 2, WISHED.options, True)
    assert not view.is_on_pass
    assert not view.is_last


def test_that_a_stride_is_one_at_least_and_the_whole_run_at_most() -> None:
    strides = {}
    for stride in (-1, 0, 1, 3, 4, 99):
        view = resolve(ReplayState(stride=stride), [0, 10, 20], 1)
        assert view is not None
        strides[stride] = view.stride
    assert strides == {-1: 1, 0: 1, 1: 1, 3: 3, 4: 3, 99: 3}
    assert resolve(ReplayState(), [], 1) is None

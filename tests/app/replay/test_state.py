"""From wishes to what can be shown."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.replay.state import LONGEST_DELAY_MS, SHORTEST_DELAY_MS, ReplayState, resolve

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


def test_that_whoever_follows_is_on_the_last_pass_whatever_step_was_wished() -> None:
    view = resolve(ReplayState(step=3, is_following=True), [0, 5, 10], 1, 12)
    assert view is not None
    assert (view.pass_number, view.step) == (2, 10)


def test_that_without_a_pass_there_is_nothing_to_show() -> None:
    assert resolve(ReplayState(), [], 3) is None


def test_that_a_single_pass_is_not_played() -> None:
    view = resolve(ReplayState(is_playing=True), [0], 1)
    assert view is not None
    assert not view.is_playing
    assert view.is_last

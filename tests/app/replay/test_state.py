"""From wishes to what can be shown."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.replay.state import LONGEST_DELAY_MS, SHORTEST_DELAY_MS, ReplayState, resolve

numbers = st.integers(-(10**6), 10**6)
states = st.builds(ReplayState, numbers, numbers, st.booleans(), numbers, st.booleans())


@given(states, st.integers(1, 10**6), st.integers(0, 10**4))
def test_that_a_view_only_names_what_exists(state: ReplayState, n_passes: int, n_samples: int) -> None:
    view = resolve(state, n_passes, n_samples)
    assert view is not None
    assert 0 <= view.pass_number < n_passes
    assert view.sample == 0 or 0 < view.sample < n_samples
    assert SHORTEST_DELAY_MS <= view.delay_ms <= LONGEST_DELAY_MS


@given(states, st.integers(1, 100), st.integers(1, 100))
def test_that_a_resolved_view_is_its_own_resolution(state: ReplayState, n_passes: int, n_samples: int) -> None:
    view = resolve(state, n_passes, n_samples)
    assert view is not None
    again = replace(
        state, pass_number=view.pass_number, sample=view.sample, is_playing=view.is_playing, delay_ms=view.delay_ms
    )
    assert resolve(again, n_passes, n_samples) == view


def test_that_without_a_pass_there_is_nothing_to_show() -> None:
    assert resolve(ReplayState(), 0, 3) is None


def test_that_a_single_pass_is_not_played() -> None:
    view = resolve(ReplayState(is_playing=True), 1, 1)
    assert view is not None
    assert not view.is_playing
    assert view.is_last

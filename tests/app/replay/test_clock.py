"""Which pass is on after so many seconds."""

from hypothesis import given
from hypothesis import strategies as st

from app.replay.clock import Playback


def test_that_a_pass_stays_for_its_delay() -> None:
    playback = Playback(first_pass=2, began_seconds=10.0, delay_ms=500, is_looping=False)
    assert playback.pass_at(10.0, 6) == (2, False)
    assert playback.pass_at(10.49, 6) == (2, False)
    assert playback.pass_at(10.5, 6) == (3, False)
    assert playback.pass_at(11.0, 6) == (4, False)


def test_that_a_playback_ends_at_the_last_pass() -> None:
    playback = Playback(first_pass=0, began_seconds=0.0, delay_ms=200, is_looping=False)
    assert playback.pass_at(60.0, 6) == (5, True)


def test_that_a_looping_playback_begins_again_at_the_first_pass() -> None:
    playback = Playback(first_pass=4, began_seconds=0.0, delay_ms=1000, is_looping=True)
    assert playback.pass_at(2.0, 6) == (0, False)


@given(st.integers(0, 99), st.floats(0, 1e5), st.integers(200, 2000), st.booleans(), st.integers(100, 200))
def test_that_slow_painting_skips_passes_and_never_falls_behind(
    first: int, seconds: float, delay_ms: int, is_looping: bool, n_passes: int
) -> None:
    number, _ = Playback(first, 0.0, delay_ms, is_looping).pass_at(seconds, n_passes)
    gone = first + int((seconds * 1000 + 0.5) // delay_ms)
    assert number == (gone % n_passes if is_looping else min(gone, n_passes - 1))


def test_that_a_playback_with_a_stride_shows_a_long_run_within_a_minute() -> None:
    playback = Playback(first_pass=0, began_seconds=0.0, delay_ms=200, is_looping=False, stride=10)
    assert playback.pass_at(0.21, 3000) == (10, False)
    assert playback.pass_at(59.9, 3000) == (2990, False)
    assert playback.pass_at(60.1, 3000) == (2999, True)


def test_that_a_clock_that_is_set_back_stays_at_the_first_pass() -> None:
    playback = Playback(first_pass=2, began_seconds=10.0, delay_ms=500, is_looping=False)
    assert playback.pass_at(5.0, 6) == (2, False)


def test_that_the_next_pass_is_on_from_the_nearest_millisecond_on_and_the_last_is_the_end() -> None:
    playback = Playback(first_pass=2, began_seconds=10.0, delay_ms=500, is_looping=False)
    assert playback.pass_at(10.4989, 6) == (2, False)
    assert playback.pass_at(10.4996, 6) == (3, False)
    assert [playback.pass_at(seconds, 6) for seconds in (11.49, 11.5)] == [(4, False), (5, True)]

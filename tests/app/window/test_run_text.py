"""How a run ended, in words."""

from types import SimpleNamespace

import pytest

from app.window.run_text import ending, stood_in


def opened(
    steps: int, total: int | None, *, finished: bool = True, recorded: bool | None = False, created: str = "2026"
) -> SimpleNamespace:
    run = SimpleNamespace(total_steps=total, created=created)
    collection = SimpleNamespace(n_steps=steps, finished=finished, run=run)
    return SimpleNamespace(collection=collection, is_being_recorded=recorded)


@pytest.mark.parametrize(
    ("run", "text"),
    [
        (opened(938, 938), "finished"),
        (opened(1876, 938), "finished"),  # it was resumed for more epochs
        (opened(938, None), "finished"),
        (opened(93, 938), "stopped at step 93 of 938"),
        (opened(93, 1_000_000), "stopped at step 93 of 1,000,000"),
        (opened(93, 938, finished=False), "cut off at step 93 of 938"),
        (opened(93, None, finished=False), "cut off at step 93"),
        (opened(938, 938, finished=False), "cut off at step 938 of 938"),
        (opened(939, 938, finished=False), "cut off at step 939"),
        (opened(93, 938, finished=False, recorded=True), ""),
        (opened(93, 938, finished=False, recorded=None), "unfinished"),
        (opened(93, None, created=""), ""),  # of another tool, of which nothing is known
    ],
)
def test_that_the_text_says_how_and_where_it_ended(run: SimpleNamespace, text: str) -> None:
    assert ending(run).text == text
    assert bool(ending(run).details) == bool(text)
    assert ending(run).is_whole == (text == "finished")


def test_that_a_run_of_this_window_is_under_way_whatever_the_file_system_tells() -> None:
    assert ending(opened(93, 938, finished=False, recorded=None), is_live=True).text == ""


def test_that_a_failure_is_told_with_the_way_to_its_log() -> None:
    end = ending(opened(93, 938, finished=False), failure="The training failed: no memory\nAll that it said is in x.")
    assert end.text == "failed at step 93 of 938"
    assert "All that it said is in x." in end.details


@pytest.mark.parametrize(
    ("asked", "used", "text"),
    [
        ("mnist", "digits", "digits stood in for mnist"),
        ("mnist", "mnist", ""),
        ("my pictures", "", ""),  # of a script that says only what it is about
        ("", "digits", ""),
    ],
)
def test_that_other_data_are_told_only_where_they_are_known_to_be_others(asked: str, used: str, text: str) -> None:
    assert stood_in(SimpleNamespace(run=SimpleNamespace(dataset=asked, data_used=used))) == text

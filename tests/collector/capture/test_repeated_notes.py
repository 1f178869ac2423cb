"""A kind of note is written once, and how often it came when the run ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.capture.guard import CollectorWarning, Guard
from collector.capture.repeated_notes import MOST_ALIKE, RepeatedNotes


def test_that_a_kind_is_written_once_and_counted_with_its_steps() -> None:
    kinds = RepeatedNotes()

    written = [kinds.is_new(f"the mean is {step / 7}", "means", step) for step in (3, 5, 11)]

    assert written == [True, False, False]
    assert list(kinds.counted()) == [
        "2 more of this kind, from step 3 on, last at step 11: the mean is 0.42857142857142855"
    ]
    assert not list(kinds.counted())


@pytest.mark.parametrize(("length", "told"), [(120, "x" * 120), (121, "x" * 119 + "…")])
def test_that_a_long_text_is_told_again_by_its_beginning(length: int, told: str) -> None:
    kinds = RepeatedNotes()

    for step in (1, 2):
        kinds.is_new("x" * length, "a kind", step)

    assert [text.partition(": ")[2] for text in kinds.counted()] == [told]


def test_that_a_kind_that_came_once_is_not_counted() -> None:
    kinds = RepeatedNotes()

    assert kinds.is_new("only once", "a kind", 4)
    assert not list(kinds.counted())


def test_that_the_same_words_are_written_once_and_never_counted() -> None:
    kinds = RepeatedNotes()

    assert [kinds.is_new("the same", None, step) for step in range(3)] == [True, False, False]
    assert not list(kinds.counted())


@given(st.lists(st.integers(0, 60) | st.floats(0, 1e9), max_size=60))
def test_that_of_notes_which_differ_in_numbers_only_the_first_are_written_and_all_are_told(
    numbers: list[float],
) -> None:
    kinds = RepeatedNotes()
    texts = [f"there are {number} boxes" for number in numbers]
    distinct = list(dict.fromkeys(texts))

    written = [text for step, text in enumerate(texts) if kinds.is_new(text, None, step)]

    assert written == distinct[:MOST_ALIKE]
    told = list(kinds.counted())
    n_left = len(distinct) - len(written)
    assert [each.partition(" more")[0] for each in told] == ([str(n_left)] if n_left else [])


def test_that_names_with_numbers_are_told_apart_up_to_the_bound() -> None:
    kinds = RepeatedNotes()

    assert all(kinds.is_new(f"'fc{number}' is not compared", None, 0) for number in range(MOST_ALIKE))


def test_that_a_guard_tells_at_the_end_what_came_again() -> None:
    notes: list[str] = []
    step = 0
    guard = Guard(notes.append, lambda: step)

    with pytest.warns(CollectorWarning) as caught:
        for step in range(1, 2000):
            with guard("measuring"):
                raise KeyError(step)
            guard.remark(f"the loss is {step}.5")
    guard.ended()

    assert len(caught) == 1
    assert len(notes) == 1 + MOST_ALIKE + 2
    assert "1,998 more of this kind, from step 1 on, last at step 1999: Strobe failed while measuring" in notes[-2]
    assert notes[-1].startswith("1,991 more of this kind, from step 9 on, last at step 1999: the loss is")

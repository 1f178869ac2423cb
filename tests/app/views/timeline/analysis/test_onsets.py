"""Where findings begin: a mark each, one for several where theirs would overlap."""

import pytest

from app.views.timeline.analysis.onsets import onsets
from tests.app.made_up_findings import DEAD, LARGE, SPIKE, finding


def test_that_findings_far_apart_have_a_mark_each_from_left_to_right() -> None:
    marks = onsets([LARGE, SPIKE, DEAD], [90.0, 30.0, 60.0], 20.0)
    assert [(each.at, each.findings) for each in marks] == [(30.0, (SPIKE,)), (60.0, (DEAD,)), (90.0, (LARGE,))]


def test_that_marks_that_would_overlap_are_one_that_stands_where_the_worst_begins() -> None:
    (mark,) = onsets([SPIKE, DEAD, LARGE], [30.0, 40.0, 45.0], 20.0)
    assert mark.at == 40.0
    assert mark.findings == (DEAD, LARGE, SPIKE)


@pytest.mark.parametrize("n", [2, 50])
def test_that_many_close_to_each_other_do_not_become_one_across_the_plot(n: int) -> None:
    places = [3.0 * number for number in range(n)]
    marks = onsets([finding("odd", "note", [], number) for number in range(n)], places, 20.0)
    assert len(marks) == -(-n // 7)


def test_that_a_click_goes_to_the_worst_and_then_from_one_to_the_next() -> None:
    (mark,) = onsets([SPIKE, DEAD], [30.0, 31.0], 20.0)
    assert [mark.next_to(each) for each in (None, LARGE, DEAD, SPIKE)] == [DEAD, DEAD, SPIKE, DEAD]


def test_that_a_mark_tells_what_began_and_since_when() -> None:
    (mark,) = onsets([SPIKE, DEAD], [30.0, 31.0], 20.0)
    assert mark.text.splitlines() == [
        f"Critical, since step 6: {DEAD.title}",
        f"Note, since step 3: {SPIKE.title}",
    ]

"""What recording has cost, in words."""

import pytest

from collector.report.overhead_text import overhead_details, overhead_line
from collector.storage.schema import PriceRecord

PRICE = PriceRecord(500, {"passes": 0.75, "gradients": 0.5, "comparisons": 0.0, "scalars": 0.004}, 43.0, 23_400_000)


@pytest.mark.parametrize(
    ("seconds", "training_seconds", "line"),
    [(1.25, 43.0, "recording cost 2.9 %"), (0.001, 43.0, "recording cost 0.0 %"), (30.0, 43.0, "recording cost 70 %")],
)
def test_that_the_line_gives_our_share_of_the_trainings_time(
    seconds: float, training_seconds: float, line: str
) -> None:
    assert overhead_line(PriceRecord(500, {"passes": seconds}, training_seconds, 1), 50, is_over=False) == line


def test_that_nothing_is_said_where_nothing_is_known() -> None:
    assert overhead_line(None, 50, is_over=True) == ""
    assert overhead_line(PriceRecord(500, {"passes": 1.0}, 0.0, 1), 50, is_over=True) == ""


@pytest.mark.parametrize(
    ("step", "interval", "is_over", "is_said"),
    [
        (1, 50, False, False),
        (99, 1, True, False),
        (100, 50, False, True),
        (100, 51, False, False),
        (100, 51, True, True),
    ],
)
def test_that_nothing_is_said_of_a_training_that_has_only_begun(
    step: int, interval: int, is_over: bool, is_said: bool
) -> None:
    assert bool(overhead_line(PriceRecord(step, {"passes": 13.0}, 0.2, 1), interval, is_over=is_over)) is is_said


def test_that_the_details_name_each_part_and_the_bytes() -> None:
    assert overhead_details(PRICE, None).splitlines() == [
        "The training took 43 s, recording it 1.25 s: 2.9 % of the training's time.",
        "passes: 750 ms",
        "following the gradients: 500 ms",
        "all else: 4 ms",
        "23.4 MB were written.",
    ]


def test_that_the_details_name_the_budget() -> None:
    assert overhead_details(PRICE, 0.03).splitlines()[-1] == "Its budget was 3.0 %; the notes say what was left out."

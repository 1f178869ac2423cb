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


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.0004, "0.4 ms"),
        (0.0125, "12.5 ms"),
        (0.999, "999 ms"),
        (0.9996, "1 s"),
        (1.0, "1 s"),
        (43.0, "43 s"),
        (119.0, "119 s"),
        (120.0, "2.0 min"),
    ],
)
def test_that_seconds_are_told_in_their_nearest_unit(seconds: float, told: str) -> None:
    price = PriceRecord(500, {"passes": seconds}, 43.0, 1)
    assert overhead_details(price, None).splitlines()[1] == f"passes: {told}"


@pytest.mark.parametrize(
    ("n_bytes", "told"),
    [
        (999, "999 bytes"),
        (1000, "1 kB"),
        (999_400, "999 kB"),
        (999_600, "1 MB"),
        (23_400_000, "23.4 MB"),
        (2_500_000_000, "2.5 GB"),
    ],
)
def test_that_bytes_are_told_in_their_nearest_unit(n_bytes: int, told: str) -> None:
    details = overhead_details(PriceRecord(500, {}, 43.0, n_bytes), None)
    assert details.splitlines()[-1] == f"{told} were written."

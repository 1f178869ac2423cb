"""What recording has cost, in words."""

import pytest

from app.window.overhead_text import price_details, price_line
from collector.storage.schema import PriceRecord

PRICE = PriceRecord(500, {"passes": 0.75, "gradients": 0.5, "comparisons": 0.0, "scalars": 0.004}, 43.0, 23_400_000)


@pytest.mark.parametrize(
    ("seconds", "training_seconds", "line"),
    [(1.25, 43.0, "recording cost 2.9 %"), (0.001, 43.0, "recording cost 0.0 %"), (30.0, 43.0, "recording cost 70 %")],
)
def test_that_the_line_gives_our_share_of_the_trainings_time(
    seconds: float, training_seconds: float, line: str
) -> None:
    assert price_line(PriceRecord(1, {"passes": seconds}, training_seconds, 1)) == line


def test_that_nothing_is_said_where_nothing_is_known() -> None:
    assert price_line(None) == ""
    assert price_line(PriceRecord(1, {"passes": 1.0}, 0.0, 1)) == ""


def test_that_the_details_name_each_part_and_the_bytes() -> None:
    assert price_details(PRICE, None).splitlines() == [
        "The training took 43 s, recording it 1.25 s: 2.9 % of the training's time.",
        "passes: 750 ms",
        "following the gradients: 500 ms",
        "all else: 4 ms",
        "23.4 MB were written.",
    ]


def test_that_the_details_name_the_budget() -> None:
    assert price_details(PRICE, 0.03).splitlines()[-1] == "Its budget was 3.0 %; the notes say what was left out."

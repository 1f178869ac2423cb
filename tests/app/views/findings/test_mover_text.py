"""What is said of who moved first."""

import msgspec
import pytest

from app.views.findings.analysis.mover_text import mover_rows, movers_title, nothing_moved, place_of, shared_texts
from collector.findings import Evidence, FirstMovers, Mover
from collector.findings.first_movers import SharedMove

FIRST = Mover("fc1", "gradient_norm", 1_200, (1_150, 1_201), 8.5, 12.5)
NONE = FirstMovers(1_250, (1_000, 1_500), [], [])


def moved(*movers: Mover) -> FirstMovers:
    return msgspec.structs.replace(NONE, movers=list(movers))


def test_that_the_title_says_what_was_looked_at_where_anything_could_be() -> None:
    assert movers_title(NONE) == "Who moved first around step 1,250 (looked at: steps 1,000 to 1,500)"
    lacking = msgspec.structs.replace(NONE, lacks="too few steps")
    assert movers_title(lacking) == "Who moved first around step 1,250"
    assert nothing_moved(lacking) == "That cannot be told: too few steps."
    assert nothing_moved(NONE) == (
        "No layer left its own past there: what happened, happened to all of them alike, or to none."
    )


def test_that_a_row_says_which_place_since_when_how_large_and_how_far_from_usual() -> None:
    (row,) = mover_rows(moved(FIRST))
    assert row.above == "1 · since step 1,200"
    assert row.text == "fc1: gradient norm 12.5 times as large as usual"
    tip = (
        "It left its past behind step 1,150 and not behind step 1,201; robust z 8.5: so many times its usual spread"
        " away."
    )
    assert row.tip == tip
    (tied,) = mover_rows(moved(msgspec.structs.replace(FIRST, is_tie=True)))
    assert tied.above == "1 · since step 1,200 · a tie"
    assert tied.tip == f"{tip} What was recorded cannot tell which of those of a tie moved first."


@pytest.mark.parametrize(
    ("ties", "places"),
    [
        ([(5, 4, False)] * 3, [1, 2, 3]),
        ([(5, 4, True), (6, 4, True), (9, 8, False)], [1, 1, 3]),
        ([(5, 4, True), (6, 5, True)], [1, 2]),
        ([(5, 4, False), (6, 4, True), (7, 4, True)], [1, 1, 1]),
    ],
)
def test_that_a_tie_shares_the_place_of_its_first(ties: list[tuple[int, int, bool]], places: list[int]) -> None:
    movers = [Mover("fc1", "gradient_norm", since, (low, since), 5, 2, is_tie) for since, low, is_tie in ties]
    assert [int(row.above.partition(" ")[0]) for row in mover_rows(moved(*movers))] == places


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (1e12, "1e12 times as large as usual"),
        (1.1e12, "far above all that is usual"),
        (1e-12, "1e−12 times as large as usual"),
        (0.9e-12, "down to nothing"),
        (0.25, "0.25 times as large as usual"),
    ],
)
def test_that_a_factor_without_end_is_told_in_words(factor: float, words: str) -> None:
    (row,) = mover_rows(moved(msgspec.structs.replace(FIRST, factor=factor)))
    assert row.text == f"fc1: gradient norm {words}"


def test_that_what_all_share_is_a_sentence_each() -> None:
    shared = [SharedMove("update_norm", 1_100, 0.1), SharedMove("learning_rate", 7, 10)]
    assert shared_texts(msgspec.structs.replace(NONE, shared=shared)) == [
        "All layers together: update norm 0.1 times as large as usual, from step 1,100 on.",
        "All layers together: learning rate 10 times as large as usual, from step 7 on.",
    ]


def test_that_a_mover_leads_to_its_curve() -> None:
    assert place_of(FIRST) == Evidence(tab="optimizer", step=1_200, layer="fc1", series="gradient_norm/fc1")

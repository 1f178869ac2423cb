"""Which tensor of a network's output counts as its logits, and what is said where that is not plain."""

import pytest
import torch

from collector.pytorch.logits import logits_of

ROWS = [torch.full((4, 3), float(number)) for number in range(9)]


def test_that_of_several_that_are_named_so_the_first_counts() -> None:
    logits, said = logits_of({"other": ROWS[0], "a": {"logits": ROWS[1]}, "b": {"logits": ROWS[2]}}, 4)
    assert logits is ROWS[1]
    assert said == ""


@pytest.mark.parametrize(("n", "names"), [(8, "0, 1, 2, 3, 4, 5, 6, 7"), (9, "0, 1, 2, 3, 4, 5, 6, 7 and 1 more")])
def test_that_of_many_the_first_is_taken_and_eight_are_named(n: int, names: str) -> None:
    logits, said = logits_of(tuple(ROWS[:n]), 4)
    assert logits is ROWS[0]
    assert said == f"Of the network's outputs {names} the first with a row for each sample, 0, counts as logits."


def test_that_a_single_one_needs_no_word_and_one_without_a_row_for_each_sample_is_none() -> None:
    assert logits_of(ROWS[5], 4) == (ROWS[5], "")
    logits, said = logits_of(ROWS[5], 3)
    assert logits is None
    assert said.endswith("no row of numbers for each sample.")

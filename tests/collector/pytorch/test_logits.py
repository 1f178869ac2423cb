"""Which tensor of a network's output counts as its logits where layers are compared."""

import torch

from collector.pytorch.logits import logits_of

ROWS = [torch.full((4, 3), float(number)) for number in range(9)]


def test_that_of_several_that_are_named_so_the_first_counts() -> None:
    assert logits_of({"other": ROWS[0], "a": {"logits": ROWS[1]}, "b": {"logits": ROWS[2]}}, 4) is ROWS[1]


def test_that_of_many_the_first_is_taken_and_one_without_a_row_for_each_sample_is_none() -> None:
    assert logits_of(tuple(ROWS), 4) is ROWS[0]
    assert logits_of(ROWS[5], 3) is None

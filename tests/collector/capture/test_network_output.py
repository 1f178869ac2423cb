"""Which of the tensors that a network gives is kept, and how much of it."""

from typing import Any

import pytest

from collector.capture.network_output import MOST_VALUES, Given, by_samples, kept_part, kept_positions, network_output

PICTURES = {"shape": (6, 1, 8, 8)}
WORDS: dict[str, Any] = {"shape": (6, 9), "is_whole": True, "largest": 40}


@pytest.mark.parametrize(
    ("given", "tensors", "name", "form"),
    [
        (PICTURES, {"": (6, 10)}, "", "rows"),
        (PICTURES, {"": (6,)}, "", "rows"),
        (PICTURES, {"": (6, 5000)}, "", "large rows"),
        ({"shape": (6, 3, 32, 32)}, {"": (6, 3072)}, "", "shaped"),
        ({"shape": (6, 9), "targets": (6, 2000)}, {"": (6, 2000)}, "", "shaped"),
        (PICTURES, {"features": (6, 4), "logits": (6, 10)}, "logits", "rows"),
        (PICTURES, {"0": (6, 1, 8, 8), "1": (6, 20), "2": (6, 20)}, "0", "shaped"),
        (PICTURES, {"0": (6, 4, 4, 4), "1": (6, 20)}, "1", "rows"),
        ({"shape": (6, 9), "targets": (6, 1)}, {"mean": (6, 3), "value": (6,)}, "value", "rows"),
        (WORDS, {"": (6, 9, 50)}, "", "tokens"),
        (WORDS, {"hidden": (6, 9, 16), "pooled": (6, 16)}, "pooled", "rows"),
        (WORDS | {"kind": "tokens"}, {"": (6, 9, 16)}, "", "tokens"),
        (WORDS | {"targets": (6, 9), "are_whole_targets": True}, {"": (6, 9, 5)}, "", "tokens"),
    ],
)
def test_what_the_task_is_about_is_kept(
    given: dict[str, Any], tensors: dict[str, tuple[int, ...]], name: str, form: str
) -> None:
    main = network_output(list(tensors.items()), Given(**given)).main
    assert main is not None
    assert (main.name, main.form) == (name, form)


def test_a_choice_among_several_is_told_and_so_is_that_there_is_none() -> None:
    several = network_output([("0", (6, 3)), ("1", (6, 3))], Given((6, 4)))
    assert several.told == "Of the network's outputs 0, 1 the one that is kept is 0."
    none = network_output([("", (5, 3))], Given((6, 4)))
    assert none.main is None
    assert none.told.endswith("the network's output has shape (5, 3), nothing for each of the 6 samples.")


def test_what_was_generated_is_kept_beside_its_scores() -> None:
    found = network_output([("0", (6, 1, 8, 8)), ("1", (6, 1))], Given((6, 100)))
    assert (found.main.name, found.beside.name) == ("1", "0")


def test_rows_of_all_tokens_are_told_apart_by_sample() -> None:
    assert by_samples((54, 50), Given(**WORDS)) == (6, 9, 50)
    assert by_samples((54, 50), Given((54, 9))) == (54, 50)


@pytest.mark.parametrize("shape", [(100, 1, 28, 28), (4, 21, 512, 512), (2, 10**6), (3, 5000, 40)])
def test_no_more_numbers_are_kept_than_a_pass_has_room_for(shape: tuple[int, ...]) -> None:
    kept = [len(range(size)[part]) for size, part in zip(shape, kept_part(shape), strict=True)]
    product = 1
    for size in kept:
        assert size
        product *= size
    assert product <= MOST_VALUES


def test_of_many_classes_fewer_positions_are_kept() -> None:
    assert kept_positions((16, 1000, 100)) == (2, 1000)
    assert kept_positions((16, 1000, 50_257)) == (1, 83)

from collections import Counter

import pytest
import torch

from data.pictures import DataSource, PictureDataset
from data.probe import choose_probe


def source(test_labels: list[int], n_classes: int = 3) -> DataSource:
    """Test pictures of one pixel that holds their own number."""
    numbers = torch.arange(len(test_labels), dtype=torch.uint8).view(-1, 1, 1, 1)
    test = PictureDataset(numbers, torch.tensor(test_labels), (0.0,), (1 / 255,))
    train = PictureDataset(numbers + 100, torch.tensor(test_labels), (0.0,), (1 / 255,))
    return DataSource("x", "x", None, train, test, ("a", "b", "c")[:n_classes], (0.0,), (1 / 255,))


def test_that_classes_take_turns_in_test_order() -> None:
    images, labels = choose_probe(source([2, 2, 0, 1, 0, 1, 2]), n=6)
    assert labels.tolist() == [0, 1, 2, 0, 1, 2]
    assert images.flatten().round().int().tolist() == [2, 3, 0, 4, 5, 1]


def test_that_rare_classes_give_all_they_have_and_others_fill_up() -> None:
    _, labels = choose_probe(source([0, 0, 0, 0, 1, 2]), n=5)
    assert Counter(labels.tolist()) == {0: 3, 1: 1, 2: 1}


def test_that_a_small_test_set_gives_all_it_has() -> None:
    images, labels = choose_probe(source([0, 1, 2]), n=16)
    assert len(images) == len(labels) == 3


def test_that_a_probe_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one sample"):
        choose_probe(source([0, 1, 2]), n=0)


def test_that_choosing_twice_gives_the_same_probe() -> None:
    first, second = (choose_probe(source([2, 0, 1, 1, 0, 2]), n=4) for _ in range(2))
    assert torch.equal(first[0], second[0])
    assert torch.equal(first[1], second[1])

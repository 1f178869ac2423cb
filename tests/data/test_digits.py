import pytest
import torch

from data.digits import TRAINING_PICTURES, load_digits_like_mnist
from data.names import PICTURE_SHAPES
from data.pictures import DataSource


@pytest.fixture(scope="module")
def digits() -> DataSource:
    return load_digits_like_mnist()


def test_that_30_000_training_and_a_sixth_of_the_originals_for_test_are_given(digits: DataSource) -> None:
    assert len(digits.train) == TRAINING_PICTURES == 30_000
    assert 290 <= len(digits.test) <= 310
    assert digits.shape == PICTURE_SHAPES["digits"]
    assert digits.class_names == tuple("0123456789")


def test_that_loading_again_gives_the_same_pictures(digits: DataSource) -> None:
    again = load_digits_like_mnist()
    assert torch.equal(digits.train.pictures, again.train.pictures)
    assert torch.equal(digits.train.labels, again.train.labels)
    assert torch.equal(digits.test.pictures, again.test.pictures)


def test_that_each_digit_is_about_as_frequent_in_training_and_in_test(digits: DataSource) -> None:
    train = digits.train.labels.bincount() / len(digits.train)
    test = digits.test.labels.bincount() / len(digits.test)
    assert (train - 0.1).abs().max() < 0.01
    assert (test - 0.1).abs().max() < 0.01


def test_that_no_test_original_is_among_the_training_pictures(digits: DataSource) -> None:
    """A training picture lies close to its own original; a test picture must never be that close to one."""
    test = digits.test.pictures.float().flatten(1)[:60]
    nearest = torch.cdist(test, digits.train.pictures.float().flatten(1)).min(dim=1).values
    assert nearest.min() > 300


def test_that_digits_are_bright_on_dark_and_leave_a_dark_border(digits: DataSource) -> None:
    test = digits.test.pictures.float() / 255
    assert test[:, :, :2].max() == 0
    assert test[:, :, :, :2].max() == 0
    assert 0.08 < test.mean() < 0.2
    assert (test.amax((1, 2, 3)) > 0.9).all()


def test_that_a_linear_look_at_the_pictures_tells_the_digits_apart(digits: DataSource) -> None:
    """The mean training picture of each class is already a fair classifier of real handwriting."""
    train = digits.train.pictures.float().flatten(1)
    means = torch.stack([train[digits.train.labels == label].mean(0) for label in range(10)])
    guesses = torch.cdist(digits.test.pictures.float().flatten(1), means).argmin(1)
    assert (guesses == digits.test.labels).float().mean() > 0.75

"""Three hundred changes of one picture: known kinds, known strengths, drawn by a seed."""

from collections import Counter

import pytest
import torch

from data.augmentations import KINDS, AugmentedPicture, augmented


def digit(channels: int = 1) -> torch.Tensor:
    """A bright bar on a dark ground, off the middle."""
    picture = torch.full((channels, 28, 28), 10, dtype=torch.uint8)
    picture[:, 6:22, 12:15] = 200
    return picture


@pytest.fixture(scope="module")
def changed() -> AugmentedPicture:
    return augmented(digit())


def of(kind: str, changed: AugmentedPicture) -> list[tuple[float, torch.Tensor]]:
    """Strength and picture of each change of a kind."""
    return [
        (float(strength), picture)
        for name, strength, picture in zip(changed.kinds, changed.strengths, changed.pictures, strict=True)
        if name == kind
    ]


def test_that_there_are_three_hundred_of_eight_kinds_and_the_first_is_unchanged(changed: AugmentedPicture) -> None:
    assert changed.pictures.shape == (300, 1, 28, 28)
    assert changed.pictures.dtype == torch.uint8
    assert torch.equal(changed.pictures[0], digit())
    assert (changed.kinds[0], float(changed.strengths[0])) == ("none", 0)
    counts = Counter(changed.kinds[1:])
    assert counts.keys() == KINDS.keys() == changed.largest.keys()
    assert set(counts.values()) == {37, 38}


def test_that_strengths_rise_within_a_kind_over_its_whole_range(changed: AugmentedPicture) -> None:
    for name, kind in KINDS.items():
        strengths = [strength for strength, _ in of(name, changed)]
        assert strengths == sorted(strengths)
        assert (-1 if kind.is_signed else 0) <= strengths[0] < (-0.9 if kind.is_signed else 0.1)
        assert 0.9 < strengths[-1] <= 1


@pytest.mark.parametrize("name", KINDS)
def test_that_a_strong_change_changes_more_than_a_weak_one(name: str, changed: AugmentedPicture) -> None:
    ordered = sorted(of(name, changed), key=lambda each: abs(each[0]))
    far = [float((picture.float() - digit()).abs().mean()) for _, picture in ordered]

    assert sum(far[-10:]) > 2 * sum(far[:10])
    assert far[-1] > 0


@pytest.mark.parametrize("name", ["rotation", "scale", "shear", "translation"])
def test_that_what_is_left_empty_takes_the_colour_of_the_edge(name: str, changed: AugmentedPicture) -> None:
    # torchvision mixes a little black into the last row of the picture itself
    assert all(picture.min() >= 7 for _, picture in of(name, changed))


def test_that_the_seed_decides_everything_and_the_worlds_random_numbers_stay() -> None:
    before = torch.random.get_rng_state()
    one, same, other = augmented(digit(), 40, 1), augmented(digit(), 40, 1), augmented(digit(), 40, 2)

    assert torch.equal(one.pictures, same.pictures)
    assert torch.equal(one.strengths, same.strengths)
    assert not torch.equal(one.strengths, other.strengths)
    assert torch.equal(before, torch.random.get_rng_state())


@pytest.mark.parametrize(("shape", "n"), [((3, 32, 32), 17), ((1, 8, 8), 300), ((3, 5, 9), 9), ((1, 28, 28), 1)])
def test_that_any_picture_can_be_changed(shape: tuple[int, int, int], n: int) -> None:
    picture = torch.randint(0, 256, shape, generator=torch.Generator().manual_seed(0)).to(torch.uint8)

    assert augmented(picture, n).pictures.shape == (n, *shape)


def test_that_no_picture_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="0"):
        augmented(digit(), 0)

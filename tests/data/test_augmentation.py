import torch
from torch.nn import functional

from data.augmentation import CROP_PADDING, random_crop_and_flip


def pictures(count: int) -> torch.Tensor:
    return torch.randint(1, 256, (count, 3, 16, 16), generator=torch.Generator().manual_seed(0)).to(torch.uint8)


def test_that_each_result_is_one_of_the_81_crops_mirrored_or_not() -> None:
    originals = pictures(20)
    results = random_crop_and_flip(originals, torch.Generator().manual_seed(1))
    assert results.shape == originals.shape
    assert results.dtype == torch.uint8
    for original, result in zip(originals, results, strict=True):
        padded = functional.pad(original, [CROP_PADDING] * 4)
        crops = padded.unfold(1, 16, 1).unfold(2, 16, 1).permute(1, 2, 0, 3, 4).reshape(81, 3, 16, 16)
        possible = torch.cat([crops, crops.flip(-1)])
        assert (possible == result).all(dim=(1, 2, 3)).any()


def test_that_about_half_of_the_pictures_are_mirrored() -> None:
    ramp = torch.arange(1, 17, dtype=torch.uint8).expand(2000, 1, 16, 16)
    rows = random_crop_and_flip(ramp, torch.Generator().manual_seed(2))[:, 0, 8].int()
    falling = (rows[:, 7] > rows[:, 8]).float().mean().item()
    assert 0.45 < falling < 0.55


def test_that_the_generator_decides_everything() -> None:
    before = torch.random.get_rng_state()
    first, second = (random_crop_and_flip(pictures(20), torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(first, second)
    assert torch.equal(before, torch.random.get_rng_state())

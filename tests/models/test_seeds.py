import random

import numpy as np
import pytest
import torch

from models.seeds import seed_everything


def draws() -> tuple[float, float, float]:
    from_numpy = float(np.random.rand())  # noqa: NPY002 (the global generator is the one that is seeded)
    return random.random(), from_numpy, torch.rand(()).item()


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1])
def test_that_the_same_seed_gives_the_same_numbers_everywhere(seed: int) -> None:
    assert seed_everything(seed) == seed
    first = draws()
    assert seed_everything(seed) == seed
    assert draws() == first


def test_that_zero_is_a_seed_of_its_own() -> None:
    seed_everything(0)
    zero = draws()
    seed_everything(1)
    assert draws() != zero


def test_that_no_seed_draws_one_and_tells_it() -> None:
    drawn = seed_everything(None)
    first = draws()
    seed_everything(drawn)
    assert draws() == first
    assert {seed_everything(None) for _ in range(3)} != {drawn}


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_that_seeds_out_of_range_are_refused(seed: int) -> None:
    with pytest.raises(ValueError, match="between 0 and 4294967295"):
        seed_everything(seed)

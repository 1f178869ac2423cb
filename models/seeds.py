"""One seed for everything random."""

import random
import secrets

import numpy as np
import torch


def seed_everything(seed: int | None) -> int:
    """Make Python, NumPy and torch repeatable from `seed` (0 is a seed like any other); returns the seed.

    None draws a new seed, so that a run which nobody seeded can still be repeated from what it reports.
    Raises ValueError outside 0..2**32 - 1, the range that all three take.
    """
    if seed is None:
        seed = secrets.randbelow(2**32)
    if not 0 <= seed < 2**32:
        raise ValueError(f"a seed must be between 0 and {2**32 - 1}, not {seed}")
    random.seed(seed)
    # The old global generator is what other people's code still draws from.
    np.random.seed(seed)  # noqa: NPY002
    torch.manual_seed(seed)
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.benchmark = False
    return seed

"""One seed for everything random."""

import random
import secrets
from typing import Any

import numpy as np
import torch


def seed_everything(seed: int | None) -> int:
    """Make Python, NumPy and torch repeatable from `seed` (0 is a seed like any other); returns the seed.

    None draws a new seed, so that a run which nobody seeded can still be repeated from what it reports.
    Raises ValueError outside 0..2**32 - 1, the range that all three take.
    """
    if seed is None:
        seed = drawn_seed()
    if not 0 <= seed < 2**32:
        raise ValueError(f"a seed must be between 0 and {2**32 - 1}, not {seed}")
    random.seed(seed)
    # The old global generator is what other people's code still draws from.
    np.random.seed(seed)  # noqa: NPY002
    torch.manual_seed(seed)
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.benchmark = False
    return seed


def random_states() -> dict[str, Any]:
    """Where the random numbers of Python, NumPy and torch are, as tensors and plain values."""
    kind, keys, *rest = np.random.get_state()  # noqa: NPY002
    return {
        "python": random.getstate(),
        "numpy": (kind, torch.from_numpy(np.array(keys, np.int64)), *rest),
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }


def set_random_states(states: dict[str, Any]) -> None:
    """Go on with the random numbers from where they were."""
    random.setstate(states["python"])
    kind, keys, *rest = states["numpy"]
    np.random.set_state((kind, keys.numpy().astype(np.uint32), *rest))  # noqa: NPY002
    torch.set_rng_state(states["torch"])
    if len(states["cuda"]) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all(states["cuda"])


def drawn_seed() -> int:
    """A seed that nobody chose."""
    return secrets.randbelow(2**32)

"""A call of a model in training, held so that it can be made once more."""

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor


@dataclass
class ModelCall:
    """A call of a model in training, so that it can be made once more.

    Attributes:
        random_state: of torch, when it was made.
        gradients: of what it gave, by place, as the backward pass brought them.
    """

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    random_state: Tensor
    autocast: torch.autocast
    gradients: dict[int, Tensor] = field(default_factory=dict)

    @classmethod
    def of_now(cls, args: tuple[Any, ...], kwargs: dict[str, Any]) -> "ModelCall":
        """A call that is about to be made."""
        kind = "cuda" if torch.cuda.is_initialized() else "cpu"
        autocast = torch.autocast(kind, torch.get_autocast_dtype(kind), enabled=torch.is_autocast_enabled(kind))
        return cls(args, kwargs, torch.get_rng_state(), autocast)

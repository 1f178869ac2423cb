"""A call of a model in training, held so that it can be made once more."""

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor


@dataclass(slots=True)
class ModelCall:
    """A call of a model in training, so that it can be made once more.

    Attributes:
        random_state: of torch, when it was made.
        device, dtype: what autocast would be for, and to which type it was on; None: it was not.
        gradients: of what it gave, by place, as the backward pass brought them.
    """

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    random_state: Tensor
    device: str
    dtype: torch.dtype | None
    gradients: dict[int, Tensor] = field(default_factory=dict)

    @classmethod
    def of_now(cls, args: tuple[Any, ...], kwargs: dict[str, Any]) -> "ModelCall":
        """A call that is about to be made."""
        kind = "cuda" if torch.cuda.is_initialized() else "cpu"
        dtype = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else None
        return cls(args, kwargs, torch.default_generator.get_state(), kind, dtype)

    @property
    def autocast(self) -> torch.autocast:
        """The same again."""
        return torch.autocast(self.device, self.dtype, enabled=self.dtype is not None)

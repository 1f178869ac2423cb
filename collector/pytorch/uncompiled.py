"""Functions of ours that `torch.compile` is to leave alone, wherever they are called from."""

from collections.abc import Callable
from typing import Any

import torch

try:
    from torch._C._dynamo.eval_frame import get_eval_frame_callback
    from torch._dynamo.decorators import skip
except ImportError:  # torch keeps them for itself, and may call them otherwise
    get_eval_frame_callback = skip = None  # type: ignore[assignment]


def uncompiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, neither compiled nor looked into; it costs no graph where the caller's is broken anyway.

    `torch.compiler.disable` costs 0.7 µs a call, and in a training several times that, also where nobody compiles
    anything: it is asked for only where somebody does.
    """
    disabled = torch.compiler.disable(function)
    if skip is None:
        return disabled

    def call(*given: Any) -> Any:
        return function(*given) if get_eval_frame_callback() is None else disabled(*given)

    return skip(call)

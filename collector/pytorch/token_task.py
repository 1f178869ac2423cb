"""Networks of which each position is to give the token that follows."""

from dataclasses import replace

import torch
from torch import nn

from collector.capture.targets import Targets
from collector.capture.task_option import NEXT_TOKEN, following
from collector.pytorch.samples import Samples

_CAUSAL = "ForCausalLM"
"""How the transformers library marks a model whose own loss compares each position with the token that follows."""
_CAUSAL_NAME = "LMHeadModel"
"""How those end that it takes for such without marking them."""


def token_task(model: nn.Module, inputs: Samples, targets: Targets, task: str) -> tuple[Targets, str, str]:
    """The targets, the kind of the task and how it is known; all as they were given where nothing tells more.

    Args:
        task: as the user said it; see `check_task`.
    """
    words, mark = inputs.shown, getattr(model, "loss_type", "")
    is_causal = mark == _CAUSAL or (mark is None and type(model).__name__.endswith(_CAUSAL_NAME))
    kind = "tokens" if task == NEXT_TOKEN else task
    are_words = words.ndim == 2 and words.layout == torch.strided and not words.is_floating_point()
    if not are_words or (task != NEXT_TOKEN and not (is_causal and task in ("", "tokens"))):
        return targets, kind, ""
    told_by = "" if task else "the model is a causal language model of transformers"
    given = targets.values
    is_to_shift = given is None or (is_causal and given.shape == tuple(words.shape))
    if not is_to_shift:
        return targets, "tokens", told_by
    tokens = words.detach().cpu().numpy() if given is None else given
    return replace(targets, values=following(tokens)), "tokens", told_by

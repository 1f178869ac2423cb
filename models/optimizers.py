"""Makes an optimizer by its name."""

from collections.abc import Iterable

from torch import nn, optim

from models.names import OPTIMIZERS

# adamw: the original visualizer's. adam: the same rate, so that the two differ in the weight decay only.
# sgd: with momentum 0.9, whose steps are ten times the rate. rmsprop: no bias correction, so gentler.
DEFAULT_LEARNING_RATES: dict[str, float] = {"adamw": 0.002, "adam": 0.002, "sgd": 0.05, "rmsprop": 0.001}

SGD_MOMENTUM = 0.9

# Without batch normalisation its eleven layers lose nearly all their rectifiers at the full rate, and then nothing
# learns any more: 99 of 100 gradients are exactly zero after 80 steps of `shapes`.
GENTLER: dict[str, float] = {"cifar10_cnn": 0.25}


def default_rate(name: str, model: str = "") -> float:
    """The learning rate of the optimizer `name` where none is asked for; a model may need a gentler one."""
    return DEFAULT_LEARNING_RATES[name] * GENTLER.get(model, 1.0)


def build_optimizer(
    name: str, parameters: Iterable[nn.Parameter], lr: float | None = None, model: str = ""
) -> optim.Optimizer:
    """The optimizer `name` for the `parameters` of `model`, with their default learning rate unless `lr` is given.

    Raises ValueError for an unknown name or a rate that is not above 0.
    """
    if name not in OPTIMIZERS:
        raise ValueError(f"there is no optimizer {name!r}; choose one of {', '.join(OPTIMIZERS)}")
    rate = default_rate(name, model) if lr is None else lr
    if not rate > 0:
        raise ValueError(f"a learning rate must be above 0, not {rate}")
    if name == "adamw":
        return optim.AdamW(parameters, lr=rate)
    if name == "adam":
        return optim.Adam(parameters, lr=rate)
    if name == "sgd":
        return optim.SGD(parameters, lr=rate, momentum=SGD_MOMENTUM)
    return optim.RMSprop(parameters, lr=rate)

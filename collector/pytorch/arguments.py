"""What a user gives to be recorded, checked: the model and its optimizers."""

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from collector.pytorch.modules import parameters_in
from collector.pytorch.optimizers import around_optimizer, inner_optimizer, parameters_of


def check_model(model: object) -> None:
    """Whether it is one that can be recorded.

    Raises:
        ValueError: what is wrong, in words.
    """
    if not isinstance(model, nn.Module):
        several = "; several are one as torch.nn.ModuleDict" if isinstance(model, list | tuple | dict) else ""
        raise ValueError(f"model is of type {type(model).__name__}; give a torch.nn.Module{several}")
    if any(is_lazy(parameter) for parameter in parameters_in(model)):
        raise ValueError("the model has layers whose sizes are not known yet; run it once before it is collected")


def names_of_optimizers(given: Any, optimizers: Sequence[Any], model: nn.Module) -> list[str]:
    """What each is called: its key, where a dict is given; else the module that it updates, or its number."""
    if isinstance(given, Mapping):
        return [str(name) for name in given]
    names: dict[Tensor, str] = {each: name for name, each in model.named_parameters()}
    found = [_module_around([names[each] for each in parameters_of(one) if each in names]) for one in optimizers]
    if all(found) and len(set(found)) == len(found):
        return found
    return [f"optimizer{number}" for number in range(len(optimizers))]


def _module_around(parameters: Sequence[str]) -> str:
    """The innermost module that holds all of these parameters; empty: that is the model."""
    paths = [name.split(".")[:-1] for name in parameters]
    same = takewhile(lambda parts: len(set(parts)) == 1, zip(*paths, strict=False))
    return ".".join(parts[0] for parts in same)


def check_optimizers(given: Any) -> tuple[list[Any], list[Any]]:
    """The optimizers, out of what libraries put around them; and what is put around them.

    Raises:
        ValueError: there is none, or something else.
    """
    if isinstance(given, Mapping):
        given = list(given.values())
    each_given = list(given) if isinstance(given, list | tuple) else [given]
    optimizers = [inner_optimizer(each) for each in each_given]
    strange = [each for each in optimizers if not callable(getattr(each, "step", None)) or isinstance(each, type)]
    if strange or not optimizers:
        found = f"of type {type(strange[0]).__name__}" if strange else "an empty list"
        raise ValueError(f"optimizer is {found}; give a torch.optim.Optimizer, or a list of them")
    if len({id(each) for each in optimizers}) < len(optimizers):
        raise ValueError("optimizer names one optimizer twice; a step ends with the update of the last one")
    return optimizers, [outer for each in each_given for outer in around_optimizer(each)]

"""Where the samples lie in what a model is given and in what its parts give, where it is not every first axis."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from torch import Tensor, nn

from collector.capture.targets import Targets
from collector.capture.wording import listed
from collector.pytorch.functions import FunctionCalls
from collector.pytorch.hooks import Hooks
from collector.pytorch.layers import layers_of
from collector.pytorch.modules import modules_of
from collector.pytorch.preserved_state import preserved_state
from collector.pytorch.samples import OUTPUT, Samples
from collector.pytorch.tensors import shape_of, tensors_in

TAKEN_FOR_TIME = (
    "The probe's first axis is taken for time and its second one for samples, as {}, made with batch_first=False, "
    "reads it; sample_axis=0 says otherwise."
)
SWAPPED = (
    "The probe's axes look swapped: there are {}, one for each place along its first axis, but {}, made with "
    "batch_first=False, takes that axis for time and the second one for samples. Make it with batch_first=True, or "
    "transpose the samples."
)
OTHER_ROWS = (
    "The probe's axes look swapped: of shape {}, it is taken for {} samples, but the network gives {} rows. Where the "
    "samples lie along its second axis, say sample_axis=1."
)

Shapes = dict[tuple[object, int], tuple[int, ...]]
"""Place in the model and number of the tensor that is given there → its shape."""


def says_time_first(model: nn.Module) -> list[str]:
    """The modules that take their first axis for time, by their own word."""
    return [name for name, each in modules_of(model).items() if getattr(each, "batch_first", None) is False]


def settled(model: nn.Module, samples: Samples, targets: Targets) -> tuple[Samples, str, str]:
    """The samples along the axis that the model's modules take for theirs; a warning, and a remark.

    Recurrent layers and attention made with ``batch_first=False`` take the second axis of what they are given for the
    samples'. Where the probe reaches one as it is, embedded or not, it is so for the probe: that is seen from a second
    run with a step less. How many labels there are, or else rows of the output, says otherwise where it does.

    Args:
        samples: along their first axis.
        targets: of the samples.
    """
    shape = shape_of(samples.first)
    if samples.is_list or len(shape) < 2 or not says_time_first(model):
        return samples, "", ""
    n_steps, n_samples = shape[:2]
    given, rows = _given(model, samples, says_time_first(model))
    readers = [name for name, own in given.items() if len(own) > 2 and own[:2] == shape[:2]]
    if readers and n_steps > 1:
        fewer, _ = _given(model, samples[:-1], readers)
        readers = [name for name in readers if fewer.get(name, ())[:2] == (n_steps - 1, n_samples)]
    if not readers:
        return samples, "", ""
    n_labels = _n_labels(targets, shape)
    n_known = rows if n_labels is None else n_labels
    if n_known == n_steps != n_samples:
        what = f"{n_known} labels" if n_labels is not None else f"{n_known} rows of the output"
        return samples, SWAPPED.format(what, readers[0]), ""
    return replace(samples, axis=1, time_axis=0), "", TAKEN_FOR_TIME.format(listed(readers, 4))


def with_axes(model: nn.Module, samples: Samples) -> Samples:
    """The samples, knowing which axis is theirs in whatever the model's layers give.

    That is the one that is shorter by one where there is one sample less.
    """
    if samples.is_list or samples.axis == 0:
        return samples
    with preserved_state(model) as run:
        whole = _made(model, samples)
        if len(samples) == 1:
            axes = {at: _usual(shape, samples.first_axis) for at, shape in whole.items()}
            return replace(samples, axes=axes)
        run.again()
        fewer = _made(model, samples[:-1])
    return replace(samples, axes={at: _shortened(shape, fewer.get(at, ())) for at, shape in whole.items()})


def looks_swapped(samples: Samples, output: Any) -> str:
    """A sentence where the output has a row for each position of the second axis of the samples, not of the first."""
    shape = shape_of(samples.first)
    if samples.is_list or samples.axis != 0 or not 2 <= len(shape) <= 3:
        return ""
    n_rows = next((each.size(0) for each in tensors_in(output) if each.ndim), 0)
    return OTHER_ROWS.format(shape, shape[0], shape[1]) if n_rows == shape[1] != shape[0] else ""


def _n_labels(targets: Targets, shape: tuple[int, ...]) -> int | None:
    """For how many samples there are labels; None where they tell nothing, as one for each position."""
    own = targets.classes if targets.classes is not None else targets.values
    return None if own is None or (own.ndim > 1 and own.shape[:2] == shape[:2]) else len(own)


def _usual(shape: tuple[int, ...], axis: int) -> int | None:
    return next((each for each in (axis, 0) if len(shape) > each and shape[each] == 1), None)


def _shortened(shape: tuple[int, ...], fewer: tuple[int, ...]) -> int | None:
    if len(shape) != len(fewer):
        return None
    other = [axis for axis, (one, two) in enumerate(zip(shape, fewer, strict=True)) if one != two]
    return other[0] if len(other) == 1 and shape[other[0]] == fewer[other[0]] + 1 else None


def _given(model: nn.Module, samples: Samples, names: list[str]) -> tuple[dict[str, tuple[int, ...]], int | None]:
    """Shape of the first tensor that each of the modules is given, and the number of rows of an output ``[R, K]``."""
    found: dict[str, tuple[int, ...]] = {}

    def look(name: str) -> Callable[..., None]:
        def hook(_: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            found[name] = next((shape_of(each) for each in tensors_in((args, kwargs))), ())

        return hook

    modules = modules_of(model)
    with preserved_state(model), Hooks() as hooks:
        for name in names:
            hooks.before(modules[name], look(name))
        output = next(tensors_in(samples.run(model)), None)
    return found, len(output) if output is not None and output.ndim == 2 else None


def _made(model: nn.Module, samples: Samples) -> Shapes:
    """The shapes of what the layers, activations that are called as functions and the model give."""
    found: Shapes = {}

    def put(place: object, output: Any) -> None:
        found.update({(place, number): shape_of(each) for number, each in enumerate(tensors_in(output))})

    def look(name: str) -> Callable[..., None]:
        return lambda module, args, kwargs, output: put(name, output)

    def see(number: int, like: nn.Module, function: str, result: Tensor) -> None:
        put(number, result)

    with Hooks() as hooks, FunctionCalls(modules_of(model), see):
        for name, module in layers_of(model).items():
            hooks.after(module, look(name))
        put(OUTPUT, samples.run(model))
    return found

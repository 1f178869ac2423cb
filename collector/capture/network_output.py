"""Which of the tensors that a network gives is kept, and how much of it: a question of names and shapes alone.

`N` samples, `T` positions, `K` numbers for each.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from collector.capture.top_logits import MOST_CLASSES
from collector.capture.wording import listed

LOGITS = "logits"
"""A tensor of this name is what the others are made for."""

MOST_VALUES = 2**16
"""Numbers of outputs that are no rows, in one pass."""

MOST_POSITIONS = 2048
"""Positions of tokens in one pass."""

MOST_LOGITS = 2**22
"""Logits of all positions of tokens that a pass computes with; of many classes it keeps fewer positions."""

Form = Literal["rows", "large rows", "shaped", "tokens"]
"""``rows``: ``[N, K]`` or ``[N]``. ``large rows``: of very many classes, of which the largest logits are kept.
``shaped``: ``[N, …]``. ``tokens``: ``[N, T, K]``, of which the largest logits of each position are kept."""


@dataclass(frozen=True)
class Given:
    """What the network was given.

    Attributes:
        shape: of the first tensor of samples, ``(N, …)``.
        is_whole: whether it holds whole numbers, as those of words.
        largest: of them, the largest number; 0 where they are not whole.
        targets: shape of what the outputs are to be; None where that is not known.
        are_whole_targets: whether they are whole numbers.
        kind: of the task, where the user said it.
    """

    shape: tuple[int, ...]
    is_whole: bool = False
    largest: float = 0
    targets: tuple[int, ...] | None = None
    are_whole_targets: bool = False
    kind: str = ""


@dataclass(frozen=True)
class Output:
    """A tensor that is kept.

    Attributes:
        name: of several tensors its own; empty of one.
        form: how it is kept.
        shape: as it is kept at most, ``(N, …)``.
    """

    name: str
    form: Form
    shape: tuple[int, ...]


@dataclass(frozen=True)
class NetworkOutput:
    """What is kept of a network's output.

    Attributes:
        main: the tensor that the task is about; None where nothing is kept.
        beside: another one, as what a generator made beside the scores for it.
        told: a sentence where they were chosen, or there is none.
    """

    main: Output | None
    beside: Output | None = None
    told: str = ""


def network_output(tensors: Sequence[tuple[str, tuple[int, ...]]], given: Given, nothing: str = "") -> NetworkOutput:
    """What is kept.

    The tensor named ``logits`` comes first; then one of as many numbers as the targets, one with a row for each token,
    one of the input's own shape, one with a row for each sample, and any other with the samples' axis.

    Args:
        tensors: names and shapes, in order, of those of real numbers.
        given: what the network was given.
        nothing: what it gave where there is no tensor at all, in words.
    """
    n = given.shape[0]
    fitting = [Output(name, form, shape) for name, shape in tensors if (form := _form(shape, given)) is not None]
    if not fitting:
        shapes = listed([f"{name} {shape}".strip() for name, shape in tensors])
        found = f"has shape {shapes}" if shapes else nothing
        return NetworkOutput(
            None, told=f"No logits are recorded: the network's output {found}, nothing for each of the {n:,} samples."
        )
    main = next(each for wanted in _preferences(given) for each in fitting if wanted(each))
    if main.name.rpartition(".")[2] == LOGITS or len(tensors) == 1:
        return NetworkOutput(main)
    pictures = [each for each in fitting if len(each.shape) == 4 and each.shape[1] in (1, 3)]
    beside = pictures[0] if pictures and math.prod(main.shape) == n else None
    names = listed([name for name, _ in tensors], 8) if len(tensors) > 8 else ", ".join(name for name, _ in tensors)
    return NetworkOutput(main, beside, _choice(names, main, beside))


def _choice(names: str, main: Output, beside: Output | None) -> str:
    if beside is not None:
        return f"Of the network's outputs {names} kept are {main.name}, and {beside.name} beside it."
    return f"Of the network's outputs {names} the one that is kept is {main.name}."


def _form(shape: tuple[int, ...], given: Given) -> Form | None:
    if not shape or shape[0] != given.shape[0] or 0 in shape:
        return None
    if len(shape) <= 2:
        is_of_classes = len(shape) == 2 and shape[1] > MOST_CLASSES and not _is_of_numbers(shape, given)
        return "large rows" if is_of_classes else "shaped" if math.prod(shape[1:]) > MOST_CLASSES else "rows"
    return "tokens" if _are_tokens(shape, given) else "shaped"


def _is_of_numbers(shape: tuple[int, ...], given: Given) -> bool:
    """Whether a row's numbers are known to be no classes."""
    if given.kind:
        return given.kind not in ("classes", "labels", "tokens", "policy")
    size = math.prod(shape[1:])
    is_of_targets = given.targets is not None and not given.are_whole_targets and math.prod(given.targets[1:]) == size
    return is_of_targets or (not given.is_whole and len(given.shape) > 2 and math.prod(given.shape[1:]) == size)


def _are_tokens(shape: tuple[int, ...], given: Given) -> bool:
    if len(shape) != 3 or given.kind not in ("", "tokens"):
        return False
    if given.kind or (given.are_whole_targets and given.targets is not None and given.targets[1:] == shape[1:2]):
        return True
    return given.is_whole and given.shape == shape[:2] and shape[2] > given.largest


def _preferences(given: Given) -> Iterator[Callable[[Output], bool]]:
    """Conditions, of which the first that any tensor meets chooses it."""
    n_targets = None if given.targets is None or given.are_whole_targets else math.prod(given.targets[1:])
    yield lambda each: each.name.rpartition(".")[2] == LOGITS
    yield lambda each: n_targets is not None and math.prod(each.shape[1:]) == n_targets
    yield lambda each: each.form == "tokens"
    yield lambda each: not given.is_whole and len(given.shape) > 2 and each.shape == given.shape
    yield lambda each: each.form in ("rows", "large rows") and len(each.shape) == 2
    yield lambda each: len(each.shape) == 1
    yield lambda each: True


def by_samples(shape: tuple[int, ...], given: Given) -> tuple[int, ...]:
    """The shape ``(N, T, K)`` of an output ``[N T, K]`` that has a row for each token; any other shape as it is."""
    is_of_tokens = given.is_whole and len(given.shape) == 2 and given.shape[1] > 1
    if is_of_tokens and len(shape) == 2 and shape[0] == math.prod(given.shape):
        return (*given.shape, shape[1])
    return shape


def kept_part(shape: tuple[int, ...]) -> tuple[slice, ...]:
    """The part of an output ``[N, …]`` that a pass keeps: the first samples, and of a large picture every s-th row
    and column.

    What is large and no picture is cut off behind its first positions.
    """
    per_sample = math.prod(shape[1:])
    parts = [slice(None)] * len(shape)
    if per_sample > MOST_VALUES:
        if len(shape) >= 4:
            stride = math.ceil(math.sqrt(per_sample / MOST_VALUES))
            parts[-2:] = [slice(None, None, stride)] * 2
        else:
            parts[1] = slice(max(1, MOST_VALUES * shape[1] // per_sample))
        per_sample = math.prod(len(range(size)[part]) for size, part in zip(shape[1:], parts[1:], strict=True))
    parts[0] = slice(max(1, MOST_VALUES // max(per_sample, 1)))
    return tuple(parts)


def are_many(shape: tuple[int, ...]) -> bool:
    """Whether tokens ``[N, T, K]`` have more logits than a pass computes with."""
    return math.prod(shape) > MOST_LOGITS


def kept_positions(shape: tuple[int, ...]) -> tuple[int, int]:
    """How many first samples and positions of tokens ``[N, T, K]`` a pass keeps."""
    most = max(1, min(MOST_POSITIONS, MOST_LOGITS // shape[2]))
    positions = min(shape[1], most)
    return min(shape[0], max(1, most // positions)), positions

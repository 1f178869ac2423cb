"""What the tags of other tools are called in a collection."""

import re
from collections.abc import Mapping

_SAYS_LITTLE = frozenset({"train", "training", "epoch", "batch", "step"})
_HELD_OUT = frozenset({"val", "valid", "validation", "eval"})
_KNOWN = {
    ("loss",): "loss",
    ("acc",): "accuracy",
    ("accuracy",): "accuracy",
    ("lr",): "learning_rate",
    ("learning", "rate"): "learning_rate",
    ("grad", "norm"): "gradient_norm/total",
}
_NOT_IN_NAMES = re.compile(r"[/@~]+")
_WORDS = re.compile(r"[^a-z0-9]+")
_OF_GRADIENTS = frozenset({"grad", "grads", "gradient", "gradients"})
_IN_FRONT = frozenset({"parameters", "params", "weights", "histogram", "histograms"})
_PARAMETER = re.compile(r"(.+_)?(weight|bias|kernel|gamma|beta|embedding)s?(_.*)?$")


def scalar_names(sizes: Mapping[str, int]) -> dict[str, str]:
    """Tag → name of a scalar: what rules and curves know it by, where it can be told, else the tag as it is.

    Where several mean the same, as a loss by step and by epoch, the one with the most numbers has the name.

    Args:
        sizes: how many numbers each tag has.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for tag in sorted(sizes, key=lambda each: (-sizes[each], each)):
        own = _NOT_IN_NAMES.sub("_", tag).strip("_") or "value"
        known = _known(tag)
        name = known if known and known not in taken else own
        number = 2
        while name in taken:
            name, number = f"{own}_{number}", number + 1
        taken.add(name)
        names[tag] = name
    return names


def _known(tag: str) -> str:
    words = [each for each in _WORDS.split(tag.lower()) if each]
    said = tuple(each for each in words if each not in _SAYS_LITTLE | _HELD_OUT)
    if said[:1] == ("lr",) and not any(each in _HELD_OUT for each in words):
        said = ("lr",)  # Lightning puts the optimizer behind it
    name = _KNOWN.get(said, "")
    if name in ("loss", "accuracy"):
        return f"val_{name}" if any(each in _HELD_OUT for each in words) else name
    return "" if any(each in _HELD_OUT for each in words) else name


def parameter(tag: str) -> tuple[str, str] | None:
    """Layer, and ``weight`` or ``gradient``, of a histogram's tag; None where it is none of a parameter's values."""
    words = [each for each in re.split(r"[/.]", tag) if each]
    kind = "gradient" if any(each.lower() in _OF_GRADIENTS for each in words) else "weight"
    words = [each for each in words if each.lower() not in _OF_GRADIENTS]
    if words and words[-1].lower() == "histogram":
        words.pop()
    if len(words) > 1 and words[0].lower() in _IN_FRONT:
        words.pop(0)
    if not words or not _PARAMETER.match(words[-1]):
        return None
    return ".".join(words[:-1]) or words[-1], kind

"""Which layer of one run is which of another."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from collector.storage.layer import Layer

How = Literal["given", "name", "prefix", "order"]
"""By hand; by the same name; by the same name without what all names of a run begin with; by order, kind and shape."""

_SAME_KIND = {"dense": "linear", "conv1d": "conv", "conv2d": "conv", "conv3d": "conv"}
_NORMS = ("batchnorm", "layernorm", "groupnorm", "instancenorm")


@dataclass(frozen=True)
class LayerPair:
    """A layer of A and the one of B that is compared with it."""

    a: str
    b: str
    how: How


@dataclass(frozen=True)
class Pairing:
    """The layers of two runs.

    Attributes:
        pairs: in A's order.
        only_a, only_b: layers that have no partner, in order.
    """

    pairs: tuple[LayerPair, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]

    def of_b(self, name: str) -> str | None:
        """B's partner of a layer of A; None: it has none."""
        return next((each.b for each in self.pairs if each.a == name), None)

    @property
    def turned(self) -> "Pairing":
        """The same with B in A's place, in the order of A."""
        return Pairing(tuple(LayerPair(each.b, each.a, each.how) for each in self.pairs), self.only_b, self.only_a)


def paired(a: Mapping[str, Layer], b: Mapping[str, Layer], given: Mapping[str, str | None] | None = None) -> Pairing:
    """Pair the layers of two runs.

    Args:
        a, b: name → layer, in order of execution.
        given: layer of A → its partner in B, chosen by hand; None: it is to have none.

    Raises:
        ValueError: ``given`` names a layer that there is not, or one of B twice.
    """
    given = dict(given or {})
    _check(given, a, b)
    found = {one: LayerPair(one, other, "given") for one, other in given.items() if other is not None}
    left_a = [name for name in a if name not in given]
    left_b = [name for name in b if name not in given.values()]

    def take(pairs: list[tuple[str, str]], how: How) -> None:
        for one, other in pairs:
            found[one] = LayerPair(one, other, how)
            left_a.remove(one)
            left_b.remove(other)

    take([(name, name) for name in left_a if name in left_b], "name")
    without_a, without_b = _without_prefix(left_a), _without_prefix(left_b)
    take([(name, without_b[short]) for short, name in without_a.items() if short in without_b], "prefix")
    take(_by_order([a[name] for name in left_a], [b[name] for name in left_b]), "order")
    only_a = tuple(name for name in a if name not in found)
    return Pairing(tuple(found[name] for name in a if name in found), only_a, tuple(left_b))


def _check(given: Mapping[str, str | None], a: Mapping[str, Layer], b: Mapping[str, Layer]) -> None:
    partners = [each for each in given.values() if each is not None]
    unknown = [each for each in given if each not in a] + [each for each in partners if each not in b]
    if unknown:
        raise ValueError(f"there is no layer {', '.join(map(repr, unknown))}")
    if len(set(partners)) < len(partners):
        raise ValueError("a layer of the second run is paired twice")


def _without_prefix(names: list[str]) -> dict[str, str]:
    """Short name → name: without the modules that all of them lie in, as ``module.`` or ``_orig_mod.``."""
    parts = [name.split(".") for name in names]
    n_common = 0
    while parts and all(len(each) > n_common + 1 and each[n_common] == parts[0][n_common] for each in parts):
        n_common += 1
    return {".".join(each[n_common:]): name for each, name in zip(parts, names, strict=True)}


def _by_order(a: list[Layer], b: list[Layer]) -> list[tuple[str, str]]:
    matcher = SequenceMatcher(None, [_key(each) for each in a], [_key(each) for each in b], autojunk=False)
    blocks = matcher.get_matching_blocks()
    return [(a[i + k].name, b[j + k].name) for i, j, size in blocks for k in range(size)]


def _key(layer: Layer) -> tuple[str, int, int]:
    """What two layers have in common that do the same, whichever framework they are of."""
    kind = layer.kind.lower().replace("normalization", "norm")
    kind = next((norm for norm in _NORMS if kind.startswith(norm)), _SAME_KIND.get(kind, kind))
    return kind, layer.units, layer.n_parameters

"""The parameters that are followed from step to step."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class ParameterSpec:
    """A parameter.

    Attributes:
        layer: the layer it belongs to.
        name: its name in the layer.
        size: its number of values.
        also: further layers that share it. It counts in each, and once in the total.
        is_trained: whether it is when the run begins; another one is followed from its first gradient on.
        is_wide: whether its values have more digits than float32.
    """

    layer: str
    name: str
    size: int
    also: tuple[str, ...] = ()
    is_trained: bool = True
    is_wide: bool = False

    @classmethod
    def owned_by(
        cls, owners: Sequence[tuple[str, str]], size: int, *, is_trained: bool, is_wide: bool
    ) -> "ParameterSpec":
        """A parameter of one layer or several.

        Args:
            owners: layer and name in it, of each that has the parameter.
        """
        (layer, name), *others = owners
        also = tuple(dict.fromkeys(other for other, _ in others if other != layer))
        return cls(layer, name, size, also, is_trained, is_wide)

"""The parameters that are followed from step to step."""

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

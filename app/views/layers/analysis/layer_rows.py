"""What the table of layers says of each layer."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nlargest
from typing import TYPE_CHECKING, overload

from app.analysis.curve import Measured, measured_of
from app.analysis.scalar_names import GRADIENT_NORM
from app.views.layers.analysis.spark import Spark, spark_of

if TYPE_CHECKING:
    from collector.storage.layer import Layer
    from collector.storage.series import Series


@dataclass(frozen=True, eq=False)
class LayerRow:
    """One layer. Its curve is read when it is asked for.

    Attributes:
        layer: the layer.
        parent: dotted name of the module around it, with a dot behind; empty at the top.
        is_first: whether the layer before it lies in another module, so that the module has to be named.
        series: the scalars of the run.
        last_step: where curves end.
    """

    layer: Layer
    parent: str
    is_first: bool
    series: Series
    last_step: int

    @property
    def depth(self) -> int:
        """How many modules it lies inside of."""
        return self.parent.count(".")

    @property
    def short_name(self) -> str:
        """The name inside its module."""
        return self.layer.name[len(self.parent) :]

    @property
    def shape(self) -> str:
        """Shape of its output, as ``8×28×28``."""
        return "×".join(str(side) for side in self.layer.output_shape)

    @property
    def units(self) -> str:
        """Its units, and how many of them are kept, as ``24 of 128``."""
        kept, units = len(self.layer.kept), self.layer.units
        return f"{units:,}" if kept == units else f"{kept:,} of {units:,}"

    @cached_property
    def norm(self) -> Measured | None:
        """Its gradient norm over the run; None where it was not recorded."""
        return measured_of(self.series, f"{GRADIENT_NORM}/{self.layer.name}")

    @cached_property
    def spark(self) -> Spark | None:
        """The same, small."""
        return None if self.norm is None else spark_of(self.norm, self.last_step)


class LayerRows(Sequence[LayerRow]):
    """A row for each layer of a run, in order of execution; each is made when it is first asked for."""

    def __init__(self, layers: Mapping[str, Layer], series: Series, last_step: int) -> None:
        """Rows of these layers, with their scalars up to the run's last step."""
        self.layers = layers
        self._names = list(layers)
        self._series, self._last_step = series, last_step
        self._made: dict[int, LayerRow] = {}

    def __len__(self) -> int:
        return len(self._names)

    @overload
    def __getitem__(self, number: int) -> LayerRow: ...
    @overload
    def __getitem__(self, number: slice) -> list[LayerRow]: ...
    def __getitem__(self, number: int | slice) -> LayerRow | list[LayerRow]:
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(len(self)))]
        place = range(len(self))[number]
        if place not in self._made:
            self._made[place] = self._row(place)
        return self._made[place]

    def _row(self, number: int) -> LayerRow:
        name = self._names[number]
        parent = _module_around(name)
        is_first = bool(parent) and (number == 0 or parent != _module_around(self._names[number - 1]))
        return LayerRow(self.layers[name], parent, is_first, self._series, self._last_step)

    def that_differ(self, told: Callable[[Layer], Hashable]) -> list[LayerRow]:
        """A row for each different thing that is told of layers."""
        return [self[number] for number in {told(each): at for at, each in enumerate(self.layers.values())}.values()]

    def with_longest_names(self, n: int) -> list[LayerRow]:
        """So many rows with the longest names, as they are shown: those of modules where they are first told."""
        modules = [_module_around(name) for name in self._names]
        told = zip(self._names, modules, ["", *modules], strict=False)
        lengths = [len(name) - (len(own) if own == before else 0) for name, own, before in told]
        return [self[number] for number in nlargest(n, range(len(lengths)), key=lengths.__getitem__)]

    def number_of(self, name: str) -> int | None:
        """Number of a layer's row."""
        return self._numbers.get(name)

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        return {name: number for number, name in enumerate(self._names)}


def _module_around(name: str) -> str:
    """Its dotted name, with a dot behind; empty at the top."""
    return name[: name.rfind(".") + 1]


def reasons(not_recorded: Mapping[str, str]) -> list[str]:
    """Why arrays of a layer were not recorded, a line for each reason."""
    by_reason: dict[str, list[str]] = {}
    for kind, reason in not_recorded.items():
        by_reason.setdefault(reason, []).append(kind.replace("_", " "))
    return [f"{', '.join(kinds)}: not recorded, {reason}" for reason, kinds in by_reason.items()]

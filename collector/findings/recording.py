"""A collection as rules look at it: tables of what was measured, by step and layer, each made when it is asked for."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from collector.findings.running import Running
from collector.findings.snapshots import JudgingStopped, Snapshot, Snapshots
from collector.storage.layer import Layer
from collector.storage.reader import Collection
from collector.storage.schema import ParameterGroup

TOTAL = "total"

_LOSSES = ("loss", "train_loss", "training_loss", "loss_total", "total_loss")


@dataclass(frozen=True)
class Table:
    """One metric of some layers at some steps.

    Attributes:
        metric: as ``gradient_norm``.
        steps: rising, int ``[R]``.
        layers: names ``[L]``, from input to output.
        values: float64 ``[R, L]``, NaN where there is none.
    """

    metric: str
    steps: np.ndarray
    layers: tuple[str, ...]
    values: np.ndarray

    def of(self, layer: str) -> np.ndarray:
        """The layer's values ``[R]``."""
        return self.values[:, self.layers.index(layer)]


@dataclass(frozen=True)
class Group:
    """Parameters that an optimizer treats alike.

    Attributes:
        optimizer: class name.
        optimizer_number: from 0.
        layers: that have a parameter in it, from input to output.
        rate: name of its learning rate's series; empty where it has none.
        options: as ``weight_decay``.
    """

    optimizer: str
    optimizer_number: int
    layers: tuple[str, ...]
    rate: str
    options: dict[str, Any]


def layer_of(parameter: str, layers: Mapping[str, Layer]) -> str:
    """The layer that a parameter belongs to, by its dotted name; empty where it is none of them."""
    name = parameter
    while name and name not in layers:
        name = name.rpartition(".")[0]
    return name


def _group(group: ParameterGroup, layers: Mapping[str, Layer]) -> Group:
    held = {layer_of(name, layers) for name in group.parameters}
    inside = tuple(name for name in layers if name in held)
    return Group(group.optimizer, group.number, inside, group.rate, dict(group.options))


@dataclass
class Recording:
    """What rules are given. Nothing of it is changed by them.

    Attributes:
        collection: all that was recorded.
        running: what looks back only, kept from row to row while the collection grows.
        is_wanted: whether anybody still waits for what the rules say.
    """

    collection: Collection
    running: Running = field(default_factory=Running)
    is_wanted: Callable[[], bool] = lambda: True
    _tables: dict[tuple[str, ...], Table] = field(default_factory=dict)
    _shared: dict[str, Any] = field(default_factory=dict)
    _lasting: dict[str, Any] = field(default_factory=dict)
    _snapshots: Snapshots = field(default_factory=Snapshots)
    _n_names: int = 0

    def grown(self) -> None:
        """The collection has more than when it was looked at: forget what may have changed by it."""
        self._tables.clear()
        self._shared.clear()
        n_names = len(self.collection.series)
        lasting = ("layers", "modules", *(("metrics", "logged") if n_names == self._n_names else ()))
        for name in [each for each in vars(self) if isinstance(vars(type(self)).get(each), cached_property)]:
            if name not in lasting:
                del vars(self)[name]
        self._n_names = n_names

    @cached_property
    def layers(self) -> dict[str, Layer]:
        """Those with parameters, from input to output."""
        return {name: each for name, each in self.collection.layers.items() if each.parameters}

    @property
    def n_steps(self) -> int:
        """Updates that were made."""
        return self.collection.n_steps

    @cached_property
    def metrics(self) -> dict[str, dict[str, None]]:
        """Metric → names of the layers that it was recorded of, each once."""
        found: dict[str, dict[str, None]] = {}
        for name in self.collection.series:
            metric, stroke, layer = name.partition("/")
            if stroke:
                found.setdefault(metric, {})[layer] = None
        return found

    @cached_property
    def logged(self) -> list[str]:
        """Names of the scalars that are of no layer: those that the training logs, and its rates."""
        layers = self.collection.layers
        return [name for name in self.collection.series if name.partition("/")[2] not in layers]

    def has(self, metric: str) -> bool:
        """Whether it was recorded of any layer."""
        return metric in self.metrics

    def table(self, metric: str, *, among: Iterable[str] | None = None) -> Table:
        """A metric of all layers that have it, on all steps at which any does; empty where none has it.

        Args:
            metric: as ``gradient_norm``, with threshold and ``~`` where it has them.
            among: only these layers; None: those with parameters.
        """
        layers = tuple(self.layers if among is None else among)
        key = (metric, *layers)
        if key not in self._tables:
            self._tables[key] = self._table(metric, layers)
        return self._tables[key]

    def _table(self, metric: str, among: Iterable[str]) -> Table:
        present = set(self.metrics.get(metric, ()))
        layers = tuple(name for name in among if name in present)
        columns = [self.collection.series.recorded(f"{metric}/{name}") for name in layers]
        if not columns:
            return Table(metric, np.zeros(0, np.int64), (), np.zeros((0, 0)))
        steps = columns[0][0]
        if all(own is steps or np.array_equal(own, steps) for own, _ in columns[1:]):
            return Table(metric, steps, layers, np.column_stack([measured for _, measured in columns]))
        steps = np.unique(np.concatenate([own for own, _ in columns]))
        values = np.full((len(steps), len(layers)), np.nan)
        for number, (own, measured) in enumerate(columns):
            values[np.searchsorted(steps, own), number] = measured
        return Table(metric, steps, layers, values)

    def scalar(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Steps ``[R]`` and values ``[R]`` of a logged value or a rate; both empty where there is none."""
        if name not in self.collection.series:
            return np.zeros(0, np.int64), np.zeros(0)
        return self.collection.series.recorded(name)

    @cached_property
    def loss(self) -> tuple[np.ndarray, np.ndarray]:
        """Steps ``[R]`` and values ``[R]`` of the training loss; both empty where none was logged."""
        name = self.loss_name
        return self.scalar(name) if name else (np.zeros(0, np.int64), np.zeros(0))

    @cached_property
    def finite_loss(self) -> tuple[np.ndarray, np.ndarray]:
        """Those of them that are finite."""
        steps, values = self.loss
        is_there = np.isfinite(values)
        return steps[is_there], values[is_there]

    @cached_property
    def loss_name(self) -> str:
        """Under which the training loss was logged; empty where it was not."""
        return next((name for name in _LOSSES if name in self.collection.series), "")

    @cached_property
    def groups(self) -> list[Group]:
        """Groups of parameters at the start, with the layers that they hold; empty where that was not recorded."""
        records = self.collection.optimizers
        return [_group(each, self.layers) for each in records[0].groups] if records else []

    @cached_property
    def options(self) -> dict[str, dict[str, Any]]:
        """Layer → name → value of an option of the group that holds its weight."""
        found: dict[str, dict[str, Any]] = {}
        for group in self.groups:
            for layer in group.layers:
                found.setdefault(layer, dict(group.options))
        return found

    @cached_property
    def modules(self) -> dict[str, tuple[str, Mapping[str, Any]]]:
        """Modules that are called, layers or not: name → class name and what it was made with."""
        nodes = {each.module: (each.kind, each.options) for each in self.collection.flow if each.role == "call"}
        return nodes | {name: (each.kind, each.options) for name, each in self.collection.layers.items()}

    def layer_of(self, parameter: str) -> str:
        """The layer that a parameter belongs to, by its dotted name; empty where it is none of ours."""
        return layer_of(parameter, self.layers)

    @cached_property
    def rates(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Learning rates: name of the series → steps ``[R]`` and values ``[R]``."""
        names = [name for name in self.logged if name.partition("/")[0] == "learning_rate"]
        return {name: self.scalar(name) for name in names}

    @cached_property
    def snapshots(self) -> list[Snapshot]:
        """The passes in a few figures each."""
        return self._snapshots.of(self.collection, self.check)

    def check(self) -> None:
        """Go no further where nobody waits.

        Raises:
            JudgingStopped: nobody does.
        """
        if not self.is_wanted():
            raise JudgingStopped

    def rate_at(self, steps: np.ndarray) -> np.ndarray:
        """The largest learning rate of any group at each of the steps ``[R]``; NaN where none is known."""
        found = np.full(len(steps), np.nan)
        for own, values in self.rates.values():
            if len(own):
                at = np.searchsorted(own, steps, side="right") - 1
                found = np.fmax(found, np.where(at >= 0, values[np.maximum(at, 0)], np.nan))
        return found

    def shared(self, name: str, make: Callable[[], Any]) -> Any:
        """What several rules need, made once."""
        if name not in self._shared:
            self._shared[name] = make()
        return self._shared[name]

    def kept(self, name: str, make: Callable[[], Any]) -> Any:
        """What is made once and stays true while the collection grows."""
        if name not in self._lasting:
            self._lasting[name] = make()
        return self._lasting[name]

    def before(self, steps: np.ndarray, row: int) -> tuple[int, int]:
        """The recorded steps between which something began that holds at this row."""
        return (int(steps[row - 1]) if row else int(steps[row]), int(steps[row]))

    def is_estimate(self, metric: str, layers: Iterable[str]) -> bool:
        """Whether any of these values comes from a sample of the layer's parameters."""
        return any(self.collection.series.is_estimate(f"{metric}/{name}") for name in layers)

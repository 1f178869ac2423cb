"""What was recorded of a training step, in the order in which a step makes it: the way along which runs part."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from collector.comparing.comparison import Phase
from collector.comparing.pair import Column, Pair
from collector.storage.reader import Collection

_STATISTICS = {"output": ("activation_std", "activation_max", "activation_mean")}

WEIGHTS = 0
"""Rank of what the step before has left; then come the phases of a step."""

_RANKS: dict[str, int] = {"weights": WEIGHTS, "options": 1, "data": 2, "forward": 3, "backward": 4, "update": 5}


@dataclass(frozen=True)
class Track:
    """One quantity of both runs, at the steps that lie on one another.

    Attributes:
        phase: of a step, in which it is made; of weights the update before it.
        place: in that phase, from its beginning.
        layer: of A; empty where it is of none.
        is_checksum: whether the values only tell the same from another.
        scale: what a difference is measured by, ``[R]``.
    """

    phase: Phase
    place: int
    layer: str
    quantity: str
    column: Column
    is_checksum: bool
    scale: np.ndarray
    is_before: bool = False

    @property
    def rank(self) -> tuple[int, int]:
        """Its place in a step."""
        return (WEIGHTS if self.is_before else _RANKS[self.phase]), self.place

    @cached_property
    def sizes(self) -> np.ndarray:
        """Difference at each step as a share of the value ``[R]``; 0: the same, Inf: one has none, or a checksum."""
        a, b = self.column.a, self.column.b
        is_same = (a == b) | (np.isnan(a) & np.isnan(b))
        with np.errstate(invalid="ignore", divide="ignore"):
            sizes = np.abs(a - b) / self.scale
        sizes = np.where(np.isfinite(sizes) & (not self.is_checksum), sizes, np.inf)
        return np.where(is_same, 0.0, sizes)


def tracks(pair: Pair) -> Iterator[Track]:
    """All that can be compared of the steps, without reading passes."""
    series = pair.a.series
    for name in series:
        if name.partition("/")[0] in ("learning_rate", "training_mode"):
            metric, _, layer = name.partition("/")
            of = layer if metric == "training_mode" else ""
            yield from _track(pair, "options", 0, of, metric.replace("_", " "), name)
    yield from _of_batches(pair)
    names = forward_order(pair.a)
    places = {name: place for place, name in enumerate(names)}
    has_bits = pair.is_bitwise
    of_loss = pair.recordings[0].loss_name
    if of_loss and pair.recordings[1].loss_name:
        yield from _track(pair, "forward", 2 * len(names), "", "loss", of_loss)
    for name in names:
        place = places[name]
        for metric, phase, own, quantity, statistics in (
            ("weights_crc32", "update", place, "weights", ("weight_norm",)),
            ("input_crc32", "forward", 2 * place, "input", ()),
            ("output_crc32", "forward", 2 * place + 1, "output", _STATISTICS["output"]),
            ("gradients_crc32", "backward", len(names) - place, "gradient", ("gradient_norm",)),
            ("", "update", place, "update", ("update_norm",)),
        ):
            found = [*_track(pair, phase, own, name, quantity, f"{metric}/{name}")] if metric and has_bits else []
            for statistic in statistics if has_bits or quantity != "output" else ():  # which frameworks take elsewhere
                found += _track(pair, phase, own, name, quantity, f"{statistic}/{name}")
            yield from found


def forward_order(collection: Collection) -> list[str]:
    """Modules in the order in which data pass through them, then layers of which that is not known."""
    called = [each.module for each in collection.flow if each.role == "call"]
    seen = [name.partition("/")[2] for name in collection.series if name.startswith("output_crc32/")]
    return list(dict.fromkeys([*called, *collection.layers, *seen]))


def _of_batches(pair: Pair) -> Iterator[Track]:
    if pair.is_bitwise:
        yield from _track(pair, "data", 0, "", "batch", "batch_crc32/total")
    yield from _track(pair, "data", 0, "", "batch", "batch_samples/total")
    for name in pair.a.series:
        if name.partition("/")[0] in ("input_mean", "input_std", "input_min", "input_max"):
            yield from _track(pair, "data", 1, "", "batch", name)


def _track(pair: Pair, phase: str, place: int, layer: str, quantity: str, name: str) -> list[Track]:
    column = pair.column(name)
    column = None if column is None else column.exact()
    if column is None or not len(column.a):
        return []
    is_checksum = "_crc32/" in name or name.startswith(("batch_samples/", "training_mode/"))
    scale = _scale(pair, name, column)
    is_before = quantity == "weights"
    return [Track(phase, place, layer, quantity, column, is_checksum, scale, is_before)]  # type: ignore[arg-type]


def _scale(pair: Pair, name: str, column: Column) -> np.ndarray:
    """The larger of two values; of a mean, which may be 0, the spread."""
    metric, _, of = name.partition("/")
    spread = {"activation_mean": "activation_std", "input_mean": "input_std"}.get(metric)
    if spread is not None and (other := pair.column(f"{spread}/{of}")) is not None:
        other = other.exact()
        if len(other.a) == len(column.a):
            return np.fmax(np.fmax(other.a, other.b), np.fmax(np.abs(column.a), np.abs(column.b)))
    largest: np.ndarray = np.fmax(np.abs(column.a), np.abs(column.b))
    return largest

"""One pass as a reader sees it. Its arrays are decoded when they are asked for, and checked against the unit plan."""

from collections.abc import Callable, Mapping
from functools import cached_property

import numpy as np

from collector.storage.layer import Layer
from collector.storage.layer_arrays import LayerArrays, ParameterArrays
from collector.storage.pass_decoder import KINDS, PassDecoder
from collector.storage.pass_text import PassText
from collector.storage.paths import AnyPath
from collector.storage.probe import Probe
from collector.storage.schema import DumpRecord, PassRecord
from collector.storage.top_logits import TopLogits

__all__ = ["KINDS", "LayerArrays", "ParameterArrays", "Pass"]


class Pass:
    """A full snapshot of the network at one step.

    Attributes:
        number: its place among the passes, from 0, as the run counted.
        step: updates taken before it.
        seconds: since the run began.
        logits: float32 ``[N, K]``, the network's output for the probe; None where it was not recorded.
        layers: name → arrays, for the layers of the collection that the pass has.
        histograms: layer → ``weight``, ``gradient``, ``update`` → counts int ``[129]``; see `schema.PassRecord`.
        unit_states: layer → which of all its units are dead, or saturated, for the whole probe, bool ``[units]``; see
            `schema.PassRecord`.
        dump: why the black box kept it; None: it was taken by the schedule.
        probe: the samples it was measured on, where they are its own; None: those of the collection.
        damaged: layer (empty for what is of none) and kind → what is wrong with it, of what was asked for so far.

    Args:
        record: all of it, or its text, which is decoded part by part.
        path: the file, for messages.
        layers: the plan of the run.
        n_samples: of the probe.
        say: is told of what cannot be read, which then counts as not recorded; None: that is an error.
        are_arrays: whether arrays stand in the record as they are.

    Raises:
        DamagedError: the logits cannot be read; what else is damaged raises it when it is asked for.
        BlockError: it would take too much memory.
    """

    dump: DumpRecord | None = None
    probe: Probe | None = None

    def __init__(
        self,
        record: PassRecord | PassText,
        path: AnyPath,
        layers: Mapping[str, Layer],
        n_samples: int | None,
        *,
        say: Callable[[str], None] | None = None,
        are_arrays: bool = False,
    ) -> None:
        decoder = self._decoder = PassDecoder(record, path, layers, n_samples, say, are_arrays=are_arrays)
        self.number = decoder.head.number
        self.step = decoder.head.step
        self.epoch = decoder.head.epoch
        self.seconds = decoder.head.seconds
        self.damaged = decoder.damaged
        self.logits = decoder.logits()
        self.layers = {name: LayerArrays(name, decoder) for name in decoder.layers if name in layers}

    @property
    def n_bytes(self) -> int:
        """Of memory that it takes at most: all that was decoded of it so far, and its text where that is held."""
        return self._decoder.n_bytes

    def hold(self) -> None:
        """Take all of it into memory, so that what is asked for later is not read from the file."""
        self._decoder.hold()

    @cached_property
    def top_logits(self) -> TopLogits | None:
        """What is kept of the logits where there are very many classes; None elsewhere.

        Raises:
            DamagedError: it cannot be read.
        """
        return self._decoder.top_logits()

    @cached_property
    def token_logits(self) -> TopLogits | None:
        """The largest logits at each position, ``[M, T]`` rows, where the output is of tokens; None elsewhere.

        Raises:
            DamagedError: it cannot be read.
        """
        return self._decoder.token_logits()

    @cached_property
    def outputs(self) -> np.ndarray | None:
        """The output for the first `M` samples, float ``[M, …]``, where it is no row of numbers; None elsewhere.

        Raises:
            DamagedError: it cannot be read.
        """
        return self._decoder.outputs()

    @cached_property
    def losses(self) -> np.ndarray | None:
        """Of the samples, float ``[N]``, by the loss that the user gave; None elsewhere.

        Raises:
            DamagedError: they cannot be read.
        """
        return self._decoder.losses()

    @cached_property
    def unit_states(self) -> dict[str, np.ndarray]:
        """Read when they are asked for.

        Raises:
            DamagedError: they cannot be read.
        """
        return self._decoder.unit_states()

    @cached_property
    def histograms(self) -> dict[str, dict[str, np.ndarray]]:
        """Read when they are asked for; those of another length than the format's are an error.

        Raises:
            DamagedError: they cannot be read.
        """
        return self._decoder.histograms()

    def why_missing(self, layer: Layer, kind: str) -> str:
        """Why there is no such array of a layer: it is damaged, or what the file says; empty: not known."""
        if damage := self.damaged.get((layer.name, kind)):
            return f"damaged in the file ({damage})"
        return layer.not_recorded.get(kind, "" if self.dump is None else self.dump.missing)

"""What a network gives for the probe, kept within one graph and put into passes."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from collector.capture.network_output import (
    Given,
    NetworkOutput,
    Output,
    by_samples,
    kept_part,
    kept_positions,
    network_output,
)
from collector.capture.pass_draft import PassDraft
from collector.capture.targets import Targets
from collector.capture.top_logits import TOP, TOP_TOKENS
from collector.keras.flow_tracing import named_tensors
from collector.keras.logits import before_softmax, top_logits
from collector.keras.samples import Samples
from collector.keras.tensors import to_numpy
from collector.storage.schema import TopLogits


class OutputRecorder:
    """Chooses what is kept of a network's output, and keeps it.

    Args:
        samples: the probe.
        shape: of its first array, with the channels where the file has them.
        targets: what its samples are to give.
        kind: of the task, where the user said it.

    Attributes:
        chosen: what is kept, once the network has run.
    """

    def __init__(self, samples: Samples, shape: tuple[int, ...], targets: Targets, kind: str = "") -> None:
        first = samples.first
        self._targets = targets
        self._given = Given(
            shape=shape,
            is_whole=first.dtype.kind == "i",
            largest=float(first.max()) if first.dtype.kind == "i" and first.size else 0,
            targets=targets.shape,
            are_whole_targets=targets.are_whole,
            kind=kind,
        )
        self.chosen = NetworkOutput(None)

    def real(self, output: Any) -> dict[str, tf.Tensor]:
        """The tensors of real numbers in an output, by their names."""
        return {name: each for name, each in named_tensors(output, "output") if _is_real(each)}

    def choose(self, output: Any) -> Output | None:
        """Which tensor of an output is the one that the task is about; `chosen` is what is kept from now on."""
        shapes = [
            (name, by_samples(_channels_first(each.shape), self._given)) for name, each in self.real(output).items()
        ]
        self.chosen = network_output(shapes, self._given, f"is of type {type(output).__name__}")
        return self.chosen.main

    def tensors(self, output: Any) -> dict[str, tf.Tensor]:
        """What is kept of an output, by names that `put` knows."""
        real = self.real(output)
        self.choose(output)
        kept: dict[str, tf.Tensor] = {}
        for each in filter(None, (self.chosen.main, self.chosen.beside)):
            kept |= self._kept(real[each.name], each)
        return kept

    def _kept(self, tensor: tf.Tensor, output: Output) -> dict[str, tf.Tensor]:
        logits = tf.cast(before_softmax(tensor) if output.form != "shaped" else tensor, tf.float32)
        match output.form:
            case "rows":
                return {"logits": tf.reshape(logits, (output.shape[0], -1))}
            case "large rows":
                return top_logits(logits, self._targets.classes, TOP, "top_logits")
            case "tokens":
                n, positions = kept_positions(output.shape)
                values = self._targets.values
                are_there = values is not None and values.shape == output.shape[:2]
                wanted = values[:n, :positions] if values is not None and are_there else None
                part = tf.reshape(logits, output.shape)[:n, :positions]
                return top_logits(part, wanted, TOP_TOKENS, "token_logits")
        pictures = tf.transpose(logits, (0, 3, 1, 2)) if tuple(logits.shape) != output.shape else logits
        return {"outputs": pictures[kept_part(output.shape)]}

    def put(self, draft: PassDraft[Any], found: dict[str, tf.Tensor]) -> None:
        """Put what was kept into a pass."""
        main = self.chosen.main
        if main is None:
            return
        for name in ("logits", "outputs"):
            if name in found:
                setattr(draft, name, np.array(to_numpy(found[name]), order="C"))
        for name in ("top_logits", "token_logits"):
            own = {key.partition(":")[2]: each for key, each in found.items() if key.startswith(f"{name}:")}
            if own:
                numbers = own.pop("numbers").numpy().astype(np.int64)
                rows = {key: np.array(to_numpy(each)) for key, each in own.items()}
                setattr(draft, name, TopLogits(main.shape[-1], numbers, **rows))  # type: ignore[arg-type]


def _is_real(tensor: tf.Tensor) -> bool:
    return tensor.dtype.is_floating and tensor.shape.rank is not None and None not in tuple(tensor.shape)


def _channels_first(shape: tf.TensorShape) -> tuple[int, ...]:
    """The shape of pictures as the file has them; any other as it is."""
    sizes = tuple(shape)
    is_last = len(sizes) == 4 and keras.config.image_data_format() == "channels_last"
    return (sizes[0], sizes[3], sizes[1], sizes[2]) if is_last else sizes

"""The samples of a Keras model whose stories are told, and how it is run on them."""

from collections.abc import Sequence
from functools import partial
from math import prod
from typing import Any

import numpy as np
import tensorflow as tf

from collector.capture.layer_widths import layer_widths
from collector.capture.network_output import Output
from collector.capture.projected_samples import as_pictures
from collector.capture.sample_recorder import SampleRecorder
from collector.capture.setup_guard import SetupGuard
from collector.capture.story_samples import StoryOptions, StorySamples, plan_votes
from collector.capture.story_task import MOST_AT_ONCE, UNALIKE, UNKNOWN_ENDING, StoryTask, story_task
from collector.capture.targets import Targets
from collector.capture.token_names import texts_of
from collector.keras.forward import Forward
from collector.keras.layers import layers_of
from collector.keras.logits import before_softmax, last_operation
from collector.keras.network_output import OutputRecorder
from collector.keras.outputs import BATCH, LayerOutputs
from collector.keras.preserved_state import why_not_run
from collector.keras.projection import layers_by_default, looks_kept
from collector.keras.samples import Samples
from collector.storage.schema import Stories


def story_recorder(
    forward: Forward,
    stories: tuple[Samples, Targets] | None,
    wished: StoryOptions,
    mean: Sequence[float],
    std: Sequence[float],
    attempt: SetupGuard,
    task: str = "",
    tokenizer: Any = None,
) -> tuple[SampleRecorder[Stories], list[str]]:
    """What will be recorded of each of the samples, and what will not be, a sentence for each reason.

    Args:
        forward: runs the model.
        stories: samples and what they are to give; None: none are followed.
        wished: what the user says of them.
        mean, std: per channel, what they were normalised with.
        attempt: tries what may fail on our side.
        task: what the outputs are, where the user said it.
        tokenizer: has texts of tokens.
    """
    if stories is None:
        return SampleRecorder(None), []
    plan = partial(_planned, forward, *stories, wished, mean, std, task, tokenizer)
    nothing: tuple[StorySamples | None, list[str]] = None, []
    samples, notes = attempt("preparing stories of samples", plan, nothing)
    return SampleRecorder(samples, wished.interval), notes


def _planned(
    forward: Forward,
    samples: Samples,
    targets: Targets,
    wished: StoryOptions,
    mean: Sequence[float],
    std: Sequence[float],
    kind: str,
    tokenizer: Any,
) -> tuple[StorySamples | None, list[str]]:
    numbers = wished.numbers_of(len(samples))
    looks, notes = looks_kept(samples, "samples whose stories are told")
    samples, n_samples = samples.part(0, len(looks)), len(looks)
    targets = targets.first(n_samples)
    layers = layers_of(forward.model)
    output = _StoryOutput(samples.part(0, BATCH), looks[:BATCH].shape, targets.first(BATCH), kind)
    try:
        outputs = LayerOutputs(forward, samples, layers, output.tensor, output.numbers)
    except Exception as error:  # noqa: BLE001 - the model is the user's, and may well learn without this
        return None, [*notes, f"Stories of samples are not recorded: {why_not_run(error, 'the samples', forward)}"]
    task = output.settle(targets)
    if isinstance(task, str) or output.main is None:
        return None, [*notes, f"Stories of samples are not recorded: {task}."]
    outputs.batch = max(1, min(BATCH, MOST_AT_ONCE // prod(output.main.shape[1:])))
    names = layers_by_default(layers, outputs.calls, all_convolutions=True)
    widths, without = layer_widths(names, outputs.calls, "has no vote")
    plan = plan_votes(widths, task, n_samples)
    are_tokens = samples.first.ndim == 2 and samples.first.dtype.kind in "iu"
    texts = texts_of(tokenizer, samples.first) if are_tokens else _own_texts(samples.first)
    shown = None if texts else as_pictures(looks, mean, std)
    numbers = None if numbers is None else numbers[:n_samples]
    followed = StorySamples(plan, outputs, task, n_samples, shown, texts, wished, numbers)
    return followed, [*notes, *(without if plan.layers else ())]


def _own_texts(samples: np.ndarray) -> list[str]:
    """Of samples that are texts themselves."""
    if samples.dtype.kind != "O" or samples.size != len(samples):
        return []
    return [each.decode("utf-8", "replace") if isinstance(each, bytes) else each for each in samples.ravel().tolist()]


class _StoryOutput:
    """The tensor that the task is about, and what is kept of it. It is chosen when the model first runs.

    Attributes:
        task: what the outputs are to be, or why that is not known.
    """

    def __init__(self, samples: Samples, shape: tuple[int, ...], targets: Targets, kind: str) -> None:
        self._recorder, self._targets, self._kind = OutputRecorder(samples, shape, targets, kind), targets, kind
        self.task: StoryTask | str = ""
        self.main: Output | None = None

    def tensor(self, output: Any, n_samples: int) -> tf.Tensor | None:
        """Of what the model gives, logits without the softmax or sigmoid behind them."""
        real = self._recorder.real(output)
        if self.task == "":
            self.main = self._recorder.choose(output)
            self.task = story_task(self.main, self._targets, self._kind)
            if self.task == UNKNOWN_ENDING and self.main is not None:
                last = last_operation(real[self.main.name]).type
                is_told = "PartitionedCall" not in last  # a graph of its own
                self.task = story_task(self.main, self._targets, self._kind, "none" if is_told else "")
        if isinstance(self.task, str) or self.main is None or self.main.name not in real:
            return None
        tensor = real[self.main.name]
        if self.task.kind != "values":
            tensor = before_softmax(tensor)
            last = last_operation(tensor)
            tensor = last.inputs[0] if last.type == "Sigmoid" and not self.task.is_row else tensor
        return tf.reshape(tf.cast(tensor, tf.float32), (n_samples, *self.main.shape[1:]))

    def settle(self, targets: Targets) -> StoryTask | str:
        """The task of all samples."""
        if not isinstance(self.task, str):
            found = story_task(self.main, targets, self._kind, "none")
            self.task = found if isinstance(found, str) or found.kind == self.task.kind else UNALIKE
        return self.task

    def numbers(self, rows: np.ndarray, start: int) -> np.ndarray:
        """See `StoryTask.numbers`."""
        assert not isinstance(self.task, str)
        return self.task.numbers(rows, start)

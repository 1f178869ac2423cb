"""The samples of a PyTorch model whose stories are told, and how it is run on them."""

from collections.abc import Sequence
from functools import partial
from math import prod
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from collector.capture.layer_widths import layer_widths
from collector.capture.network_output import Output
from collector.capture.sample_recorder import SampleRecorder
from collector.capture.setup_guard import SetupGuard
from collector.capture.story_samples import StoryOptions, StorySamples, plan_votes
from collector.capture.story_task import MOST_AT_ONCE, UNKNOWN_ENDING, Ending, StoryTask, story_task
from collector.capture.targets import Targets
from collector.capture.token_names import texts_of
from collector.pytorch.loss_graph import last_operation
from collector.pytorch.many_samples import ManySamples, many_samples
from collector.pytorch.network_output import OutputRecorder
from collector.pytorch.preserved_state import preserved_state
from collector.pytorch.probe import check_probe
from collector.pytorch.probe_options import ProbeOptions
from collector.pytorch.samples import Samples
from collector.pytorch.tensors import named_tensors, to_numpy
from collector.pytorch.token_task import token_task
from collector.storage.schema import Stories


def story_recorder(
    model: nn.Module,
    stories: Any,
    wished: StoryOptions,
    mean: Sequence[float],
    std: Sequence[float],
    attempt: SetupGuard,
    options: ProbeOptions,
    task: str = "",
    tokenizer: Any = None,
) -> tuple[SampleRecorder[Stories], list[str]]:
    """What will be recorded of each of the samples, and what will not be, a sentence for each reason.

    Args:
        stories: samples and what they are to give, as a probe; None: none are followed.
        wished: what the user says of them.
        mean, std: per channel, what they were normalised with.
        attempt: tries what may fail on our side.
        options: how the model is run on samples.
        task: what its outputs are, where the user said it.
        tokenizer: has texts of tokens.

    Raises:
        ValueError: samples that are none.
    """
    if stories is None:
        return SampleRecorder(None), []
    inputs, targets = check_probe(stories, model, options, "stories")
    numbers = wished.numbers_of(len(inputs))
    targets, kind, _ = token_task(model, inputs, targets, task)
    plan = partial(_planned, model, inputs, targets, kind, wished, numbers, mean, std, tokenizer)
    nothing: tuple[StorySamples | None, list[str]] = None, []
    samples, notes = attempt("preparing stories of samples", plan, nothing)
    return SampleRecorder(samples, wished.interval), notes


def _planned(
    model: nn.Module,
    inputs: Samples,
    targets: Targets,
    kind: str,
    wished: StoryOptions,
    numbers: np.ndarray | None,
    mean: Sequence[float],
    std: Sequence[float],
    tokenizer: Any,
) -> tuple[StorySamples | None, list[str]]:
    samples = many_samples(model, inputs, "samples whose stories are told")
    if isinstance(samples, str):
        return None, [f"Stories of samples are not recorded: {samples}"]
    output = OutputRecorder(samples.first, targets.first(len(samples.first)), kind)
    main = output.choose(samples.first_output).main
    own = targets.first(len(samples))
    task = story_task(main, own, kind)
    if task == UNKNOWN_ENDING:
        task = story_task(main, own, kind, _ending(samples, main))
    if isinstance(task, str) or main is None:
        return None, [*samples.notes, f"Stories of samples are not recorded: {task}."]
    widths, without = layer_widths(samples.default_layers(all_convolutions=True), samples.calls, "has no vote")
    plan = plan_votes(widths, task, len(samples))
    shown = samples.inputs.shown
    texts = texts_of(tokenizer, shown.numpy()) if shown.ndim == 2 and not shown.is_floating_point() else []
    looks, told = (None, "") if texts else samples.looks(mean, std)
    take = partial(_numbers, main, task)
    outputs = samples.outputs([layer.name for layer in plan.layers], take, MOST_AT_ONCE // prod(main.shape[1:]))
    numbers = None if numbers is None else numbers[: len(samples)]
    followed = StorySamples(plan, outputs, task, len(samples), looks, texts, wished, numbers)
    return followed, [*samples.notes, *(without if plan.layers else ()), *filter(None, [told])]


def _real(output: Any, main: Output | None) -> Tensor | None:
    """The tensor of an output that the task is about."""
    return None if main is None else dict(named_tensors(output)).get(main.name)


def _ending(samples: ManySamples, main: Output | None) -> Ending:
    """What the output has been through at last."""
    with preserved_state(samples.model), torch.enable_grad():
        tensor = _real(samples.first.rows(samples.first.run(samples.model)), main)
        operation = "" if tensor is None else last_operation(tensor)
    return "" if not operation else "sigmoid" if operation == "Sigmoid" else "none"


def _numbers(main: Output, task: StoryTask, inputs: Samples, output: Any, start: int) -> np.ndarray | None:
    """See `StoryTask.numbers`."""
    tensor = _real(output, main)
    if tensor is None or tensor.numel() != len(inputs) * prod(main.shape[1:]):
        return None
    return task.numbers(to_numpy(tensor.detach().reshape(len(inputs), *main.shape[1:])), start)

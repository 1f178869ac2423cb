"""What is recorded at a pass.

Dimensions: `N` probe samples, `U` units, `C` channels, `H`, `W`, `K` classes.
"""

import msgspec

from collector.storage.blocks import Array
from collector.storage.schema.values import Count


class ParameterArrays(msgspec.Struct, omit_defaults=True):
    """One parameter at one pass, for the kept positions of each of its dimensions."""

    value: Array | None = None
    """Before the step's update."""
    gradient: Array | None = None
    """∂loss/∂value as the optimizer saw it at this step."""
    update: Array | None = None
    """Value after the step minus value before it."""


class LayerRecord(msgspec.Struct, omit_defaults=True):
    """One layer at one pass, under the unit plan. An absent field was not recorded; see ``Layer.not_recorded``."""

    activation: Array | None = None
    """``[N, U]``; of a convolutional layer the mean over positions."""
    weight: Array | None = None
    """Before the step's update. Linear ``[U, U_in * input_block]``, convolutional ``[U, U_in, H, W]``, norm ``[U]``."""
    bias: Array | None = None
    weight_gradient: Array | None = None
    """∂loss/∂weight as the optimizer saw it at this step."""
    bias_gradient: Array | None = None
    weight_update: Array | None = None
    """Weight after the step minus weight before it."""
    bias_update: Array | None = None
    feature_maps: Array | None = None
    """float16 ``[M, U, H, W]`` of the first `M` probe samples, a number that may differ from layer to layer."""
    sequence: Array | None = None
    """float16 ``[M, T, U]``: the output at the kept positions of the sequence, of the first `M` probe samples."""
    attention: Array | None = None
    """float16 ``[M, heads, T, S]``: the weights with which the kept queries attend to the kept keys."""
    attention_entropy: Array | None = None
    """Of each head the mean over the probe and the kept queries of -Σ p log p over all keys, in nats, ``[heads]``."""
    attention_logit: Array | None = None
    """Of each head the largest number in front of the softmax, masks included, ``[heads]``."""
    chosen: Array | None = None
    """Of all choices of an expert for the probe the share that fell on each, ``[experts]``."""
    parameters: dict[str, ParameterArrays] = {}
    """Those of ``Layer.kept_parameters`` that have no field of their own above."""
    moments: dict[str, dict[str, Array]] = {}
    """Parameter → the optimizer's name of a state, as ``exp_avg``, or ``momentum_buffer`` → the state after the step,
    for the positions for which the parameter is kept."""
    updated_at: Count | None = None
    """The step of the update that gradients and updates are of, where it is an earlier one than the pass's: the layer's
    optimizer, one of several, makes none in the pass's step."""


class TopLogits(msgspec.Struct, omit_defaults=True):
    """What is kept of the logits for the probe where there are more than 1,024 classes."""

    classes: Count
    """How many there are."""
    numbers: Array
    """Of each sample's largest logits the classes, largest first, int ``[N, k]``."""
    values: Array
    """Those logits, ``[N, k]``."""
    log_sum_exp: Array
    """log Σ exp of all logits, ``[N]``: the probability of a class is exp(its logit - this)."""
    entropy: Array
    """Of the probabilities of all classes, in nats, ``[N]``."""
    true: Array | None = None
    """The true class's logit, ``[N]``, NaN where there is no such class; absent without labels."""


class PassRecord(msgspec.Struct, tag_field="record", tag="pass", omit_defaults=True):
    """A full snapshot taken at a step, before the step's update."""

    number: Count = msgspec.field(name="pass")
    step: Count
    epoch: Count = 0
    seconds: float = 0.0
    """Since the run began."""
    logits: Array | None = None
    """The network's output for the probe, ``[N, K]``; of one number for each sample ``[N, 1]``."""
    outputs: Array | None = None
    """In the place of ``logits``, where the output is no row of numbers for each sample: float32 ``[M, …]`` of the
    first `M` samples; of a large picture every s-th row and column."""
    losses: Array | None = None
    """Of the samples, ``[N]``, where the user gave the loss for it."""
    unit_states: list[tuple[str, Array]] = []
    """Layer and uint8 ``[⌈units / 8⌉]``, the first unit in the highest bit: those of all its units that are dead, or
    saturated, for the whole probe. A layer for which that has no meaning is not there."""
    top_logits: TopLogits | None = None
    """In the place of ``logits``, where there are very many classes."""
    token_logits: TopLogits | None = None
    """In the place of ``logits``, where the output is a row of logits for each position: the arrays of `TopLogits` with
    ``[M, T]`` in the place of ``[N]``, of the first `M` samples and `T` positions."""
    layers: dict[str, LayerRecord] = {}
    histograms: dict[str, dict[str, Array]] = {}
    """Layer → ``weight``, ``gradient``, ``update`` → counts, int ``[129]``, of its values by sign and power of two.

    Of a parameter with more than 2²⁰ values evenly spread ones are counted, each for as many as it stands for.

    Bin 64 counts |x| < 2⁻⁴⁸; bin 65 + e counts 2^(e-48) ≤ x < 2^(e-47), bin 63 - e the same of -x; the first and the
    last bin also count all that lies beyond them, and what is not finite is in none.
    """

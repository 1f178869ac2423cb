"""The records of a collection, as they stand in the file. `FORMAT.md` explains them; its JSON Schema is made of these.

Dimensions: `P` passes, `S` steps, `N` probe samples, `U` units, `C` channels, `H`, `W`, `K` classes.
"""

from math import isnan
from typing import Annotated, Any, Literal

import msgspec

from collector.storage.blocks import MAX_COUNT, Array

FORMAT = "strobe.collection"
VERSION = 1

N_HISTOGRAM_BINS = 129

Count = Annotated[int, msgspec.Meta(ge=0, le=MAX_COUNT)]
Scalar = float | Literal["nan", "inf", "-inf"] | None
"""One number; JSON has no NaN or Inf, so those three are words. ``null`` means not recorded."""

Option = str | int | float | bool | None


class Run(msgspec.Struct, omit_defaults=True):
    """One training: what was trained, on what, how."""

    created: str
    """Start of the run, ISO 8601 with time zone."""
    interval: Annotated[int, msgspec.Meta(ge=1, le=MAX_COUNT)]
    """A pass is taken each so many steps."""
    neuron_cap: Count
    """At most so many units of a layer are kept; 0 keeps all."""
    unit_rule: str = "spread"
    """How the kept units were chosen: ``spread`` (evenly spread, real units) or ``group_mean`` (averages)."""
    framework: str = ""
    """Name and version, as ``torch 2.13.0``."""
    strobe: str = ""
    """Version of the collector that wrote the file."""
    model: str = ""
    optimizer: str = ""
    dataset: str = ""
    """The dataset that was asked for."""
    data_used: str = ""
    """The dataset that was used: another one where the first could not be had."""
    data_note: str = ""
    """One sentence on what stood in for the dataset, shown as long as the collection is open."""
    seed: int | None = None
    steps_per_epoch: Count | None = None
    total_steps: Count | None = None
    """Steps the run was meant to take, where that is known beforehand."""
    ranks: Count = 1
    """Processes that trained together."""
    backend: str = ""
    """How they exchanged their gradients, as ``gloo`` or ``nccl``."""
    budget: float | None = None
    """Recording was to cost no more than this share of the training's time; see `PriceRecord`. None: no limit."""
    black_box: Count = 0
    """So many last steps were held in memory, for the case that something breaks; see `DumpRecord`. 0: none."""
    options: dict[str, Option] = {}
    """What else the command was given."""
    environment: dict[str, Option] = {}
    """What it ran on, as ``threads`` and ``device``: the same training rounds otherwise elsewhere."""


class Axis(msgspec.Struct, omit_defaults=True):
    """A dimension of a parameter, and which of its positions are kept.

    Where it consists of `P` equal parts of `H` positions, position ``p`` is unit ``p % H`` of part ``p // H``; and
    where each part is divided among heads, it is of head ``p % H // (H / heads)``.
    """

    size: Count
    """True number of positions."""
    kept: Array = []
    """Numbers of the kept ones, int."""
    parts: list[str] = []
    """Names of the equal parts that it consists of, as ``input gate``, ``forget gate``, …; empty: it has none."""
    heads: Count = 0
    """Heads within each part, or within the whole where there are none; 0: none."""
    units_of: str = ""
    """The layer whose units the positions (of each part) are, or ``input``; empty: of none that is known."""


class Attention(msgspec.Struct, omit_defaults=True):
    """What attends to what in a layer."""

    heads: Count
    """True number of heads."""
    queries: Axis
    """The positions that attend, and which of them are kept."""
    keys: Axis
    """The positions that are attended to."""


class Layer(msgspec.Struct, omit_defaults=True):
    """A module with parameters or an activation, under its dotted framework name."""

    name: str
    kind: str
    """Class name of the module, as ``Conv2d``."""
    units: Count
    """True number of units: features of a linear layer, channels of a convolutional one."""
    stage: str
    """The linear or convolutional layer whose units this layer carries; its own name where it makes new ones."""
    kept: Array = []
    """Numbers of the kept units, int ``[U]``; the first unit of each group under ``group_mean``."""
    reads: list[str] = []
    """Stages whose units this layer reads; ``input`` is the network's input."""
    input_units: Count = 0
    """True number of units it reads."""
    input_kept: Array = []
    """Numbers of the kept input units, int ``[U_in]``: those its weight has columns for."""
    input_block: Count = 1
    """Columns of a linear weight for each input unit: the positions of a flattened channel, else 1."""
    output_shape: list[Count] = []
    """Shape of the output for one sample."""
    parameters: dict[str, list[Count]] = {}
    """True shape of each parameter."""
    kept_parameters: dict[str, list[Axis]] = {}
    """Name of a parameter, as ``weight_ih_l0`` → its dimensions. A ``weight`` or ``bias`` that is not in it, or has a
    field of its own in the records, is kept for ``kept`` and ``input_kept``."""
    experts: Count = 0
    """Among so many experts the layer chooses, or the module that holds it; 0: there are none."""
    sequence: Axis | None = None
    """The positions of its output along the sequence; None: it has none, or none is kept."""
    attention: Attention | None = None
    not_recorded: dict[str, str] = {}
    """Kind → why it is not in the file."""
    options: dict[str, Option] = {}
    """What the module was made with, as ``p`` of a dropout, ``eps`` and ``momentum`` of a norm."""


class FlowNode(msgspec.Struct, omit_defaults=True):
    """What the data of the probe pass on their way through the network."""

    name: str
    """Each name once: the module's, ``layer1.relu (2)`` for its second call; ``input``, ``output``."""
    kind: str
    """Class name of a module, as ``MaxPool2d``; of an operation ``add``, ``concat``, ``multiply``, or another name."""
    role: Literal["input", "call", "operation", "output"]
    """``call``: of a module within which no other one is called. ``operation``: joins what comes from several nodes."""
    module: str = ""
    """Dotted name of the module that is called; of an operation, of the module that does it (empty: the model)."""
    reads: list[str] = []
    """The nodes that its data come from, all of them further up in the list."""
    output_shape: list[Count] = []
    """Of the first tensor it gives, for one sample."""
    options: dict[str, Option] = {}
    """What the module was made with, as ``p`` of a dropout."""


class Task(msgspec.Struct, omit_defaults=True):
    """What the network's output for the probe is."""

    kind: Annotated[str, msgspec.Meta(max_length=40)]
    """One of `collector.storage.task.KINDS`; a reader takes any other one for not known."""
    told_by: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    """How that is known, in words; empty: the user said so."""


class Probe(msgspec.Struct, omit_defaults=True):
    """The held-out samples that every pass is measured on."""

    inputs: Array
    """What the network was given, float ``[N, C, H, W]`` or ``[N, D]``."""
    labels: Array | None = None
    """Class numbers, int ``[N]``."""
    class_names: list[str] = []
    mean: list[float] = []
    """Per channel: ``picture = inputs * std + mean`` is the picture in 0…1. Empty: not known."""
    std: list[float] = []
    whole_numbers: bool = False
    """Whether the network was given whole numbers, as those of words."""
    task: Task | None = None
    """What was known of the task when the run began; None: nothing but what labels, targets and the loss tell."""
    targets: Array | None = None
    """What the outputs are to be where it is not one class for each sample: float or int ``[M, …]`` of the first `M`
    samples. Of several labels 0 or 1 ``[M, K]``, of tokens their numbers ``[M, T]``, negative where nothing counts."""
    output_shape: Annotated[list[Count], msgspec.Meta(max_length=16)] | None = None
    """Shape of the output for one sample; None: not known."""
    output_name: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    """Which of several tensors that is; see ``flow``."""
    n_inputs: Count = 1
    """Tensors that the network is given for each sample; ``inputs`` is the first."""
    token_names: Annotated[dict[str, str], msgspec.Meta(max_length=100_000)] = {}
    """Number of a token → its text: those that occur in the probe; see also `TokenNamesRecord`."""


class Band(msgspec.Struct, omit_defaults=True):
    """One parameter's place among all: its columns in the sign raster, from first to last layer."""

    layer: str
    parameter: str
    """As ``weight``."""
    size: Count
    """True number of its values."""
    first: Count
    """Its first column."""
    columns: Count
    """Its number of columns; fewer than ``size`` where only some parameters have one."""


class Insight(msgspec.Struct, omit_defaults=True):
    """What was recorded of the gradients at the steps, between the passes as well."""

    interval: Count
    """The two consecutive steps of every so many were measured; 1: every step; 0: none."""
    thresholds: list[float]
    """A gradient counts as near zero where its absolute value is at most this."""
    parameters: Count
    """Trainable parameters of the model when the run began."""
    sample: Count
    """Of so many of them the counts were made; where they are fewer, see ``estimated``."""
    sample_seed: int | None = None
    sign_interval: Count = 0
    """Steps between the rows of the sign raster; 0: there is none."""
    sign_threshold: float = 1e-5
    sign_columns: Count = 0
    """Columns of the sign raster; fewer than ``parameters`` where only evenly spread ones have a column."""
    bands: list[Band] = []
    estimated: list[str] = []
    """Metrics, without threshold, whose columns are estimates made on the sample; see ``~se``. Empty: none is, or the
    file is of an earlier Strobe."""
    sampled: dict[str, Count] = {}
    """Layer → how many of its values were counted; only layers of which not all were."""


class ComparedLayer(msgspec.Struct, omit_defaults=True):
    """A layer whose output is compared with that of others."""

    name: str
    """``softmax`` is no module: it stands for the softmax of the network's output."""
    features: Count
    """True number of values of its output for one sample, flattened."""
    correlated: Count
    """Of so many of them, evenly spread, the clipped mean was made; CKA and effective rank are of all."""
    kept: Array
    """Numbers of those that the records hold, int ``[D]``."""


class Similarity(msgspec.Struct, omit_defaults=True):
    """How alike the layers are: what is measured, on what."""

    layers: list[ComparedLayer]
    samples: Count
    labels: Array | None = None
    """Class numbers of the samples, int ``[N]``."""
    interval: Count = 0
    """Steps between measurements; 0: only when an epoch begins and when the run ends."""
    shuffles: Count = 0
    """So many random orders of the samples make the null band of CKA; 0: all of them, by their moments."""


class Augmentations(msgspec.Struct, omit_defaults=True):
    """One sample, changed in many ways."""

    pictures: Array
    """uint8 ``[A, C, H, W]``; the first is the sample as it is."""
    kinds: list[str]
    """How each was changed, as ``rotation``; the first is ``none``."""
    strengths: Array
    """How far, float ``[A]`` in −1…1 of the largest change of its kind."""
    largest: dict[str, str] = {}
    """Kind → its largest change in words, as ``30 degrees``."""
    label: int | None = None
    seed: int | None = None
    layers: list[ComparedLayer] = []


class Projection(msgspec.Struct, omit_defaults=True):
    """Held-out samples whose raw values and features can be laid out in a plane."""

    samples: Count
    layers: list[ComparedLayer]
    """``correlated`` is not used here."""


class Stories(msgspec.Struct, omit_defaults=True):
    """Samples of which it is recorded again and again what the network makes of each."""

    samples: Count
    layers: list[str] = []
    """In the order of the network: those by whose features the nearest of the other samples vote."""
    neighbours: Count = 0
    """So many of them vote; 0: none do."""
    loss: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    """What the loss of a sample is, in words; empty: it is not recorded."""
    of: Annotated[str, msgspec.Meta(max_length=100)] = ""
    """``training``: the network is trained on them; ``held-out``: it is not; empty: not known."""
    interval: Count = 0
    """Steps between measurements; 0: when an epoch begins and when the run ends."""


class Metric(msgspec.Struct, omit_defaults=True):
    """A number of each layer that a training brought along, beside those that this page names."""

    name: Annotated[str, msgspec.Meta(max_length=100)]
    """Its scalars are ``name/layer``."""
    title: Annotated[str, msgspec.Meta(max_length=100)] = ""
    """In a few words, for a heading."""
    description: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    """What it means, in a sentence."""
    unit: Annotated[str, msgspec.Meta(max_length=30)] = ""
    """Of the numbers, as ``%``; empty where they have none."""
    is_linear: bool = False
    """Whether a linear scale tells them best, as where they may be negative."""


class Header(msgspec.Struct, omit_defaults=True):
    """First line of the file."""

    format: str
    version: int
    run: Run
    layers: list[Layer]
    probe: Probe | None = None
    insight: Insight | None = None
    similarity: Similarity | None = None
    augmentations: Augmentations | None = None
    projection: Projection | None = None
    stories: Stories | None = None
    flow: list[FlowNode] | None = None
    metrics: Annotated[list[Metric], msgspec.Meta(max_length=1000)] = []
    checksums: Literal["", "crc32"] = ""
    """Whether every line ends with its checksum: always in files of our own, but for those of an earlier Strobe."""


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


class StepsRecord(
    msgspec.Struct, tag_field="record", tag="steps", rename={"start": "from", "stop": "to"}, omit_defaults=True
):
    """Scalars of the steps ``from``, ``from`` + ``every``, … < ``to``."""

    start: Count
    stop: Count
    columns: dict[str, Array]
    """``metric[@threshold][~ema]/layer`` → a number for each of ``steps``; NaN where nothing was recorded."""
    every: Annotated[int, msgspec.Meta(ge=1, le=MAX_COUNT)] = 1
    is_end: bool = False
    """Whether they belong to the state after the last step, which no step follows."""

    @property
    def steps(self) -> range:
        """The steps that the columns have values of."""
        return range(self.start, self.stop, self.every)


class ParameterGroup(msgspec.Struct, omit_defaults=True):
    """Parameters that an optimizer treats alike."""

    parameters: list[str]
    """Dotted names, as ``fc1.weight``."""
    optimizer: str = ""
    """Class name, as ``AdamW``."""
    number: Count = 0
    """Of the optimizer, from 0, where there are several."""
    rate: str = ""
    """Name of the scalar that is the group's learning rate; empty where it has none."""
    options: dict[str, Option] = {}
    """Numbers and switches of the group, as ``weight_decay``, ``momentum``, ``eps``, ``maximize``."""


class OptimizersRecord(msgspec.Struct, tag_field="record", tag="optimizers", omit_defaults=True):
    """Which parameters are trained, by whom and how, from this step on."""

    step: Count
    groups: list[ParameterGroup]
    in_none: list[str] = []
    """Trainable parameters of the model that no optimizer has."""
    frozen: list[str] = []
    """Parameters of the model that need no gradient."""
    unregistered: list[str] = []
    """Layers that are used and whose parameters are not the model's, by the attribute that holds them."""


class LossRecord(msgspec.Struct, tag_field="record", tag="loss", omit_defaults=True):
    """What the loss is made of, as the graph of its gradient tells."""

    step: Count
    name: str
    """Under which it was logged."""
    operations: list[str] = []
    """From the loss back to the last layer with parameters, as ``NllLoss``, ``LogSoftmax``, ``Softmax``."""
    reduction: Literal["", "mean", "sum", "none"] = ""
    layer: str = ""
    """That last layer; empty where there is none, or several."""
    linear: list[tuple[str, str]] = []
    """Layers of which the second is given what the first gives with nothing that is not linear between them."""
    apart: list[str] = []
    """Trainable parameters from which no path leads to the loss."""
    unregistered: list[str] = []
    """What the loss depends on, is trainable and is no parameter of the model, in words."""
    function: str = ""
    """The loss by the framework's own name, as ``SparseCategoricalCrossentropy``, where it was told."""


class OriginRecord(msgspec.Struct, tag_field="record", tag="origin", omit_defaults=True):
    """Where in a step the first value arose that is not finite."""

    step: Count
    phase: Literal["input", "forward", "loss", "backward", "update"]
    name: str = ""
    """The argument, module or parameter; its inputs (in the backward pass what comes from the loss) were finite."""
    kind: str = ""
    """Class name of the module."""
    nan: Count = 0
    plus_inf: Count = 0
    minus_inf: Count = 0
    largest: Scalar = None
    """Of the finite values beside them, by absolute value."""
    largest_input: Scalar = None
    """Of what the module was given."""
    text: str = ""
    """What else is known, in a sentence."""
    skipped: bool = False
    """Whether the update was left out for it, as a gradient scaler does: then no weight was touched."""


class DumpRecord(msgspec.Struct, tag_field="record", tag="dump", omit_defaults=True):
    """The black box was written: something broke, or somebody asked. The passes of its steps come behind this record,
    and those alone may stand behind a pass of a later step."""

    step: Count
    """Steps taken when it was written."""
    cause: Annotated[str, msgspec.Meta(max_length=40)]
    """``not finite``, ``spike``, ``exception``, ``signal`` or ``asked``; a reader takes any other one as it is."""
    text: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    """What happened, as ``loss spike at step 812``."""
    steps: Annotated[list[Count], msgspec.Meta(max_length=100_000)] = []
    """Those whose passes it wrote, rising. A step that has a pass by the schedule is not among them."""
    missing: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    """What these passes lack beside others, and why, in a sentence."""


class SignsRecord(msgspec.Struct, tag_field="record", tag="signs", omit_defaults=True):
    """A row of the sign raster, as a picture from afar: the shares of each group of 256 columns."""

    step: Count
    overview: Array
    """uint8 ``[3, ⌈sign_columns / 256⌉]``: negative, positive and exactly zero among the near-zero gradients of the
    group, in 255ths of its columns, rounded up, so that a single one is not lost."""
    not_finite: Array | None = None
    """uint8 ``[⌈sign_columns / 256⌉]``: those that are NaN or Inf, in the same measure. Absent: none is known to be."""
    no_gradient: list[Count] = []
    """Numbers of the bands without a gradient at this step; their columns are in no share."""


class SignBitsRecord(msgspec.Struct, tag_field="record", tag="sign_bits", omit_defaults=True):
    """The same row, column by column."""

    step: Count
    bits: Array
    """uint8 ``[2, ⌈sign_columns / 8⌉]``, the first column in the highest bit: near zero and not positive, near zero
    and not negative. Both: exactly zero. Neither: larger than ``sign_threshold``, or one of those below."""
    not_finite: Array | None = None
    """uint8 ``[⌈sign_columns / 8⌉]``, the first column in the highest bit: NaN or Inf. Absent: none is known to be."""
    no_gradient: list[Count] = []
    """Numbers of the bands without a gradient at this step."""


class SimilarityRecord(msgspec.Struct, tag_field="record", tag="similarity", omit_defaults=True):
    """How alike the layers are at a step. ``R`` pairs of layers i ≤ j, row by row of the upper triangle."""

    step: Count
    epoch: Count
    """Epochs that have ended."""
    correlation_clipped: Array
    """``[R]``: mean of the Pearson matrix of two layers' features, negative values counted as 0, diagonal included."""
    correlation: Array
    """``[R]``: its plain mean."""
    cka: Array
    """``[R]``: debiased linear CKA (Nguyen, Raghu & Kornblith 2021)."""
    cka_null: Array
    """``[R, 2]``: between these lie 95 of 100 values of CKA for samples in random order."""
    effective_rank: Array
    """``[L]``: exp of the entropy of the shares of the centred features' singular values (Roy & Vetterli 2007)."""
    constant: Array
    """int ``[L]``: features that are the same for every sample, which no correlation includes."""
    features: dict[str, Array] = {}
    """Layer → its output as it is, float32 ``[N, D]``, for the kept features."""


class AugmentationRecord(msgspec.Struct, tag_field="record", tag="augmentation", omit_defaults=True):
    """What the network makes of one sample, changed in many ways."""

    step: Count
    epoch: Count
    stability: Array
    """``[L, A]``: Pearson correlation over all features of a layer's output with that for the unchanged sample."""
    features: dict[str, Array] = {}
    """Layer → its output as it is, float32 ``[A, D]``, for the kept features."""
    logits: Array | None = None
    """``[A, K]``."""


class ProjectionSamplesRecord(msgspec.Struct, tag_field="record", tag="projection_samples", omit_defaults=True):
    """The samples themselves, once, before the first `ProjectionRecord`."""

    step: Count
    pictures: Array
    """uint8 ``[N, C, H, W]``, or float32 ``[N, D]`` where the samples are no pictures."""
    labels: Array | None = None
    """Class numbers, int ``[N]``."""


class ProjectionRecord(msgspec.Struct, tag_field="record", tag="projection", omit_defaults=True):
    """What the network makes of the projection's samples."""

    step: Count
    epoch: Count
    """Epochs that have ended."""
    predictions: Array | None = None
    """Class numbers, int ``[N]``."""
    features: dict[str, Array] = {}
    """Layer → its output for the kept features, float16 ``[N, D]``."""


class StorySamplesRecord(msgspec.Struct, tag_field="record", tag="story_samples", omit_defaults=True):
    """The samples whose stories are told, once, before the first `StoryRecord`."""

    step: Count
    inputs: Array | None = None
    """uint8 ``[N, C, H, W]``, or float32 ``[N, D]`` where the samples are no pictures."""
    texts: Annotated[list[Annotated[str, msgspec.Meta(max_length=10_000)]], msgspec.Meta(max_length=10**6)] = []
    """Of each sample, where it is a text; empty: they are none."""
    labels: Array | None = None
    """Class numbers, int ``[N]``, or the values that the outputs are to be, float32 ``[N]`` or ``[N, D]``."""
    numbers: Array | None = None
    """Where each stands in the user's data, int ``[N]``; absent: the first `N`."""


class StoryRecord(msgspec.Struct, tag_field="record", tag="story", omit_defaults=True):
    """What the network makes of each of the samples now. An absent field was not recorded."""

    step: Count
    epoch: Count
    """Epochs that have ended."""
    predictions: Array | None = None
    """The classes of the largest logits, int ``[N]``; −1: of one that is NaN."""
    confidences: Array | None = None
    """The largest probability, float32 ``[N]``."""
    label_probabilities: Array | None = None
    """The label's, float32 ``[N]``."""
    margins: Array | None = None
    """The label's logit less the largest other one, float32 ``[N]`` (Pleiss et al., NeurIPS 2020)."""
    losses: Array | None = None
    """Float32 ``[N]``; see ``Stories.loss``."""
    votes: Array | None = None
    """The class of most of the nearest of the other samples, by the features of each layer, int8 or int16 ``[L, N]``;
    −1: there is none (Baldock, Maennel & Neyshabur, NeurIPS 2021)."""


class EpochRecord(msgspec.Struct, tag_field="record", tag="epoch", omit_defaults=True):
    """The end of an epoch."""

    epoch: Count
    """Number of the epoch that ended, from 0."""
    step: Count
    """Steps taken when it ended."""
    metrics: dict[str, Scalar] = {}


class NoteRecord(msgspec.Struct, tag_field="record", tag="note", omit_defaults=True):
    """A warning of the collector's own."""

    step: Count
    text: str


class TokenNamesRecord(msgspec.Struct, tag_field="record", tag="token_names", omit_defaults=True):
    """Texts of tokens that the network holds for likely and that no record before names."""

    step: Count
    names: Annotated[dict[str, str], msgspec.Meta(max_length=100_000)]
    """Number of a token → its text."""


class PriceRecord(msgspec.Struct, tag_field="record", tag="price", omit_defaults=True):
    """What recording has cost up to a step. Of several the last one counts."""

    step: Count
    seconds: dict[str, float]
    """What for → seconds of the training's thread: ``passes``, ``gradients``, ``stories``, ``comparisons`` (all else
    that is done when an epoch begins), ``metrics`` (that the training brought along), ``scalars`` (and all else at the
    steps)."""
    training_seconds: float
    """Of the training itself, since it began its first step."""
    bytes: Count
    """Size of the file so far."""

    @property
    def share(self) -> float:
        """Seconds of recording for each second of training; 0 where there were none yet."""
        return sum(self.seconds.values()) / self.training_seconds if self.training_seconds > 0 else 0.0


class ResumeRecord(msgspec.Struct, tag_field="record", tag="resume", omit_defaults=True):
    """The run went on in another process, from a state that was saved. What had been recorded from there on is gone."""

    step: Count
    """Steps taken in that state."""
    created: str
    """When it went on, ISO 8601 with time zone."""


class Column(msgspec.Struct, omit_defaults=True):
    """One scalar over the run."""

    values: Array
    steps: Array | None = None
    """The steps it was recorded at, rising; absent: every step from 0."""


class Summary(msgspec.Struct, omit_defaults=True):
    """Repeats what an opening window needs, so that it reads the end of the file and not the whole of it."""

    passes: Count
    steps: Count
    """Steps taken."""
    columns: dict[str, Column] = {}
    """Every scalar column."""
    epochs: list[EpochRecord] = []
    notes: list[NoteRecord] = []
    price: PriceRecord | None = None
    """The last one."""
    resumes: list[ResumeRecord] = []


IndexEntry = tuple[str, Count, Count, Count]
"""Kind of record, step, offset of its line in bytes, length of its line without the newline."""


class Tail(msgspec.Struct):
    """Last line of a finished file."""

    summary: Summary
    index: list[IndexEntry]
    index_at: Count


Record = (
    PassRecord
    | StepsRecord
    | SignsRecord
    | SignBitsRecord
    | SimilarityRecord
    | AugmentationRecord
    | ProjectionSamplesRecord
    | ProjectionRecord
    | StorySamplesRecord
    | StoryRecord
    | EpochRecord
    | NoteRecord
    | PriceRecord
    | ResumeRecord
    | OptimizersRecord
    | LossRecord
    | OriginRecord
    | DumpRecord
    | TokenNamesRecord
)


class Document(msgspec.Struct):
    """The whole file as one JSON value, for the JSON Schema."""

    format: Literal["strobe.collection"]
    version: Annotated[int, msgspec.Meta(ge=1)]
    run: Run
    layers: list[Layer]
    records: list[Record]
    probe: Probe | None = None
    insight: Insight | None = None
    similarity: Similarity | None = None
    augmentations: Augmentations | None = None
    projection: Projection | None = None
    stories: Stories | None = None
    flow: list[FlowNode] | None = None
    checksums: Literal["", "crc32"] = ""
    header_crc: str = ""
    """CRC-32 of the first line, up to this field."""
    summary: Summary | None = None
    index: list[IndexEntry] | None = None
    summary_crc: str = ""
    """CRC-32 of the last line, up to this field."""
    index_at: Count | None = None


def scalar(value: float | None) -> Scalar:
    """A number as the file holds it."""
    if value is None or float("-inf") < value < float("inf"):
        return value
    return "nan" if isnan(value) else "inf" if value > 0 else "-inf"


def number(value: Scalar) -> float | None:
    """The number a scalar of the file stands for; None where it was not recorded."""
    return None if value is None else float(value)


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a finished collection."""
    return msgspec.json.schema(Document)

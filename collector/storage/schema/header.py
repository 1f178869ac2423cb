"""What a collection is of: its first line."""

from typing import Annotated, Literal

import msgspec

from collector.storage.blocks import MAX_COUNT, Array
from collector.storage.schema.values import Count, Option

FORMAT = "strobe.collection"
VERSION = 1


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

"""What is recorded of the steps between the passes: numbers, the optimizers, the loss, signs of gradients."""

from typing import Annotated, Literal

import msgspec

from collector.storage.blocks import MAX_COUNT, Array
from collector.storage.schema.values import Count, Option, Scalar


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

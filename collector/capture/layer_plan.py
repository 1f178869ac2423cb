"""One layer's unit plan, whatever the framework: whose units it carries, whose it reads, and what is not recorded."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from collector.capture.units import Units
from collector.storage import schema


@dataclass(kw_only=True)
class LayerPlan:
    """One layer of the model and how its arrays are reduced. Each framework adds its own module to it."""

    name: str
    stage: str
    """The linear or convolutional layer whose units it carries; its own name where it makes new ones."""
    units: Units
    unit_axis: int = 1
    """The axis of the output, sample axis included, along which the units lie."""
    reads: list[str] = field(default_factory=list)
    inputs: Units | None = None
    input_block: int = 1
    output_shape: tuple[int, ...] = ()
    sample_axis: int = 0
    """The axis of the output along which the samples lie; `unit_axis` is told with the samples first."""
    n_mapped: int = 0
    """Feature maps are kept of so many first probe samples."""
    sequence: schema.Axis | None = None
    """The kept positions along its sequence."""
    n_sequences: int = 0
    """Its sequences are kept of so many first probe samples."""
    attention: schema.Attention | None = None
    n_attended: int = 0
    """Its attention weights are kept of so many first probe samples."""
    not_recorded: dict[str, str] = field(default_factory=dict)
    is_gone: bool = False
    """Whether the module is no longer in the model."""

    @property
    def kind(self) -> str:
        """Class name of the module."""
        raise NotImplementedError

    @property
    def parameter_shapes(self) -> Mapping[str, tuple[int, ...]]:
        """Name → shape of its parameters, in the axes that the file has."""
        raise NotImplementedError

    @property
    def options(self) -> dict[str, schema.Option]:
        """What the module was made with, as far as that is known."""
        return {}

    @property
    def shape_by_units(self) -> tuple[int, ...]:
        """The output's shape for one sample with the units first, as the file has it."""
        return self.output_shape

    @property
    def has_maps(self) -> bool:
        """Whether its output is a picture for each unit."""
        return len(self.output_shape) == 3

    @property
    def n_steps(self) -> int:
        """Positions of its output along a sequence, where that is ``[T, U]`` or ``[U, T]`` for a sample; else 0."""
        return self.output_shape[2 - self.unit_axis] if len(self.output_shape) == 2 else 0

    def to_schema(self) -> schema.Layer:
        """The layer as the header describes it."""
        return schema.Layer(
            name=self.name,
            kind=self.kind,
            units=self.units.total,
            stage=self.stage,
            kept=self.units.kept,  # type: ignore[arg-type]
            reads=self.reads,
            input_units=self.inputs.total if self.inputs else 0,
            input_kept=self.inputs.kept if self.inputs else [],  # type: ignore[arg-type]
            input_block=self.input_block,
            output_shape=list(self.shape_by_units),
            parameters={name: list(shape) for name, shape in self.parameter_shapes.items()},
            not_recorded=self.not_recorded,
            options=self.options,
            sequence=self.sequence,
            attention=self.attention,
        )

    def carry(self, stage: "LayerPlan", axis: int) -> None:
        """Carry the units of the stage that reaches this layer, an activation or a norm, along an axis of its output.

        Args:
            axis: sample axis included.
        """
        if stage.name != self.name:
            self.stage, self.units, self.unit_axis = stage.name, stage.units, axis

    def read(self, stages: list[str], units: Units, block: int) -> None:
        """Read the units of other stages, each of them over ``block`` columns."""
        self.reads, self.inputs, self.input_block = stages, units, block

    def explain_parameter(self, name: str, problem: str, *, is_trained: bool) -> None:
        """Say of a parameter that will not be recorded why.

        Args:
            problem: why its numbers cannot be; empty where they can.
        """
        shape = self.parameter_shapes[name]
        is_read_by_units = name == "weight" and self.inputs is not None and len(shape) > 1
        if name not in ("weight", "bias"):
            self.not_recorded[name] = "only weight and bias are kept"
        elif problem:
            self.not_recorded[name] = problem
        elif not is_read_by_units and shape != (self.units.total,):
            self.not_recorded[name] = f"its shape {shape} is not one number for each unit"
        elif not is_trained:
            self.not_recorded[f"{name}_gradient"] = "frozen when the run began; in the passes from when it is trained"

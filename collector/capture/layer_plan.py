"""One layer's unit plan, whatever the framework: whose units it carries, whose it reads, and what is not recorded."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from collector.capture.parameter_axes import Axis
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
    """The axis of the output, the samples' axis being the first, along which the units lie."""
    reads: list[str] = field(default_factory=list)
    inputs: Units | None = None
    input_block: int = 1
    output_shape: tuple[int, ...] = ()
    sample_axis: int = 0
    """The axis of the output along which the samples lie; `unit_axis` is told with the samples first."""
    n_mapped: int = 0
    """Feature maps are kept of so many first probe samples."""
    kept_parameters: dict[str, list[Axis]] = field(default_factory=dict)
    """See `schema.Layer`."""
    experts: int = 0
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
            kept_parameters={name: [axis.to_schema() for axis in axes] for name, axes in self.kept_parameters.items()},
            experts=self.experts,
            not_recorded=self.not_recorded,
            options=self.options,
            sequence=self.sequence,
            attention=self.attention,
        )

    @property
    def input_columns(self) -> np.ndarray:
        """Numbers of the columns of a linear weight that are kept, int."""
        kept = np.arange(0) if self.inputs is None else self.inputs.kept
        return (kept[:, None] * self.input_block + np.arange(self.input_block)).ravel()

    def has_field(self, name: str) -> bool:
        """Whether a parameter is kept for the layer's units and inputs, in fields of `schema.LayerRecord`."""
        if name not in ("weight", "bias"):
            return False
        shape = self.shape_of(name)
        if name == "weight" and self.inputs is not None and len(shape) > 1:
            return True
        return shape == (self.units.total,)

    def shape_of(self, name: str) -> tuple[int, ...]:
        """The shape of one of its parameters."""
        return self.parameter_shapes[name]

    def carry(self, stage: "LayerPlan", axis: int) -> None:
        """Carry the units of the stage that reaches this layer, an activation or a norm, along an axis of its output.

        Args:
            axis: sample axis included.
        """
        if stage.name != self.name:
            self.stage, self.units = stage.name, stage.units
            self.unit_axis = axis if axis > self.sample_axis else axis + 1

    def read(self, stages: list[str], units: Units, block: int) -> None:
        """Read the units of other stages, each of them over ``block`` columns."""
        self.reads, self.inputs, self.input_block = stages, units, block

    def explain_parameter(self, name: str, problem: str, *, is_trained: bool) -> None:
        """Say of a parameter that will not be recorded why.

        Args:
            problem: why its numbers cannot be; empty where they can.
        """
        if problem:
            self.not_recorded[name] = problem
        elif name not in self.kept_parameters and not self.has_field(name):
            is_known = name in ("weight", "bias")
            shape = f"its shape {self.parameter_shapes[name]} is not one number for each unit"
            self.not_recorded[name] = shape if is_known else "only weight and bias are kept"
        elif not is_trained:
            self.not_recorded[f"{name}_gradient"] = "frozen when the run began; in the passes from when it is trained"

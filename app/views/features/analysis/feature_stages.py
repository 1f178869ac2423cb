"""The stages of a network whose filters, feature maps or activations can be looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.analysis.graph.columns import is_activation

if TYPE_CHECKING:
    from collector.storage.layer import Layer

_RECTIFIERS = ("relu", "relu6")
"""Kinds behind which a unit can be dead: 0 for every sample, so that no gradient passes."""


@dataclass(frozen=True, eq=False)
class FeatureStage:
    """A convolution or a linear layer, and what carries its units on.

    Attributes:
        layer: the layer that makes the units.
        carriers: layers behind it with the same units, in order of execution.
        after: what counts as its output: the last activation, else the last of the carriers, else itself.
        rectifier: the last rectifier among the carriers; None where a unit of it cannot be dead.
        is_convolution: whether it has filters ``[U, U_in, h, w]``.
        in_sequence: itself and carriers that give something along a sequence.
        attending: itself and carriers that attend.
        is_linear: whether it is one of the strips.
        routing: itself and carriers that choose among experts.
    """

    layer: Layer
    carriers: tuple[Layer, ...]
    after: Layer
    rectifier: str | None
    is_convolution: bool
    in_sequence: tuple[Layer, ...] = ()
    attending: tuple[Layer, ...] = ()
    is_linear: bool = True
    routing: tuple[Layer, ...] = ()

    @property
    def is_sequence(self) -> bool:
        """Whether it is shown along a sequence."""
        return bool(self.in_sequence or self.attending)

    @property
    def name(self) -> str:
        """Name of the stage."""
        return self.layer.name


def feature_stages(layers: Mapping[str, Layer]) -> list[FeatureStage]:
    """Convolutions in the plane, linear layers, and what gives sequences, attends or routes, in order of execution."""
    found = []
    of_stage: dict[str, list[Layer]] = {}
    for layer in layers.values():
        of_stage.setdefault(layer.stage, []).append(layer)
    for layer in layers.values():
        n_axes = len(layer.parameters.get("weight", ()))
        if not layer.is_stage:
            continue
        carriers = tuple(
            each for each in of_stage[layer.name] if each is not layer and len(each.kept) == len(layer.kept)
        )
        activations = [each for each in carriers if is_activation(each)]
        rectifiers = [each.name for each in activations if each.kind.lower() in _RECTIFIERS]
        after = (activations or list(carriers) or [layer])[-1]
        in_sequence = tuple(each for each in (layer, *carriers) if each.sequence is not None)
        attending = tuple(each for each in (layer, *carriers) if each.attention is not None)
        routing = tuple(each for each in (layer, *carriers) if each.experts)
        if not (in_sequence or attending or routing or n_axes in (2, 4)):
            continue
        rectifier = rectifiers[-1] if rectifiers else None
        is_linear = n_axes == 2 and bool(layer.input_units or layer.reads or not in_sequence)
        found.append(
            FeatureStage(layer, carriers, after, rectifier, n_axes == 4, in_sequence, attending, is_linear, routing)
        )
    return found


def stage_of(stages: Iterable[FeatureStage], layers: Mapping[str, Layer], name: str | None) -> FeatureStage | None:
    """The stage whose units a layer carries; None where it is none of these."""
    layer = None if name is None else layers.get(name)
    return None if layer is None else next((each for each in stages if each.name == layer.stage), None)

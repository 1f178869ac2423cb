"""Networks of modules made up: their flow, their layers, and passes with numbers in them, without a file."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from app.views.network.modules.analysis.module_differences import ModuleDifference, ModulePair
from app.views.network.modules.analysis.module_folding import all_frames, fold
from app.views.network.modules.analysis.module_layout import ModuleLayout, lay_out
from app.views.network.modules.analysis.module_numbers import (
    ModuleNumbers,
    ModuleReadings,
    SampleEndpoints,
    module_readings,
)
from app.views.network.modules.analysis.modules import ModuleGraph, module_graph
from collector.storage.columns import Columns
from collector.storage.flow import FlowNode
from collector.storage.header import Layer
from collector.storage.passes import Pass
from collector.storage.series import Series
from tests.app.made_up import MadeUpRun, difference_of, layer, made_up_pass

N = 4
"""Samples."""

_WITH_PARAMETERS = ("Linear", "Conv2d", "LayerNorm", "Embedding")
_JOINS = ("add", "concat", "multiply", "subtract", "matmul", "max", "divide")


def node(name: str, *reads: str, kind: str = "Linear", shape: tuple[int, ...] = (8,)) -> FlowNode:
    """What the role and the module are follows from the kind: an operation lies in the module before its last dot."""
    if kind in ("input", "output"):
        return FlowNode(name, kind, kind, "", reads, shape)
    is_join = kind in _JOINS
    module = name.rpartition(".")[0] if is_join else name
    return FlowNode(name, kind, "operation" if is_join else "call", module, reads, shape)


def chain_of(*names: str, kind: str = "Linear") -> list[FlowNode]:
    """An input, one layer after the other, and an output."""
    reads = ["input", *names]
    calls = [node(name, of, kind=kind) for name, of in zip(names, reads, strict=False)]
    return [node("input", kind="input"), *calls, node("output", reads[-1], kind="output")]


class MadeUpPasses(list[Pass]):
    """As many as there are."""

    def __init__(self, passes: list[Pass]) -> None:
        super().__init__(passes)
        self.steps = np.array([each.step for each in passes])


@dataclass
class ModuleRun:
    """A network of modules that was recorded.

    Attributes:
        flow: its nodes.
        without: layer → kinds that were not recorded of it.
        spoilt: layers whose activations are NaN.
        scale: of all numbers.
    """

    flow: list[FlowNode]
    seed: int = 0
    n_passes: int = 2
    without: dict[str, tuple[str, ...]] = field(default_factory=dict)
    spoilt: tuple[str, ...] = ()
    scale: float = 1.0

    def __post_init__(self) -> None:
        random = np.random.default_rng(self.seed)
        self.layers: dict[str, Layer] = {}
        for each in self.flow:
            if each.role == "call" and each.kind not in ("Flatten", "Dropout"):
                has_own = each.kind in _WITH_PARAMETERS
                units = each.output_shape[0] if each.output_shape else 1
                parameters = {"weight": (units, 8), "bias": (units,)} if has_own else {}
                self.layers[each.name] = layer(
                    each.name, each.kind, units=units, output_shape=each.output_shape, parameters=parameters
                )
        columns = Columns()
        steps = np.arange(self.n_passes) * 10
        for number, (name, each_layer) in enumerate(self.layers.items()):
            if each_layer.parameters and "gradient_norm" not in self.without.get(name, ()):
                values = self.scale * np.exp(random.normal(size=len(steps)) - number / 3)
                columns.put(f"gradient_norm/{name}", steps, values)
        self.series = Series(columns, 10 * self.n_passes)
        self.passes = MadeUpPasses([self._pass(random, number) for number in range(self.n_passes)])
        self.graph: ModuleGraph = module_graph(self.layers, self.flow)

    def _pass(self, random: np.random.Generator, number: int) -> Pass:
        records = {}
        for name, each in self.layers.items():
            values = random.normal(size=(N, each.units)) * self.scale
            if name in self.spoilt:
                values[0, 0] = np.nan
            if "activation" not in self.without.get(name, ()):
                records[name] = {"activation": (np.abs(values) if each.kind == "ReLU" else values).astype("f4")}
        return made_up_pass(self.layers, records, number=number, n_samples=N)

    def readings(self) -> ModuleReadings:
        return module_readings(self.graph, self, self.passes)

    def layout(self, open_frames: frozenset[str] | None = None) -> ModuleLayout:
        """With these open; None: all."""
        return lay_out(fold(self.graph, all_frames(self.graph) if open_frames is None else open_frames))

    def numbers(self, endpoints: SampleEndpoints | None = None, number: int = 0, sample: int = 0) -> ModuleNumbers:
        readings = self.readings()
        readings.read((*self.graph.nodes, *self.graph.frames))
        return readings.at(self.passes[number], sample, endpoints)

    def less(
        self,
        a: "ModuleRun",
        endpoints: tuple[SampleEndpoints, SampleEndpoints] | None = None,
        *,
        same_probe: bool = True,
    ) -> ModuleDifference:
        """The first pass of this run less that of another."""
        runs = [MadeUpRun(each.layers, None, list(each.passes)) for each in (a, self)]
        both = difference_of(*runs, 0, 0, same_probe=same_probe)

        def spread() -> Iterator[object]:
            yield both

        pair = ModulePair(a.readings(), self.readings(), both.common, spread)  # type: ignore[arg-type]
        made = pair.at(both, 0, endpoints or (SampleEndpoints(), SampleEndpoints()))
        for box in (*self.graph.nodes, *self.graph.frames):
            if box in a.graph.nodes or box in a.graph.frames:
                made.of_box(box)
        return made


def residual(body: str = "body") -> ModuleGraph:
    """A linear layer, and a block of a norm and a linear layer around which the data pass as well."""
    shape = (4, 8)
    return module_graph(
        {},
        [
            FlowNode("input", "input", "input", "", (), shape),
            FlowNode("first", "Linear", "call", "first", ("input",), shape),
            FlowNode(f"{body}.norm", "LayerNorm", "call", f"{body}.norm", ("first",), shape),
            FlowNode(f"{body}.fc", "Linear", "call", f"{body}.fc", (f"{body}.norm",), shape),
            FlowNode(f"{body}.add", "add", "operation", body, (f"{body}.fc", "first"), shape),
            FlowNode("output", "output", "output", "", (f"{body}.add",), shape),
        ],
    )


def layout(body: str = "body", *, is_open: bool = True) -> ModuleLayout:
    graph = residual(body)
    return lay_out(fold(graph, all_frames(graph) if is_open else frozenset()))


def in_a_row(*names: str) -> ModuleLayout:
    """Linear layers, one after the other."""
    shape, read = (4, 8), ["input", *names]
    nodes = [FlowNode("input", "input", "input", "", (), shape)]
    nodes += [FlowNode(name, "Linear", "call", name, (of,), shape) for name, of in zip(names, read, strict=False)]
    return lay_out(fold(module_graph({}, nodes), frozenset()))

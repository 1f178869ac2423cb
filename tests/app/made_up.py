"""Runs made up for tests of the network graph: networks of any shape, without a framework and without a file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.analysis.graph.graph import Graph, build_graph
from app.analysis.graph.graph_options import GraphOptions
from app.analysis.graph.graph_view import GraphView, prepare
from app.analysis.graph.scales import Scales, measure_edges, measure_nodes
from collector.comparing.pairing import paired
from collector.comparing.subtracted import PassDifference, common_layers
from collector.storage.blocks import to_block
from collector.storage.header import Layer, Probe
from collector.storage.layer import Axis
from collector.storage.passes import Pass
from collector.storage.schema import LayerRecord, PassRecord


@dataclass(frozen=True)
class MadeUpRun:
    """What the graph is built from."""

    layers: dict[str, Layer]
    probe: Probe | None
    passes: list[Pass]


def layer(name: str, kind: str = "Linear", **given: object) -> Layer:
    """A layer of which only what matters is given; `kept` and `input_kept` are all units where they are left out."""
    units, input_units = int(given.get("units", 1)), int(given.get("input_units", 0))
    fields = {
        "name": name,
        "kind": kind,
        "units": units,
        "stage": name,
        "kept": given["kept"] if "kept" in given else np.arange(units),
        "reads": (),
        "input_units": input_units,
        "input_kept": given["input_kept"] if "input_kept" in given else np.arange(input_units),
        "input_block": 1,
        "output_shape": (units,),
        "parameters": {},
        "not_recorded": {},
    }
    return Layer(**(fields | given))


def probe(inputs: np.ndarray, classes: int = 0, names: Sequence[str] = ()) -> Probe:
    """Samples, with labels 0, 1, 2, … where there are classes."""
    labels = np.arange(len(inputs)) % classes if classes else None
    return Probe(inputs, labels, tuple(names), np.zeros(0, "f4"), np.zeros(0, "f4"))


def made_up_pass(
    layers: dict[str, Layer],
    records: dict[str, dict[str, np.ndarray]],
    *,
    number: int = 0,
    logits: np.ndarray | None = None,
    n_samples: int | None = None,
) -> Pass:
    """A pass of the given arrays: layer → kind → array."""
    blocks = {name: LayerRecord(**{kind: to_block(each) for kind, each in of.items()}) for name, of in records.items()}
    record = PassRecord(
        number=number, step=number * 10, layers=blocks, logits=None if logits is None else to_block(logits)
    )
    return Pass(record, Path("made up"), layers, n_samples)


def chain(
    *stages: tuple[str, int], picture: tuple[int, int, int] = (1, 8, 8), n_passes: int = 1, cap: int = 0, seed: int = 0
) -> MadeUpRun:
    """A classifier: stages are ("conv", channels) or ("fc", units), each followed by a ReLU but the last."""
    random = np.random.default_rng(seed)
    n = 4
    layers: dict[str, Layer] = {}
    source, units, kept, block = "input", picture[0], np.arange(picture[0]), 1
    is_flat = False
    for number, (kind, wanted) in enumerate(stages):
        name, is_last = f"{kind}{number + 1}", number == len(stages) - 1
        if kind == "fc":
            block, is_flat = (1 if is_flat else picture[1] * picture[2]), True
        own = np.arange(wanted) if is_last or not cap else np.unique(np.linspace(0, wanted - 1, cap).astype(int))
        shape = (wanted, *picture[1:]) if kind == "conv" else (wanted,)
        weight = (wanted, units, 3, 3) if kind == "conv" else (wanted, units * block)
        module = "Conv2d" if kind == "conv" else "Linear"
        about = {"units": wanted, "kept": own, "output_shape": shape}
        layers[name] = layer(
            name,
            module,
            reads=(source,),
            input_units=units,
            input_kept=kept,
            input_block=block,
            parameters={"weight": weight, "bias": (wanted,)},
            **about,
        )
        if not is_last:
            layers[f"relu{number + 1}"] = layer(f"relu{number + 1}", "ReLU", stage=name, **about)
        source, units, kept, block = name, wanted, own, 1
    inputs = random.random((n, *picture), np.float32)
    given = probe(inputs, stages[-1][1])
    passes = [_random_pass(layers, random, number, n) for number in range(n_passes)]
    return MadeUpRun(layers, given, passes)


def _random_pass(layers: dict[str, Layer], random: np.random.Generator, number: int, n: int) -> Pass:
    records: dict[str, dict[str, np.ndarray]] = {}
    for name, each in layers.items():
        units = len(each.kept)
        arrays = {"activation": random.normal(size=(n, units))}
        if each.is_stage:
            columns = len(each.input_kept)
            is_conv = each.kind == "Conv2d"
            shape = (units, columns, 3, 3) if is_conv else (units, columns * each.input_block)
            arrays["weight"] = random.normal(size=shape)
            arrays["weight_gradient"] = random.normal(size=shape)
            arrays["weight_update"] = random.normal(size=shape) / 100
            arrays["bias"] = random.normal(size=units)
        elif len(each.output_shape) == 3:
            arrays["activation"] = np.abs(arrays["activation"])
            arrays["feature_maps"] = random.random((n, units, *each.output_shape[1:]))
        records[name] = {kind: array.astype("f4") for kind, array in arrays.items()}
    last = list(layers.values())[-1]
    logits = random.normal(size=(n, last.units)).astype("f4")
    return made_up_pass(layers, records, number=number, logits=logits, n_samples=n)


def after_the_last_step(run: MadeUpRun, one: int = -1) -> Pass:
    """A pass as the run leaves it at its end: no step follows, so it has neither gradients nor updates."""
    taken = run.passes[one]
    kinds = ("activation", "weight", "bias", "feature_maps")
    records = {
        name: {kind: array for kind in kinds if (array := getattr(arrays, kind)) is not None}
        for name, arrays in taken.layers.items()
    }
    n_samples = None if run.probe is None else len(run.probe)
    return made_up_pass(run.layers, records, number=taken.number, logits=taken.logits, n_samples=n_samples)


def difference_of(
    a: MadeUpRun, b: MadeUpRun, number_a: int = 0, number_b: int = -1, *, same_probe: bool = True
) -> PassDifference:
    """A pass of one run less that of another."""
    common = common_layers(a.layers, b.layers, paired(a.layers, b.layers))
    of_a, of_b = a.passes[number_a], b.passes[number_b]
    return PassDifference(of_a, of_b, common, a.layers, has_same_probe=same_probe)


def difference_view(
    a: MadeUpRun, b: MadeUpRun | None = None, options: GraphOptions | None = None, **which: object
) -> GraphView:
    """The graph of how two passes differ; of one run the first and the last."""
    both = difference_of(a, b or a, **which)  # type: ignore[arg-type]
    graph = build_graph(both.common.layers, a.probe)
    return prepare(graph, both, 0, measure_scales(graph, [both], options), options)


def measure_scales(graph: Graph, passes: Iterable[Pass], options: GraphOptions | None = None) -> Scales:
    """Scales over some passes of a run: a spread of them is enough to make colours comparable along the run.

    Args:
        graph: the graph of the run.
        passes: those to measure.
        options: whose modes are measured; activations and weights where they are left out.
    """
    options = options or GraphOptions()
    passes = list(passes)
    nodes = measure_nodes(graph.columns, passes, options.nodes)
    edges = measure_edges(graph, graph.pairs, passes, options.edges)
    return Scales(tuple(units for units, _ in nodes), tuple(maps for _, maps in nodes), tuple(edges))


def axis(size: int, kept: list[int] | None = None) -> Axis:
    return Axis(size, np.arange(size) if kept is None else np.array(kept))

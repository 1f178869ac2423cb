"""Which positions are kept of parameters that are neither one number for each unit nor units by inputs."""

import re
from collections.abc import Mapping

import numpy as np
from torch import Tensor, nn

from collector.capture.parameter_axes import Axis, KnownUnits, axis_of, rows_by_use, spread_axes
from collector.capture.units import Units, choose_units
from collector.pytorch.expert_choices import ExpertChoice
from collector.pytorch.layers import INPUT, parameters_of
from collector.pytorch.trace import Call

GATES: Mapping[str, tuple[str, ...]] = {
    "LSTM": ("input gate", "forget gate", "cell gate", "output gate"),
    "GRU": ("reset gate", "update gate", "new gate"),
    "RNN": (),
}
"""The parts of a recurrent layer's parameters, in the order in which torch has them."""

PROJECTIONS = ("query", "key", "value")

_RECURRENT_NAME = re.compile(r"(weight|bias)_(ih|hh|hr)(?:_l(\d+)(_reverse)?)?")
_ATTENTION_NAME = re.compile(r"qkv|query_key_value|c_attn|in_proj|attn|attention", re.IGNORECASE)
_HEADS = ("num_heads", "n_head", "n_heads", "num_attention_heads", "heads")


def axes_of_parameters(
    name: str, module: nn.Module, units: Units, inputs: KnownUnits | None, call: Call | None, cap: int
) -> dict[str, list[Axis]]:
    """Name → dimensions of each of the module's parameters.

    Args:
        name: of the layer.
        units: of its output.
        inputs: the units along the last axis of what it is given, where they are known.
        call: what it did on the probe, where that was seen.
        cap: `neuron_cap`.
    """
    own = parameters_of(module)
    output = KnownUnits(units, name)
    if isinstance(module, nn.RNNBase | nn.RNNCellBase):
        found = _of_recurrent(module, output, inputs, own, cap)
    elif isinstance(module, nn.MultiheadAttention):
        found = _of_attention(module, output, own, cap)
    elif isinstance(module, nn.Embedding | nn.EmbeddingBag):
        n_rows = module.num_embeddings
        used = np.zeros(n_rows, np.int64) if call is None or call.rows_used is None else call.rows_used
        rows = Axis(n_rows, rows_by_use(used, cap))
        found = {"weight": [rows, axis_of(output)]}
    else:
        found = {}
    return {
        each: found[each] if _fits(found.get(each), tensor) else _alike(tensor, output, cap)
        for each, tensor in own.items()
    }


def mark_experts(axes: Mapping[str, list[Axis]], choice: ExpertChoice) -> None:
    """Name the experts along the first dimension of each parameter that has them."""
    for own in axes.values():
        if own and own[0].size == choice.n_experts:
            own[0].parts = [f"expert {number}" for number in range(choice.n_experts)]


def parted_units(total: int, n_parts: int, cap: int) -> Units:
    """Units in equal parts, of each of which the same are kept."""
    size = total // n_parts
    kept = choose_units(size, max(1, cap // n_parts) if cap else 0).kept
    return Units(total, (np.arange(n_parts)[:, None] * size + kept).ravel())


def n_fused(name: str, call: Call | None) -> int:
    """Of how many projections, one after the other, the units of a layer consist: 3 where attention splits them so."""
    is_split = call is not None and call.split is not None and call.split.n_parts == len(PROJECTIONS)
    return len(PROJECTIONS) if is_split and _ATTENTION_NAME.search(name) else 0


def fused_axis(units: Units, call: Call, name: str, modules: Mapping[str, nn.Module]) -> Axis:
    """The units of such a layer as the dimension of its weight."""
    size = units.total // len(PROJECTIONS)
    heads = (call.split.heads if call.split else 0) or _heads_around(name, modules)
    heads = heads if heads and size % heads == 0 else 0
    return Axis(units.total, units.kept, PROJECTIONS, heads, name)


def _heads_around(name: str, modules: Mapping[str, nn.Module]) -> int:
    around = modules.get(name.rpartition(".")[0])
    found = next((vars(around)[each] for each in _HEADS if each in vars(around)), 0) if around is not None else 0
    return found if isinstance(found, int) and found > 0 else 0


def _of_recurrent(
    module: nn.RNNBase | nn.RNNCellBase,
    output: KnownUnits,
    inputs: KnownUnits | None,
    own: Mapping[str, Tensor],
    cap: int,
) -> dict[str, list[Axis]]:
    parts = next((gates for kind, gates in GATES.items() if kind in _kind_of(module)), ())
    last, n_directions, projected = 0, 1, 0
    if isinstance(module, nn.RNNBase):
        last, n_directions, projected = module.num_layers - 1, 1 + module.bidirectional, module.proj_size
    n_states = projected or module.hidden_size
    found = {}
    for name, tensor in own.items():
        match = _RECURRENT_NAME.fullmatch(name)
        if match is None:
            continue
        layer, direction = int(match[3] or 0), int(bool(match[4]))
        is_output = layer == last
        kept = output.units.kept
        kept = kept[kept // n_states == direction] - direction * n_states
        states = KnownUnits(
            Units(n_states, kept) if is_output and len(kept) else choose_units(n_states, cap),
            output.of if is_output and n_directions == 1 else "",
        )
        gates = KnownUnits(choose_units(module.hidden_size, cap)) if projected else states
        if match[1] == "bias":
            found[name] = [axis_of(gates, parts)]
        elif match[2] == "hh":
            found[name] = [axis_of(gates, parts), axis_of(states)]
        elif match[2] == "hr":
            found[name] = [axis_of(states), axis_of(gates)]
        elif layer == 0 and inputs is not None and inputs.units.total == tensor.shape[1]:
            found[name] = [axis_of(gates, parts), axis_of(inputs)]
        else:
            found[name] = spread_axes(tensor.shape, cap, {0: axis_of(gates, parts)})
    return found


def _kind_of(module: nn.Module) -> str:
    """The first of torch's own classes that it is of."""
    return next(kind.__name__ for kind in type(module).__mro__ if kind.__module__.startswith("torch.nn"))


def _of_attention(
    module: nn.MultiheadAttention, output: KnownUnits, own: Mapping[str, Tensor], cap: int
) -> dict[str, list[Axis]]:
    within = KnownUnits(output.units)  # of the heads, which the output's projection mixes
    fused, alone = axis_of(within, PROJECTIONS, module.num_heads), axis_of(within, heads=module.num_heads)
    found = {}
    for name, tensor in own.items():
        if name.startswith("in_proj"):
            found[name] = spread_axes(tensor.shape, cap, {0: fused})
        elif name in ("bias_k", "bias_v"):
            found[name] = spread_axes(tensor.shape, cap, {2: alone})
        elif name.endswith("_proj_weight"):
            found[name] = spread_axes(tensor.shape, cap, {0: alone})
    return found


def _alike(tensor: Tensor, output: KnownUnits, cap: int) -> list[Axis]:
    """A parameter of which nothing is known: an axis as long as the units has the positions of those that are kept."""
    same = {
        number: Axis(size, output.units.kept)
        for number, size in enumerate(tensor.shape)
        if size == output.units.total > 1
    }
    return spread_axes(tensor.shape, cap, same)


def _fits(axes: list[Axis] | None, tensor: Tensor) -> bool:
    return axes is not None and [axis.size for axis in axes] == list(tensor.shape)


def known_inputs(call: Call | None, plans: Mapping[str, Units], n_inputs: int, cap: int) -> KnownUnits | None:
    """The units along the last axis of what a layer is given, one position each; None where they are not known."""
    origin = None if call is None or call.reads_differ else call.reads
    if origin is None or len(origin.stages) != 1 or origin.block > 1:
        return None
    stage = origin.stages[0]
    if stage == INPUT:
        return KnownUnits(choose_units(n_inputs, cap), INPUT)
    units = plans.get(stage)
    return None if units is None or units.total != n_inputs else KnownUnits(units, stage)

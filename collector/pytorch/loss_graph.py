"""What a loss is made of, as the graph of its gradient tells: also where the backward pass is over already."""

from collections import deque
from collections.abc import Iterator
from typing import Any, Literal

from torch import Tensor, nn

from collector.storage.schema import LossRecord

MOST_NODES = 50_000
"""Of a larger graph, as of a recurrent network over many steps, only what lies next to the loss is told."""

_SHAPES = frozenset(
    (
        "T", "View", "UnsafeView", "ReshapeAlias", "Permute", "Transpose", "Expand", "Squeeze", "Unsqueeze", "Alias",
        "Clone", "ToCopy", "Select", "Slice", "AsStrided", "Unflatten", "Flatten", "Contiguous",
    )
)  # fmt: skip
"""Operations that change no value."""
_LINEAR_MAPS = frozenset(("Addmm", "Mm", "Convolution", "ConvolutionOverrideable", "MkldnnConvolution", "Linear"))
_STAY_LINEAR = _SHAPES | {"NativeDropout", "FusedDropout", "NativeBatchNorm", "CudnnBatchNorm", "Add"}
Reduction = Literal["", "mean", "sum", "none"]
_REDUCTIONS: tuple[Reduction, ...] = ("none", "mean", "sum")


def loss_record(loss: Tensor, name: str, step: int, model: nn.Module) -> LossRecord | None:
    """What lies between a loss and the parameters of a model; None where its graph does not tell.

    Args:
        loss: with the graph that it was computed by.
        name: under which it is logged.
    """
    if loss.grad_fn is None:
        return None
    graph = _Graph(model, loss.grad_fn)
    if graph.is_compiled:
        return None
    operations, reduction, layer = graph.way_to_last_layer()
    record = LossRecord(step, name, operations, reduction, layer)
    if graph.is_whole:
        record.linear = list(graph.linear_pairs())
        record.apart = [each for each in graph.trained if each not in graph.reached]
        record.unregistered = graph.foreign
    return record


def last_operation(tensor: Tensor) -> str:
    """What gave a tensor its values, as ``Sigmoid``; empty where its graph does not tell."""
    node: Any = tensor.grad_fn
    while node is not None and _operation(node) in _SHAPES:
        node = node.next_functions[0][0] if node.next_functions else None
    name = "" if node is None else _operation(node)
    return "" if name.startswith(("CompiledFunction", "AccumulateGrad")) else name


class _Graph:
    """All nodes of a loss's graph, and the parameters at its ends."""

    def __init__(self, model: nn.Module, root: Any) -> None:
        self._root = root
        self._names: dict[Tensor, str] = {each: name for name, each in model.named_parameters()}
        self.trained = [name for each, name in self._names.items() if each.requires_grad]
        self.reached: set[str] = set()
        self.foreign: list[str] = []
        self.is_compiled = False
        self._layers: dict[Any, str] = {}
        self._nodes: list[Any] = []
        self._behind: dict[Any, Any] = {}
        """Node → the one that uses what it gives, nearest to the loss."""
        self.is_whole = self._walk()

    def _walk(self) -> bool:
        """Find every node; whether there were few enough."""
        seen, waiting = {self._root}, deque([self._root])
        while waiting:
            node = waiting.popleft()
            self._nodes.append(node)
            self.is_compiled = self.is_compiled or _operation(node).startswith("CompiledFunction")
            if len(self._nodes) > MOST_NODES:
                return False
            for parent, _ in node.next_functions:
                if parent is not None and parent not in seen:
                    seen.add(parent)
                    self._behind[parent] = node
                    waiting.append(parent)
        for node in self._nodes:
            variable = getattr(node, "variable", None)
            if variable is None:
                continue
            if variable in self._names:
                self.reached.add(self._names[variable])
            elif isinstance(variable, nn.Parameter) and variable.requires_grad:
                self.foreign.append(f"a parameter of shape {tuple(variable.shape)}")
        return True

    def _parameter(self, node: Any) -> str:
        """Name of the parameter that a node gives, through nothing but changes of shape; empty where it gives none."""
        while node is not None and getattr(node, "variable", None) is None and _operation(node) in _SHAPES:
            node = node.next_functions[0][0] if node.next_functions else None
        variable = None if node is None else getattr(node, "variable", None)
        return self._names.get(variable, "") if isinstance(variable, Tensor) else ""

    def layer(self, node: Any) -> str:
        """The layer whose parameters an operation uses; empty where it uses none."""
        if node not in self._layers:
            parameters = [self._parameter(parent) for parent, _ in node.next_functions]
            self._layers[node] = next((name.rpartition(".")[0] for name in parameters if name), "")
        return self._layers[node]

    def _inputs(self, node: Any) -> list[Any]:
        """What an operation is given, but for parameters and what needs no gradient."""
        return [parent for parent, _ in node.next_functions if parent is not None and not self._parameter(parent)]

    def way_to_last_layer(self) -> tuple[list[str], Reduction, str]:
        """Operations from the loss back to the last layer, the loss's reduction, and that layer.

        Of several terms it is that of the first with a loss function of torch; where several things are added up behind
        that the way ends, and the layer is empty.
        """
        operations: list[str] = []
        reduction: Reduction = ""
        node = next(filter(_reduction, self._nodes), self._root)
        is_scaled = self._is_scaled(node)
        while node is not None and len(operations) < 32:
            if layer := self.layer(node):
                return operations, reduction, layer
            operation = _operation(node)
            if operation not in _SHAPES:
                operations.append(operation)
            reduction = reduction or ("" if is_scaled and _reduction(node) == "sum" else _reduction(node))
            inputs = self._inputs(node)
            node = inputs[0] if len(inputs) == 1 else None
        return operations, reduction, ""

    def _is_scaled(self, node: Any) -> bool:
        """Whether what it gives is divided or multiplied before it is the loss: a sum is then perhaps a mean."""
        while (node := self._behind.get(node)) is not None:
            if _operation(node) in ("Div", "Mul"):
                return True
        return False

    def linear_pairs(self) -> Iterator[tuple[str, str]]:
        """Layers of which the second is given what the first gives, with nothing that is not linear between them."""
        told = set()
        for node in self._nodes:
            layer = self.layer(node)
            if not layer or _operation(node) not in _LINEAR_MAPS:
                continue
            for given in self._inputs(node):
                before = self._linear_before(given)
                if before and before != layer and (before, layer) not in told:
                    told.add((before, layer))
                    yield before, layer

    def _linear_before(self, node: Any) -> str:
        for _ in range(64):
            operation = _operation(node)
            if operation in _LINEAR_MAPS and self.layer(node):
                return self.layer(node)
            if operation not in _STAY_LINEAR:
                return ""
            inputs = self._inputs(node)
            if len(inputs) != 1:  # a sum of two branches, as around a residual block
                return ""
            node = inputs[0]
        return ""


def _operation(node: Any) -> str:
    """``NllLoss`` of a node ``NllLossBackward0``."""
    return str(node.name()).rpartition("::")[2].partition("Backward")[0]


def _reduction(node: Any) -> Reduction:
    try:
        number = node._saved_reduction
    except (AttributeError, RuntimeError):
        return ""
    return _REDUCTIONS[number] if number in range(3) else ""

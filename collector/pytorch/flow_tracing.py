"""Follows the data through a PyTorch model: which calls of modules they pass, and where they are joined."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from collector.capture.flow import Flow, FlowError
from collector.pytorch.hooks import Hooks
from collector.pytorch.layers import INPUT, class_of, layers_of
from collector.pytorch.module_options import module_options
from collector.pytorch.modules import modules_of
from collector.pytorch.samples import Samples
from collector.pytorch.tensors import named_tensors, shape_of, tensors_in
from collector.storage import schema

_OPERATIONS = {
    "add": "add iadd radd",
    "subtract": "sub isub rsub subtract",
    "multiply": "mul imul rmul multiply",
    "divide": "div idiv rdiv truediv itruediv rtruediv true_divide divide",
    "concat": "cat concat concatenate hstack vstack column_stack",
    "stack": "stack dstack",
    "matmul": "matmul imatmul rmatmul mm bmm einsum baddbmm addmm tensordot",
    "attention": "scaled_dot_product_attention",
    "write": "setitem copy index_put index_copy scatter masked_scatter",
    "select": "where",
}
_OPERATION_OF = {name: operation for operation, names in _OPERATIONS.items() for name in names.split()}

_EMPTY = (
    *("zeros_like", "ones_like", "empty_like", "full_like", "rand_like", "randn_like", "randint_like"),
    *("new_zeros", "new_ones", "new_empty", "new_full", "new_tensor"),
)
"""They take a shape from their argument, and no data."""


class FlowTracing(TorchFunctionMode):
    """While it is entered, one run of a model tells its data flow. No hook is left behind, and nothing is raised.

    Attributes:
        problem: why there is no flow, in words; empty where there is one.
    """

    def __init__(self, model: nn.Module, inputs: Samples) -> None:
        super().__init__()
        self._model, self._inputs = model, inputs
        self._flow = Flow(len(inputs))
        self._sources: dict[int, str] = {}
        self._active_collectors: list[Tensor] = []  # an id that is given back could be given out again
        self._hooks = Hooks()
        self.problem = ""
        if inputs.is_list:
            source = self._flow.give(INPUT, shape_of(inputs.shown))
            for _, tensor in inputs.tensors:
                self._put(tensor, source)
        else:
            for name, tensor in named_tensors(inputs.parts, INPUT):
                self._put(tensor, self._flow.give(name, self._shape(tensor)))

    def gave(self, output: Any) -> None:
        """Take what a call of the user's own gives, which no module may have given."""
        if self._inputs.call is not None:
            self._safely(self._take, output)

    @property
    def nodes(self) -> list[schema.FlowNode] | None:
        """The nodes in order of execution; None where the flow cannot be told."""
        return None if self.problem else self._flow.nodes()

    def __enter__(self) -> "FlowTracing":
        names = {id(module): name for name, module in layers_of(self._model).items()}
        for name, module in modules_of(self._model).items():
            if "parametrizations" in name.split("."):
                continue  # they make weights, not data
            label = names.get(id(module), name) if name else ""
            self._hooks.before(module, self._before(label))
            self._hooks.after(module, self._after(name), always=True)
        super().__enter__()
        return self

    def __exit__(self, *failure: Any) -> None:
        super().__exit__(*failure)
        self._hooks.remove()

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        reads = self._sources_of((args, kwargs))
        result = func(*args, **kwargs)
        if reads:
            self._safely(self._follow, getattr(func, "__name__", ""), reads, args, result)
        return result

    def _follow(self, function: str, reads: list[str], args: Sequence[Any], result: Any) -> None:
        name = function.strip("_")
        if name in _EMPTY:
            return
        made = [args[0]] if name == "setitem" else [each for each in tensors_in(result) if each.dtype is not torch.bool]
        if not made:
            return
        source = self._flow.join(_OPERATION_OF.get(name, name), reads, self._shape(made[0]))
        for tensor in made:
            self._put(tensor, source)
            is_in_place = function.endswith("_") and any(tensor is each for each in args)
            if is_in_place and tensor._base is not None:
                self._put(tensor._base, source)

    def _before(self, module: str) -> Callable[..., None]:
        def hook(_: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            self._safely(self._flow.enter, module, self._sources_of((args, kwargs)))

        return hook

    def _after(self, name: str) -> Callable[..., None]:
        def hook(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any) -> None:
            self._safely(self._leave, module, output)
            if not name and self._inputs.call is None:
                self._safely(self._take, output)

        return hook

    def _leave(self, module: nn.Module, output: Any) -> None:
        made = list(tensors_in(output))
        node = self._flow.leave(class_of(module).__name__, self._shape(made[0]) if made else (), module_options(module))
        if node is not None:
            for tensor in made:
                self._put(tensor, node)

    def _take(self, output: Any) -> None:
        for name, tensor in named_tensors(output, "output"):
            self._flow.take(name, self._sources_of(tensor), self._shape(tensor))

    def _shape(self, tensor: Tensor) -> tuple[int, ...]:
        """Its shape with the samples along the first axis, as far as can be told from the shape alone."""
        axis, shape = self._inputs.first_axis, shape_of(tensor)
        if len(shape) <= axis or shape[axis] != len(self._inputs):
            return shape
        return (shape[axis], *shape[:axis], *shape[axis + 1 :])

    def _sources_of(self, value: Any) -> list[str]:
        return [self._sources[id(each)] for each in tensors_in(value) if id(each) in self._sources]

    def _put(self, tensor: Tensor, source: str | None) -> None:
        if source is not None:
            self._sources[id(tensor)] = source
            self._active_collectors.append(tensor)

    def _safely(self, follow: Callable[..., None], *args: Any) -> None:
        """The model runs on, whatever happens here."""
        if self.problem:
            return
        try:
            follow(*args)
        except FlowError as error:
            self.problem = str(error)
        except Exception as error:  # noqa: BLE001 - an error of ours must not look like one of the model
            self.problem = f"{type(error).__name__}: {error}"

"""What the model is given in training, held on to until it is known whether it has to be looked at."""

import inspect
import sys
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from collector.capture.guard import Guard
from collector.capture.overhead import Overhead
from collector.pytorch.batch_facts import Batch, input_statistics
from collector.pytorch.hooks import Hooks
from collector.pytorch.layers import unwrapped
from collector.pytorch.model_call import ModelCall
from collector.pytorch.tensors import tensors_in

_SLOT = "_compiled_call_impl"
"""Where `nn.Module` looks for another way of being called, as `nn.Module.compile` gives it one. A module's hooks are
copied, pickled and scripted with it; this is left out of all of that."""
MOST_RUN_AGAIN, MOST_OUTPUTS = 8, 8
"""Calls of a step that can be made once more, and tensors that a call gives whose gradients are held."""
MOST_BYTES = 64 * 2**20
"""Of a step's earlier calls so much is held at most; the last one is held always."""


class CallWatcher(Protocol):
    """Looks at what happens within a call of the model."""

    def put_on(self, hooks: Hooks) -> None:
        """Put hooks on the model's modules, which go when the call is over."""


class StepInputs:
    """Sees the arguments of each call of a model that gradients may follow. They are not looked at here.

    Nearly every step calls the model once, and nobody asks what it was given. So no more is done at a call than to
    keep its arguments as they are: they are taken apart when another call follows, or when somebody asks.

    Args:
        model: as it is called in training: with what wraps it.
        step: number of the step under way.
        guard: keeps failures of ours away from the model's call.
        overhead: the clock of what recording costs.
        has_checksums: whether those of batches are made.
        count: tells how many samples a batch is; None: they lie along the first axis of the first tensor.

    Attributes:
        watchers: those that look at the call under way.
        called: is told what a call gave that was looked at.
        rests: whether nobody looks at the step under way, nor holds on to anything of it.
        bring: makes of a number on an accelerator one that is read when it has come.
    """

    def __init__(
        self,
        model: nn.Module,
        step: Callable[[], int],
        guard: Guard,
        overhead: Overhead,
        *,
        has_checksums: bool = False,
        count: Callable[[Any], int] | None = None,
    ) -> None:
        self._count = count
        self._model = model
        self._step = step
        self._guard, self._overhead = guard, overhead
        self.rests: Callable[[], bool] = _never
        self._has_checksums = has_checksums
        self._held: list[dict[str, Tensor]] = []
        self.calls: list[ModelCall] = []
        self._latest: ModelCall | None = None
        self._called: Batch | None = None
        self._handed: Batch | None = None
        self._of = -1
        self.watchers: Callable[[], Sequence[CallWatcher]] = tuple
        self.called: Callable[[Any], None] = _nothing
        self.bring: Callable[[Tensor], Any] = _itself
        self._far_counts: dict[int, dict[str, Any]] = {}
        self.before: Callable[..., Any] | None = vars(model).get(_SLOT)
        """The way of being called that the model had already, as of `nn.Module.compile`."""
        self._names: list[str] | None = None
        if not isinstance(model, torch.jit.ScriptModule):
            vars(model)[_SLOT] = self

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        called = self._model
        if not torch.compiler.is_compiling():
            # A replica, as of `nn.DataParallel`, has what its model has, and is another module.
            called = sys._getframe(1).f_locals.get("self", called)
            if called is self._model and torch.is_grad_enabled() and not self.rests():
                hooks, overhead = None, self._overhead
                before = overhead.switch("scalars")
                try:
                    self._hold_call(ModelCall.of_now(args, kwargs))
                    hooks = self._put_on()
                except Exception as error:  # noqa: BLE001 - a guard that costs nothing at calls without a failure
                    self._guard.failed("holding on to what the model is given", error)
                finally:
                    overhead.leave(before)
                try:
                    outputs = self.before(*args, **kwargs) if self.before else called._call_impl(*args, **kwargs)
                finally:
                    if hooks is not None:
                        hooks.remove()
                before = overhead.switch("scalars")
                try:
                    self._hold_gradients(outputs, is_looked_at=hooks is not None)
                    if hooks is not None:
                        self.called(outputs)
                except Exception as error:  # noqa: BLE001 - the same
                    self._guard.failed("looking at what the model gives", error)
                finally:
                    overhead.leave(before)
                return outputs
        return self.before(*args, **kwargs) if self.before else called._call_impl(*args, **kwargs)

    def _put_on(self) -> Hooks | None:
        """The hooks of those that look at the call under way; None where nobody does."""
        due = self.watchers()
        if not due:
            return None
        hooks = Hooks()
        try:
            for each in due:
                each.put_on(hooks)
        except BaseException:
            hooks.remove()
            raise
        return hooks

    def _hold_gradients(self, outputs: Any, *, is_looked_at: bool) -> None:
        """Hold on to the gradients of what the call gives, when they come.

        On an accelerator nobody asks for those of a step that is not looked at.
        """
        if not self.calls or torch.jit.is_tracing():
            return
        gradients = self.calls[-1].gradients
        given = (outputs,) if isinstance(outputs, Tensor) else tensors_in(outputs)
        trained = [each for each in given if each.requires_grad][:MOST_OUTPUTS]
        for place, each in enumerate(trained):
            if (each.is_cpu or is_looked_at) and not torch._C._functorch.is_functorch_wrapped_tensor(each):
                _hear(each, partial(_keep, gradients, place))

    def held(self, step: int) -> Sequence[dict[str, Tensor]]:
        """What the calls of a step were given: argument → tensor."""
        if step != self._of:
            return []
        self._take_apart()
        return self._held

    def calls_of(self, step: int) -> Sequence[ModelCall]:
        """The last calls of a step."""
        return self.calls if step == self._of else []

    def latest_samples(self) -> int:
        """How many samples the latest call of the step under way was given; 0: that is not known."""
        if not self.calls:
            return 0
        given = self.calls[-1].args, self.calls[-1].kwargs
        if self._count is not None:
            first_argument = given[0][0] if given[0] else None
            return self._count(first_argument if isinstance(first_argument, Tensor) else given)
        first = next(tensors_in(given), None)
        return len(first) if first is not None and first.ndim else 0

    def hold(self, inputs: Mapping[str, Any]) -> None:
        """Hold on to what the step under way is given: name → tensor, or a structure with tensors in it."""
        self._begin()
        self._take_apart()
        if self._has_checksums:
            self._handed = self._handed or Batch(self._count)
            self._handed.add(inputs)
        self._take(inputs)

    def _hold_call(self, call: ModelCall) -> None:
        self._begin()
        self._take_apart()
        self._latest = call
        self.calls.append(call)
        del self.calls[:-MOST_RUN_AGAIN]
        if self._has_checksums:
            self._called = self._called or Batch(self._count)
            first = call.args[0] if call.args else None
            self._called.add(first if isinstance(first, Tensor) else (call.args, call.kwargs))

    def _begin(self) -> None:
        """Let go of what another step was given than the one under way."""
        step = self._step()
        if step != self._of:
            self._of, self._held, self.calls, self._latest = step, [], [], None
            self._called = self._handed = None

    def _take_apart(self) -> None:
        """Find the tensors in what the latest call was given."""
        call, self._latest = self._latest, None
        if call is not None:
            with self._guard.quick("holding on to what the model is given"):
                self._take(self._named(call.args) | call.kwargs)

    def _take(self, inputs: Mapping[str, Any]) -> None:
        while self._held and sum(each.nbytes for call in self._held for each in call.values()) > MOST_BYTES:
            del self._held[0]
        held: dict[str, Tensor] = {}
        for name, value in inputs.items():
            own = [each for each in tensors_in(value) if _can_be_nan(each)]
            for number, tensor in enumerate(own):
                held[name if len(own) == 1 else f"{name}[{number}]"] = _stored(tensor.detach())
        self._held.append(held)

    def not_finite(self, step: int) -> dict[str, int] | None:
        """Argument → how many of its values are NaN or Inf; None where none of this step is held, or it is not known
        yet."""
        if (counts := self._far_counts.get(step)) is not None:
            has_come = all(getattr(each, "array", each) is not None for each in counts.values())
            return {name: int(float(each)) for name, each in counts.items()} if has_come else None
        held = self.held(step)
        if not held or not all(each.is_cpu for call in held for each in call.values()):
            return None
        counts = {}
        with self._guard("looking for NaN or Inf in what the model was given"):
            for call in held:
                for name, tensor in call.items():
                    counts[name] = counts.get(name, 0) + int((~torch.isfinite(tensor)).sum())
            return counts
        return None

    def count_far(self, step: int) -> None:
        """Count what is not finite among inputs on an accelerator, for whoever asks when other numbers have come."""
        held = self.held(step)
        if step in self._far_counts or all(each.is_cpu for call in held for each in call.values()):
            return
        found: dict[str, Tensor] = {}
        for call in held:
            for name, tensor in call.items():
                n_bad = (~torch.isfinite(tensor)).sum()
                found[name] = found[name] + n_bad if name in found else n_bad
        self._far_counts[step] = {name: self.bring(count) for name, count in found.items()}
        for earlier in list(self._far_counts)[:-_MOST_COUNTED]:
            del self._far_counts[earlier]

    def batch(self, step: int) -> tuple[float, float] | None:
        """`Batch.facts` of a step; None where there were no calls, or no checksums are made."""
        batch = self._called or self._handed  # where the model is called itself too, both have the same samples
        return batch.facts if step == self._of and batch is not None else None

    def statistics(self, step: int) -> dict[str, float]:
        """What the arguments of a step's last call are like."""
        held = self.held(step)
        return input_statistics(held[-1]) if held else {}

    def close(self) -> None:
        """Let go of the model and of what it was given."""
        self._held, self.calls, self._latest = [], [], None
        self.watchers, self.called = tuple, _nothing
        if vars(self._model).get(_SLOT) is self:
            del vars(self._model)[_SLOT]
            if self.before:
                vars(self._model)[_SLOT] = self.before

    def _named(self, args: tuple[Any, ...]) -> dict[str, Any]:
        if self._names is None:
            parameters = inspect.signature(unwrapped(self._model).forward).parameters.values()
            self._names = [each.name for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD]
        names = self._names + [f"input {number}" for number in range(len(self._names), len(args))]
        return dict(zip(names, args, strict=False))


_MOST_COUNTED = 16
"""Of so many steps what was counted is kept until other numbers of them have come."""


def _itself(count: Tensor) -> Tensor:
    return count


def _keep(gradients: dict[int, Tensor], place: int, gradient: Tensor) -> None:
    if gradient.nbytes <= MOST_BYTES:
        gradients[place] = gradient.detach()


def _hear(tensor: Tensor, hook: Callable[[Tensor], None]) -> None:
    """What `Tensor.register_hook` does first, without a handle that nobody needs: that takes 30 µs in a training."""
    if type(tensor) is Tensor and tensor.grad_fn is not None and tensor._backward_hooks is None:
        tensor._backward_hooks = OrderedDict(strobe=hook)
        tensor.grad_fn._register_hook_dict(tensor)
    else:
        tensor.register_hook(hook)


def _never() -> bool:
    return False


def _nothing(outputs: Any) -> None:
    """Nobody wants to know."""


def _stored(tensor: Tensor) -> Tensor:
    """The values that a tensor has in memory, without a copy: all, or of a sparse or nested one those that it holds."""
    if tensor.is_sparse:
        return tensor._values()
    return tensor if tensor.layout == torch.strided and not tensor.is_nested else tensor.values()


def _can_be_nan(tensor: Tensor) -> bool:
    return tensor.is_floating_point() or tensor.is_complex()

"""What a step is, of one optimizer or of several, and what its updates begin with."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd import Variable

from collector.capture.guard import Guard
from collector.capture.overhead import Overhead
from collector.pytorch.closures import Arguments, WatchedClosure, closure_of, with_closure
from collector.pytorch.grad_scaler import GradScalerHooks
from collector.pytorch.last_updates import LastUpdate, LastUpdates
from collector.pytorch.optimizer_groups import rate_name
from collector.pytorch.optimizers import backward_under_way, groups_of, inner_optimizer, parameters_of, state_of
from collector.pytorch.statistics import FIRST_MOMENTS, states
from collector.pytorch.step_hooks import HookedStep, hook_step
from collector.pytorch.tensors import scalar_value
from collector.pytorch.told_updates import told_norms
from collector.pytorch.unknown_optimizers import UnknownOptimizers

UNSEEN = (
    "The steps of the optimizer {name} cannot be seen: it has none of torch's hooks, and its step cannot be replaced."
)
CAPTURED = (
    "The optimizer's step was captured in a CUDA graph, of whose replays nobody is told: their steps are not seen."
)


@dataclass(frozen=True)
class StepListener:
    """Who is told of the steps.

    Attributes:
        guard: wraps what may fail on our side, and is told what is odd.
        overhead: the clock of what recording costs.
        wants: says whether anything of the step under way will be asked for.
        begin: the first update of a step is about to be made; True: its gradients come later than that.
        ready: all of them are there, and nothing of the last optimizer's is updated yet.
        end: the step is over.
        skip: an optimizer's update was left out, because its gradients are not finite.
        rests: says whether nobody looks at the step under way: then only its end is told.
        step: number of the step under way.
        steps_to_pass: how many steps behind it the next pass is due.
    """

    guard: Guard
    overhead: Overhead
    wants: Callable[[], bool]
    begin: Callable[[bool], None]
    ready: Callable[[], None]
    end: Callable[[], None]
    skip: Callable[[Any], None]
    rests: Callable[[], bool] = lambda: False
    step: Callable[[], int] = lambda: 0
    steps_to_pass: Callable[[], int] = lambda: 1


class OptimizerHooks:
    """Watches the updates of optimizers.

    With one optimizer each of its updates is a step. With several, each makes one update in a step at most: a step ends
    with an update of the last one in the list, and before an update of one that has made its own. So each update of the
    fastest one has its step, whatever their order. Of each of the others its gradients in the step are those that its
    update was made of, and its update is what has changed since the step began; one that made no update in a step has
    no gradients in it.

    Updates within a backward pass, as of an optimizer for each parameter that steps as soon as its gradient is there,
    are one step, whatever their order: it ends with the backward pass. Optimizers that nobody named join it.

    Updates that another update makes, as those of an optimizer inside an optimizer, belong to it, and what an
    optimizer around others changes behind their update belongs to the step. An update that a
    `torch.amp.GradScaler` skips is none, and gradients are recorded without its factor.

    With a single optimizer nothing is copied: gradients and weights are looked at where they are.

    Args:
        model: whose parameters are watched.
        optimizers: at least one.
        names: of the optimizers, in their order.
        around: what stands around them, with a step of its own that calls theirs.

    Attributes:
        optimizers: those that are watched now.
        is_scaled: whether a `torch.amp.GradScaler` has been seen at work.
    """

    def __init__(
        self, model: nn.Module, optimizers: Sequence[Any], around: Sequence[Any] = (), names: Sequence[str] = ()
    ) -> None:
        self._model = model
        self._names = list(names) or [f"optimizer{number}" for number in range(len(optimizers))]
        self._n_updates: dict[str, int] = {}
        self._around = list(around)
        self.is_scaled = False
        self.optimizers = list(optimizers)
        self._has_updated: set[int] = set()
        self._gradients: dict[Tensor, Tensor | None] = {}
        self._weights: dict[Tensor, Tensor] = {}
        self._behind: dict[Tensor, Tensor] = {}
        self._moments: dict[Tensor, Tensor] = {}
        self._under_way: Any = None
        self._outer: Any = None
        self._waits_for_outer = False
        self._updated: set[int] = set()
        self._left_out: set[int] = set()
        self._has_begun = False
        self._backward: int | None = None
        self._joining: list[Any] = []
        self._is_by_parameter = False
        self._n_heard = self._n_heard_before = 0
        self._hooks: list[Callable[[], None]] = []
        self._of_around: list[Callable[[], None]] = []

    def start(self, listener: StepListener) -> None:
        """Watch from now on."""
        self._listener = listener
        self._last_updates = LastUpdates(listener.step, listener.steps_to_pass)
        self._unknown = UnknownOptimizers(self._model, self._replace, self._join, listener.guard)
        self._scalers = GradScalerHooks(self._before_scaler, self._after_scaler)
        for each in self._around:
            with listener.guard("watching what is put around an optimizer"):
                self._of_around.append(HookedStep(each, self._enter, self._leave, is_sure=True).close)
        self._hook()

    def finish(self) -> None:
        """The training is over: what is under way is the last step."""
        if self._updated and self._backward is None:
            self._end_without_last()

    def close(self) -> None:
        """Leave no hook behind."""
        self._unknown.close()
        self._scalers.close()
        for close in (*self._hooks, *self._of_around):
            close()

    @property
    def state(self) -> Mapping[Tensor, Mapping[str, Any]]:
        """What the optimizers hold for each parameter now."""
        if len(self.optimizers) == 1:
            return state_of(self.optimizers[0])
        return {each: held for optimizer in self.optimizers for each, held in state_of(optimizer).items()}

    def parameters(self) -> Iterator[Tensor]:
        """What the optimizers hold now."""
        for each in self.optimizers:
            yield from parameters_of(each)

    @property
    def age(self) -> float | Tensor | None:
        """Updates that the last optimizer's state has seen of a parameter; None where it counts none."""
        for held in state_of(self.optimizers[-1]).values():
            step = held.get("step") if isinstance(held, Mapping) else None
            if isinstance(step, Tensor):
                return scalar_value(step) if step.numel() == 1 else None  # type: ignore[return-value]
            return float(step) if isinstance(step, int | float) else None
        return None

    @property
    def idle(self) -> list[str]:
        """Names of the optimizers that have made no update yet."""
        return [type(each).__name__ for each in self.optimizers if id(each) not in self._has_updated]

    @property
    def can_rest(self) -> bool:
        """Whether each update is a step, so that one of which nothing is looked at needs no more than its end."""
        return len(self.optimizers) == 1 and self._backward is None and not self._is_by_parameter

    @property
    def is_under_way(self) -> bool:
        """Whether an optimizer has made an update in a step that others may add theirs to."""
        return bool(self._updated)

    def count_from(self, updates: Mapping[str, int]) -> None:
        """Name of an optimizer → updates that it made in an earlier part of the run."""
        self._n_updates |= updates

    @property
    def clocks(self) -> Mapping[str, int]:
        """Name of an optimizer → updates it has made since the run began; nothing where there is but one."""
        if len(self.optimizers) != len(self._names) or len(self._names) < 2 or self._is_by_parameter:
            return {}
        return {name: self._n_updates.get(name, 0) for name in self._names}

    @property
    def waiting(self) -> set[Tensor]:
        """What the optimizers update that make no update in the step, while its gradients are ready."""
        if len(self.optimizers) == 1 or self._backward is not None or self._is_by_parameter:
            return set()
        taken = self._updated | self._left_out | {id(self._under_way)}
        own = [each for each in self.optimizers if id(each) not in taken]
        return {parameter for each in own for parameter in parameters_of(each)}

    def last_update(self, parameter: Tensor) -> LastUpdate | None:
        """The last update of a parameter that is `waiting`; None: there was none, or it was not kept."""
        return self._last_updates.of(parameter)

    @property
    def updated_by_others(self) -> set[Tensor]:
        """What optimizers that are not watched have been seen to update."""
        return {parameter for each in self._unknown.further for parameter in parameters_of(each)}

    def gradients(self, parameters: Sequence[Tensor]) -> list[Tensor | None]:
        """What the updates of the step are made of, while they are ready."""
        if not self._gradients:
            return [each.grad for each in parameters]
        return [self._gradients.get(each, each.grad) for each in parameters]

    def weights(self, parameters: Sequence[Tensor]) -> Sequence[Tensor]:
        """The parameters before the first update of the step, while its gradients are ready."""
        return [self._weights.get(each, each) for each in parameters] if self._weights else parameters

    def weights_after(self, parameters: Sequence[Tensor]) -> Sequence[Tensor]:
        """The parameters behind the last update of them in the step that ends: others may have changed them since."""
        return [self._behind.get(each, each) for each in parameters] if self._behind else parameters

    def told_norms(self, parameters: Sequence[Tensor]) -> Mapping[Tensor, float | Tensor]:
        """‖Δw‖₂ of those of which the optimizer tells it that has just made the step's one update; see `told_norms`."""
        is_one_update = len(self.optimizers) == 1 and not self._behind and not self._is_by_parameter
        return told_norms(self.optimizers[0], parameters) if is_one_update and not self._around else {}

    def first_moments(self, parameters: Sequence[Tensor]) -> dict[Tensor, Tensor]:
        """What the optimizers held for the parameters before the updates, while the gradients are ready."""
        return states(self.state, parameters, FIRST_MOMENTS) | self._moments

    def learning_rates(self) -> Mapping[str, object]:
        """Name → rate: ``learning_rate``, ``learning_rate/group1``, ``learning_rate/optimizer1 group1``.

        Of a group that has no number for a rate nothing, which is noted; of optimizers for single parameters that all
        have one rate, that one.
        """
        rates = self._all_learning_rates()
        if self._is_by_parameter and all(isinstance(each, float) for each in rates.values()):
            rates = rates if len(set(rates.values())) > 1 else dict(list(rates.items())[:1])
        return rates

    def _all_learning_rates(self) -> dict[str, object]:
        rates: dict[str, object] = {}
        for number, optimizer in enumerate(self.optimizers):
            for place, group in enumerate(groups_of(optimizer)):
                name, rate = rate_name(number, place), group.get("lr")
                try:
                    rates[name] = rate if type(rate) is float else scalar_value(rate)
                except (TypeError, ValueError):
                    kind = type(optimizer).__name__
                    self._listener.guard.remark(f"There is no {name}: {kind} has no number for it in that group.")
        return rates

    def _hook(self) -> None:
        self._unknown.known = {id(each): each for each in self.optimizers}
        for each in self.optimizers:
            self._watch(each)

    def _watch(self, optimizer: Any) -> None:
        try:
            self._hooks.append(hook_step(optimizer, self._before, self._after))
        except AttributeError:
            self._listener.guard.say(UNSEEN.format(name=type(optimizer).__name__))

    def _watch_instead(self, optimizers: list[Any]) -> None:
        for remove in self._hooks:
            remove()
        self._hooks = []
        self.optimizers = optimizers
        self._hook()

    def _replace(self, replaced: Sequence[Any], optimizer: Any) -> None:
        """Watch an optimizer in the place of the last of those that it replaces."""
        gone = {id(each) for each in replaced[:-1]}
        kept = [optimizer if each is replaced[-1] else each for each in self.optimizers if id(each) not in gone]
        self._watch_instead(kept)

    def _before(self, optimizer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Arguments | None:
        belongs = self._under_way is not None and (self._under_way is not optimizer or self._waits_for_outer)
        if belongs or self._is_captured():
            return None
        self._n_heard += 1
        if _is_skipped(optimizer):
            self._skip(optimizer)
            return None
        self._under_way = self._unknown.under_way = optimizer
        if self._listener.rests():
            return None
        closure = closure_of(args, kwargs)
        listener = self._listener
        before = listener.overhead.switch("scalars")
        try:
            self._look_for_backward()
            if self._backward is None and id(optimizer) in self._updated:
                self._end_without_last()
            self._begin(has_closure=closure is not None)
            if closure is None:
                self._have_gradients(optimizer)
        except Exception as error:  # noqa: BLE001 - a guard that costs nothing at steps without a failure
            listener.guard.failed("watching an update begin", error)
        finally:
            listener.overhead.leave(before)
        if closure is None:
            return None
        say = self._listener.guard.say
        return with_closure(args, kwargs, WatchedClosure(closure, parameters_of(optimizer), self._in_closure, say))

    def _begin(self, *, has_closure: bool) -> None:
        is_one_of_many = len(self.optimizers) > 1 or self._backward is not None
        if is_one_of_many and self._has_begun:
            return
        self._has_begun = True
        self._listener.begin(is_one_of_many or has_closure)
        if is_one_of_many:
            self._hold_weights()

    def _in_closure(self) -> None:
        if self._under_way is not None:
            with self._listener.guard.quick("watching a closure"), self._listener.overhead.of("scalars"):
                self._have_gradients(self._under_way)

    def _ends_step(self, optimizer: Any) -> bool:
        return self._backward is None and optimizer is self.optimizers[-1]

    def _have_gradients(self, optimizer: Any) -> None:
        """The gradients of this optimizer's update are there, and with those of the last one all of the step's."""
        is_last = self._ends_step(optimizer)
        scale = getattr(optimizer, "grad_scale", None)
        if len(self.optimizers) > 1 and self._backward is None:
            self._last_updates.begins(optimizer, partial(_copied, scale=scale))
        if (not is_last or scale is not None) and self._listener.wants():
            own = parameters_of(optimizer)
            self._gradients |= {each: None if each.grad is None else _copied(each.grad, scale) for each in own}
            if not is_last:
                held = states(state_of(optimizer), own, FIRST_MOMENTS)
                self._moments |= {each: moment.clone() for each, moment in held.items()}
        elif is_last and self._gradients:
            for each in parameters_of(optimizer):
                self._gradients.pop(each, None)
        if is_last:
            self._listener.ready()

    def _hold_weights(self) -> None:
        """Where there are several updates in a step the first ones come before the last gradients."""
        if not self._listener.wants():
            return
        parameters = dict.fromkeys(self._model.parameters())
        self._weights = {each: each.detach().clone() for each in parameters}
        early = self.optimizers[:-1] if self._backward is None else self.optimizers
        self._gradients = {each: None for optimizer in early for each in parameters_of(optimizer)}

    def _after(self, optimizer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if self._under_way is not optimizer:
            return
        if self._outer is not None:
            self._waits_for_outer = True
        else:
            self._finish(optimizer)

    def _enter(self, outer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._outer = outer if self._outer is None else self._outer

    def _leave(self, outer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if self._outer is outer:
            self._outer = None
            if self._waits_for_outer:
                self._finish(self._under_way)

    def _finish(self, optimizer: Any) -> None:
        self._under_way = self._unknown.under_way = None
        self._waits_for_outer = False
        listener = self._listener
        before = listener.overhead.switch("scalars")
        try:
            self._unknown.n_unknown = 0
            if listener.rests():
                listener.end()
                return
            self._has_updated.add(id(optimizer))
            if len(self.optimizers) > 1:
                self._count(optimizer)
                self._last_updates.ended()
            if self._ends_step(optimizer):
                self._end()
                return
            self._updated.add(id(optimizer))
            if self._backward is None and listener.wants():
                self._behind |= {each: each.detach().clone() for each in parameters_of(optimizer)}
        except Exception as error:  # noqa: BLE001 - see `_before`
            listener.guard.failed("watching an update end", error)
        finally:
            listener.overhead.leave(before)

    def _count(self, optimizer: Any) -> None:
        if len(self.optimizers) == len(self._names):
            name = self._names[next(place for place, each in enumerate(self.optimizers) if each is optimizer)]
            self._n_updates[name] = self._n_updates.get(name, 0) + 1

    def _end_without_last(self) -> None:
        """The step is over, and the last optimizer has made no update in it."""
        self._gradients |= dict.fromkeys(parameters_of(self.optimizers[-1]))
        self._listener.ready()
        self._end()

    def _end(self) -> None:
        self._forget()
        self._listener.end()
        self._behind = {}

    def _forget(self) -> None:
        """No step is under way any more."""
        self._has_begun = False
        self._updated.clear()
        self._left_out.clear()
        self._gradients, self._weights, self._moments = {}, {}, {}

    def _look_for_backward(self) -> None:
        """Whether the update is made within a backward pass, which the step then ends with."""
        task = backward_under_way()
        if self._backward is not None and task != self._backward:  # whose end nobody told of
            self._end_backward(self._backward)
        if task is not None and self._backward is None:
            self._backward = task
            Variable._execution_engine.queue_callback(partial(self._end_backward, task))

    def _join(self, optimizer: Any) -> None:
        """An optimizer that nobody named updates the model within a backward pass."""
        self._joining.append(optimizer)
        self.optimizers.append(optimizer)
        self._unknown.known[id(optimizer)] = optimizer
        self._watch(optimizer)

    def _end_backward(self, task: int) -> None:
        if task != self._backward:
            return
        joined, self._joining = self._joining, []
        joined_ids = {id(each) for each in joined}
        with self._listener.guard.quick("watching a backward pass end"), self._listener.overhead.of("scalars"):
            if self._updated <= joined_ids:  # of those that were named none steps in it
                self._backward = None
                self._forget()
                self._watch_instead([each for each in self.optimizers if id(each) not in joined_ids])
                self._unknown.leave_out(joined)
                return
            if joined:
                known = next(each for each in self.optimizers if id(each) in self._updated - joined_ids)
                self._unknown.tell_joined(joined, known)
            self._is_by_parameter = True
            self._listener.ready()
            self._backward = None
            self._end()

    def _before_scaler(self, optimizer: Any) -> None:
        self._n_heard_before = self._n_heard
        self.is_scaled = True

    def _after_scaler(self, optimizer: Any) -> None:
        inside = inner_optimizer(optimizer)
        if self._n_heard == self._n_heard_before and any(inside is each for each in self.optimizers):
            self._skip(inside)

    def _skip(self, optimizer: Any) -> None:
        """An update is left out. Where others of the step were made, the last one ends it all the same."""
        with self._listener.guard.quick("watching a skipped update"), self._listener.overhead.of("scalars"):
            self._listener.skip(optimizer)
            self._left_out.add(id(optimizer))
            if self._updated and self._ends_step(optimizer):
                self._end_without_last()

    def _is_captured(self) -> bool:
        """Whether a CUDA graph is being recorded: nothing may be read then, and its replays are not heard of."""
        if not (torch.cuda.is_initialized() and torch.cuda.is_current_stream_capturing()):
            return False
        self._listener.guard.say(CAPTURED)
        return True


def _is_skipped(optimizer: Any) -> bool:
    """Whether a fused optimizer will leave the weights as they are, because a `GradScaler` found Inf or NaN."""
    found = getattr(optimizer, "found_inf", None)
    return isinstance(found, Tensor) and bool(found)


def _copied(gradient: Tensor, scale: Tensor | None) -> Tensor:
    """The gradient as it is now, without the factor that a fused optimizer takes off itself."""
    gradient = gradient.detach()
    return gradient.clone() if scale is None else gradient / scale.to(gradient.device)

"""What a step is, of one optimizer or of several, and what its updates begin with."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn
from torch.optim import Optimizer
from torch.utils.hooks import RemovableHandle

from collector.capture.guard import Guard
from collector.capture.price import Price
from collector.pytorch.closures import Arguments, WatchedClosure, closure_of, with_closure
from collector.pytorch.statistics import FIRST_MOMENTS, states
from collector.pytorch.strange_optimizers import StrangeOptimizers, parameters_of

REPEATED = (
    "The optimizer {name} updates several times in a step, which ends with the last optimizer's update: the gradients "
    "recorded are those of its last update, its update is what all of them changed."
)


@dataclass(frozen=True)
class Watcher:
    """Who is told of the steps.

    Attributes:
        guard: wraps what may fail on our side, and is told what is odd.
        price: the clock of what recording costs.
        wants: says whether anything of the step under way will be asked for.
        begin: the first update of a step is about to be made; True: its gradients come later than that.
        ready: all of them are there, and nothing of the last optimizer's is updated yet.
        end: the step is over.
    """

    guard: Guard
    price: Price
    wants: Callable[[], bool]
    begin: Callable[[bool], None]
    ready: Callable[[], None]
    end: Callable[[], None]


class Stepping:
    """Watches the updates of optimizers.

    With one optimizer each of its updates is a step. With several a step ends with an update of the last one in the
    list. Of each of the others its gradients in the step are those that its last update was made of, and its update
    is what has changed since the step began; one that made no update in a step has no gradients in it.

    Updates that another update makes, as those of an optimizer inside an optimizer, belong to it. An update that a
    `torch.amp.GradScaler` skips is none, and gradients are recorded without its factor.

    With a single optimizer nothing is copied: gradients and weights are looked at where they are.

    Args:
        model: whose parameters are watched.
        optimizers: at least one.

    Attributes:
        optimizers: those that are watched now.
        n_updates: how many updates each of them has made.
    """

    def __init__(self, model: nn.Module, optimizers: Sequence[Optimizer]) -> None:
        self._model = model
        self.optimizers = list(optimizers)
        self.n_updates = [0] * len(self.optimizers)
        self._n_parameters = self._count()
        self._gradients: dict[Tensor, Tensor | None] = {}
        self._weights: dict[Tensor, Tensor] = {}
        self._moments: dict[Tensor, Tensor] = {}
        self._under_way: Optimizer | None = None
        self._updated: set[int] = set()
        self._has_begun = False
        self._hooks: list[RemovableHandle] = []

    def start(self, watcher: Watcher) -> None:
        """Watch from now on."""
        self._watcher = watcher
        self._strange = StrangeOptimizers(self._model, self._replace, watcher.guard)
        self._hook()

    def close(self) -> None:
        """Leave no hook behind."""
        self._strange.close()
        self._unhook()

    @property
    def has_grown(self) -> bool:
        """Whether the optimizers were given further parameters."""
        return self._count() > self._n_parameters

    @property
    def state(self) -> Mapping[Tensor, Mapping[str, Any]]:
        """What the optimizers hold for each parameter now."""
        if len(self.optimizers) == 1:
            return self.optimizers[0].state
        return {each: held for optimizer in self.optimizers for each, held in optimizer.state.items()}

    @property
    def idle(self) -> list[str]:
        """Names of the optimizers that have made no update yet."""
        return [type(each).__name__ for each, n in zip(self.optimizers, self.n_updates, strict=True) if not n]

    def gradients(self, parameters: Sequence[Tensor]) -> list[Tensor | None]:
        """What the updates of the step are made of, while they are ready."""
        if not self._gradients:
            return [each.grad for each in parameters]
        return [self._gradients.get(each, each.grad) for each in parameters]

    def weights(self, parameters: Sequence[Tensor]) -> Sequence[Tensor]:
        """The parameters before the first update of the step, while its gradients are ready."""
        return [self._weights.get(each, each) for each in parameters] if self._weights else parameters

    def first_moments(self, parameters: Sequence[Tensor]) -> dict[Tensor, Tensor]:
        """What the optimizers held for the parameters before the updates, while the gradients are ready."""
        return states(self.state, parameters, FIRST_MOMENTS) | self._moments

    def learning_rates(self) -> Iterator[tuple[str, Any]]:
        """Name → rate: ``learning_rate``, ``learning_rate/group1``, ``learning_rate/optimizer1 group1``."""
        for number, optimizer in enumerate(self.optimizers):
            for place, group in enumerate(optimizer.param_groups):
                words = [f"optimizer{number}"] * (number > 0) + [f"group{place}"] * (place > 0)
                yield "/".join(filter(None, ("learning_rate", " ".join(words)))), group["lr"]

    def _count(self) -> int:
        return sum(len(group["params"]) for optimizer in self.optimizers for group in optimizer.param_groups)

    def _hook(self) -> None:
        self._strange.known = self.optimizers
        for each in self.optimizers:
            self._hooks.append(each.register_step_pre_hook(self._before))
            self._hooks.append(each.register_step_post_hook(self._after))

    def _unhook(self) -> None:
        for hook in self._hooks:
            hook.remove()
        self._hooks = []

    def _replace(self, replaced: Sequence[Optimizer], optimizer: Optimizer) -> None:
        """Watch an optimizer in the place of the last of those that it replaces."""
        self._unhook()
        place = self.optimizers.index(replaced[-1])
        self.optimizers[place] = optimizer
        kept = [n for n, each in enumerate(self.optimizers) if not any(each is old for old in replaced)]
        self.n_updates = [self.n_updates[number] for number in kept]
        self.optimizers = [self.optimizers[number] for number in kept]
        self._n_parameters = self._count()
        self._hook()

    def _before(self, optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Arguments | None:
        if self._under_way not in (None, optimizer) or _is_skipped(optimizer):
            return None
        self._under_way = self._strange.under_way = optimizer
        closure = closure_of(args, kwargs)
        with self._watcher.guard("watching an update begin"), self._watcher.price.of("scalars"):
            is_several = len(self.optimizers) > 1
            if not is_several or not self._has_begun:
                self._has_begun = True
                self._watcher.begin(is_several or closure is not None)
                if is_several:
                    self._hold_weights()
            if closure is None:
                self._have_gradients(optimizer)
        if closure is None:
            return None
        say = self._watcher.guard.say
        return with_closure(args, kwargs, WatchedClosure(closure, parameters_of(optimizer), self._in_closure, say))

    def _in_closure(self) -> None:
        if self._under_way is not None:
            with self._watcher.guard("watching a closure"), self._watcher.price.of("scalars"):
                self._have_gradients(self._under_way)

    def _have_gradients(self, optimizer: Optimizer) -> None:
        """The gradients of this optimizer's update are there, and with those of the last one all of the step's."""
        is_last = optimizer is self.optimizers[-1]
        scale = getattr(optimizer, "grad_scale", None)
        if (not is_last or scale is not None) and self._watcher.wants():
            own = parameters_of(optimizer)
            self._gradients |= {each: None if each.grad is None else _copied(each.grad, scale) for each in own}
            if not is_last:
                held = states(optimizer.state, own, FIRST_MOMENTS)
                self._moments |= {each: moment.clone() for each, moment in held.items()}
        elif is_last and self._gradients:
            for each in parameters_of(optimizer):
                self._gradients.pop(each, None)
        if is_last:
            self._watcher.ready()

    def _hold_weights(self) -> None:
        """With several optimizers the first updates come before the last gradients."""
        if not self._watcher.wants():
            return
        parameters = dict.fromkeys(self._model.parameters())
        self._weights = {each: each.detach().clone() for each in parameters}
        self._gradients = {each: None for optimizer in self.optimizers[:-1] for each in parameters_of(optimizer)}

    def _after(self, optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if self._under_way is not optimizer:
            return
        self._under_way = self._strange.under_way = None
        with self._watcher.guard("watching an update end"), self._watcher.price.of("scalars"):
            self._strange.n_unknown = 0
            self._count_update(next(number for number, each in enumerate(self.optimizers) if each is optimizer))

    def _count_update(self, number: int) -> None:
        self.n_updates[number] += 1
        if number < len(self.optimizers) - 1:
            if number in self._updated:
                name = type(self.optimizers[number]).__name__
                self._watcher.guard.say(REPEATED.format(name=name))
            self._updated.add(number)
            return
        self._has_begun = False
        self._updated.clear()
        self._gradients, self._weights, self._moments = {}, {}, {}
        self._watcher.end()


def inner_optimizer(optimizer: Any) -> Any:
    """The optimizer inside what a library puts around it: its own hooks are never called, or are those inside."""
    inner = getattr(optimizer, "optimizer", None)
    hooks = getattr(optimizer, "_optimizer_step_pre_hooks", None)
    is_wrapper = isinstance(inner, Optimizer) and (hooks is None or hooks is inner._optimizer_step_pre_hooks)
    return inner_optimizer(inner) if is_wrapper else optimizer


def _is_skipped(optimizer: Optimizer) -> bool:
    """Whether a fused optimizer will leave the weights as they are, because a `GradScaler` found Inf or NaN."""
    found = getattr(optimizer, "found_inf", None)
    return found is not None and bool(found)


def _copied(gradient: Tensor, scale: Tensor | None) -> Tensor:
    """The gradient as it is now, without the factor that a fused optimizer takes off itself."""
    gradient = gradient.detach()
    return gradient.clone() if scale is None else gradient / scale.to(gradient.device)

"""Models that keep state in all the ways in which a forward pass can change it, in evaluation mode too.

Each says in `state` what it keeps, as something that can be compared.
"""

import functools
import itertools
import random
import threading
import weakref
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

drawn: list[float] = []
n_calls = 0
local = threading.local()


class Keeping(nn.Module):
    """Scales what a layer gives by a number that `next_factor` takes from what the model keeps."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 3)

    def forward(self, inputs: Tensor) -> Tensor:
        return self.fc(inputs) * self.next_factor()

    def next_factor(self) -> Any:
        raise NotImplementedError

    @property
    def state(self) -> Any:
        raise NotImplementedError


class Recurrent(nn.Module):
    """A cell that goes on with the hidden state of the batch before."""

    def __init__(self) -> None:
        super().__init__()
        self.cell, self.out = nn.GRUCell(4, 5), nn.Linear(5, 3)
        self.hidden: Tensor | None = None

    def forward(self, inputs: Tensor) -> Tensor:
        self.hidden = self.cell(inputs, None if self.hidden is None else self.hidden.detach())
        return self.out(self.hidden)

    @property
    def state(self) -> Any:
        return None if self.hidden is None else self.hidden.tolist()


class InPlace(Keeping):
    """A tensor that is no buffer, changed in place, with and without its version."""

    def __init__(self) -> None:
        super().__init__()
        self.running, self.preserved_state, self.large = torch.ones(3), torch.ones(3), torch.ones(70_000)

    def next_factor(self) -> Tensor:
        self.running += 0.1
        self.preserved_state.data.mul_(1.1)
        self.large.data[:3] += 0.1
        return self.running * self.preserved_state * self.large[:3]

    @property
    def state(self) -> Any:
        return self.running.tolist(), self.preserved_state.tolist(), self.large[:4].tolist(), self.running._version


class InLists(Keeping):
    def __init__(self) -> None:
        super().__init__()
        self.past: list[Any] = [1.0, [torch.ones(3)]]
        self.recent = deque([1.0], maxlen=2)

    def next_factor(self) -> Any:
        self.past.append(len(self.past))
        self.past[1][0] = self.past[1][0] * 1.1
        self.recent.append(self.recent[-1] * 0.9)
        return self.past[1][0] * len(self.past) * sum(self.recent)

    @property
    def state(self) -> Any:
        return len(self.past), self.past[1][0].tolist(), list(self.recent)


class InDicts(Keeping):
    def __init__(self) -> None:
        super().__init__()
        self.table: dict[str, Any] = {"n": 1, "within": OrderedDict(first=1.0)}
        self.counter, self.seen = Counter[str](), set[int]()

    def next_factor(self) -> float:
        self.table["n"] += 1
        self.table["within"][self.table["n"]] = 1.0
        self.counter["calls"] += 1
        self.seen.add(len(self.seen))
        return self.table["n"] / len(self.table["within"]) + self.counter["calls"] / 10 + len(self.seen)

    @property
    def state(self) -> Any:
        return self.table["n"], dict(self.table["within"]), dict(self.counter), set(self.seen)


@dataclass
class Membrane:
    level: Tensor
    history: list[float] = field(default_factory=list)


class Slotted:
    __slots__ = ("membrane", "n")

    def __init__(self) -> None:
        self.membrane, self.n = Membrane(torch.zeros(3)), 0


class InObjects(Keeping):
    def __init__(self) -> None:
        super().__init__()
        self.slotted = Slotted()

    def next_factor(self) -> Tensor:
        self.slotted.n += 1
        membrane = self.slotted.membrane
        membrane.level = membrane.level * 0.9 + 1
        membrane.history.append(float(membrane.level[0]))
        return membrane.level + self.slotted.n

    @property
    def state(self) -> Any:
        return self.slotted.n, self.slotted.membrane.level.tolist(), list(self.slotted.membrane.history)


class WithCache(Keeping):
    """Remembers what it drew for each size of a batch."""

    def __init__(self) -> None:
        super().__init__()
        self.masks: dict[int, Tensor] = {}

    def forward(self, inputs: Tensor) -> Tensor:
        if len(inputs) not in self.masks:
            self.masks[len(inputs)] = torch.rand(len(inputs), 3)
        return self.fc(inputs) * self.masks[len(inputs)]

    @property
    def state(self) -> Any:
        return {size: mask.tolist() for size, mask in self.masks.items()}


class Counting(Keeping):
    """In an attribute, in a class, in a name of its Python module, in an iterator and in a closure."""

    n_of_all = 0

    def __init__(self) -> None:
        global n_calls
        super().__init__()
        n_calls = type(self).n_of_all = 0
        self.n, self.steps, n_within = 0, itertools.count(), 0

        def count() -> int:
            nonlocal n_within
            n_within += 1
            return n_within

        self.count, self.n_within = count, lambda: n_within

    def next_factor(self) -> float:
        global n_calls
        n_calls += 1
        self.n += 1
        Counting.n_of_all += 1
        return 1 + n_calls / 10 + self.n / 10 + Counting.n_of_all / 10 + next(self.steps) / 10 + self.count() / 10

    @property
    def state(self) -> Any:
        return n_calls, self.n, Counting.n_of_all, repr(self.steps), self.n_within()


class TorchChance(Keeping):
    def __init__(self) -> None:
        super().__init__()
        self.chances = [torch.Generator().manual_seed(1)]

    def next_factor(self) -> Tensor:
        return torch.rand(3, generator=self.chances[0])

    @property
    def state(self) -> Any:
        return self.chances[0].get_state().tolist()


class OtherChance(Keeping):
    def __init__(self) -> None:
        super().__init__()
        self.chance, self.python = np.random.default_rng(1), random.Random(1)
        self.legacy = np.random.RandomState(1)
        self.noise = np.zeros(3)

    def next_factor(self) -> Tensor:
        self.noise += self.chance.normal(size=3)
        return torch.from_numpy(self.noise).float() + self.python.random() + self.legacy.rand()

    @property
    def state(self) -> Any:
        states = self.chance.bit_generator.state["state"], self.python.getstate(), self.legacy.rand()
        return *states, self.noise.tolist()


class MadeLazily(Keeping):
    """A buffer, a parameter and a module that are made when they are needed first."""

    def next_factor(self) -> Any:
        if not hasattr(self, "scale"):
            self.register_buffer("scale", torch.rand(3))
            self.shift = nn.Parameter(torch.rand(3), requires_grad=False)
            self.more = nn.Dropout(0.5)
        return self.more(self.scale + self.shift)

    @property
    def state(self) -> Any:
        made = [name for name in ("scale", "shift", "more") if hasattr(self, name)]
        return made, [name for name, _ in self.named_children()], [each.tolist() for each in self.buffers()]


class Owner:
    def __init__(self) -> None:
        self.n, self.values = 0, {"sum": torch.zeros(3)}


owners: list[Owner] = []


class WeaklyReferring(Keeping):
    def __init__(self) -> None:
        super().__init__()
        owner = Owner()
        owners.append(owner)  # whom nothing else of the model leads to
        self.owner = weakref.ref(owner)
        self.of_owners = weakref.WeakKeyDictionary({owner: 1})

    def next_factor(self) -> Tensor:
        owner = self.owner()
        assert owner is not None
        owner.n += 1
        owner.values["sum"] += torch.rand(3)
        self.of_owners[owner] += 1
        return owner.values["sum"] + owner.n + self.of_owners[owner]

    @property
    def state(self) -> Any:
        owner = self.owner()
        assert owner is not None
        return owner.n, owner.values["sum"].tolist(), list(self.of_owners.values())


@functools.cache
def mask_for(size: int) -> Tensor:
    return torch.rand(size, 3)


@functools.lru_cache(maxsize=2)
def noise_for(size: int) -> float:
    return random.random()


class WithFunctoolsCache(Keeping):
    def __init__(self) -> None:
        super().__init__()
        mask_for.cache_clear()
        noise_for.cache_clear()

    def forward(self, inputs: Tensor) -> Tensor:
        return self.fc(inputs) * mask_for(len(inputs)) + noise_for(len(inputs))

    @property
    def state(self) -> Any:
        return mask_for.cache_info(), noise_for.cache_info().misses, mask_for(6).tolist(), noise_for(6)


class InThreadLocal(Keeping):
    def __init__(self) -> None:
        super().__init__()
        local.n = 1
        drawn.clear()

    def next_factor(self) -> float:
        local.n += 1
        drawn.append(local.n)
        return local.n + len(drawn)

    @property
    def state(self) -> Any:
        return local.n, list(drawn)


class Hooked(Keeping):
    """Hooks of the user's that count, one of which changes what the layer gives."""

    def __init__(self) -> None:
        super().__init__()
        self.n_before = self.n_after = self.n_back = 0
        self.fc.register_forward_pre_hook(self.before)
        self.fc.register_forward_hook(self.after)
        self.fc.register_full_backward_hook(self.back)

    def before(self, *_: Any) -> None:
        self.n_before += 1

    def after(self, module: nn.Module, args: Any, output: Tensor) -> Tensor:
        self.n_after += 1
        return output * (1 + self.n_after / 10)

    def back(self, *_: Any) -> None:
        self.n_back += 1

    def next_factor(self) -> float:
        return 1.0

    @property
    def state(self) -> Any:
        hooks = [list(each) for each in (self.fc._forward_hooks.values(), self.fc._forward_pre_hooks.values())]
        return self.n_before, self.n_after, self.n_back, [[each.__name__ for each in kind] for kind in hooks]


class Clipping(Keeping):
    """Clips its own weights in each forward pass, as critics do, and renames how they are held."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.large = nn.Embedding(9, 4, max_norm=0.5), nn.Linear(4, 70_000)
        self.words.weight.data *= 5

    def forward(self, inputs: Tensor) -> Tensor:
        self.fc.weight.data.clamp_(-0.3, 0.3)
        self.large.weight.data *= 0.99
        self.fc.bias.data = self.fc.bias.data * 0.9
        return self.fc(inputs + self.words((inputs.abs() * 2).long().clamp(max=8)).mean(1)) + self.large(inputs)[:, :3]

    @property
    def state(self) -> Any:
        return self.words.weight.tolist(), self.fc.weight.tolist(), self.large.weight.sum().item()


class Scripted(nn.Module):
    """A compiled script within a model, whose state no attribute of Python's holds."""

    def __init__(self) -> None:
        super().__init__()
        self.within = torch.jit.script(Ticking())
        self.out = nn.Linear(3, 3)

    def forward(self, inputs: Tensor) -> Tensor:
        return self.out(self.within(inputs))

    @property
    def state(self) -> Any:
        return self.within.n, self.within.level.tolist(), self.within.training


class Ticking(nn.Module):
    n: int

    def __init__(self) -> None:
        super().__init__()
        self.fc, self.n = nn.Linear(4, 3), 0
        self.register_buffer("level", torch.zeros(3))

    def forward(self, inputs: Tensor) -> Tensor:
        self.n += 1
        self.level = self.level + 0.1
        return F.dropout(self.fc(inputs), 0.2, self.training) + self.level * self.n


def patched() -> nn.Module:
    """A model whose ``forward`` was put on it, with a default that it changes."""
    model = InLists()
    inner, calls = model.forward, []

    def forward(inputs: Tensor, past: list[int] = [0]) -> Tensor:  # noqa: B006 - as users do
        past[0] = past[0] + 1 if calls else 1
        calls.append(1)
        return inner(inputs) * past[0]

    model.forward = forward  # type: ignore[method-assign]
    return model


KEEPING: dict[str, Callable[[], Any]] = {
    "an attribute": Recurrent,
    "a tensor in place": InPlace,
    "lists": InLists,
    "dicts": InDicts,
    "nested objects": InObjects,
    "a cache": WithCache,
    "counters": Counting,
    "a generator of torch": TorchChance,
    "generators of NumPy and Python": OtherChance,
    "something made lazily": MadeLazily,
    "weak references": WeaklyReferring,
    "functools.cache": WithFunctoolsCache,
    "a thread-local": InThreadLocal,
    "hooks": Hooked,
    "its own weights": Clipping,
    "a compiled script": Scripted,
    "a patched forward": patched,
}

"""All that can be reached from a model, as it is before a run, and how it is made so again."""

import array
import random
import types
from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache, partial
from itertools import chain
from operator import is_
from typing import Any
from weakref import ref

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import Parameter
from torch.utils.weak import WeakIdKeyDictionary

from collector.pytorch.reachable_code import globals_in, is_foreign, is_installed, methods_of, names_in
from collector.pytorch.substitutes import NotToBeCopiedError, entries_of, may_have_substitute, substitute
from collector.pytorch.tensor_snapshot import TensorSnapshot

MOST_OBJECTS = 100_000
"""A model that holds more of them holds a world, as a replay buffer in Python objects."""

_ATOMS = frozenset(
    {
        *(int, float, complex, bool, str, bytes, type(None), type(...), type(NotImplemented), range, slice),
        *(torch.dtype, torch.device, torch.Size, torch.layout, torch.memory_format, np.dtype),
        *(types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType),
    }
)
_PLAIN_DICTS = (dict, OrderedDict)
_EMPTIABLE = frozenset({*_PLAIN_DICTS, list, set})
_OF_PYTHON = frozenset({"collections", "types", "weakref", "_thread", "_threading_local", "queue", "argparse"})
"""Modules of Python's own whose objects hold what a user puts there."""

HOOKS = tuple(name for name, each in vars(nn.Module()).items() if name.endswith("_hooks") and isinstance(each, dict))
"""Where a module keeps its hooks."""

_LEFT_ALONE = (torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler, torch.utils.data.Dataset)
_MISSING = object()


class StateSnapshot:
    """What a run of a model may change, held when this is made.

    Followed are the attributes of all modules and of the objects that they hold, their containers, tensors, arrays
    and generators of random numbers; weak references; the attributes of their classes; and what the code that a run
    may call binds: closures, defaults, and names of modules, those of Python and installed packages apart.

    Attributes:
        problems: what a run may change unseen, a few words for each.

    Args:
        model: where it begins; or a function of the user's.
        written: which large tensors a run has changed so far; see `TensorSnapshot`.
    """

    def __init__(self, model: Any, written: WeakIdKeyDictionary) -> None:
        self.problems: list[str] = []
        self._tensors = TensorSnapshot(written)
        self._dicts: list[tuple[Any, tuple[Any, ...], tuple[Any, ...], str]] = []
        self._empty: list[Any] = []
        self._others: list[tuple[Any, Any, Callable[[], object], str]] = []
        self._names: list[tuple[Callable[[Any], object], Callable[[], Any], Any, str]] = []
        self._states: list[tuple[Callable[[], Any], Callable[[Any], object], Any]] = []
        self._seen: dict[int, Any] = {}  # which keeps them alive, so that no id comes twice
        self._stand_ins: dict[int, Any] = {}
        self._classes: set[type] = set()
        self._waiting: list[tuple[Any, str]] = []
        self._look(model, "")
        while self._waiting:
            value, label = self._waiting.pop()
            kind: Any = type(value)
            _way_of(kind)(self, value, label)
            if len(self._seen) > MOST_OBJECTS:
                self.problems.append(f"it holds more than {MOST_OBJECTS:,} objects")
                break

    def put_back(self) -> tuple[list[str], bool]:
        """Make all of it as it was. The names of what the run had changed, and whether all of it is as before."""
        changed: dict[str, None] = {}
        for mapping, keys, values, label in self._dicts:
            if len(mapping) != len(keys) or not (
                all(map(is_, mapping, keys)) and all(map(is_, mapping.values(), values))
            ):
                was = dict(zip(keys, values, strict=True)) if label == "" else {}
                changed |= dict.fromkeys(_different(mapping, was) if label == "" else [label])
                kind = OrderedDict if isinstance(mapping, OrderedDict) else dict
                kind.clear(mapping)
                kind.update(mapping, zip(keys, values, strict=True))
        for mapping in self._empty:
            if mapping:
                mapping.clear()
        for each, was, put, label in self._others:
            if len(each) != len(was) or not (all(map(is_, each, was)) if isinstance(was, list) else each == was):
                changed[label] = None
                put()
        for bind, look_up, was, label in self._names:
            if look_up() is not was:
                changed[label] = None
                bind(was)
        for look, put_state, state in self._states:
            if not _is_same(look(), state):
                put_state(state)
        return [name for name in changed if name], self._tensors.put_back()

    def _look(self, value: Any, label: str) -> None:
        if type(value) not in _ATOMS and id(value) not in self._seen:
            self._seen[id(value)] = value
            self._waiting.append((value, label))

    def _look_at_all(self, values: Iterable[Any], label: str) -> None:
        for each in values:
            self._look(each, label)

    def _replacement(self, value: Any, label: str) -> Any:
        """What stands for a value in the run; looks at it, if that is the value itself."""
        kind: Any = type(value)
        if kind in _ATOMS:
            return value
        if not may_have_substitute(kind) or kind is Parameter:
            self._look(value, label)
            return value
        other = self._stand_ins.get(id(value), _MISSING)
        if other is _MISSING:
            try:
                other = substitute(value)
            except NotToBeCopiedError as error:
                self.problems.append(f"{label or 'it'!r} is {error}")
                return value
            if other is value:
                self._look(value, label)
                return value
            self._stand_ins[id(value)], self._seen[id(value)] = other, value
            if callable(other):
                self._look_at_all(entries_of(value).values(), label)
                self._look(value.__wrapped__, label)
        return other

    def _container(self, mapping: Any, label: str) -> None:
        """Hold which items a dict has, and nothing of theirs."""
        if mapping:
            self._dicts.append((mapping, tuple(mapping), tuple(mapping.values()), label))
        else:
            self._empty.append(mapping)

    def _mapping(self, mapping: Any, label: str) -> None:
        if not mapping:
            self._empty.append(mapping)
            return
        keys, values = tuple(mapping), tuple(mapping.values())
        self._dicts.append((mapping, keys, values, label))
        for key, value in zip(keys, values, strict=True):
            if type(key) is not str:
                self._look(key, label)
            if type(value) not in _ATOMS:
                other = self._replacement(value, label or (key if type(key) is str else ""))
                if other is not value:
                    dict.__setitem__(mapping, key, other)

    def _dict(self, mapping: Any, label: str) -> None:
        self._mapping(mapping, label or "a dict")
        if type(mapping) not in _PLAIN_DICTS:
            self._own(mapping, label)

    def _module(self, module: nn.Module, label: str) -> None:
        own = vars(module)
        names, values = tuple(own), tuple(own.values())
        self._dicts.append((own, names, values, ""))
        for name, value in zip(names, values, strict=True):
            kind = type(value)
            if kind in _ATOMS:
                continue
            if kind in _EMPTIABLE and not value:
                self._empty.append(value)
            elif name in HOOKS:  # which nobody calls
                self._container(value, "")
            elif kind in _PLAIN_DICTS:
                if id(value) not in self._seen:
                    self._seen[id(value)] = value
                    self._mapping(value, name)
            else:
                other = self._replacement(value, name)
                if other is not value:
                    own[name] = other
        if isinstance(module, torch.jit.ScriptModule):
            self._script(module)
        else:
            self._class(type(module), label)

    def _script(self, module: Any) -> None:
        """What a compiled script keeps is in no attribute of Python's."""
        if "_c" not in vars(module):  # it stands for another one
            return
        names = vars(module)["_concrete_type"].get_attributes()
        self._look_at_all(module._parameters.values(), "")
        self._look_at_all(module._modules.values(), "")
        for name in names:
            value = module._c.getattr(name)
            if isinstance(value, Tensor):
                self._look(value, name)
            self._states.append((partial(module._c.getattr, name), partial(module._c.setattr, name), value))

    def _object(self, value: Any, label: str) -> None:
        self._own(value, label)
        for kind in type(value).__mro__:
            for name in _slots(kind):
                held = getattr(value, name, _MISSING)
                self._name(partial(_set_slot, value, name), partial(getattr, value, name, _MISSING), held, name)
        self._class(type(value), label)

    def _own(self, value: Any, label: str) -> None:
        own = getattr(value, "__dict__", None)
        if isinstance(own, dict):
            self._mapping(own, label)

    def _name(self, bind: Callable[[Any], object], look_up: Callable[[], Any], value: Any, label: str) -> None:
        """A place that is no item of a container."""
        self._names.append((bind, look_up, value, label))
        if value is not _MISSING:
            other = self._replacement(value, label)
            if other is not value:
                bind(other)

    def _list(self, values: Any, label: str) -> None:
        was = list(values)
        kind = deque if isinstance(values, deque) else list
        self._others.append((values, was, partial(_fill, kind, values, was), label))
        for place, value in enumerate(was):
            other = self._replacement(value, label)
            if other is not value:
                values[place] = other
        self._own(values, label)

    def _set(self, values: Any, label: str) -> None:
        was = set(values)
        self._others.append((values, was, partial(_refill, values, was), label))
        self._look_at_all(was, label)
        self._own(values, label)

    def _bytes(self, values: Any, label: str) -> None:
        was = values[:]
        self._others.append((values, was, partial(values.__setitem__, slice(None), was), label))

    def _items(self, values: Iterable[Any], label: str) -> None:
        self._look_at_all(values, label)

    def _tensor(self, tensor: Tensor, label: str) -> None:
        self._tensors.hold(tensor)
        if tensor.__dict__:
            self._mapping(tensor.__dict__, label)

    def _array(self, values: np.ndarray, label: str) -> None:
        self._tensors.hold_array(values)
        if values.dtype == object:
            self._look_at_all(values.flat, label)

    def _torch_chance(self, chance: torch.Generator, label: str) -> None:
        self._state(chance.get_state, chance.set_state)

    def _numpy_chance(self, chance: np.random.Generator, label: str) -> None:
        self._look(chance.bit_generator, label)

    def _bit_generator(self, bits: np.random.BitGenerator, label: str) -> None:
        self._state(lambda: bits.state, partial(setattr, bits, "state"))

    def _legacy_chance(self, chance: np.random.RandomState, label: str) -> None:
        self._state(partial(chance.get_state, legacy=False), chance.set_state)

    def _python_chance(self, chance: random.Random, label: str) -> None:
        if not isinstance(chance, random.SystemRandom):
            self._state(chance.getstate, chance.setstate)
        self._own(chance, label)

    def _state(self, look: Callable[[], Any], put: Callable[[Any], object]) -> None:
        self._states.append((look, put, look()))

    def _reference(self, reference: Any, label: str) -> None:
        self._look(reference(), label)

    def _method(self, method: Any, label: str) -> None:
        self._look_at_all((method.__self__, method.__func__), label)

    def _partial(self, value: Any, label: str) -> None:
        self._look_at_all((value.func, value.args, value.keywords), label)

    def _function(self, function: Any, label: str) -> None:
        """What a function binds outside of itself."""
        space = function.__globals__
        if is_foreign(space.get("__name__")):
            return
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
            self._cell(cell, name)
        self._look_at_all(chain(function.__defaults__ or (), (function.__kwdefaults__ or {}).values()), label)
        if vars(function):
            self._mapping(vars(function), label)
        if not is_installed(space.get("__file__")):
            names, bound = names_in(function.__code__)
            self._namespace(space, globals_in(function.__code__), names, bound)

    def _cell(self, cell: Any, name: str) -> None:
        if id(cell) not in self._seen:
            self._seen[id(cell)] = cell
            self._name(partial(_set_cell, cell), partial(_contents, cell), _contents(cell), name)

    def _namespace(
        self, namespace: dict[str, Any], loaded: Iterable[str], names: Iterable[str], bound: Collection[str]
    ) -> None:
        """The names of a Python module that a piece of code looks up there, and those that it binds.

        Args:
            names: all of its names; those of a module that it looks up are attributes.
        """
        for name in dict.fromkeys(chain(loaded, bound)):
            value = namespace.get(name, _MISSING)
            if isinstance(value, types.ModuleType):
                is_left = is_foreign(value.__name__) or is_installed(getattr(value, "__file__", None))
                if not is_left and id(value) not in self._seen:
                    self._seen[id(value)] = value
                    self._namespace(vars(value), [each for each in names if each in vars(value)], names, ())
            elif value is not _MISSING or name in bound:
                key = (id(namespace), name)
                if key not in self._seen:
                    self._seen[key] = namespace  # type: ignore[index]
                    self._name(partial(_bind, namespace, name), partial(namespace.get, name, _MISSING), value, name)

    def _class(self, kind: type, label: str) -> None:
        """What a class of the user's holds itself, and the code of its instances."""
        if kind in self._classes:
            return
        self._classes.add(kind)
        for each in kind.__mro__:
            if is_foreign(each.__module__) or (each is not kind and each in self._classes):
                continue
            self._classes.add(each)
            for name, value in list(vars(each).items()):
                if _is_data(value, name):
                    look_up = partial(vars(each).get, name, _MISSING)
                    self._name(partial(_set_member, each, name), look_up, value, name)
        for method in _methods(kind):
            self._look(method, label)

    def _nothing(self, value: Any, label: str) -> None:
        return None


_Way = Callable[[StateSnapshot, Any, str], None]

_WAYS: tuple[tuple[type | tuple[type, ...], _Way], ...] = (
    (nn.Module, StateSnapshot._module),
    (Tensor, StateSnapshot._tensor),
    (np.ndarray, StateSnapshot._array),
    (dict, StateSnapshot._dict),
    ((list, deque), StateSnapshot._list),
    (set, StateSnapshot._set),
    ((bytearray, array.array), StateSnapshot._bytes),
    ((tuple, frozenset), StateSnapshot._items),
    (types.MappingProxyType, lambda held, value, label: held._items(value.values(), label)),
    (torch.Generator, StateSnapshot._torch_chance),
    (np.random.Generator, StateSnapshot._numpy_chance),
    (np.random.BitGenerator, StateSnapshot._bit_generator),
    (np.random.RandomState, StateSnapshot._legacy_chance),
    (random.Random, StateSnapshot._python_chance),
    (types.FunctionType, StateSnapshot._function),
    (types.MethodType, StateSnapshot._method),
    (partial, StateSnapshot._partial),
    (ref, StateSnapshot._reference),
    (type, lambda held, value, label: held._class(value, label)),
    (_LEFT_ALONE, StateSnapshot._nothing),
)


@lru_cache(4096)
def _way_of(kind: type) -> _Way:
    for kinds, way in _WAYS:
        if issubclass(kind, kinds):
            return way
    is_held = not is_foreign(kind.__module__) or kind.__module__ in _OF_PYTHON
    return (
        StateSnapshot._object
        if is_held or kind.__module__.startswith("torch.distributions")
        else StateSnapshot._nothing
    )


@lru_cache(4096)
def _slots(kind: type) -> tuple[str, ...]:
    return tuple(name for name, each in vars(kind).items() if isinstance(each, types.MemberDescriptorType))


def _methods(kind: type) -> tuple[types.FunctionType, ...]:
    return () if is_foreign(kind.__module__) else methods_of(kind)


def _is_data(value: Any, name: str) -> bool:
    is_code = isinstance(value, types.FunctionType | staticmethod | classmethod | property | types.MemberDescriptorType)
    return not is_code and not (name.startswith("__") and name.endswith("__")) and name != "_abc_impl"


def _different(mapping: Mapping[Any, Any], was: Mapping[Any, Any]) -> list[str]:
    names = dict.fromkeys(chain(was, mapping))
    return [str(name) for name in names if mapping.get(name, _MISSING) is not was.get(name, _MISSING)]


def _fill(kind: Any, values: Any, was: list[Any]) -> None:
    kind.clear(values)
    kind.extend(values, was)


def _refill(values: set[Any], was: set[Any]) -> None:
    set.clear(values)
    set.update(values, was)


def _set_slot(value: Any, name: str, held: Any) -> None:
    if held is _MISSING:
        object.__delattr__(value, name)
    else:
        object.__setattr__(value, name, held)


def _set_member(kind: type, name: str, held: Any) -> None:
    if held is _MISSING:
        type.__delattr__(kind, name)
    else:
        type.__setattr__(kind, name, held)


def _bind(namespace: dict[str, Any], name: str, held: Any) -> None:
    if held is _MISSING:
        namespace.pop(name, None)
    else:
        namespace[name] = held


def _contents(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # it is empty
        return _MISSING


def _set_cell(cell: Any, held: Any) -> None:
    if held is _MISSING:
        del cell.cell_contents
    else:
        cell.cell_contents = held


def _is_same(state: Any, other: Any) -> bool:
    if isinstance(state, Tensor):
        return isinstance(other, Tensor) and torch.equal(state, other)
    if isinstance(state, dict):
        return all(_is_same(each, other[name]) for name, each in state.items())
    return bool(np.array_equal(state, other)) if isinstance(state, np.ndarray) else bool(state == other)

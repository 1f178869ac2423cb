"""What Python code of a model may change when a graph is made of it: as it was before, and how it is made so again."""

import dis
import functools
import random
import sys
import threading
import types
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import keras
import numpy as np

MOST_OBJECTS = 100_000
"""A model that holds more of them holds a world, of which the first are held here."""

MOST_BYTES = 2**26
"""Arrays of so many bytes are copied; larger ones, as the training's data, are nothing that a model changes."""

_LIBRARIES = frozenset(["collector", "keras", "tensorflow", "numpy", "builtins"])
_KERAS_TRACKER = "keras.src.utils.tracking"
_LEFT_ALONE = (keras.optimizers.Optimizer, keras.Variable, keras.metrics.Metric, keras.losses.Loss, types.ModuleType)
_PLAIN = (
    *(dict, list, deque, set, bytearray, np.ndarray, np.random.Generator, np.random.RandomState, random.Random),
    *(types.FunctionType, functools._lru_cache_wrapper, type, keras.layers.Layer, threading.local),
)
_MISSING = object()


class StateSnapshot:
    """The state in Python of a model and of all that it holds, taken when this is made.

    Followed are the attributes of layers and of other objects, containers, arrays and generators of random numbers, and
    what the user's own code binds: closures, attributes of classes and functions, names of its module, caches of
    functions. Variables are none of this: which of them a graph writes is known by the graph.

    Args:
        root: the model, or a tuple of it and more.
        is_alone: hold what belongs to this layer by itself, and leave the layers in it and what Keras keeps of it.
    """

    def __init__(self, root: Any, *, is_alone: bool = False) -> None:
        self._root = root if is_alone else None
        self._put_backs: list[Callable[[], object]] = []
        self._seen: dict[object, Any] = {}  # which keeps them alive, so that no id comes twice
        self._waiting: list[Any] = []
        self._look(root)
        while self._waiting and len(self._seen) < MOST_OBJECTS:
            self._hold(self._waiting.pop())

    def put_back(self) -> None:
        """Make everything as it was."""
        for each in self._put_backs:
            each()

    def _look(self, value: Any) -> None:
        if id(value) not in self._seen and not isinstance(value, int | float | complex | str | bytes | None):
            self._seen[id(value)] = value
            self._waiting.append(value)

    def _hold(self, value: Any) -> None:
        way = next((way for kinds, way in _WAYS if isinstance(value, kinds)), StateSnapshot._object)
        way(self, value)

    def _layer(self, layer: Any) -> None:
        if self._root is None or layer is self._root:
            self._attributes(layer)

    def _look_at(self, values: Any) -> None:
        for each in values:
            self._look(each)

    def _object(self, value: Any) -> None:
        kind = type(value)
        if (
            _is_foreign(kind.__module__)
            and not isinstance(value, threading.local)
            and kind.__module__ != _KERAS_TRACKER
        ):
            if hasattr(value, "__wrapped__"):
                self._look(value.__wrapped__)
            return
        self._attributes(value)

    def _attributes(self, value: Any) -> None:
        own = getattr(value, "__dict__", None)
        if isinstance(own, dict):
            self._mapping(own)
        for name in (name for kind in type(value).__mro__ for name in _slots(kind)):
            self._name(
                partial(getattr, value, name, _MISSING),
                partial(object.__setattr__, value, name),
                partial(object.__delattr__, value, name),
            )
        self._look(type(value))

    def _mapping(self, mapping: dict[Any, Any]) -> None:
        was = dict(mapping)
        is_alone = self._root is not None and mapping is vars(self._root)
        if is_alone:
            was = {name: each for name, each in was.items() if name not in _names_of_keras()}

        def put_back() -> None:
            if is_alone:
                now = {name: each for name, each in mapping.items() if name not in _names_of_keras()}
                changed = {name for name in {**was, **now} if was.get(name, _MISSING) is not now.get(name, _MISSING)}
                for name in changed:
                    if not _is_part(mapping.get(name)):
                        _bind(mapping, name, was.get(name, _MISSING))
            elif list(map(id, mapping.values())) != list(map(id, was.values())) or list(mapping) != list(was):
                dict.clear(mapping)
                dict.update(mapping, was)

        self._put_backs.append(put_back)
        self._look_at(was.values())
        self._own(mapping)

    def _container(self, values: Any) -> None:
        was = list(values)
        kind: Any = next(each for each in (list, deque, set, bytearray) if isinstance(values, each))
        extend = set.update if kind is set else kind.extend

        def put_back() -> None:
            now = list(values)
            if list(map(id, now)) != list(map(id, was)) and not (self._root is not None and any(map(_is_part, now))):
                kind.clear(values)
                extend(values, was)

        self._put_backs.append(put_back)
        if kind is not bytearray:
            self._look_at(was)
        self._own(values)

    def _own(self, container: Any) -> None:
        """Attributes of a container of a class of its own."""
        if hasattr(container, "__dict__") and not _is_foreign(type(container).__module__):
            self._attributes(container)

    def _array(self, values: np.ndarray) -> None:
        if values.dtype == object:
            self._look_at(values.flat)
        elif values.flags.writeable and values.nbytes <= MOST_BYTES:
            was = values.copy()

            def put_back() -> None:
                if values.tobytes() != was.tobytes():
                    values[...] = was

            self._put_backs.append(put_back)

    def _state(self, look: Callable[[], Any], put: Callable[[Any], object]) -> None:
        was = look()
        self._put_backs.append(lambda: put(was))

    def _name(self, look: Callable[[], Any], put: Callable[[Any], object], delete: Callable[[], object]) -> None:
        """A place that is no item of a container."""
        was = look()

        def put_back() -> None:
            if look() is not was:
                delete() if was is _MISSING else put(was)

        self._put_backs.append(put_back)
        if was is not _MISSING:
            self._look(was)

    def _function(self, function: types.FunctionType) -> None:
        """What a function of the user's binds outside of itself."""
        if _is_installed(function.__globals__.get("__name__")):
            self._look(vars(function).get("__wrapped__"))
            return
        for cell in function.__closure__ or ():
            if ("cell", id(cell)) not in self._seen:
                self._seen["cell", id(cell)] = cell
                self._name(
                    partial(_contents, cell),
                    partial(setattr, cell, "cell_contents"),
                    partial(delattr, cell, "cell_contents"),
                )
        self._look_at(function.__defaults__ or ())
        self._mapping(vars(function))
        names, bound = _names_in(function.__code__)
        space = function.__globals__
        for name in (*names, *bound):
            value = space.get(name, _MISSING)
            if ("name", id(space), name) not in self._seen and (name in bound or _is_held(value)):
                self._seen["name", id(space), name] = value
                self._name(
                    partial(space.get, name, _MISSING),
                    partial(space.__setitem__, name),
                    partial(space.pop, name, None),
                )

    def _cache(self, cached: Any) -> None:
        """A cache that takes something up is emptied: what it holds may be of the graph."""
        misses = cached.cache_info().misses
        self._put_backs.append(lambda: cached.cache_clear() if cached.cache_info().misses != misses else None)
        self._look(cached.__wrapped__)

    def _class(self, kind: type) -> None:
        """What a class of the user's holds itself, and its code."""
        for each in kind.__mro__:
            if _is_installed(each.__module__) or ("class", id(each)) in self._seen:
                continue
            self._seen["class", id(each)] = each
            for name, value in list(vars(each).items()):
                if name.startswith("__") and name != "__call__":
                    continue
                for function in _functions_in(value):
                    self._look(function)
                self._name(
                    partial(_member, each, name),
                    partial(setattr, each, name),
                    partial(delattr, each, name),
                )


_WAYS: tuple[tuple[Any, Callable[[StateSnapshot, Any], None]], ...] = (
    (keras.layers.Layer, StateSnapshot._layer),
    (dict, StateSnapshot._mapping),
    ((list, deque, set, bytearray), StateSnapshot._container),
    ((tuple, frozenset), StateSnapshot._look_at),
    (np.ndarray, StateSnapshot._array),
    (np.random.Generator, lambda held, chance: held._look(chance.bit_generator)),
    (np.random.BitGenerator, lambda held, bits: held._state(lambda: bits.state, partial(setattr, bits, "state"))),
    (np.random.RandomState, lambda held, chance: held._state(chance.get_state, chance.set_state)),
    (random.Random, lambda held, chance: held._state(chance.getstate, chance.setstate)),
    (types.FunctionType, StateSnapshot._function),
    (types.MethodType, lambda held, method: held._look_at((method.__self__, method.__func__))),
    (partial, lambda held, each: held._look_at((each.func, *each.args, *each.keywords.values()))),
    (functools._lru_cache_wrapper, StateSnapshot._cache),
    (weakref.ReferenceType, lambda held, reference: held._look(reference())),
    (type, StateSnapshot._class),
    (_LEFT_ALONE, lambda held, value: None),
)


@functools.lru_cache(1024)
def _is_foreign(module: str | None) -> bool:
    """Whether a Python module is of Python or of a library: what those keep of their own is left alone."""
    top = (module or "builtins").partition(".")[0]
    return top in _LIBRARIES or (top in sys.stdlib_module_names and top != "__main__")


@functools.lru_cache(1024)
def _is_installed(module: str | None) -> bool:
    """Whether a Python module is no code of the user's own."""
    file = getattr(sys.modules.get(module or ""), "__file__", None) or ""
    return _is_foreign(module) or "site-packages" in file or "dist-packages" in file


def _is_held(value: Any) -> bool:
    """Whether a value under a name of a module may be the user's state, and no client of a library's."""
    return isinstance(value, _PLAIN) or not (value is _MISSING or _is_installed(type(value).__module__))


@functools.lru_cache(1)
def _names_of_keras() -> frozenset[str]:
    """Attributes in which Keras itself keeps what belongs to a layer or a model."""
    return frozenset([*vars(keras.layers.Layer()), *vars(keras.Model()), "built", "input_spec"])


def _is_part(value: Any) -> bool:
    """Whether a value is something that a layer is built of."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else (value,)
    return any(isinstance(each, (keras.layers.Layer, keras.Variable, keras.metrics.Metric)) for each in inside)


@functools.lru_cache(1024)
def _slots(kind: type) -> tuple[str, ...]:
    if _is_foreign(kind.__module__):
        return ()
    return tuple(name for name, each in vars(kind).items() if isinstance(each, types.MemberDescriptorType))


@functools.lru_cache(1024)
def _names_in(code: types.CodeType) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names that code looks up and those that it binds in its module, functions within it included."""
    names: dict[str, None] = {}
    bound: dict[str, None] = {}
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            names[str(instruction.argval)] = None
        elif instruction.opname in ("STORE_GLOBAL", "DELETE_GLOBAL"):
            bound[str(instruction.argval)] = None
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            more, more_bound = _names_in(constant)
            names |= dict.fromkeys(more)
            bound |= dict.fromkeys(more_bound)
    return tuple(name for name in names if name not in bound), tuple(bound)


def _functions_in(member: Any) -> Iterator[Any]:
    """The functions that a member of a class is made of."""
    if isinstance(member, types.FunctionType | functools._lru_cache_wrapper):
        yield member
    elif isinstance(member, staticmethod | classmethod):
        yield from _functions_in(member.__func__)
    elif isinstance(member, property):
        yield from (each for one in (member.fget, member.fset) for each in _functions_in(one))
    elif isinstance(member, functools.cached_property):
        yield from _functions_in(member.func)
    elif hasattr(member, "python_function"):  # of TensorFlow
        yield from _functions_in(member.python_function)


def _bind(mapping: dict[Any, Any], name: str, held: Any) -> None:
    if held is _MISSING:
        mapping.pop(name, None)
    else:
        mapping[name] = held


def _member(kind: type, name: str) -> Any:
    return vars(kind).get(name, _MISSING)


def _contents(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # it is empty
        return _MISSING

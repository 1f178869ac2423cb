"""Which code a call of something may run, and which names of a module that code reads and binds."""

import dis
import sys
from collections.abc import Iterator
from functools import cached_property, lru_cache, partialmethod
from types import CodeType, FunctionType
from typing import Any

from torch import nn

_FOREIGN = frozenset({"torch", "numpy", "collector", "lightning", "pytorch_lightning", "lightning_fabric", "builtins"})
_BINDING = frozenset({dis.opmap["STORE_GLOBAL"], dis.opmap["DELETE_GLOBAL"]})
_LOADING = frozenset({dis.opmap["LOAD_GLOBAL"], dis.opmap["LOAD_NAME"]})
_ENTRIES = ("forward", "__call__", "__getattr__", "__getattribute__", "__setattr__")


@lru_cache(4096)
def is_foreign(module: str | None) -> bool:
    """Whether a Python module is of Python, torch or NumPy, or ours: what those keep of their own is left alone."""
    top = (module or "builtins").partition(".")[0]
    return top in _FOREIGN or top in sys.stdlib_module_names


@lru_cache(4096)
def is_installed(path: str | None) -> bool:
    """Whether a Python module is of an installed package, whose names are not looked at: they are many."""
    return path is not None and ("site-packages" in path or "dist-packages" in path)


@lru_cache(4096)
def names_in(code: CodeType) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """All names in a function's code, those of functions within it too, and which of them it binds in its module."""
    names, bound = dict.fromkeys(code.co_names), dict[str, None]()
    if not _BINDING.isdisjoint(code.co_code[::2]):
        for instruction in dis.get_instructions(code):
            if instruction.opcode in _BINDING:
                bound[str(instruction.argval)] = None
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            more_names, more_bound = names_in(constant)
            names |= dict.fromkeys(more_names)
            bound |= dict.fromkeys(more_bound)
    return tuple(names), tuple(bound)


@lru_cache(4096)
def globals_in(code: CodeType) -> frozenset[str]:
    """The names that a function's code, and that of functions within it, looks up in its module; no attribute's."""
    loaded = {str(each.argval) for each in dis.get_instructions(code) if each.opcode in _LOADING}
    return frozenset(loaded).union(*(globals_in(each) for each in code.co_consts if isinstance(each, CodeType)))


def functions_in(member: Any) -> Iterator[FunctionType]:
    """The functions that a member of a class is made of."""
    if isinstance(member, FunctionType):
        yield member
    elif isinstance(member, staticmethod | classmethod):
        yield from functions_in(member.__func__)
    elif isinstance(member, property):
        for each in (member.fget, member.fset):
            yield from functions_in(each)
    elif isinstance(member, cached_property | partialmethod):
        yield from functions_in(member.func)
    elif hasattr(member, "__wrapped__") and not isinstance(member, type):
        yield from functions_in(member.__wrapped__)


@lru_cache(4096)
def methods_of(kind: type) -> tuple[FunctionType, ...]:
    """The methods of a class of the user's that a run of a model may call.

    Of a module those that `forward` leads to: what a training step or a checkpoint does is no part of a run.
    """
    own = [each for each in kind.__mro__ if not is_foreign(each.__module__)]
    if not issubclass(kind, nn.Module):
        return tuple(each for one in own for member in vars(one).values() for each in functions_in(member))
    found: dict[FunctionType, None] = {}
    wanted, asked = list(_ENTRIES), set(_ENTRIES)
    while wanted:
        name = wanted.pop()
        for each in (each for one in own for each in functions_in(vars(one).get(name))):
            found[each] = None
            new = set(names_in(each.__code__)[0]) - asked
            asked |= new
            wanted += new
    return tuple(found)

"""As much of msgspec as writing and reading a collection need, slow and in plain Python, for machines without it."""

import json as plain
import sys
import types
from collections.abc import Callable
from copy import copy
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

_NOTHING = object()


class MsgspecError(Exception):
    """Whatever goes wrong."""


class ValidationError(MsgspecError, ValueError):
    """Something is of another kind than it should be."""


class DecodeError(MsgspecError, ValueError):
    """It is no JSON."""


class Meta:
    """Bounds, which are not looked at here."""

    def __init__(self, **_: Any) -> None:
        pass


class Raw(bytes):
    """JSON text that is put in as it is."""


class _Field:
    def __init__(self, default: Any = _NOTHING, default_factory: Any = _NOTHING, name: str | None = None) -> None:
        self.default, self.default_factory, self.name = default, default_factory, name


def field(*, default: Any = _NOTHING, default_factory: Any = _NOTHING, name: str | None = None) -> Any:
    """A field with a name of its own in the text."""
    return _Field(default, default_factory, name)


class Struct:
    """Fields by annotation, in their order."""

    __struct_fields__: ClassVar[tuple[str, ...]] = ()
    _defaults: ClassVar[dict[str, Any]] = {}
    _names: ClassVar[dict[str, str]] = {}
    _tag: ClassVar[tuple[str, str] | None] = None
    _omits = False
    __struct_config__ = types.SimpleNamespace(tag_field=None, tag=None)

    def __init_subclass__(
        cls,
        *,
        tag_field: str | None = None,
        tag: str | None = None,
        rename: dict[str, str] | None = None,
        omit_defaults: bool | None = None,
        **_: Any,
    ) -> None:
        own = [
            name for name in vars(cls).get("__annotations__", {}) if "ClassVar" not in str(cls.__annotations__[name])
        ]
        cls.__struct_fields__ = (*cls.__struct_fields__, *(name for name in own if name not in cls.__struct_fields__))
        cls._defaults, cls._names = dict(cls._defaults), {**cls._names, **(rename or {})}
        for name in own:
            value = vars(cls).get(name, _NOTHING)
            if isinstance(value, _Field):
                if value.name:
                    cls._names[name] = value.name
                value = value.default if value.default_factory is _NOTHING else value.default_factory()
            if value is not _NOTHING:
                cls._defaults[name] = value
            if name in vars(cls):
                delattr(cls, name)
        cls._tag = (tag_field, tag) if tag_field and tag else cls._tag
        if cls._tag is not None:
            cls.__struct_config__ = types.SimpleNamespace(tag_field=cls._tag[0], tag=cls._tag[1])
        cls._omits = cls._omits if omit_defaults is None else omit_defaults

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        given = dict(zip(self.__struct_fields__, args, strict=False)) | kwargs
        for name in self.__struct_fields__:
            if name in given:
                value = given.pop(name)
            elif name in self._defaults:
                value = copy(self._defaults[name])
            else:
                raise TypeError(f"Missing required argument {name!r}")
            setattr(self, name, value)
        if given:
            raise TypeError(f"Unexpected keyword argument {next(iter(given))!r}")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and vars(self) == vars(other)

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self.__struct_fields__)})"
        )


def replace(value: Any, **changes: Any) -> Any:
    """The same with other values of some fields."""
    return type(value)(**{name: getattr(value, name) for name in value.__struct_fields__} | changes)


def to_builtins(value: Any) -> Any:
    """Dictionaries and lists."""
    return plain.loads(encode(value))


def encode(value: Any, *, enc_hook: Callable[[Any], Any] | None = None) -> bytes:  # noqa: PLR0911 - one for each kind
    """JSON text."""
    if value is None or (isinstance(value, bool | int | str) and type(value) in (bool, int, str)):
        return plain.dumps(value, ensure_ascii=False).encode()
    if type(value) is float:
        return repr(value).encode() if value - value == 0 else b"null"
    if isinstance(value, Raw):
        return bytes(value)
    if isinstance(value, dict):
        pairs = (encode(str(key)) + b":" + encode(each, enc_hook=enc_hook) for key, each in value.items())
        return b"{" + b",".join(pairs) + b"}"
    if isinstance(value, list | tuple | set | frozenset):
        return b"[" + b",".join(encode(each, enc_hook=enc_hook) for each in value) + b"]"
    if isinstance(value, Struct):
        parts = {} if value._tag is None else {value._tag[0]: value._tag[1]}
        for name in value.__struct_fields__:
            own = getattr(value, name)
            if not (value._omits and name in value._defaults and _is_default(own, value._defaults[name])):
                parts[value._names.get(name, name)] = own
        return encode(parts, enc_hook=enc_hook)
    if enc_hook is None:
        raise TypeError(f"Encoding objects of type {type(value).__name__} is unsupported")
    return encode(enc_hook(value), enc_hook=enc_hook)


def _is_default(value: Any, default: Any) -> bool:
    if isinstance(default, list | dict | set | tuple):
        return type(value) is type(default) and len(value) == 0 == len(default)
    return value is default or (type(value) is type(default) and bool(value == default))


def decode(text: Any, *, type: Any = Any) -> Any:  # noqa: A002 - msgspec's own name
    """What a text says, as this kind of thing."""
    try:
        value = plain.loads(bytes(text) if not isinstance(text, str) else text)
    except ValueError as error:
        raise DecodeError(str(error)) from None
    return convert(value, type)


def convert(value: Any, kind: Any) -> Any:  # noqa: PLR0911 - one for each kind
    """Dictionaries and lists as this kind of thing."""
    origin, args = get_origin(kind), get_args(kind)
    if kind is Any or kind is object:
        return value
    if origin is Annotated:
        return convert(value, args[0])
    if origin is Literal:
        return _checked(value, value in args, kind)
    if origin in (Union, types.UnionType):
        return _of_union(value, args)
    if kind is None or kind is types.NoneType:
        return _checked(value, value is None, kind)
    if kind is Raw:
        return Raw(encode(value))
    if isinstance(kind, __builtins_type) and issubclass(kind, Struct):
        return _struct(value, kind)
    base = origin or kind
    if base is float:
        return float(_checked(value, isinstance(value, int | float) and not isinstance(value, bool), kind))
    if base is int:
        return _checked(value, isinstance(value, int) and not isinstance(value, bool), kind)
    if base is dict:
        _checked(value, isinstance(value, dict), kind)
        return {key: convert(each, args[1] if args else Any) for key, each in value.items()}
    if base in (list, set, frozenset) or base is tuple:
        _checked(value, isinstance(value, list | tuple), kind)
        kinds = args if base is tuple and args and args[-1] is not ... else [args[0] if args else Any] * len(value)
        return base(convert(each, own) for each, own in zip(value, kinds, strict=True))
    return _checked(value, isinstance(value, base), kind)


__builtins_type = type


def _checked(value: Any, is_right: bool, kind: Any) -> Any:
    if not is_right:
        raise ValidationError(f"Expected `{kind}`, got `{value!r:.80}`")
    return value


def _of_union(value: Any, kinds: tuple[Any, ...]) -> Any:
    tagged = [each for each in kinds if isinstance(each, __builtins_type) and issubclass(each, Struct) and each._tag]
    if isinstance(value, dict) and tagged:
        own = next((each for each in tagged if value.get(each._tag[0]) == each._tag[1]), None)
        if own is not None:
            return _struct(value, own)
    for kind in sorted(kinds, key=lambda each: each is float):  # a whole number stays one
        try:
            return convert(value, kind)
        except ValidationError:
            continue
    return _checked(value, False, kinds)


def _struct(value: Any, kind: Any) -> Any:
    _checked(value, isinstance(value, dict), kind)
    if kind._tag is not None and kind._tag[0] in value:
        _checked(value, value[kind._tag[0]] == kind._tag[1], kind)
    hints = _hints(kind)
    given = {
        name: convert(value[kind._names.get(name, name)], hints[name])
        for name in kind.__struct_fields__
        if kind._names.get(name, name) in value
    }
    try:
        return kind(**given)
    except TypeError as error:
        raise ValidationError(str(error)) from None


_known: dict[Any, dict[str, Any]] = {}


def _hints(kind: Any) -> dict[str, Any]:
    if kind not in _known:
        _known[kind] = get_type_hints(kind, include_extras=True)
    return _known[kind]


def stand_in() -> bool:
    """Take msgspec's place where it is missing; whether that was so."""
    try:
        import msgspec  # noqa: F401
    except ImportError:
        own = sys.modules[__name__]
        json, structs = types.ModuleType("msgspec.json"), types.ModuleType("msgspec.structs")
        json.encode, json.decode, structs.replace = encode, decode, replace  # type: ignore[attr-defined]
        own.json, own.structs = json, structs  # type: ignore[attr-defined]
        sys.modules |= {"msgspec": own, "msgspec.json": json, "msgspec.structs": structs}
        return True
    return False

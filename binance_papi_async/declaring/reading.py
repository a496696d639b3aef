"""Reads a reply at once where it is as declared, and part by part where it is not.

The exchange adds, drops and retypes fields without notice, and a cancel that worked must not
become a doubt because of one of them. The rules:

- A field that may be None is None where it is absent, null, blank or of a type that cannot be read.
- A number that stands in quotes is read as a number, one that stands for a text as that text.
- A field that may not be None is promised: without it the object is none. So is an object that
  stands for an order and has none of the ids in ``named_by``.
- A row of a list that cannot be read is left out and told; a list of nothing else is none.
- A ``code`` is never passed over: it is how an error body that came with status 200 is told.

Pure: nothing here reads a clock, a socket or a key.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Final,
    NamedTuple,
    NoReturn,
    TypeAlias,
    TypeVar,
    Union,
    get_args,
    get_origin,
)

from msgspec import NODEFAULT, DecodeError, Meta, Raw, StructMeta, ValidationError, json, structs

T = TypeVar("T")
Read = Callable[[bytes | Raw], Any]
Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | Decimal | bool | None"
Text = Annotated[str, Meta(min_length=1)]
"""Text that says something: a blank one is as good as none."""

UNREADABLE: Final = (DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for bytes that are no reply: not JSON, not UTF-8, nested without end."""

_log = logging.getLogger("binance_papi_async")
_items = json.Decoder(list[Raw]).decode
_members = json.Decoder(dict[str, Raw]).decode
_text = json.Decoder(str).decode
_anything = json.Decoder(float_hook=Decimal).decode


class IncompleteList(list[T]):
    """The readable rows of a list that had others, too: what is missing in it may exist all the same."""

    def __init__(self, rows: Iterable[T], unreadable: tuple[bytes, ...]) -> None:
        super().__init__(rows)
        self.unreadable = unreadable
        """The other rows, as they came."""


def unreadable(rows: Any) -> tuple[bytes, ...]:
    """What is missing in a list: rows that could not be read. Nothing, nearly always."""
    missing: tuple[bytes, ...] = getattr(rows, "unreadable", ())
    return missing


@cache
def reader(kind: Any) -> Read:
    """What reads a kind of reply; it raises one of ``UNREADABLE`` for bytes that are none."""
    at_once, in_parts = json.Decoder(kind).decode, _in_parts(kind)

    def read(body: bytes | Raw) -> Any:
        try:
            return at_once(body)
        except UNREADABLE as error:
            return in_parts(body, error)

    return read


def rows(read_row: Read, what: str) -> Read:
    """What reads a list row by row. ``what`` is what its warning calls a row."""

    def read(body: bytes | Raw) -> Any:
        found: list[Any] = []
        missing: list[bytes] = []
        error: Exception | None = None
        for row in _items(body):
            try:
                found.append(read_row(row))
            except UNREADABLE as reason:
                error = reason
                missing.append(bytes(row))
        if error is None:
            return found
        if not found:
            raise error
        _warn(what, str(error))
        return IncompleteList(found, tuple(missing))

    return read


def one_or_many(kind: Any) -> Read:
    """What reads a list, and one row that came without a list around it."""
    read = reader(list[kind])
    return lambda body: read(b"[%b]" % bytes(body) if bytes(body).lstrip()[:1] == b"{" else body)


def undeclared(kind: Any, body: bytes) -> Json:
    """What a reply says beyond the fields of its kind: by name, or a list of such, one for each row.

    Below a field that is there, only what is undeclared inside of it.
    """
    return _rest(kind, _anything(body))


def _rest(kind: Any, said: Json) -> Json:
    if isinstance(said, list):
        return [_rest(kind, each) for each in said]
    if not isinstance(said, dict):
        return None
    if get_origin(kind) is dict:
        kinds: dict[str, Any] = dict.fromkeys(said, get_args(kind)[1])
    else:
        fields = (field for each in _structs(kind) for field in structs.fields(each))
        kinds = {field.encode_name: field.type for field in fields}
    rest = {
        name: _rest(kinds[name], value) if name in kinds else value for name, value in said.items()
    }
    return {name: each for name, each in rest.items() if name not in kinds or _says_more(each)}


def _says_more(rest: Json) -> bool:
    return any(rest) if isinstance(rest, list) else bool(rest)


def _structs(kind: Any) -> Iterator[Any]:
    """Kinds of object that a kind may be, alone or in a list."""
    if _is_struct(kind):
        yield kind
    for part in get_args(kind):
        yield from _structs(part)


def _is_struct(kind: Any) -> bool:
    return isinstance(get_origin(kind) or kind, StructMeta)


def _in_parts(kind: Any) -> Callable[[bytes | Raw, Exception], Any]:
    """What reads bytes that are not as declared, or raises why they are not."""
    parts = [part for part in get_args(kind) if part is not NoneType]
    plain = parts[0] if get_origin(kind) is Annotated else kind
    if get_origin(kind) in {Union, UnionType} and len(parts) == 1:
        return lambda body, _: reader(parts[0])(body)
    if get_origin(kind) is list:
        return lambda body, _: rows(reader(parts[0]), _name(parts[0]))(body)
    if get_origin(kind) is dict:
        return lambda body, _: {
            name: reader(parts[1])(each) for name, each in _members(body).items()
        }
    if _is_struct(kind):
        return lambda body, _: _object(kind)(body)
    if plain in {int, bool}:
        return lambda body, _: json.decode(_text(body), type=kind)
    if plain is str:
        return _digits
    return _refuse


def _refuse(_: bytes | Raw, error: Exception) -> NoReturn:
    raise error


def _digits(body: bytes | Raw, error: Exception) -> str:
    """A whole number that stands where text was to be."""
    text = bytes(body)
    if not text.removeprefix(b"-").isdigit():
        raise error
    return text.decode()


class _Field(NamedTuple):
    """A field of an object."""

    name: str
    wire_name: str
    read: Read
    otherwise: Any
    """What stands for a value that is not there or cannot be read; NODEFAULT if it is promised."""

    def value(self, said: Raw | None) -> Any:
        """What was said of it, as far as it can be read."""
        if said is None:
            return self._without(b"", ValidationError())
        try:
            return self.read(said)
        except UNREADABLE as error:
            return self._without(bytes(said), error)

    def _without(self, said: bytes, error: Exception) -> Any:
        is_absent = said in {b"", b"null", b'""'}
        if self.otherwise is NODEFAULT and is_absent:
            raise ValidationError(f"Object missing required field `{self.wire_name}`")
        if self.otherwise is NODEFAULT or (self.wire_name == "code" and not is_absent):
            raise ValidationError(f"`{self.wire_name}` cannot be read: {error}")
        if self.otherwise is None:
            return None
        nothing: list[Any] = []
        return nothing if is_absent else IncompleteList(nothing, (said,))


@cache
def _object(kind: Any) -> Read:
    made = get_origin(kind) or kind
    fields = [_field(each) for each in structs.fields(kind)]
    named_by: tuple[str, ...] = getattr(made, "named_by", ())

    def read(body: bytes | Raw) -> Any:
        said = _members(body)
        found = {field.name: field.value(said.get(field.wire_name)) for field in fields}
        if named_by and all(found[name] is None for name in named_by):
            raise ValidationError(f"Object has none of {', '.join(named_by)}")
        return made(**found)

    return read


def _field(field: structs.FieldInfo) -> _Field:
    otherwise: Any = NODEFAULT
    if NoneType in get_args(field.type):
        otherwise = None
    elif field.default_factory is list:
        otherwise = list
    return _Field(field.name, field.encode_name, reader(field.type), otherwise)


def _name(kind: Any) -> str:
    return getattr(kind, "__name__", str(kind))


@cache
def _warn(what: str, reason: str) -> None:
    """Once for each kind of row and reason: a field that is gone is gone from every list."""
    _log.warning("rows of %s were left out, they cannot be read: %s", what, reason)

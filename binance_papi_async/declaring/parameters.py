"""What a request's parameter may hold, and the text the exchange reads for it.

Derived from the annotation of the field: its type, and the bounds in its ``msgspec.Meta``.
Pure: nothing here reads a clock, a socket or a key.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, NamedTuple, get_args, get_origin
from urllib.parse import quote

from msgspec import Meta, Struct
from msgspec.structs import fields

Symbol = Annotated[str, Meta(min_length=1)]
"""A trading pair as the exchange writes it: ``LTCBTC``."""
ClientId = Annotated[str, Meta(min_length=1)]
"""An id the caller chose, or chooses now."""
TimestampMs = Annotated[int, Meta(ge=0)]
"""Milliseconds since 1970 UTC."""


class Parameter(NamedTuple):
    """One parameter of a request class."""

    name: str
    """Attribute name."""
    wire_name: str
    """The exchange's name."""
    type: type[Any]
    """str, int, bool, Decimal or an enum."""
    bounds: Meta | None
    is_required: bool
    text: Callable[[Any], str]
    """Writes a value, percent-encoded."""

    def check(self, value: object) -> None:
        """Raise TypeError or ValueError unless ``value`` can be sent."""
        if type(value) is not self.type:
            _check_type(self, value)
        if self.type is Decimal:
            _check_decimal(self.name, value)
        elif isinstance(value, str) and not value.isascii():
            _check_text(self.name, value)
        if self.bounds is not None:
            _check_bounds(self.name, value, self.bounds)


def parameters(cls: type[Struct]) -> tuple[Parameter, ...]:
    """Every parameter of a request class, in the order of their declaration."""
    return tuple(
        _parameter(info.name, info.encode_name, info.type, is_required=info.required)
        for info in fields(cls)
    )


def _parameter(name: str, wire_name: str, hint: Any, *, is_required: bool) -> Parameter:
    hint = _without_none(hint)
    bounds = None
    if get_origin(hint) is Annotated:
        hint, bounds = get_args(hint)
    text = _TEXT.get(hint, text_of_string)
    return Parameter(name, wire_name, hint, bounds, is_required, text)


def _without_none(hint: Any) -> Any:
    if get_origin(hint) is Annotated:
        return hint
    members = [member for member in get_args(hint) if member is not type(None)]
    return members[0] if members else hint


def _check_type(parameter: Parameter, value: object) -> None:
    name, expected = parameter.name, parameter.type
    if expected is Decimal and isinstance(value, float):
        raise TypeError(
            f"{name}={value!r} is a float, which cannot hold most decimal fractions exactly: "
            f'pass Decimal("{value}")'
        )
    if expected is Decimal and type(value) is int:
        return
    if expected is Decimal and isinstance(value, str):
        raise TypeError(f'{name} must be a Decimal, not a str: pass Decimal("{value}")')
    if isinstance(value, bool) or not isinstance(value, _accepted(expected)):
        raise TypeError(f"{name} must be of type {expected.__name__}, not {type(value).__name__}")
    if issubclass(expected, StrEnum) and not value:
        raise ValueError(f"{name} must not be empty")


def _accepted(expected: type[Any]) -> type[Any]:
    return str if issubclass(expected, StrEnum) else expected


def _check_decimal(name: str, value: object) -> None:
    if isinstance(value, Decimal) and not value.is_finite():
        raise ValueError(f"{name} must be a number, not {value}")


def _check_text(name: str, value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{name} holds half a character, which cannot be sent") from None


def _check_bounds(name: str, value: Any, bounds: Meta) -> None:
    if bounds.min_length is not None and len(value) < bounds.min_length:
        raise ValueError(f"{name} must not be empty")
    if bounds.max_length is not None and len(value) > bounds.max_length:
        raise ValueError(f"{name} must be at most {bounds.max_length} characters long")
    if bounds.ge is not None and value < bounds.ge:
        raise ValueError(f"{name} must be at least {bounds.ge}, not {value}")
    if bounds.le is not None and value > bounds.le:
        raise ValueError(f"{name} must be at most {bounds.le}, not {value}")


def text_of_string(value: str) -> str:
    """Text percent-encoded as UTF-8; the common case, letters and digits, as it is."""
    return str(value) if value.isalnum() and value.isascii() else quote(value, safe="")


def _text_of_bool(value: bool) -> str:  # noqa: FBT001 - the value itself, not a flag
    return "true" if value else "false"


def _text_of_decimal(value: Decimal | int) -> str:
    """Plain digits: the exchange does not read 1E-8."""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


_TEXT: dict[type, Callable[[Any], str]] = {
    str: text_of_string,
    int: str,
    bool: _text_of_bool,
    Decimal: _text_of_decimal,
}

"""What a request's parameter may hold, and the text the exchange reads for it.

Derived from the annotation of the field: its type, the bounds in its ``msgspec.Meta``, and the words
of a vocabulary that the endpoint takes, where it does not take all of them.
Pure: nothing here reads a clock, a socket or a key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Final, NamedTuple, Self, get_args, get_origin
from urllib.parse import quote

from msgspec import Meta, Struct
from msgspec.structs import fields


class Words(tuple[str, ...]):
    """The words of a vocabulary that an endpoint takes; the others are only ever read."""

    __slots__ = ()

    def __new__(cls, *words: str) -> Self:
        """Of these words."""
        return super().__new__(cls, words)


class MoreThan(NamedTuple):
    """A bound of a Decimal, for which ``msgspec.Meta`` has none."""

    bound: int


class Moment(NamedTuple):
    """A time: milliseconds since 1970 UTC, or a datetime that is turned into them."""

    le: int | None = None
    """The last one allowed."""


Symbol = Annotated[
    str,
    Meta(
        min_length=1,
        pattern=r"^(?:[A-Z0-9_.]|[^\x00-\x7f\s])+\Z",
        description="capitals, digits and _, like LTCBTC or BTCUSD_PERP",
    ),
]
"""A trading pair as the exchange writes it: ``LTCBTC``. Letters of other scripts occur since 2025-10."""
Asset = Annotated[str, Meta(min_length=1)]
"""A coin as the exchange writes it: ``BTC``."""
ClientId = Annotated[str, Meta(min_length=1)]
"""An id that is known already: what the exchange makes up follows no rule of ours."""
_ID_SIGNS: Final = "letters, digits and . : / _ -"
NewClientId = Annotated[
    str,
    Meta(min_length=1, max_length=36, pattern=r"^[.A-Z:/a-z0-9_-]{1,36}\Z", description=_ID_SIGNS),
]
"""An id the caller chooses now: letters, digits and ``. : / _ -``, at most 36 of them (-4015)."""
NewClientId32 = Annotated[
    str,
    Meta(min_length=1, max_length=32, pattern=r"^[.A-Z:/a-z0-9_-]{1,32}\Z", description=_ID_SIGNS),
]
"""The same, at most 32 of them."""
Quantity = Annotated[Decimal, MoreThan(0)]
"""How much: more than nothing (-4003, -1013)."""
TimestampMs = Annotated[int | datetime, Moment()]
"""Milliseconds since 1970 UTC, or a datetime with a time zone; the request holds milliseconds."""

_MOST_DIGITS: Final = 20
"""Before the point, and behind it: ``^([0-9]{1,20})(\\.[0-9]{1,20})?$`` is what -1100 lets pass."""
_LEAST_SECONDS: Final = 10**9
_MOST_SECONDS: Final = 10**11
"""As seconds the years 2001 to 5138, as milliseconds 1970 to 1973, when there was no exchange."""
_MOST_REMEMBERED: Final = 4096
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


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
    words: Sequence[str] = ()
    """What an enum may say."""
    is_moment: bool = False
    """Whether it may be given as a datetime."""
    known: Container[Any] | None = None
    """Values of ``type`` that need no look; None if none of them does."""

    def check(self, value: object) -> None:
        """Raise TypeError or ValueError unless ``value`` can be sent."""
        if type(value) is not self.type:
            _check_type(self, value)
        if self.words:
            if value not in self.words:
                raise ValueError(f"{self.name} must be {_listed(self.words)}, not {value}")
        elif isinstance(value, str):
            check_text(self, value)
        else:
            _check_number(self, value)


class Remembered(set[object]):
    """Values found good; the same few symbols come again and again."""

    def remember(self, value: object) -> None:
        """Keep it, and never too many."""
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        self.add(value)


def parameters(cls: type[Struct]) -> tuple[Parameter, ...]:
    """Every parameter of a request class, in the order of their declaration."""
    return tuple(
        _parameter(info.name, info.encode_name, info.type, is_required=info.required)
        for info in fields(cls)
    )


def milliseconds(name: str, moment: datetime) -> int:
    """Milliseconds since 1970 of a datetime with a time zone."""
    if moment.utcoffset() is None:
        raise ValueError(
            f"{name} has no time zone: datetime.now(UTC) has one, and .astimezone() gives "
            "a local time one"
        )
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _parameter(name: str, wire_name: str, hint: Any, *, is_required: bool) -> Parameter:
    kind, *marks = (
        get_args(hint) if get_origin(hint := _without_none(hint)) is Annotated else [hint]
    )
    bounds = next((each for each in marks if isinstance(each, Meta)), None)
    words: Sequence[str] = next((each for each in marks if isinstance(each, Words)), ())
    moment = next((each for each in marks if isinstance(each, Moment)), None)
    more_than = next((each for each in marks if isinstance(each, MoreThan)), None)
    if more_than is not None:
        bounds = Meta(gt=more_than.bound)
    if moment is not None:
        kind, bounds = int, Meta(ge=0, le=moment.le)
    if issubclass(kind, StrEnum):
        words = words or tuple(each.value for each in kind)
    return Parameter(
        name,
        wire_name,
        kind,
        bounds,
        is_required,
        _TEXT.get(kind, text_of_string),
        words,
        is_moment=moment is not None,
        known=_known(kind, bounds, words),
    )


def _known(kind: type[Any], bounds: Meta | None, words: Sequence[str]) -> Container[Any] | None:
    if words:
        return words
    if bounds is not None and bounds.pattern is not None and bounds.max_length is None:
        return Remembered()
    return None if bounds is None and kind in (int, bool) else ()


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


def _listed(words: Sequence[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def _check_decimal(name: str, value: Any) -> None:
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError(f"{name} must be a number, not {value}")
    if number.is_signed():  # a zero too: the exchange reads no sign
        raise ValueError(f"{name} must not be below zero, not {value}")
    places = -int(number.as_tuple().exponent)
    if places > _MOST_DIGITS:
        raise ValueError(
            f"{name} has {places} digits behind the point, at most {_MOST_DIGITS} can be sent: "
            'write Decimal("0.1"), for Decimal(0.1) is not exactly a tenth'
        )
    if number.adjusted() >= _MOST_DIGITS:
        raise ValueError(f"{name} has over {_MOST_DIGITS} digits before the point")


def check_text(parameter: Parameter, value: str) -> None:
    """What ``check`` looks at in a value that is known to be a str."""
    name, bounds = parameter.name, parameter.bounds
    if not value.isascii():
        _check_encodable(name, value)
    if bounds is None:
        return
    if not value:
        raise ValueError(f"{name} must not be empty")
    if bounds.max_length is not None and len(value) > bounds.max_length:
        raise ValueError(f"{name} must be at most {bounds.max_length} characters long")
    if bounds.pattern is None:
        return
    if re.match(bounds.pattern, value) is None:
        raise ValueError(f"{name} must be {bounds.description}, not {value!r}")
    if isinstance(parameter.known, Remembered):
        parameter.known.remember(value)


def _check_encodable(name: str, value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{name} holds half a character, which cannot be sent") from None


def _check_number(parameter: Parameter, value: Any) -> None:
    name, bounds = parameter.name, parameter.bounds
    if parameter.type is Decimal:
        _check_decimal(name, value)
    if bounds is not None:
        _check_bounds(name, value, bounds)
    if parameter.is_moment:
        _check_unit(name, value)


def _check_bounds(name: str, value: Any, bounds: Meta) -> None:
    if bounds.gt is not None and value <= bounds.gt:
        raise ValueError(f"{name} must be above {bounds.gt}, not {value}")
    if bounds.ge is not None and value < bounds.ge:
        raise ValueError(f"{name} must be at least {bounds.ge}, not {value}")
    if bounds.le is not None and value > bounds.le:
        raise ValueError(f"{name} must be at most {bounds.le}, not {value}")


def _check_unit(name: str, value: Any) -> None:
    if _LEAST_SECONDS <= value < _MOST_SECONDS:
        raise ValueError(
            f"{name}={value} looks like seconds: times are in ms, so {value}000, "
            "or a datetime with a time zone"
        )


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

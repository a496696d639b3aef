"""Parameters that many requests share.

Pure declarations.
"""

from __future__ import annotations

from typing import Annotated, TypeVar

from msgspec import Meta, Struct

from binance_papi_async.parameters import ClientId, Symbol, TimestampMs
from binance_papi_async.request import Request

R_co = TypeVar("R_co", covariant=True)
UpTo100 = Annotated[int, Meta(ge=1, le=100)]
UpTo500 = Annotated[int, Meta(ge=1, le=500)]
UpTo1000 = Annotated[int, Meta(ge=1, le=1000)]


def one_of(what: str, **names: object) -> None:
    """Raise ValueError unless exactly one of two names of a thing is given."""
    first, second = names
    given = [name for name, value in names.items() if value is not None]
    if len(given) != 1:
        how = "not both" if given else "one of the two"
        raise ValueError(f"name the {what} by {first} or by {second}, {how}")


class OrderRef(Request[R_co]):
    """Names one order of a symbol, by the exchange's id or by the client's."""

    symbol: Symbol
    order_id: int | None = None
    orig_client_order_id: ClientId | None = None

    def __post_init__(self) -> None:
        if (self.order_id is None) is (self.orig_client_order_id is None):
            one_of("order", order_id=self.order_id, orig_client_order_id=self.orig_client_order_id)
        super().__post_init__()


class TimeRange(Request[R_co]):
    """Bounds a history in time, both ends included."""

    start_time: TimestampMs | None = None
    end_time: TimestampMs | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if (
            self.start_time is not None
            and self.end_time is not None
            and self.start_time > self.end_time
        ):
            raise ValueError(f"start_time {self.start_time} is after end_time {self.end_time}")


ClientId32 = Annotated[str, Meta(min_length=1, max_length=32)]
"""A client id of a new futures order: letters, digits and ``. : / _ -``, at most 32 of them."""


class OrderChanges(TimeRange[R_co]):
    """Names one order of a symbol, whose changes are asked for."""

    symbol: Symbol
    order_id: int | None = None
    orig_client_order_id: ClientId | None = None

    def __post_init__(self) -> None:
        one_of("order", order_id=self.order_id, orig_client_order_id=self.orig_client_order_id)
        super().__post_init__()


class Done(Struct, frozen=True):
    """A reply that says nothing but that it was done."""

    code: int
    """200."""
    msg: str | None = None

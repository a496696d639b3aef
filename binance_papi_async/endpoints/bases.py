"""What many requests share: parameters, how an order is named, and what its status says.

Pure declarations.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Annotated, Any, Final, TypeVar

from msgspec import Meta
from msgspec.structs import replace

from binance_papi_async.declaring.paging import DAY_MS
from binance_papi_async.declaring.parameters import ClientId, Symbol, TimestampMs
from binance_papi_async.declaring.request import CancelRequest, Fate, Request
from binance_papi_async.enums import CLOSED_STATUSES, OrderStatus

R_co = TypeVar("R_co", covariant=True)
S_co = TypeVar("S_co", covariant=True)
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


FATES: Final[dict[str | None, Fate]] = {
    **dict.fromkeys(CLOSED_STATUSES, "closed"),
    OrderStatus.CANCELED: "canceled",
    OrderStatus.NEW: "open",
    OrderStatus.PARTIALLY_FILLED: "open",
    OrderStatus.PENDING_CANCEL: "pending",
}
"""What each status of an order says."""
_CANCELED: Final = OrderStatus.CANCELED


class OrderRef(Request[R_co]):
    """Names one order of a symbol, by the exchange's id or by the client's."""

    symbol: Symbol
    order_id: int | None = None
    orig_client_order_id: ClientId | None = None

    def __post_init__(self) -> None:
        if (self.order_id is None) is (self.orig_client_order_id is None):
            one_of("order", order_id=self.order_id, orig_client_order_id=self.orig_client_order_id)
        super().__post_init__()


class CancelOrder(OrderRef[R_co], CancelRequest[R_co, S_co]):
    """Cancels one order of a symbol. Read it by a request with the same three names."""

    @property
    def key(self) -> Hashable:
        """Its symbol, and the exchange's id or the client's."""
        if self.order_id is not None:
            return (self.symbol, self.order_id)
        return (self.symbol, self.orig_client_order_id)

    @property
    def is_reusable(self) -> bool:
        """A client id is unique among open orders only."""
        return self.order_id is None

    def by_id(self, state: Any) -> CancelRequest[R_co, S_co]:
        """By the exchange's id."""
        if self.order_id is not None or state.order_id is None:
            return self
        return replace(self, order_id=state.order_id, orig_client_order_id=None)

    def said(self, reply: Any) -> Fate | None:
        """What the reply says became of the order, if it names it.

        ``client_order_id`` of a margin reply names the cancel: there the order is ``orig_client_order_id``.
        """
        if reply.symbol != self.symbol:
            return None
        if self.order_id is not None:
            is_named = reply.order_id == self.order_id
        else:
            is_named = self.orig_client_order_id == getattr(
                reply, "orig_client_order_id", reply.client_order_id
            )
        if not is_named:
            return None
        return "canceled" if reply.status is _CANCELED else self.fate(reply)  # nearly always

    @staticmethod
    def placed_at_ms(state: Any) -> int | None:
        """Its time."""
        placed: int | None = getattr(state, "time", None)
        return placed

    @staticmethod
    def keys_of(state: Any) -> tuple[Hashable, ...]:
        """Both ids of an order."""
        return (state.symbol, state.order_id), (state.symbol, state.client_order_id)

    @staticmethod
    def fate(state: Any) -> Fate:
        """By its status."""
        return FATES.get(state.status, "unclear")

    @staticmethod
    def changed_at_ms(state: Any) -> int | None:
        """Its update time."""
        changed: int | None = getattr(state, "update_time", None)
        return changed


class TimeRange(Request[R_co]):
    """Bounds a history in time, both ends included."""

    start_time: TimestampMs | None = None
    end_time: TimestampMs | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.start_time is not None and self.end_time is not None:
            check_range(self)


class Page(TimeRange[R_co]):
    """One page of a history, newest first."""

    current: Annotated[int, Meta(ge=1)] | None = None
    """Number of the page, from 1 on; default 1."""
    size: UpTo100 | None = None
    """Rows on a page; default 10."""


def check_range(request: Any) -> None:
    """Raise ValueError unless a range begins before it ends, and is no longer than its endpoint takes."""
    start, end, days = request.start_time, request.end_time, request.endpoint.max_days
    if start > end:
        raise ValueError(f"start_time {start} is after end_time {end}")
    if days is not None and end - start > days * DAY_MS:
        raise ValueError(
            f"start_time and end_time must not lie more than {days} days apart: ask in parts, "
            "as the iter_ methods do"
        )


def needs(what: str, request: Request[object], *names: str) -> None:
    """Raise ValueError unless a request has each of these parameters."""
    for name in names:
        if getattr(request, name) is None:
            raise ValueError(f"{what} needs {name} beside it")


def takes(what: str, request: Request[object], *names: str) -> None:
    """Raise ValueError if a request has one of these parameters."""
    for name in names:
        if getattr(request, name) is not None:
            raise ValueError(f"{what} takes no {name}: leave it out")

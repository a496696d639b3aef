"""Bytes of the user data stream to typed events: at once where they are as documented, else part by part.

Nothing raises: what cannot be read is an ``UnknownEvent``, which says whose orders it may have been about.
The slow ways, in this order:

- An envelope ``{"stream": ..., "data": {...}}`` is opened; ``stream`` is the listen key, and dropped.
- Names are compared without case and underscores: ``RISK_LEVEL_CHANGE`` is documented, ``riskLevelChange`` sent.
- A field that cannot be read is None where it may be; without a field that may not, it is no event.

Pure: nothing here reads a clock or a socket.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from typing import Any, Final, TypeAlias, get_args

from msgspec import Raw, json
from msgspec.structs import replace

from binance_papi_async.declaring.reading import UNREADABLE, Read, reader
from binance_papi_async.enums import FuturesProduct
from binance_papi_async.stream.account_events import (
    PRODUCTS,
    ListenKeyExpired,
    Product,
    RiskLevelChange,
    UnknownEvent,
)
from binance_papi_async.stream.futures_events import (
    AccountConfigUpdate,
    AccountUpdate,
    FuturesOrderUpdate,
    OrderTradeUpdate,
)
from binance_papi_async.stream.margin_events import (
    BalanceUpdate,
    ExecutionReport,
    LiabilityChange,
    OpenOrderLoss,
    OutboundAccountPosition,
)
from binance_papi_async.stream.trigger_events import AlgoUpdate, ConditionalOrderUpdate

_Known: TypeAlias = (
    ExecutionReport
    | OrderTradeUpdate
    | AccountUpdate
    | ConditionalOrderUpdate
    | AlgoUpdate
    | OpenOrderLoss
    | OutboundAccountPosition
    | BalanceUpdate
    | LiabilityChange
    | RiskLevelChange
    | AccountConfigUpdate
)
Event: TypeAlias = _Known | ListenKeyExpired | UnknownEvent
"""Everything the stream may tell."""

RAW_BYTES: Final = 4096
"""How much of what cannot be read is kept."""

_at_once: Callable[[bytes], _Known] = json.Decoder(_Known).decode
_members = json.Decoder(dict[str, Raw]).decode
_read_text = reader(str)
_read_time = reader(int | None)
_read_product = reader(FuturesProduct)


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


_KINDS: Final[dict[str, Any]] = {
    _plain(each.__struct_config__.tag): each for each in get_args(_Known)
}
_EXPIRED: Final = "listenkeyexpired"
_UNCOVERED: Final[dict[Any, dict[str, tuple[Product, ...]]]] = {
    ExecutionReport: {"": ("margin",)},
    OrderTradeUpdate: {"UM": ("um",), "CM": ("cm",), "": ("um", "cm")},
    AlgoUpdate: {"": ("um algo",)},
    ConditionalOrderUpdate: {
        "UM": ("um conditional",),
        "CM": ("cm conditional",),
        "": ("um conditional", "cm conditional"),
    },
}
"""Whose orders an event is about, by ``fs``; by "" where that does not tell."""


def read_event(body: bytes, listen_key: str = "") -> Event:
    """The event that a message is. ``listen_key`` is ours: it stands in no event."""
    try:
        return _at_once(body)
    except UNREADABLE:
        return _read_slowly(body, listen_key)


def _read_slowly(body: bytes, listen_key: str) -> Event:
    raw = _without_key(body, listen_key)[:RAW_BYTES]
    try:
        members = _opened(_members(body))
        name = _read_text(members["e"])
    except (KeyError, *UNREADABLE):
        return UnknownEvent("", raw, "it is no JSON object that names an event", PRODUCTS)
    if _plain(name) == _EXPIRED:
        return _expired(members, listen_key)
    shown, kind = _shown(name, listen_key), _KINDS.get(_plain(name))
    if kind is None:
        return UnknownEvent(shown, raw)
    try:
        event: Event = reader(kind)(_as_declared(kind, members))
    except UNREADABLE as error:
        return UnknownEvent(shown, raw, _shown(str(error), listen_key), _uncovered(kind, members))
    return event


def _opened(members: dict[str, Raw]) -> dict[str, Raw]:
    """What is in the envelope of a combined stream, if this is one."""
    is_envelope = "e" not in members and "data" in members
    return _members(members["data"]) if is_envelope else members


def _as_declared(kind: Any, members: dict[str, Raw]) -> bytes:
    """With the name that we declare, and the object of an algo order where we declare it."""
    if kind is AlgoUpdate and "ao" not in members and "o" in members:
        members = members | {"ao": members["o"]}
    return json.encode(members | {"e": kind.__struct_config__.tag})


def _expired(members: dict[str, Raw], listen_key: str) -> ListenKeyExpired:
    named = _said(_read_text, members.get("listenKey"))
    is_told = bool(named and listen_key)
    return ListenKeyExpired(
        event_time=_said(_read_time, members.get("E")),
        is_ours=named == listen_key if is_told else None,
    )


def _uncovered(kind: Any, members: dict[str, Raw]) -> tuple[Product, ...]:
    by_product = _UNCOVERED.get(kind, {"": ()})
    product = _said(_read_product, members.get("fs"))
    return by_product.get(product or "", by_product[""])


def _said(read: Read, said: Raw | None) -> Any:
    """What was said, None if nothing was that can be read."""
    try:
        return None if said is None else read(said)
    except UNREADABLE:
        return None


_SECRET: Final = re.compile(rb'("(?:listenKey|stream)"\s*:\s*")[^"]*')


def _without_key(text: bytes, listen_key: str) -> bytes:
    """Without ours, and without any that stands where the exchange writes one."""
    if listen_key:
        text = text.replace(listen_key.encode(), b"...")
    return _SECRET.sub(rb"\1...", text)


def _shown(text: str, listen_key: str) -> str:
    return _without_key(text.encode(errors="replace"), listen_key)[:RAW_BYTES].decode(
        errors="replace"
    )


def identity(event: Event) -> Hashable:
    """What is equal of one event that two sockets told: not its bytes, for each may have an ``E`` of its own."""
    if isinstance(event, ExecutionReport):
        return ("margin", *_of_order(event), event.transaction_time)
    if isinstance(event, OrderTradeUpdate):
        return (event.product, *_of_order(event.order), event.transaction_time)
    if isinstance(event, AlgoUpdate):
        algo = event.order
        return ("algo", event.product, algo.algo_id, algo.algo_status, event.transaction_time)
    if isinstance(event, ConditionalOrderUpdate):
        so = event.order
        return ("so", event.product, so.symbol, so.strategy_id, so.strategy_status, so.update_time)
    if isinstance(event, UnknownEvent):
        return event
    return (type(event), json.encode(replace(event, event_time=0)))


def _of_order(order: ExecutionReport | FuturesOrderUpdate) -> tuple[Hashable, ...]:
    return (
        order.symbol,
        order.order_id,
        order.execution_type,
        order.status,
        order.trade_id,
        order.executed_qty,
        order.orig_qty,
        order.price,
    )

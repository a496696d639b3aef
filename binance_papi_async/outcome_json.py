"""Outcomes as JSON, and back: for a log, a queue, a file of what became of every order.

::

    line = encode(outcome)  # {"outcome":"canceled","request":{"endpoint":"DELETE ...",...},...}
    assert decode(line) == outcome

Every object says what it is: ``outcome`` the kind, ``endpoint`` the verb and path of a request,
``order_type`` the class of an order, ``kind`` and ``branch`` those of an error.
Fields have the exchange's names, amounts are text. Nothing secret is in it: a request holds no key.
Pure: nothing here reads a clock, a socket or a key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from msgspec import Struct, convert, json, to_builtins

from binance_papi_async.declaring.orders import modifies, places
from binance_papi_async.declaring.request import ENDPOINTS, Request
from binance_papi_async.endpoints.margin_replies import EndedMarginOrderList
from binance_papi_async.errors import PapiError, error_from_builtins, error_to_builtins
from binance_papi_async.outcome import (
    AlreadyClosed,
    Canceled,
    Closed,
    Done,
    Evidence,
    NotSent,
    Outcome,
    Outcomes,
    Refused,
    Triggered,
    Unknown,
)
from binance_papi_async.place_outcome import (
    Modified,
    ModifyOutcome,
    NotModified,
    NotPlaced,
    Placed,
    PlaceOutcome,
    PlaceOutcomes,
)

KINDS: Final[Mapping[str, type[Struct]]] = {
    "canceled": Canceled,
    "already_closed": AlreadyClosed,
    "closed": Closed,
    "triggered": Triggered,
    "placed": Placed,
    "not_placed": NotPlaced,
    "modified": Modified,
    "not_modified": NotModified,
    "done": Done,
    "refused": Refused,
    "not_sent": NotSent,
    "unknown": Unknown,
}
"""What ``outcome`` may say."""
_NAMES: Final = {kind: name for name, kind in KINDS.items()}
_BATCHES: Final[Mapping[str, type[Outcomes[Any] | PlaceOutcomes[Any]]]] = {
    "outcomes": Outcomes,
    "place_outcomes": PlaceOutcomes,
}
"""Under which name a batch has its outcomes."""
Encodable: TypeAlias = (
    Outcome[Any]
    | PlaceOutcome[Any]
    | ModifyOutcome[Any]
    | Done[Any]
    | Outcomes[Any]
    | PlaceOutcomes[Any]
)
"""What can become of any request, and batches of it."""


def encode(outcome: Encodable) -> bytes:
    """One outcome, or all of a batch with the weight it spent, as JSON."""
    for name, kind in _BATCHES.items():
        if isinstance(outcome, kind):
            told = [_told(each) for each in outcome]
            return json.encode({"weight": outcome.weight, name: told})
    return json.encode(_told(outcome))


def decode(data: bytes | str) -> Any:
    """What ``encode`` was given: an outcome, ``Outcomes`` or ``PlaceOutcomes``.

    Raises ValueError, of which ``msgspec.DecodeError`` is a kind, for what it did not write.
    """
    told = json.decode(data, type=dict[str, Any])
    try:
        for name, kind in _BATCHES.items():
            if name in told:
                return _batch(kind, told[name], told["weight"])
        return _outcome(told)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(
            f"this is no outcome as encode() writes it: {type(error).__name__}: {error}"
        ) from error


def _batch(kind: Any, told: list[dict[str, Any]], weight: int) -> Any:
    return kind(map(_outcome, told), weight=weight)


def _told(outcome: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"outcome": kind_of(outcome)}
    for name in outcome.__struct_fields__:
        value: Any = getattr(outcome, name)
        if isinstance(value, Request):
            told[name] = request_to_builtins(value)
        elif isinstance(value, PapiError):
            told[name] = error_to_builtins(value)
        elif name == "order":
            told |= {"order_type": type(value).__name__, name: to_builtins(value)}
        else:
            told[name] = to_builtins(value)
    return told


def kind_of(outcome: Any) -> str:
    """What ``outcome`` says of it: the word in ``KINDS``."""
    return _NAMES[type(outcome)]


def request_to_builtins(request: Any) -> dict[str, Any]:
    """A request in words and numbers: verb and path, and what was given."""
    given = {name: value for name, value in to_builtins(request).items() if value is not None}
    return {"endpoint": f"{request.endpoint.verb} {request.endpoint.path}", **given}


def _outcome(told: dict[str, Any]) -> Any:
    kind: Any = KINDS[told.pop("outcome")]
    request = request_from_builtins(told.pop("request"))
    fields: dict[str, Any] = {"request": request}
    order_type = told.pop("order_type", None)
    for name, value in told.items():
        if value is None:
            fields[name] = None
        elif name == "error":
            fields[name] = error_from_builtins(value)
            fields[name].request = request
        elif name == "placed":
            fields[name] = request_from_builtins(value)
        elif name == "order":
            fields[name] = _order(request, order_type, value)
        elif name == "reply":
            fields[name] = request.endpoint.decode(json.encode(value))
        else:
            fields[name] = Evidence(value)
    return kind(**fields)


def request_from_builtins(told: Any) -> Request[Any]:
    """The request that ``request_to_builtins`` told, which is checked again.

    Raises ValueError for one that is refused now, KeyError for an endpoint that is not declared.
    """
    verb, _, path = told.pop("endpoint").partition(" ")
    request: Request[Any] = convert(told, ENDPOINTS[verb, path])
    return request


def _order(request: Request[Any], kind: str, told: dict[str, Any]) -> Any:
    """An order, read as the reply of the call it came from: the request itself, or a read of what it names."""
    if kind == EndedMarginOrderList.__name__:
        return json.decode(json.encode(told), type=EndedMarginOrderList)
    named: Any = request.to_cancel() if places(request) or modifies(request) else request
    endpoints = (request.endpoint, named.state().endpoint)
    by_name = {each.reply.__name__: each for each in endpoints}
    return by_name[kind].decode(json.encode(told))

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from msgspec import DecodeError, json, to_builtins

from binance_papi_async.endpoints.general import Empty
from binance_papi_async.endpoints.user_stream import (
    CloseListenKey,
    CreateListenKey,
    KeepListenKeyAlive,
    ListenKey,
    UserStream,
)
from binance_papi_async.request import ENDPOINTS, Request, Verb

RequestClass = type[Request[Any]]
EXAMPLES: dict[str, Any] = json.decode(
    Path(__file__).with_name("examples").joinpath("account.json").read_bytes()
)
# Verb, path, weight, orders, lane, and the exchange's parameters.
DECLARED: dict[RequestClass, tuple[Verb, str, int, int, str, str]] = {
    CreateListenKey: ("POST", "/papi/v1/listenKey", 1, 0, "read", ""),
    KeepListenKeyAlive: ("PUT", "/papi/v1/listenKey", 1, 0, "read", ""),
    CloseListenKey: ("DELETE", "/papi/v1/listenKey", 1, 0, "read", ""),
}
each_class = pytest.mark.parametrize("request_class", DECLARED, ids=lambda each: each.__name__)


def _read(request_class: RequestClass, example: Any) -> Any:
    return request_class.endpoint.decode(json.encode(example))


@each_class
def test_an_endpoint_is_declared_as_documented(request_class: RequestClass) -> None:
    """Verb, path, weight, orders, lane, security, and the exchange's parameters."""
    verb, path, weight, orders, lane, names = DECLARED[request_class]
    declared = request_class.endpoint
    assert ENDPOINTS[verb, path] is request_class
    assert (declared.verb, declared.path, declared.security) == (verb, path, "keyed")
    assert (declared.weight, declared.orders, declared.lane) == (weight, orders, lane)
    every = declared.parameters
    assert {each.wire_name + "!" * each.is_required for each in every} == set(names.split())


@each_class
def test_a_request_says_what_it_costs(request_class: RequestClass) -> None:
    """The first paragraph of its docstring names the weight, and the orders if there are any."""
    *_, weight, orders, _, _ = DECLARED[request_class]
    summary = (request_class.__doc__ or "").partition("\n")[0]
    assert re.search(rf"\bWeight {weight}\b", summary)
    assert ("one order" in summary) is bool(orders)


def test_the_family_is_user_stream() -> None:
    """``papi.user_stream`` and the requests behind its methods."""
    assert UserStream.create_listen_key.request is CreateListenKey
    assert UserStream.keep_listen_key_alive.request is KeepListenKeyAlive
    assert UserStream.close_listen_key.request is CloseListenKey


@each_class
def test_reading_an_example_loses_nothing(request_class: RequestClass) -> None:
    """Written again, a reply is the documented example; a field of tomorrow does no harm."""
    example = EXAMPLES[request_class.__name__]
    reply = _read(request_class, example)
    assert to_builtins(reply) == example
    assert _read(request_class, {**example, "new": [1]}) == reply


def test_a_listen_key_is_not_shown() -> None:
    """It opens the stream to whoever has it."""
    reply = _read(CreateListenKey, EXAMPLES["CreateListenKey"])
    assert isinstance(reply, ListenKey)
    assert reply.listen_key.startswith("pqia91ma")
    assert "pqia" not in f"{reply} {reply!r}"


def test_an_answer_without_a_key_is_none() -> None:
    """Only creating one must say which."""
    with pytest.raises(DecodeError, match="listenKey"):
        _read(CreateListenKey, {})
    assert _read(KeepListenKeyAlive, {}) == _read(CloseListenKey, {}) == Empty()


def test_every_account_example_is_read_by_some_class() -> None:
    """22 endpoints outside UM, CM and margin orders, 22 examples."""
    assert len(EXAMPLES) == 22

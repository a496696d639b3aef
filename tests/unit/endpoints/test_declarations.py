"""Every method sends what its page describes, and says what that costs."""

from __future__ import annotations

import re
from inspect import getattr_static
from typing import Any

import pytest

from binance_papi_async import ENDPOINTS, PapiClient
from binance_papi_async.declaring.calls import Call, Namespace
from binance_papi_async.declaring.request import PAGES
from binance_papi_async.simulator.documented import FAMILIES, examples
from tests.unit.endpoints.documented import (
    DECLARED,
    REQUESTS,
    Declared,
    declared,
)

each_row = pytest.mark.parametrize("row", DECLARED, ids=lambda row: row.request)
each_family = pytest.mark.parametrize("family", FAMILIES)


def _family(name: str) -> type[Namespace]:
    namespace: Namespace = getattr(PapiClient(), name)
    return type(namespace)


@each_row
def test_a_method_sends_its_request(row: Declared) -> None:
    """``papi.um.open_orders`` sends ``OpenUmOrders``, and so with all others."""
    call: Call[..., Any] = getattr_static(_family(row.family), row.method)
    assert call.request is REQUESTS[row.request]


@each_row
def test_an_endpoint_is_declared_as_documented(row: Declared) -> None:
    """Verb, path, weight, orders, lane, security, and the exchange's parameters."""
    request_class = REQUESTS[row.request]
    endpoint = request_class.endpoint
    places = [place for place, each in ENDPOINTS.items() if each is request_class]
    assert places == [(row.verb, row.path)]
    assert (endpoint.verb, endpoint.path, endpoint.security) == (row.verb, row.path, row.security)
    assert (endpoint.weight, endpoint.orders, endpoint.lane) == (row.weight, row.orders, row.lane)
    names = {each.wire_name + "!" * each.is_required for each in endpoint.parameters}
    assert names == row.parameters


@each_row
def test_a_request_says_what_it_costs(row: Declared) -> None:
    """The first line of its docstring names the weight, and the orders if there are any."""
    summary = (REQUESTS[row.request].__doc__ or "").partition("\n")[0]
    _, _, costs = summary.partition("Weight ")
    assert re.match(rf"{row.weight}\b", costs)
    assert re.findall(r"\b(one|two) orders?\b", costs) == [[], ["one"], ["two"]][row.orders]


@pytest.mark.parametrize(
    "row", [row for row in DECLARED if row.without_symbol], ids=lambda row: row.request
)
def test_reading_all_symbols_costs_more(row: Declared) -> None:
    """The weight of a call follows from whether it names a symbol."""
    request_class = REQUESTS[row.request]
    assert request_class(symbol="BTCUSDT").weight == row.weight
    assert request_class().weight == row.without_symbol
    told = rf"\b{row.weight} (with|for) a symbol, {row.without_symbol} without\b"
    assert re.search(told, request_class.__doc__ or "")


@each_family
def test_a_family_has_the_documented_methods(family: str) -> None:
    """No method is missing from its table; the class says where it is found."""
    methods = {
        name
        for name in dir(_family(family))
        if isinstance(getattr_static(_family(family), name), Call)
    }
    assert methods == {row.method for row in declared(family)}
    assert _family(family).__doc__ == f"``papi.{family}``"


@each_family
def test_every_reply_has_an_example(family: str) -> None:
    """No endpoint of the family is missing from the examples."""
    assert set(examples(family)) == {row.request for row in declared(family)}


def test_every_endpoint_has_a_page_of_its_own() -> None:
    """The declaration names the place in the exchange's documentation that describes this call."""
    addresses = {name: each.endpoint.page or "" for name, each in REQUESTS.items()}
    # The time is not documented: its page is that of the section.
    assert addresses.pop("QueryServerTime") == f"{PAGES}market-data"
    place = re.compile(
        rf"{re.escape(PAGES)}(account|market-data|trade|user-data-streams)#[a-z0-9-]+"
    )
    assert [name for name, page in addresses.items() if not place.fullmatch(page)] == []
    assert len(set(addresses.values())) == len(addresses)


def test_every_endpoint_is_documented_once() -> None:
    """In the table of one family."""
    assert sorted(row.request for row in DECLARED) == sorted(REQUESTS)
    assert len(REQUESTS) == len(ENDPOINTS)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from binance_papi_async.simulator import SIMULATED_API_KEY, Exchange
from binance_papi_async.simulator import exchange as exchange_module
from binance_papi_async.simulator.world.truth import HOME_IP

Ask = Callable[..., Any]
KEYED = {"X-MBX-APIKEY": SIMULATED_API_KEY}
PATH = "/papi/v1/margin/openOrders"


def send(
    exchange: Exchange, verb: str, target: str, headers: dict[str, str], body: str = ""
) -> tuple[int, Any]:
    """Send a request as it stands; status and body of the answer."""
    answer = exchange.execute(exchange.receive(verb, target, headers, HOME_IP, body=body))
    return answer.status, msgspec.json.decode(answer.body)


@pytest.mark.parametrize(
    ("offset_ms", "recv_window", "code", "words"),
    [
        (999, 5000, None, ""),
        (1000, 5000, -1021, "1000ms ahead of the server's time"),
        (-5000, None, None, ""),
        (-5001, None, -1021, "outside of the recvWindow"),
        (-1, 1, None, ""),
        (-2, 1, -1021, "outside of the recvWindow"),
        (-60_000, 60_000, None, ""),
        (0, 60_001, -1131, "recvWindow must be less than 60000"),
        (0, 0, -1102, "recvWindow"),
        (0, -5, -1100, "recvWindow"),
        (0, "soon", -1100, "recvWindow"),
        (0, "", -1105, "recvWindow"),
    ],
)
def test_the_documented_inequality(  # noqa: PLR0913 - a row of the table
    ask: Ask, clock: Any, *, offset_ms: int, recv_window: object, code: int | None, words: str
) -> None:
    """Timestamp < serverTime + 1000 and serverTime - timestamp <= recvWindow, to the millisecond."""
    window = {} if recv_window is None else {"recvWindow": recv_window}
    sent = int(clock.now * 1000) + offset_ms
    answered = ask("GET", "margin/openOrders", symbol="LTCBTC", timestamp=sent, **window)
    if code is None:
        assert (answered.status, answered.json) == (200, [])
    else:
        assert (answered.status, answered.json["code"]) == (400, code)
        assert words in answered.json["msg"]


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, -2014),
        ({"X-MBX-APIKEY": "short"}, -2014),
        ({"X-MBX-APIKEY": "x" * 64}, -2015),
    ],
)
def test_a_wrong_key_is_status_401(exchange: Exchange, headers: dict[str, str], code: int) -> None:
    """Malformed and unknown keys are told apart, before any parameter is looked at."""
    status, body = send(exchange, "GET", PATH, headers)
    assert (status, body["code"]) == (401, code)


def test_the_signature_covers_the_text_as_it_was_sent(
    exchange: Exchange, sign: Callable[..., str]
) -> None:
    """The same parameters written another way do not verify, nor does one more at the end."""
    query = sign(symbol="LTC-BTC")
    assert send(exchange, "GET", f"{PATH}?{query}", KEYED)[0] == 200
    for forged in (
        query.replace("LTC-BTC", "LTC%2DBTC"),
        query.replace("LTC-BTC", "LTC_BTC"),
        f"{query[:-1]}0" if query[-1] != "0" else f"{query[:-1]}1",
        f"{query}&recvWindow=5000",
    ):
        status, body = send(exchange, "GET", f"{PATH}?{forged}", KEYED)
        assert (status, body["code"]) == (400, -1022)
    upper = query[:-64] + query[-64:].upper()
    assert send(exchange, "GET", f"{PATH}?{upper}", KEYED)[0] == 200


@pytest.mark.parametrize("missing", ["timestamp", "signature", "symbol"])
def test_what_is_mandatory(exchange: Exchange, sign: Callable[..., str], missing: str) -> None:
    """A parameter that is missing is named."""
    query = "&".join(
        pair for pair in sign(symbol="LTCBTC").split("&") if not pair.startswith(missing)
    )
    _, body = send(exchange, "GET", f"{PATH}?{query}", KEYED)
    assert body == {
        "code": -1102,
        "msg": f"Mandatory parameter '{missing}' was not sent, was empty/null, or malformed.",
    }


def test_a_parameter_sent_twice(exchange: Exchange, sign: Callable[..., str]) -> None:
    """Twice in one place is -1101."""
    _, body = send(exchange, "GET", f"{PATH}?symbol=A&{sign(symbol='A')}", KEYED)
    assert body["code"] == -1101


def test_a_form_body_is_signed_with_the_query(exchange: Exchange, clock: Any) -> None:
    """Query and body are one text with nothing between; the query's value wins; either may sign."""
    (order_id,) = exchange.rest("LTCBTC")
    query = f"symbol=LTCBTC&orderId={order_id}"
    body = f"symbol=BNBBTC&timestamp={int(clock.now * 1000)}"
    body += f"&signature={exchange.key.sign((query + body).encode())}"
    target = f"/papi/v1/margin/order?{query}"
    assert send(exchange, "DELETE", target, KEYED, body)[0] == 200
    assert [arrival.order_id for arrival in exchange.truth.arrivals("DELETE")] == [order_id]
    (order_id,) = exchange.rest("LTCBTC")
    body, query = f"orderId={order_id}", f"symbol=LTCBTC&timestamp={int(clock.now * 1000)}"
    query += f"&signature={exchange.key.sign((query + body).encode())}"
    assert send(exchange, "DELETE", f"/papi/v1/margin/order?{query}", KEYED, body)[0] == 200


def test_open_calls_need_no_key(exchange: Exchange, clock: Any) -> None:
    """Ping and time answer anybody; a parameter they do not know is refused."""
    assert send(exchange, "GET", "/papi/v1/ping", {}) == (200, {})
    time = {"serverTime": int(clock.now * 1000)}
    assert send(exchange, "GET", "/papi/v1/time", {}) == (200, time)
    assert send(exchange, "GET", "/papi/v1/ping?a=1", {})[1]["code"] == -1104


@pytest.mark.parametrize(("verb", "path"), [("GET", "/papi/v1/nothing"), ("PUT", PATH)])
def test_a_path_or_verb_nobody_declared(exchange: Exchange, verb: str, path: str) -> None:
    """It is 404 for everybody."""
    status, body = send(exchange, verb, path, {})
    assert (status, body["code"]) == (404, -5000)


def test_an_endpoint_without_a_handler(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is declared but not simulated says so, and is charged as declared."""
    monkeypatch.setattr(exchange_module, "ROUTES", {})
    status, body = send(exchange, "GET", PATH, {})
    assert (status, body["msg"]) == (501, f"GET {PATH} is not simulated yet.")
    assert exchange.truth.max_window_weight() == 5


@pytest.mark.parametrize(
    ("query", "charged"), [("symbol=A", 20), ("", 50), ("symbol=A&symbol=B", 1)]
)
def test_a_weight_may_depend_on_parameters(exchange: Exchange, query: str, charged: int) -> None:
    """By the rule of the request class; unreadable parameters are charged 1."""
    send(exchange, "GET", f"/papi/v1/um/forceOrders?{query}", {})
    assert exchange.truth.max_window_weight() == charged

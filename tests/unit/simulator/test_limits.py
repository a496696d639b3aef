from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from binance_papi_async.simulator import Exchange
from binance_papi_async.simulator.admission.quota import Bans
from binance_papi_async.simulator.faulting.foreign import Foreign

Ask = Callable[..., Any]


@pytest.fixture
def exchange(clock: Callable[[], float]) -> Exchange:
    """An exchange that allows little."""
    return Exchange(clock=clock, weight_limit=10, order_limit=2, ban_after=2)


def test_every_answer_says_what_is_used(exchange: Exchange, ask: Ask, clock: Any) -> None:
    """The count starts anew when the exchange's minute turns, at second 0."""
    assert ask("GET", "margin/openOrders", symbol="A").headers["X-MBX-USED-WEIGHT-1M"] == "5"
    clock.now = (clock.now // 60 + 1) * 60 - 0.001
    last = ask("GET", "margin/openOrders", symbol="A")
    assert (last.status, last.headers["X-MBX-USED-WEIGHT-1M"]) == (200, "10")
    clock.now += 0.002
    assert ask("GET", "margin/openOrders", symbol="A").headers["X-MBX-USED-WEIGHT-1M"] == "5"
    assert sorted(exchange.truth.window_weights().values()) == [5, 10]


def test_past_the_limit_it_is_429_then_418(exchange: Exchange, ask: Ask, clock: Any) -> None:
    """The first 429 and `ban_after` more; the next call is a ban, which ends."""
    exchange.foreign_usage(10)
    start = clock.now
    for used in ("12", "14", "16"):
        answered = ask("DELETE", "margin/order", symbol="A", orderId=1)
        assert (answered.status, answered.json["code"]) == (429, -1003)
        assert answered.headers["X-MBX-USED-WEIGHT-1M"] == used
        assert 1 <= int(answered.headers["Retry-After"]) <= 60
    for _ in range(2):
        answered = ask("DELETE", "margin/order", symbol="A", orderId=1)
        assert (answered.status, answered.headers["Retry-After"]) == (418, "120")
        until = int((start + 120) * 1000)
        assert f"IP banned until {until}. " in answered.json["msg"]
    clock.now += 120
    assert ask("DELETE", "margin/order", symbol="A", orderId=1).json["code"] == -2011
    assert exchange.truth.statuses == {429: 3, 418: 2, 400: 1}


def test_a_429_is_forgiven_with_its_window(exchange: Exchange, ask: Ask, clock: Any) -> None:
    """Refusals of another minute do not add up to a ban."""
    for _ in range(4):
        exchange.foreign_usage(10)
        assert ask("GET", "margin/openOrders", symbol="A").status == 429
        clock.now += 60


def test_bans_grow_to_three_days() -> None:
    """Two minutes, doubling, at most three days; or as long as told."""
    bans = Bans(ban_after=5)
    lengths = [bans.ban("ip", 0.0) for _ in range(30)]
    assert lengths[:3] == [120, 240, 480]
    assert lengths[-1] == 3 * 86_400
    assert bans.ban("ip", 5.0, 1.0) == bans.until("ip") == 6.0


def test_orders_are_counted_per_account(ask: Ask, clock: Any) -> None:
    """Past the limit it is -1015 and nothing is placed; an OCO is two; cancels are free."""
    order = {"symbol": "A", "side": "BUY", "type": "LIMIT_MAKER", "quantity": 1, "price": 1}
    assert ask("POST", "margin/order", **order).headers["X-MBX-ORDER-COUNT-1M"] == "1"
    oco = {"symbol": "A", "side": "SELL", "quantity": 1, "price": 3, "stopPrice": 1}
    answered = ask("POST", "margin/order/oco", **oco)
    assert (answered.status, answered.json["code"]) == (429, -1015)
    assert int(answered.headers["Retry-After"]) >= 1
    clock.now += 60
    assert ask("POST", "margin/order/oco", **oco).headers["X-MBX-ORDER-COUNT-1M"] == "2"


def test_foreign_usage_falls_into_its_own_windows(exchange: Exchange, ask: Ask, clock: Any) -> None:
    """What somebody else uses accrues with time, tick by tick."""
    exchange.faults.foreign(weight=1, every=20.0)
    clock.now += 100
    ask("GET", "margin/openOrders", symbol="A")
    assert sum(exchange.truth.window_weights().values()) == 5 + 5
    assert len(exchange.truth.window_weights()) == 2


@pytest.mark.parametrize(("weight", "every"), [(-1, 1.0), (1, 0.0)])
def test_foreign_usage_must_make_sense(weight: int, every: float) -> None:
    """A negative weight or no time between is a mistake."""
    with pytest.raises(ValueError, match="foreign usage"):
        Foreign(weight, every, 0.0)


@pytest.mark.parametrize(
    ("interval", "said"), [(60.0, ("MINUTE", 1)), (2.0, ("SECOND", 2)), (0.5, ("SECOND", 1))]
)
def test_the_limit_is_told(
    clock: Callable[[], float], interval: float, said: tuple[str, int]
) -> None:
    """rateLimit/order answers the limit, not its use."""
    exchange = Exchange(clock=clock, interval=interval)
    text = f"timestamp={int(clock() * 1000)}"
    target = f"/papi/v1/rateLimit/order?{text}&signature={exchange.key.sign(text.encode())}"
    visit = exchange.receive("GET", target, {"X-MBX-APIKEY": exchange.key.api_key})
    answer = exchange.execute(visit)
    expected = f'"interval":"{said[0]}","intervalNum":{said[1]},"limit":1200'
    assert expected in answer.body.decode()
    assert exchange.limits.are_documented is (interval == 60.0)


ORDER = {"symbol": "A", "side": "BUY", "type": "LIMIT_MAKER", "quantity": 1, "price": 1}


def ask_of(exchange: Exchange, method: str, path: str, **parameters: Any) -> Any:
    """Sign a call of an exchange of the test's own, and make it."""
    text = "&".join(f"{name}={value}" for name, value in parameters.items())
    text = f"{text}&timestamp={int(exchange.clock() * 1000)}".lstrip("&")
    target = f"/papi/v1/{path}?{text}&signature={exchange.key.sign(text.encode())}"
    headers = {"X-MBX-APIKEY": exchange.key.api_key}
    return exchange.execute(exchange.receive(method, target, headers))


def test_orders_are_counted_in_every_window(clock: Any) -> None:
    """Aligned to the clock, each with its header; the refusal names the one that is passed, and how long to wait."""
    clock.now = 1_700_000_043.0
    exchange = Exchange(clock=clock, order_limits={60: 3, 10: 2})
    headers = [ask_of(exchange, "POST", "margin/order", **ORDER).headers for _ in range(2)]
    assert [each["X-MBX-ORDER-COUNT-10S"] for each in headers] == ["1", "2"]
    assert [each["X-MBX-ORDER-COUNT-1M"] for each in headers] == ["1", "2"]
    refused = ask_of(exchange, "POST", "margin/order", **ORDER)
    assert (refused.status, refused.headers["Retry-After"]) == (429, "7")
    assert b"current limit is 2 orders per 10 SECOND." in refused.body
    clock.now += 7
    assert ask_of(exchange, "POST", "margin/order", **ORDER).headers["X-MBX-ORDER-COUNT-10S"] == "1"
    refused = ask_of(exchange, "POST", "margin/order", **ORDER)
    assert refused.headers["Retry-After"] == "50"
    assert b"current limit is 3 orders per 1 MINUTE." in refused.body
    rules = ask_of(exchange, "GET", "rateLimit/order").body
    assert b'"interval":"SECOND","intervalNum":10,"limit":2' in rules
    assert b'"interval":"MINUTE","intervalNum":1,"limit":3' in rules
    assert not exchange.limits.are_documented


def test_two_accounts_behind_one_ip_share_the_weight(clock: Any) -> None:
    """And the ban; each has orders of its own."""
    one = Exchange(clock=clock, weight_limit=10, order_limit=1, ban_after=0)
    other = Exchange(clock=clock, order_limit=1, beside=one)
    answers = [ask_of(each, "POST", "margin/order", **ORDER) for each in (one, other)]
    assert [each.headers["X-MBX-USED-WEIGHT-1M"] for each in answers] == ["1", "2"]
    assert [each.headers["X-MBX-ORDER-COUNT-1M"] for each in answers] == ["1", "1"]
    one.foreign_usage(10)
    statuses = [ask_of(other, "GET", "margin/openOrders", symbol="A").status for _ in range(2)]
    assert statuses == [429, 418]
    assert ask_of(one, "GET", "margin/openOrders", symbol="A").status == 418


def test_a_false_count_is_told_and_not_kept(exchange: Exchange, ask: Ask) -> None:
    """In so many answers as scripted, in the header named, after those let pass; the call is counted as ever."""
    exchange.faults.false_count("many", skip=1)
    exchange.faults.false_count(-3, header="X-MBX-ORDER-COUNT-1M", times=None)
    told = [ask("POST", "margin/order", **ORDER).headers for _ in range(2)]
    assert [each["X-MBX-USED-WEIGHT-1M"] for each in told] == ["1", "many"]
    assert [each["X-MBX-ORDER-COUNT-1M"] for each in told] == ["-3", "-3"]
    assert ask("GET", "margin/openOrders", symbol="A").headers["X-MBX-USED-WEIGHT-1M"] == "7"
    exchange.faults.clear()
    assert ask("GET", "margin/openOrders", symbol="A").headers["X-MBX-USED-WEIGHT-1M"] == "12"


def test_an_exchange_may_charge_less_than_it_documents(exchange: Exchange, ask: Ask) -> None:
    """A share, rounded down; also of a call that a fault keeps from being carried out."""
    exchange.faults.charge(0.5)
    assert ask("GET", "margin/openOrders", symbol="A").headers["X-MBX-USED-WEIGHT-1M"] == "2"
    exchange.faults.charge(0)
    assert ask("GET", "margin/openOrders", symbol="A").headers["X-MBX-USED-WEIGHT-1M"] == "2"
    exchange.faults.clear()
    assert ask("GET", "margin/openOrders", symbol="A").headers["X-MBX-USED-WEIGHT-1M"] == "7"

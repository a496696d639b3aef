from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from binance_papi_async.simulator import FAULTS, Delivery, Exchange, Fault, FaultKind
from binance_papi_async.simulator.faulting.faults import ANSWERS

Ask = Callable[..., Any]
NEVER = sorted(kind for kind, answer in ANSWERS.items() if answer.is_executed is False)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_strikes_where_it_says(exchange: Exchange, ask: Ask, fault: Fault) -> None:
    """Before: the order stays open, after: it is cancelled; the next call is answered as ever."""
    exchange.faults.inject(fault, method="DELETE")
    first, second = exchange.rest("LTCBTC", 2)
    answered = ask("DELETE", "margin/order", symbol="LTCBTC", orderId=first)
    is_executed = fault.point == "after" or fault.kind is FaultKind.DELAY
    assert exchange.truth.executions(first) == is_executed
    if fault.answer is not None:
        assert answered.status == fault.answer.status
    counted = fault.answer is None or fault.answer.is_counted
    assert exchange.truth.max_window_weight() == (2 if counted else 0)
    assert ask("DELETE", "margin/order", symbol="LTCBTC", orderId=second).status == 200


def test_every_kind_is_in_the_matrix() -> None:
    """Under a name of its own."""
    assert {fault.kind for fault in FAULTS} == set(FaultKind)
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


@pytest.mark.parametrize("kind", NEVER)
def test_what_is_documented_as_not_executed_cannot_follow_execution(kind: FaultKind) -> None:
    """An overload answer, for one, says that nothing happened."""
    with pytest.raises(ValueError, match="documented as not executed"):
        Fault(kind, "after")


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": FaultKind.DELAY},
        {"kind": FaultKind.CLOSE, "seconds": -1.0},
        {"kind": FaultKind.CUT_BODY, "cut": -1},
        {"kind": FaultKind.LIMITED_429, "retry_after": -1},
        {"kind": FaultKind.CLOSE, "point": "during"},
    ],
)
def test_a_fault_must_make_sense(wrong: dict[str, Any]) -> None:
    """A mistake in a script is found when it is written."""
    with pytest.raises(ValueError, match=r"fault|zero|needs"):
        Fault(**wrong)


def test_the_firewall_echoes_what_it_was_asked(exchange: Exchange, ask: Ask) -> None:
    """Its page holds the signature: clients must not repeat it. It knows no counts."""
    exchange.faults.inject(Fault(FaultKind.FIREWALL_403))
    answered = ask("DELETE", "margin/order", symbol="LTCBTC", orderId=1)
    assert b"signature=" in answered.json
    assert answered.headers["Content-Type"] == "text/html"
    assert "X-MBX-USED-WEIGHT-1M" not in answered.headers


def test_a_ban_says_when_it_ends(exchange: Exchange, ask: Ask, clock: Any) -> None:
    """The fault says so and no more: the next call is answered as ever."""
    exchange.faults.inject(Fault(FaultKind.BANNED_418, retry_after=7))
    answered = ask("GET", "margin/openOrders", symbol="A")
    assert answered.headers["Retry-After"] == "7"
    assert str(int((clock.now + 7) * 1000)) in answered.json["msg"]
    assert ask("GET", "margin/openOrders", symbol="A").status == 200


def test_a_script_picks_its_calls(exchange: Exchange, ask: Ask) -> None:
    """By method, path and order, after letting some pass, as often as it says."""
    first, second = exchange.rest("LTCBTC", 2)
    fault = Fault(FaultKind.ERROR_500)
    exchange.faults.inject(fault, path="/papi/v1/margin/order", order_id=second, skip=1, times=2)

    def cancel(order_id: int) -> int:
        status: int = ask("DELETE", "margin/order", symbol="LTCBTC", orderId=order_id).status
        return status

    assert [cancel(first), cancel(second)] == [200, 200]
    assert [cancel(second), cancel(second), cancel(second)] == [500, 500, 400]


def test_a_fault_for_ever_ends_when_cleared(exchange: Exchange, ask: Ask) -> None:
    """`times=None` strikes until the script is cleared."""
    exchange.faults.inject(Fault(FaultKind.ERROR_500), times=None)
    assert [ask("GET", "margin/openOrders", symbol="A").status for _ in range(3)] == [500] * 3
    exchange.faults.clear()
    assert ask("GET", "margin/openOrders", symbol="A").status == 200


def test_a_storm_is_the_same_in_every_run(clock: Callable[[], float]) -> None:
    """The seed decides which calls are struck and by what."""

    def struck() -> list[str | None]:
        exchange = Exchange(clock=clock)
        exchange.faults.storm(7, 0.3, method="DELETE", times=5)
        visits = [exchange.receive("DELETE", "/", {}) for _ in range(50)]
        assert exchange.receive("GET", "/", {}).fault is None
        return [None if visit.fault is None else visit.fault.name for visit in visits]

    assert struck() == struck()
    assert len([name for name in struck() if name]) == 5


def test_an_endless_storm(exchange: Exchange) -> None:
    """Without `times` it goes on."""
    exchange.faults.storm(1, 1.0, [Fault(FaultKind.RESET)])
    visits = [exchange.receive("GET", "/", {}) for _ in range(20)]
    assert {visit.delivery for visit in visits} == {Delivery.RESET}


def test_jitter_delays_both_ways(exchange: Exchange) -> None:
    """Up to half the time each way, on the calls it is for."""
    exchange.faults.jitter(3, 0.4, method="DELETE")
    visits = [exchange.receive("DELETE", "/", {}) for _ in range(20)]
    assert all(0 <= visit.delay <= 0.2 for visit in visits)
    assert all(0 <= visit.delay_after <= 0.2 for visit in visits)
    assert len({visit.delay for visit in visits}) == 20
    assert exchange.receive("GET", "/", {}).delay == 0


@pytest.mark.parametrize(("point", "delays"), [("before", (2.0, 0.0)), ("after", (0.0, 2.0))])
def test_a_fault_may_take_its_time(
    exchange: Exchange, point: Any, delays: tuple[float, float]
) -> None:
    """`seconds` are waited before execution or before the answer."""
    exchange.faults.inject(Fault(FaultKind.CLOSE, point, seconds=2.0))
    visit = exchange.receive("DELETE", "/papi/v1/ping?signature=abc", {})
    assert (visit.delay, visit.delay_after) == delays
    assert "abc" not in repr(visit)


def test_reads_may_lag_behind(exchange: Exchange, ask: Ask, clock: Any) -> None:
    """With stale reads an order that was just cancelled is still listed; the cancel is not fooled."""
    (order_id,) = exchange.rest("LTCBTC")
    clock.now += 10
    exchange.faults.stale_reads(2.0)
    ask("DELETE", "margin/order", symbol="LTCBTC", orderId=order_id)
    assert len(ask("GET", "margin/openOrders", symbol="LTCBTC").json) == 1
    again = ask("DELETE", "margin/order", symbol="LTCBTC", orderId=order_id)
    assert again.json["code"] == -2011
    clock.now += 2
    assert ask("GET", "margin/openOrders", symbol="LTCBTC").json == []

"""Every fault, so many times, on one cancel with a deadline of five seconds; ``-s`` prints the table."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Final, Literal, TypeAlias

import pytest

from binance_papi_async import AlreadyClosed, Canceled, NotSent, Refused, Unknown
from binance_papi_async.simulator import FAULTS, Fault, FaultKind, InProcessTransport
from binance_papi_async.wire.message import Answer, Outgoing
from tests.cancelling.truth import check_all, proper
from tests.cancelling.witness import SYMBOL, Witness, cancel_of, held

Kind: TypeAlias = type[Canceled[object] | AlreadyClosed[object] | Refused | NotSent | Unknown]
Record: TypeAlias = dict[tuple[str, str], dict[str, str]]

DEADLINE: Final = 5.0
TIMES: Final = {"once": 1, "twice": 2, "always": None}
RESENDS: Final = {
    FaultKind.UNAVAILABLE_503: 3,
    FaultKind.UNAVAILABLE_503_TEXT: 3,
    FaultKind.DISCONNECTED_503: 3,
    FaultKind.THROTTLED_503: 3,
    FaultKind.FIREWALL_403: 2,
    FaultKind.TIMESTAMP: 1,
    FaultKind.ENGINE_TIMESTAMP: 1,
}
"""Documented as not executed, and how often that is worth another try at least.

A 429 is not in it: here the exchange's minute has 40 s to run, and nothing may be sent before it ends.
"""


def expected(fault: Fault, times: int | None) -> Kind:
    """From the facts of the fault alone, when it strikes the DELETE: is it carried out, is it said so?"""
    if fault.answer is not None and fault.answer.is_executed is False:
        is_over = times is not None and times <= RESENDS.get(fault.kind, 0)
        return Canceled if is_over else Refused
    if fault.prevents_execution and times is None:
        return Unknown
    return Canceled


def expected_everywhere(fault: Fault, times: int | None) -> Kind:
    """The same when it strikes the reads as well: what is never read is never known."""
    is_whole = fault.kind is FaultKind.DELAY or (
        fault.kind is FaultKind.STRAY and fault.point == "after"
    )
    is_silent = fault.answer is None or fault.answer.is_executed is None
    if times is None and is_silent and not is_whole:
        return Unknown
    return expected(fault, times)


def title(fault: Fault) -> str:
    """The name of a fault."""
    return fault.name


@pytest.fixture(scope="module")
def table() -> Iterator[Record]:
    """Rows by fault and door, printed at the end."""
    rows: Record = {}
    yield rows
    columns = sorted({column for row in rows.values() for column in row})
    print(f"\n{'fault':28}{'strikes':12}" + "".join(f"{column:>22}" for column in columns))  # noqa: T201 - asked for by -s
    for (name, where), row in rows.items():
        print(f"{name:28}{where:12}" + "".join(f"{row.get(c, ''):>22}" for c in columns))  # noqa: T201


@pytest.mark.parametrize("times", TIMES)
@pytest.mark.parametrize("fault", FAULTS, ids=title)
@held
async def test_a_fault_of_the_cancel(fault: Fault, times: str, table: Record) -> None:
    """Whatever becomes of the DELETE, the outcome is the true one."""
    count = TIMES[times]
    exchange = Witness()
    (order_id,) = exchange.rest(SYMBOL)
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(fault, method="DELETE", times=count)
        began = asyncio.get_running_loop().time()
        outcome = await papi.cancel(cancel_of(order_id), deadline=DEADLINE)
        took = asyncio.get_running_loop().time() - began
        table.setdefault((fault.name, "the DELETE"), {})[times] = f"{proper(outcome)} {took:.2f} s"
        assert took <= DEADLINE + 0.01
        check_all(exchange, [cancel_of(order_id)], [outcome])
        assert type(outcome) is expected(fault, count)
        assert not papi.in_flight
        assert bool(papi.unresolved) is isinstance(outcome, Unknown)
        exchange.faults.clear()
        for settled in await papi.settle(60):
            check_all(exchange, [cancel_of(order_id)], [settled])
        assert not papi.unresolved


@pytest.mark.parametrize("times", TIMES)
@pytest.mark.parametrize("fault", FAULTS, ids=title)
@held
async def test_a_fault_of_every_call(fault: Fault, times: str, table: Record) -> None:
    """The same with the reads struck too: unknown is what cannot be read until the deadline, no more."""
    count = TIMES[times]
    exchange = Witness()
    (order_id,) = exchange.rest(SYMBOL)
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(fault, times=count)
        outcome = await papi.cancel(cancel_of(order_id), deadline=DEADLINE)
        table.setdefault((fault.name, "every call"), {})[times] = proper(outcome)
        check_all(exchange, [cancel_of(order_id)], [outcome])
        if fault.kind in (FaultKind.TIMESTAMP, FaultKind.ENGINE_TIMESTAMP) and count == 2:
            assert type(outcome) in (Canceled, Refused), "the second may strike the time call"
        else:
            assert type(outcome) is expected_everywhere(fault, count)


@pytest.mark.parametrize("fault", FAULTS, ids=title)
@pytest.mark.asyncio
async def test_a_fault_through_a_real_server(fault: Fault, table: Record) -> None:
    """Real sockets fail as the held ones do."""
    past_the_turn = 20.0 - time.time() % 60
    async with Witness(clock=lambda: time.time() + past_the_turn) as exchange:
        (order_id,) = exchange.rest(SYMBOL)
        async with exchange.client(timeout=0.25) as papi:
            exchange.faults.inject(fault, method="DELETE")
            outcome = await papi.cancel(cancel_of(order_id), deadline=DEADLINE)
            table.setdefault((fault.name, "the DELETE"), {})["real server, once"] = proper(outcome)
            check_all(exchange, [cancel_of(order_id)], [outcome])
            assert type(outcome) is expected(fault, 1)


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
@pytest.mark.asyncio
async def test_a_connection_refused_is_tried_again(*, tls: bool, table: Record) -> None:
    """Nothing left, so it is sent again; with TLS the connection ends within the handshake."""
    async with Witness(clock=time.time, tls=tls) as exchange:
        both = exchange.rest(SYMBOL, 2)
        async with exchange.client() as papi:
            exchange.refuse_connections(1)
            outcomes = await asyncio.gather(
                *(papi.cancel(cancel_of(each), deadline=DEADLINE) for each in both)
            )
        assert exchange.server.accepted == 2, "the second was refused"
        table[f"refused, {'TLS' if tls else 'plain'}", "connecting"] = {
            "real server, once": ", ".join(map(proper, outcomes))
        }
        check_all(exchange, [cancel_of(each) for each in both], outcomes)
        assert [type(outcome) for outcome in outcomes] == [Canceled, Canceled]
        assert len(exchange.deletes) == 2


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
@pytest.mark.asyncio
async def test_an_exchange_that_is_gone_was_sent_nothing(*, tls: bool) -> None:
    """No connection until the deadline: not sent, and never unknown."""
    async with Witness(clock=time.time, tls=tls) as exchange:
        both = exchange.rest(SYMBOL, 2)
        async with exchange.client() as papi:
            await exchange.server.stop()
            await asyncio.sleep(0.05)  # the end of the idle connection is on its way
            outcomes = await asyncio.gather(
                *(papi.cancel(cancel_of(each), deadline=0.5) for each in both)
            )
            check_all(exchange, [cancel_of(each) for each in both], outcomes)
            assert [type(outcome) for outcome in outcomes] == [NotSent, NotSent]
            assert not papi.unresolved


@pytest.mark.parametrize("times", TIMES)
@held
async def test_connections_refused_in_process(times: str, table: Record) -> None:
    """Once and twice it is tried again; for ever, it was not sent."""
    count = TIMES[times]
    exchange = Witness()
    (order_id,) = exchange.rest(SYMBOL)
    transport = exchange.transport()
    async with exchange.in_process_client(transport=transport) as papi:
        transport.refuse_connections(count or 10**9)
        outcome = await papi.cancel(cancel_of(order_id), deadline=DEADLINE)
        table.setdefault(("refused", "connecting"), {})[times] = proper(outcome)
        check_all(exchange, [cancel_of(order_id)], [outcome])
        assert type(outcome) is (Canceled if count else NotSent)
        assert len(exchange.deletes) == (1 if count else 0)


@held
async def test_a_429_just_before_the_minute_turns_is_waited_for() -> None:
    """Within the deadline it is sent again, and never before Retry-After."""
    exchange = Witness()
    (order_id,) = exchange.rest(SYMBOL)
    async with exchange.in_process_client() as papi:
        await asyncio.sleep(38)  # two seconds to the turn
        exchange.faults.inject(Fault(FaultKind.LIMITED_429, retry_after=3), method="DELETE")
        outcome = await papi.cancel(cancel_of(order_id), deadline=DEADLINE)
    check_all(exchange, [cancel_of(order_id)], [outcome])
    assert isinstance(outcome, Canceled)
    (first, _), (second, _) = exchange.deletes
    assert second - first == pytest.approx(3, abs=0.01)
    assert second - first >= 3


BEYOND_DEADLINE: Final = (FaultKind.LIMITED_429, FaultKind.ORDERS_429, FaultKind.BANNED_418)
"""Faults that last longer than the deadline although they strike once: 40 s to the minute, or the ban."""


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("lost", ["before", "after"])
@pytest.mark.parametrize("fault", FAULTS, ids=title)
@held
async def test_a_lost_reply_and_then_a_fault_of_the_read(
    fault: Fault, lost: Literal["before", "after"], times: int
) -> None:
    """The doubt outlives whatever keeps the read from answering, if that ends before the deadline."""
    exchange = Witness()
    (order_id,) = exchange.rest(SYMBOL)
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(Fault(FaultKind.CLOSE, lost), method="DELETE")
        exchange.faults.inject(
            Fault(fault.kind, fault.point, seconds=fault.seconds, retry_after=60),
            method="GET",
            times=times,
        )
        outcome = await papi.cancel(cancel_of(order_id), deadline=DEADLINE)
    check_all(exchange, [cancel_of(order_id)], [outcome])
    assert type(outcome) is (Unknown if fault.kind in BEYOND_DEADLINE else Canceled)


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("fault", FAULTS, ids=title)
@held
async def test_a_lost_reply_and_then_a_fault_of_the_second_cancel(fault: Fault, times: int) -> None:
    """Swallowed, read as open, sent again, and struck again: the same."""
    exchange = Witness()
    (order_id,) = exchange.rest(SYMBOL)
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(Fault(FaultKind.CLOSE), method="DELETE")
        exchange.faults.inject(
            Fault(fault.kind, fault.point, seconds=fault.seconds, retry_after=60),
            method="DELETE",
            times=times,
        )
        outcome = await papi.cancel(cancel_of(order_id), deadline=DEADLINE)
    check_all(exchange, [cancel_of(order_id)], [outcome])
    assert type(outcome) is (Unknown if fault.kind in BEYOND_DEADLINE else Canceled)


class TooManyOrders(InProcessTransport):
    """Answers every DELETE that too many orders were placed."""

    deletes = 0

    async def send(self, outgoing: Outgoing, *, timeout: float) -> Answer:  # noqa: ASYNC109 - the contract's
        """A 429 of the order limit, which a cancel needs nothing of."""
        if outgoing.method != "DELETE":
            return await super().send(outgoing, timeout=timeout)
        self.deletes += 1
        outgoing.has_left = True
        return Answer(429, {}, b'{"code":-1015,"msg":"Too many new orders."}')


@held
async def test_a_limit_on_orders_that_answers_a_cancel_closes_the_pool() -> None:
    """Waiting for the order limit would not hold a cancel back, and it would be sent in a tight loop."""
    exchange = Witness()
    transport = TooManyOrders(exchange)
    async with exchange.in_process_client(transport=transport) as papi:
        outcome = await papi.cancel(cancel_of(28), deadline=0.5)
    assert isinstance(outcome, Refused)
    assert transport.deletes == 1

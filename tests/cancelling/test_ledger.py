"""What is under way or unknown: shown, waited for, asked about again, and named when the client closes."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Awaitable
from typing import Any

import pytest

from binance_papi_async import (
    AlreadyClosed,
    Canceled,
    NotSent,
    NotSentError,
    Outcomes,
    PapiClient,
    Refused,
    Unknown,
)
from binance_papi_async.client import CLOSING_PATIENCE
from binance_papi_async.deciding.ledger import MOST_UNCOLLECTED, Ledger
from binance_papi_async.simulator import Fault, FaultKind, InProcessTransport
from binance_papi_async.wire.message import Answer, Outgoing
from tests.cancelling.truth import check_all
from tests.cancelling.witness import (
    ALL_OPEN_ORDERS,
    OPEN_ORDERS,
    ORDER,
    SYMBOL,
    Witness,
    cancel_of,
    cancels,
    held,
)

SILENT_AFTER = Fault(FaultKind.SILENCE, "after")
SILENT_BEFORE = Fault(FaultKind.SILENCE, "before")
LOST_AFTER = Fault(FaultKind.CLOSE, "after")


def warnings_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged at all."""
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.INFO]


@pytest.mark.parametrize("fault", [SILENT_AFTER, SILENT_BEFORE], ids=lambda f: f.name)
@held
async def test_settling_finds_the_truth(fault: Fault, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing answers until the deadline: unknown. Asked again when the exchange is back: known."""
    exchange = Witness()
    requests = cancels(exchange.rest(SYMBOL, 20))
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(fault, times=None)
        outcomes = await papi.cancel_many(requests, deadline=5)
        assert [type(each) for each in outcomes] == [Unknown] * 20
        assert {each.request for each in papi.unresolved} == set(requests)
        assert papi.in_flight == ()
        exchange.faults.clear()
        before = sum(exchange.truth.window_weights().values())
        settled = await papi.settle(5)
        assert sum(exchange.truth.window_weights().values()) - before == settled.weight
        assert papi.unresolved == ()
        ordered = sorted(settled, key=lambda each: requests.index(each.request))  # type: ignore[arg-type]
        check_all(exchange, requests, ordered)
        assert len(settled.canceled) == 20
        assert list(await papi.settle(5)) == [], "what was collected is not told again"
    assert warnings_of(caplog) == []


@held
async def test_settling_asks_with_one_list() -> None:
    """100 unknown of one symbol are screened by one list, and how they ended is read from another."""
    exchange = Witness()
    requests = cancels(exchange.rest(SYMBOL, 100))
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(SILENT_AFTER, times=None)
        await papi.cancel_many(requests, deadline=2)
        exchange.faults.clear()
        before = len(exchange.truth.arrivals("GET", OPEN_ORDERS))
        settled = await papi.settle(5)
    assert len(settled.canceled) == 100
    assert settled.weight == 5 + 100
    assert len(exchange.truth.arrivals("GET", OPEN_ORDERS)) == before + 1
    assert not exchange.truth.arrivals("GET", ORDER)


@held
async def test_settling_does_not_let_one_silence_hold_up_the_rest() -> None:
    """While one cancel is out for long, what is unresolved is asked about."""
    exchange = Witness()
    stuck, doubtful = exchange.rest(SYMBOL, 2)
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(SILENT_AFTER, times=None)
        outcome = await papi.cancel(cancel_of(doubtful), deadline=1)
        assert isinstance(outcome, Unknown)
        exchange.faults.clear()
        exchange.faults.inject(SILENT_AFTER, order_id=stuck, times=None)
        running = asyncio.create_task(papi.cancel(cancel_of(stuck), deadline=60))
        await asyncio.sleep(0)
        (settled,) = await papi.settle(2)
        assert settled.request == cancel_of(doubtful)
        assert isinstance(settled, Canceled)
        exchange.faults.clear()
        assert isinstance(await running, Canceled)


@held
async def test_what_is_in_flight_is_shown() -> None:
    """From leaving until it is known, and not a moment longer."""
    exchange = Witness()
    (order_id,) = exchange.rest(SYMBOL)
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(Fault(FaultKind.DELAY, seconds=2), method="DELETE")
        assert not papi.in_flight
        running = asyncio.create_task(papi.cancel(cancel_of(order_id)))
        await asyncio.sleep(1)
        assert list(papi.in_flight) == [cancel_of(order_id)]
        await running
        assert not papi.in_flight


@held
async def test_what_waits_for_weight_is_not_in_flight() -> None:
    """Nothing has left; and the waiting leaves nothing behind."""
    exchange = Witness(weight_limit=10)
    requests = cancels(exchange.rest(SYMBOL, 20))
    async with exchange.in_process_client() as papi:
        running = asyncio.create_task(papi.cancel_many(requests))
        await asyncio.sleep(1)
        assert papi.in_flight == ()
        running.cancel()
        await asyncio.wait([running])
        await asyncio.sleep(0)
        assert papi._desk.ledger.operations == set()
        assert papi._desk._tasks == set()


@held
async def test_a_new_cancel_of_an_unresolved_one_resolves_it() -> None:
    """Whoever cancels it again learns what became of it, and so does the ledger."""
    exchange = Witness()
    (order_id,) = exchange.rest(SYMBOL)
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(SILENT_AFTER, times=None)
        assert isinstance(await papi.cancel(cancel_of(order_id), deadline=1), Unknown)
        exchange.faults.clear()
        again = await papi.cancel(cancel_of(order_id))
        assert isinstance(again, AlreadyClosed), "by the first of the two"
        assert papi.unresolved == ()


async def close(papi: PapiClient) -> float:
    """Close it, and how long that took."""
    began = asyncio.get_running_loop().time()
    await papi.close()
    return asyncio.get_running_loop().time() - began


@held
async def test_closing_names_what_remains_unknown(caplog: pytest.LogCaptureFixture) -> None:
    """One warning, with every order in it, and no longer than its patience."""
    exchange = Witness()
    known, *lost = exchange.rest(SYMBOL, 4)
    papi = exchange.in_process_client()
    await papi.open()
    exchange.faults.inject(SILENT_BEFORE, times=None)
    await papi.cancel_many(cancels(lost), deadline=1)
    assert await close(papi) <= CLOSING_PATIENCE + 0.1
    (warning,) = warnings_of(caplog)
    assert all(f"order_id={order_id}," in warning for order_id in lost)
    assert f"order_id={known}," not in warning
    assert {each.request for each in papi.unresolved} == set(cancels(lost))


@pytest.mark.parametrize("is_many", [False, True], ids=["one", "many"])
@held
async def test_closing_names_what_is_still_out(
    *, is_many: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """The caller is gone, the exchange silent, the deadline far: closing does not forget what is out."""
    exchange = Witness()
    orders = exchange.rest(SYMBOL, 3 if is_many else 1)
    papi = exchange.in_process_client()
    await papi.open()
    exchange.faults.inject(SILENT_AFTER, times=None)
    caller = asyncio.ensure_future(
        papi.cancel_many(cancels(orders), deadline=600)
        if is_many
        else papi.cancel(cancel_of(orders[0]), deadline=600)
    )
    await asyncio.sleep(1)
    caller.cancel()
    await asyncio.wait([caller])
    assert set(papi.in_flight) == set(cancels(orders))
    assert await close(papi) <= CLOSING_PATIENCE + 0.1
    (warning,) = warnings_of(caplog)
    assert all(f"order_id={order_id}," in warning for order_id in orders)
    assert papi.in_flight == ()
    assert {each.request for each in papi.unresolved} == set(cancels(orders))
    gc.collect()


@held
async def test_closing_names_what_a_cancel_of_all_left(caplog: pytest.LogCaptureFixture) -> None:
    """The same for orders that only a cancel of all has named."""
    exchange = Witness()
    orders = exchange.rest(SYMBOL, 5)
    papi = exchange.in_process_client()
    await papi.open()
    exchange.faults.inject(SILENT_AFTER, method="DELETE", times=None)
    caller = asyncio.create_task(papi.cancel_all([SYMBOL], deadline=600))
    await asyncio.sleep(1)
    assert set(papi.in_flight) == set(cancels(orders))
    caller.cancel()
    await asyncio.wait([caller])
    exchange.faults.inject(SILENT_AFTER, times=None)
    await close(papi)
    (warning,) = warnings_of(caplog)
    assert all(f"order_id={order_id}," in warning for order_id in orders)


@held
async def test_a_refusal_is_not_made_unknown_by_closing(caplog: pytest.LogCaptureFixture) -> None:
    """Refused, and waiting to be sent again: nothing is out, so nothing is unknown."""
    exchange = Witness()
    (order_id,) = exchange.rest(SYMBOL)
    papi = exchange.in_process_client()
    await papi.open()
    exchange.faults.inject(Fault(FaultKind.LIMITED_429, retry_after=300), method="DELETE")
    caller = asyncio.create_task(papi.cancel(cancel_of(order_id), deadline=600))
    await asyncio.sleep(1)
    caller.cancel()
    await asyncio.wait([caller])
    await close(papi)
    assert warnings_of(caplog) == []
    assert papi.unresolved == ()
    assert len(exchange.deletes) == 1


@held
async def test_closing_with_nothing_unknown_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """Doubts that closing resolves are no news."""
    exchange = Witness()
    orders = exchange.rest(SYMBOL, 5)
    papi = exchange.in_process_client()
    await papi.open()
    exchange.faults.inject(SILENT_AFTER, times=None)
    await papi.cancel_many(cancels(orders), deadline=1)
    exchange.faults.clear()
    exchange.faults.inject(Fault(FaultKind.DELAY, seconds=2), method="DELETE")
    (late,) = exchange.rest(SYMBOL)
    caller = asyncio.create_task(papi.cancel(cancel_of(late)))
    await asyncio.sleep(0.5)
    caller.cancel()
    await asyncio.wait([caller])
    took = await close(papi)
    assert took >= 1.5, "it was waited for"
    assert warnings_of(caplog) == []
    assert (papi.in_flight, papi.unresolved) == ((), ())
    assert not exchange.book.open_orders(SYMBOL)


@held
async def test_closing_does_not_wait_without_a_reason() -> None:
    """No time passes when everything is known."""
    exchange = Witness()
    papi = exchange.in_process_client()
    await papi.open()
    await papi.cancel_many(cancels(exchange.rest(SYMBOL, 5)))
    assert await close(papi) == 0


@held
async def test_settling_may_be_cancelled() -> None:
    """Nothing it had found out is lost."""
    exchange = Witness()
    first, second = exchange.rest(SYMBOL), exchange.rest("BNBBTC")
    requests = [cancel_of(first[0]), cancel_of(second[0], "BNBBTC")]
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(SILENT_AFTER, times=None)
        await papi.cancel_many(requests, deadline=2)
        exchange.faults.clear()
        exchange.faults.inject(SILENT_AFTER, path=OPEN_ORDERS, skip=1, times=None)
        settling = asyncio.create_task(papi.settle(60))
        await asyncio.sleep(2)
        assert len(papi.unresolved) == 1, "one was found out"
        settling.cancel()
        await asyncio.wait([settling])
        exchange.faults.clear()
        settled = await papi.settle(60)
        assert {each.request for each in settled} == set(requests)


@held
async def test_a_cancel_before_opening_is_a_mistake_of_the_caller_s() -> None:
    """It raises, and leaves nothing in the ledger."""
    exchange = Witness()
    papi = exchange.in_process_client()
    with pytest.raises(RuntimeError, match="enter the client first"):
        await papi.cancel(cancel_of(1))
    with pytest.raises(RuntimeError, match="enter the client first"):
        await papi.cancel_many([cancel_of(1)])
    await asyncio.sleep(0)
    assert (papi.in_flight, papi.unresolved) == ((), ())
    assert papi._desk.ledger.operations == set()


@pytest.mark.parametrize("deadline", [0, -1, float("nan")])
@held
async def test_a_deadline_that_is_none_is_refused(deadline: float) -> None:
    """By every way to cancel."""
    exchange = Witness()
    async with exchange.in_process_client() as papi:
        with pytest.raises(ValueError, match="deadline must be above zero"):
            await papi.cancel(cancel_of(1), deadline=deadline)
        with pytest.raises(ValueError, match="deadline must be above zero"):
            await papi.cancel_many([], deadline=deadline)
        with pytest.raises(ValueError, match="deadline must be above zero"):
            await papi.cancel_all([], deadline=deadline)
        with pytest.raises(ValueError, match="deadline must be above zero"):
            _ = [each async for each in papi.cancel_as_completed([], deadline=deadline)]


@held
async def test_a_batch_without_a_key_leaves_nothing_in_the_ledger() -> None:
    """A mistake of the caller's is raised, once, and nothing stays in flight for ever."""
    exchange = Witness()
    keyless = PapiClient(transport=exchange.transport())
    async with keyless as papi:
        with pytest.raises(ValueError, match="needs a key"):
            await papi.cancel_many([cancel_of(1), cancel_of(2)])
        await asyncio.sleep(0)
        assert papi.in_flight == ()
        with pytest.raises(ValueError, match="needs a key"):
            await papi.cancel(cancel_of(1))
        await asyncio.sleep(0)
        assert papi.in_flight == ()
    assert not exchange.deletes


@held
async def test_a_refusal_is_not_in_the_ledger() -> None:
    """Only what nobody knows is unresolved."""
    exchange = Witness()
    (order_id,) = exchange.rest(SYMBOL)
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(Fault(FaultKind.FIREWALL_403), method="DELETE", times=None)
        assert isinstance(await papi.cancel(cancel_of(order_id), deadline=2), Refused)
        assert papi.unresolved == ()


@held
async def test_closing_waits_for_a_cancel_of_all(caplog: pytest.LogCaptureFixture) -> None:
    """It is out, the caller gone: its reply is waited for, and nothing is unknown."""
    exchange = Witness()
    exchange.rest(SYMBOL, 5)
    papi = exchange.in_process_client()
    await papi.open()
    exchange.faults.inject(Fault(FaultKind.DELAY, seconds=2), path=ALL_OPEN_ORDERS)
    caller = asyncio.create_task(papi.cancel_all([SYMBOL]))
    await asyncio.sleep(0.5)
    caller.cancel()
    await asyncio.wait([caller])
    assert len(papi.in_flight) == 5
    assert 1.4 < await close(papi) < 1.6
    assert warnings_of(caplog) == []
    assert not exchange.book.open_orders(SYMBOL)


@held
async def test_whoever_settles_at_once_with_others_cancels_nothing_twice() -> None:
    """Two calls share the asking: one DELETE for each order still open, and each told once."""
    exchange = Witness()
    requests = cancels(exchange.rest(SYMBOL, 3))
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(SILENT_BEFORE, times=None)
        await papi.cancel_many(requests, deadline=2)
        exchange.faults.clear()
        exchange.faults.jitter(1, 0.2)
        before = len(exchange.deletes)
        one, other = await asyncio.gather(papi.settle(20), papi.settle(20))
        assert len(exchange.deletes) - before == 3
        assert sorted([*one, *other], key=repr) == sorted(one, key=repr)
        assert {each.request for each in one.canceled} == set(requests)
        assert papi.unresolved == ()


@held
async def test_settling_out_of_a_callback_cancels_nothing_twice() -> None:
    """A doubt is settled from where it is told: by then it belongs to the settling, not to the batch."""
    exchange = Witness()
    requests = cancels(exchange.rest(SYMBOL, 6))
    settling: list[asyncio.Task[Outcomes[Any]]] = []
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(SILENT_BEFORE, times=None)

        def settle(_: object) -> None:
            exchange.faults.clear()
            settling.append(asyncio.create_task(papi.settle(30)))

        await papi.cancel_many(requests, deadline=2, on_outcome=settle)
        before = len(exchange.deletes)
        exchange.faults.jitter(3, 0.3)
        told = [each for outcomes in await asyncio.gather(*settling) for each in outcomes]
        assert len(exchange.deletes) - before == 6
        assert len(told) == 6
        assert {each.request for each in told} == set(requests)


@held
async def test_closing_ends_a_settling_under_way() -> None:
    """However long it was to last."""
    exchange = Witness()
    papi = exchange.in_process_client()
    await papi.open()
    exchange.faults.inject(SILENT_BEFORE, times=None)
    await papi.cancel_many(cancels(exchange.rest(SYMBOL, 3)), deadline=2)
    settling = asyncio.create_task(papi.settle(3600))
    await asyncio.sleep(1)
    assert await close(papi) <= CLOSING_PATIENCE + 0.1
    async with asyncio.timeout(1):
        assert list(await settling) == []
    assert len(papi.unresolved) == 3


@held
async def test_settling_what_a_cancel_of_all_left_believes_no_read_that_lags() -> None:
    """The cancel was swallowed, and the first read after it shows nothing open yet."""
    exchange = Witness()
    async with exchange.in_process_client() as papi:
        await asyncio.sleep(10)
        orders = exchange.rest(SYMBOL, 4)
        exchange.faults.inject(SILENT_BEFORE, path=ALL_OPEN_ORDERS)
        report = await papi.cancel_all([SYMBOL], deadline=0.2)
        assert len(report.outcomes.unknown) == 4
        exchange.faults.stale_reads(1.0)
        settled = await papi.settle(5)
    check_all(exchange, cancels(orders), sorted(settled, key=lambda each: repr(each.request)))
    assert not exchange.book.open_orders(SYMBOL)


@held
async def test_a_cancel_meanwhile_ends_the_doubt_that_is_being_settled() -> None:
    """Its reply says it all, and asking in vain does not bring the doubt back."""
    exchange = Witness()
    (order_id,) = exchange.rest(SYMBOL)
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(SILENT_BEFORE, times=None)
        await papi.cancel(cancel_of(order_id), deadline=1)
        exchange.faults.clear()
        exchange.faults.inject(SILENT_BEFORE, method="GET", times=None)
        settling = asyncio.create_task(papi.settle(5))
        await asyncio.sleep(1)
        assert isinstance(await papi.cancel(cancel_of(order_id), deadline=2), Canceled)
        assert list(await settling) == []
        assert papi.unresolved == ()
        assert papi.in_flight == ()


class Broken(InProcessTransport):
    """Raises, behind the first bytes of a DELETE, what no transport should."""

    async def send(self, outgoing: Outgoing, *, timeout: float) -> Answer:  # noqa: ASYNC109
        """Break, or let through what is no DELETE."""
        if outgoing.method != "DELETE":
            return await super().send(outgoing, timeout=timeout)
        outgoing.has_left = True
        raise RuntimeError("the transport broke")


@pytest.mark.parametrize("is_many", [False, True], ids=["one", "many"])
@held
async def test_an_error_of_ours_does_not_lose_what_has_left(*, is_many: bool) -> None:
    """It is raised, and the order is in doubt until it is settled."""
    exchange = Witness()
    (order_id,) = exchange.rest(SYMBOL)
    async with exchange.in_process_client(transport=Broken(exchange)) as papi:
        request = cancel_of(order_id)
        call: Awaitable[object] = papi.cancel_many([request]) if is_many else papi.cancel(request)
        with pytest.raises(RuntimeError, match="broke"):
            await call
        await asyncio.sleep(0)
        assert [each.request for each in papi.unresolved] == [cancel_of(order_id)]
        assert papi.in_flight == ()
        exchange.book.fill(order_id)
        (settled,) = await papi.settle(5)
        assert settled.request == cancel_of(order_id)
        assert isinstance(settled, AlreadyClosed)


def test_what_nobody_collects_is_bounded(caplog: pytest.LogCaptureFixture) -> None:
    """The newest are kept, one warning says so, and what is collected makes room."""
    ledger = Ledger()
    outcomes = [NotSent(cancel_of(each), NotSentError("no")) for each in range(MOST_UNCOLLECTED)]
    ledger.keep(outcomes[:-1])
    assert warnings_of(caplog) == []
    ledger.keep(outcomes[-1:] + outcomes[:5])
    ledger.keep(outcomes[:5])
    (warning,) = warnings_of(caplog)
    assert "call papi.settle()" in warning
    assert ledger.collect() == outcomes[10:] + outcomes[:5] * 2
    assert ledger.collect() == []

"""Batches: they start at once, keep the order, spend little, and end well however they end."""

from __future__ import annotations

import asyncio
import os
import tracemalloc
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any, Final

import pytest
from multidict import CIMultiDict

from binance_papi_async import (
    AuthenticationError,
    BannedError,
    Canceled,
    CancelMarginOrder,
    HmacKey,
    LimitedError,
    NotSent,
    Outcome,
    Outcomes,
    PapiClient,
    RateLimitedError,
    Unknown,
)
from binance_papi_async.clock import Clock
from binance_papi_async.limits.limiter import Limiter
from binance_papi_async.simulator import Fault, FaultKind, InProcessTransport
from binance_papi_async.wire.message import Answer, Outgoing
from tests.cancelling.truth import check_all
from tests.cancelling.witness import (
    OPEN_ORDERS,
    ORDER,
    SYMBOL,
    Witness,
    cancel_list_of,
    cancel_of,
    cancels,
    held,
)

LOST_AFTER: Final = Fault(FaultKind.CLOSE, "after")
LOST_BEFORE: Final = Fault(FaultKind.CLOSE, "before")


def arrived(exchange: Witness) -> list[int | None]:
    """Ids in the order their cancels came in."""
    return [arrival.order_id for arrival in exchange.truth.arrivals("DELETE")]


@held
async def test_the_first_leave_before_the_last_is_taken() -> None:
    """A generator sees DELETEs come in while it still has requests to give."""
    exchange = Witness()
    orders = exchange.rest(SYMBOL, 1000)
    seen: list[int] = []

    def requests() -> Iterator[CancelMarginOrder]:
        for order_id in orders:
            seen.append(len(exchange.deletes))
            yield cancel_of(order_id)

    async with exchange.in_process_client(max_connections=10) as papi:
        outcomes = await papi.cancel_many(requests())
    check_all(exchange, cancels(orders), outcomes)
    taken_first = next(taken for taken, count in enumerate(seen) if count)
    assert taken_first <= 10, "no more are taken than can be under way"
    assert seen[-1] >= 980


@held
async def test_an_async_generator_may_wait_for_the_first_to_arrive() -> None:
    """The second request is made only when the first DELETE has come in: no deadlock."""
    exchange = Witness()
    orders = exchange.rest(SYMBOL, 3)

    async def requests() -> AsyncIterator[CancelMarginOrder]:
        for count, order_id in enumerate(orders):
            while len(exchange.deletes) < count:  # noqa: ASYNC110 - the exchange tells nobody
                await asyncio.sleep(0.01)
            yield cancel_of(order_id)

    async with exchange.in_process_client() as papi:
        outcomes = await papi.cancel_many(requests(), deadline=5)
    check_all(exchange, cancels(orders), outcomes)
    assert len(outcomes.canceled) == 3


@pytest.mark.asyncio
async def test_bytes_leave_before_the_last_is_taken() -> None:
    """The same on a real socket."""
    async with Witness(clock=None) as exchange:
        orders = exchange.rest(SYMBOL, 200)
        seen: list[int] = []

        async def requests() -> AsyncIterator[CancelMarginOrder]:
            for order_id in orders:
                seen.append(len(exchange.deletes))
                yield cancel_of(order_id)
                await asyncio.sleep(0)

        async with exchange.client(max_connections=10) as papi:
            outcomes = await papi.cancel_many(requests())
        check_all(exchange, cancels(orders), outcomes)
    assert seen[-1] > 100


@held
async def test_the_order_is_kept() -> None:
    """Answers come in any order, outcomes in the order of the requests."""
    exchange = Witness()
    requests = cancels(exchange.rest(SYMBOL, 300))[::-1]
    landed: list[Outcome[Any]] = []
    async with exchange.in_process_client() as papi:
        exchange.faults.jitter(3, 1.0)
        outcomes = await papi.cancel_many(requests, on_outcome=landed.append)
    check_all(exchange, requests, outcomes)
    assert [each.request for each in landed] != requests, "they did land in another order"
    assert sorted(map(repr, landed)) == sorted(map(repr, outcomes))


@pytest.mark.parametrize(
    "fault", [None, LOST_AFTER, LOST_BEFORE], ids=["answered", "after", "before"]
)
@held
async def test_duplicates_are_sent_once_and_answered_twice(fault: Fault | None) -> None:
    """While the first is under way, and after it has landed."""
    exchange = Witness()
    first, second = exchange.rest(SYMBOL, 2)
    requests = [
        cancel_of(first),
        cancel_of(first),
        CancelMarginOrder(symbol=SYMBOL, order_id=first, new_client_order_id="other"),
        cancel_of(second),
        cancel_of(first),
    ]
    landed: list[Outcome[Any]] = []

    async def slowly() -> AsyncIterator[CancelMarginOrder]:
        for request in requests:
            yield request
            await asyncio.sleep(0.3)

    async with exchange.in_process_client() as papi:
        if fault is not None:
            exchange.faults.inject(fault, method="DELETE")
        outcomes = await papi.cancel_many(slowly(), on_outcome=landed.append)
    check_all(exchange, requests, outcomes)
    assert len(outcomes.canceled) == len(landed) == 5
    assert arrived(exchange).count(first) == (2 if fault is LOST_BEFORE else 1)
    assert outcomes[0] == outcomes[1] == outcomes[4]


@held
async def test_duplicates_under_way_are_answered_together() -> None:
    """All places that name the order while its cancel is out."""
    exchange = Witness()
    first, second = exchange.rest(SYMBOL, 2)
    requests = [cancel_of(each) for each in (first, first, second, first, second)]
    async with exchange.in_process_client() as papi:
        exchange.faults.jitter(1, 0.2)
        outcomes = await papi.cancel_many(requests)
    check_all(exchange, requests, outcomes)
    assert len(outcomes.canceled) == 5
    assert len(exchange.deletes) == 2


@held
async def test_two_lists_are_two_things() -> None:
    """Requests of one class are told apart by what they name."""
    exchange = Witness()
    requests = [cancel_list_of(exchange.rest_list()[0]) for _ in range(3)]
    async with exchange.in_process_client() as papi:
        outcomes = await papi.cancel_many(requests)
    check_all(exchange, requests, outcomes)
    assert len(outcomes.canceled) == 3


@held
async def test_the_first_list_of_all_has_a_name() -> None:
    """List 0, as in the exchange's own example, swallowed once: it is open, and says so."""
    exchange = Witness()
    exchange.book._lists.clear()
    list_id, _ = exchange.rest_list()
    assert list_id == 0
    request = cancel_list_of(0)
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(LOST_BEFORE, method="DELETE")
        outcomes = await papi.cancel_many([request])
    check_all(exchange, [request], outcomes)


@held
async def test_an_empty_batch() -> None:
    """Nothing in, nothing out, nothing spent."""

    async def nothing() -> AsyncIterator[CancelMarginOrder]:
        for request in cancels([]):
            yield request

    exchange = Witness()
    async with exchange.in_process_client() as papi:
        sources: list[Any] = [[], (), iter(()), nothing()]
        for empty in sources:
            outcomes = await papi.cancel_many(empty)
            assert (len(outcomes), outcomes.weight) == (0, 0)
        assert [each async for each in papi.cancel_as_completed([])] == []
    assert not exchange.deletes


@pytest.mark.parametrize("junk", [None, 0, "", "LTCBTC"], ids=repr)
@pytest.mark.parametrize("is_async", [False, True], ids=["plain", "async"])
@pytest.mark.parametrize("connections", [1, 100])
@held
async def test_what_is_no_request_is_refused(
    *, junk: Any, is_async: bool, connections: int
) -> None:
    """With an error that says so, never by ending the batch in silence."""
    exchange = Witness()
    first, *others = cancels(exchange.rest(SYMBOL, 3))
    items: list[Any] = [first, junk, *others]

    async def one_by_one() -> AsyncIterator[Any]:
        for item in items:
            yield item

    async with exchange.in_process_client(max_connections=connections) as papi:
        with pytest.raises(TypeError, match="cancels nothing"):
            await papi.cancel_many(one_by_one() if is_async else items)
        with pytest.raises(TypeError, match="cancels nothing"):
            await papi.cancel(junk)


@held
async def test_a_source_that_hangs() -> None:
    """The deadline ends it: it is closed, and what it had given has its outcomes."""
    exchange = Witness()
    requests = cancels(exchange.rest(SYMBOL, 5))
    closed: list[bool] = []

    async def hanging() -> AsyncIterator[CancelMarginOrder]:
        try:
            for request in requests:
                yield request
            await asyncio.Event().wait()
        finally:
            closed.append(True)

    async with exchange.in_process_client() as papi:
        began = asyncio.get_running_loop().time()
        outcomes = await papi.cancel_many(hanging(), deadline=5)
        assert asyncio.get_running_loop().time() - began == pytest.approx(5)
    check_all(exchange, requests, outcomes)
    assert len(outcomes.canceled) == 5
    assert closed == [True]


@pytest.mark.parametrize("error", [RuntimeError, TimeoutError])
@held
async def test_a_source_that_raises_for_being_ended(error: type[Exception]) -> None:
    """What it raises at the deadline, or its own time-out before it, is its error and is raised."""
    exchange = Witness()

    async def failing() -> AsyncIterator[CancelMarginOrder]:
        yield cancel_of(1)
        try:
            await asyncio.sleep(1 if error is TimeoutError else 9)
        except asyncio.CancelledError:
            raise RuntimeError("of the source") from None
        raise TimeoutError("of the source")

    async with exchange.in_process_client() as papi:
        with pytest.raises(error, match="of the source"):
            await papi.cancel_many(failing(), deadline=5)


@held
async def test_a_source_that_raises_midway() -> None:
    """Its error comes out when what had left is over; what became of that can be asked for."""
    exchange = Witness()
    orders = exchange.rest(SYMBOL, 10)

    def requests() -> Iterator[CancelMarginOrder]:
        yield from cancels(orders[:5])
        raise RuntimeError("the source is broken")

    async with exchange.in_process_client() as papi:
        exchange.faults.inject(LOST_AFTER, method="DELETE", times=2)
        with pytest.raises(RuntimeError, match="source is broken"):
            await papi.cancel_many(requests())
        assert papi.in_flight == ()
        settled = await papi.settle(1)
        assert {each.request for each in settled} == set(cancels(orders[:5]))
        assert len(settled.canceled) == 5
    assert len(exchange.deletes) == 5


@held
async def test_a_source_that_raises_with_nobody_looking() -> None:
    """The reader of ``cancel_as_completed`` is gone when the source raises: no error is left lying about."""
    exchange = Witness()
    orders = exchange.rest(SYMBOL, 3)

    def requests() -> Iterator[CancelMarginOrder]:
        yield from cancels(orders)
        raise RuntimeError("the source is broken")

    async with exchange.in_process_client() as papi:
        exchange.faults.jitter(1, 0.5)
        outcomes = papi.cancel_as_completed(requests())
        async for _ in outcomes:
            break
        await outcomes.aclose()  # type: ignore[attr-defined] # an async generator
        await papi.settle(5)
        assert papi.in_flight == ()


@held
async def test_a_callback_that_raises() -> None:
    """The batch goes on, every outcome is kept, and the callback's first error comes out at the end."""
    exchange = Witness()
    orders = exchange.rest(SYMBOL, 1000)

    def complain(_: Outcome[Any]) -> None:
        raise LookupError("the callback is broken")

    async with exchange.in_process_client(max_connections=5) as papi:
        with pytest.raises(LookupError, match="callback is broken"):
            await papi.cancel_many(cancels(orders), on_outcome=complain)
        assert papi.in_flight == ()
        settled = await papi.settle(1)
    assert len(exchange.deletes) == 1000
    assert [each.request for each in settled.canceled] == cancels(orders)


@held
async def test_as_completed_yields_each_as_it_lands() -> None:
    """The quick ones do not wait for the slow ones."""
    exchange = Witness()
    orders = exchange.rest(SYMBOL, 10)
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(Fault(FaultKind.DELAY, seconds=3), order_id=orders[0])
        outcomes = [each async for each in papi.cancel_as_completed(cancels(orders))]
    assert outcomes[-1].request == cancel_of(orders[0])
    check_all(exchange, [each.request for each in outcomes], outcomes)
    assert len(outcomes) == 10


@held
async def test_every_tenth_reply_lost(record_property: Callable[[str, object], None]) -> None:
    """1,000 with replies lost after execution: all cancelled, screened by lists, and read how they ended."""
    exchange = Witness()
    requests: list[CancelMarginOrder] = []
    for symbol in (SYMBOL, "BNBBTC"):
        requests += cancels(exchange.rest(symbol, 500), symbol)
    async with exchange.in_process_client() as papi:
        exchange.faults.jitter(2, 0.1)
        for request in requests[::10]:
            exchange.faults.inject(LOST_AFTER, method="DELETE", order_id=request.order_id)
        outcomes = await papi.cancel_many(requests)
    check_all(exchange, requests, outcomes)
    lists = len(exchange.truth.arrivals("GET", OPEN_ORDERS))
    extra = outcomes.weight - 2 * 1000
    figures = f"{lists} lists, {extra} extra weight, for 100 lost of 1000"
    record_property("resolution", figures)
    print(figures)  # noqa: T201 - asked for by -s
    assert len(outcomes.canceled) == 1000
    assert len(exchange.deletes) == 1000
    singly = len(exchange.truth.arrivals("GET", ORDER))
    histories = len(exchange.truth.arrivals("GET", "/papi/v1/margin/allOrders"))
    assert extra == 5 * lists + 10 * singly + 100 * histories
    assert extra - 5 * lists <= 1000, "no more than reading each alone"
    # 10 rounds of 100 connections, each lasting longer than the gathering: about 4 lists a round
    assert lists <= 40


@held
async def test_a_burst_lost_at_once_costs_three_lists() -> None:
    """100 replies lost in one moment: of each symbol a list at once, one that cannot lag behind, and how they ended."""
    exchange = Witness()
    requests: list[CancelMarginOrder] = []
    for symbol in (SYMBOL, "BNBBTC"):
        requests += cancels(exchange.rest(symbol, 50), symbol)
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(LOST_AFTER, method="DELETE", times=100)
        outcomes = await papi.cancel_many(requests)
    check_all(exchange, requests, outcomes)
    assert len(outcomes.canceled) == 100
    assert outcomes.weight == 200 + 2 * 2 * 5 + 2 * 100


@held
async def test_the_weight_told_is_the_weight_charged() -> None:
    """Also of sends that were repeated."""
    exchange = Witness()
    requests = cancels(exchange.rest(SYMBOL, 100))
    async with exchange.in_process_client() as papi:
        before = sum(exchange.truth.window_weights().values())
        exchange.faults.inject(LOST_BEFORE, method="DELETE", times=30)
        outcomes = await papi.cancel_many(requests)
        assert sum(exchange.truth.window_weights().values()) - before == outcomes.weight


@pytest.mark.parametrize("retry_after", [5, 90])
@held
async def test_a_429_in_the_middle(retry_after: int) -> None:
    """Nothing leaves before Retry-After, nor before the minute turns; then the batch completes."""
    exchange = Witness()
    requests = cancels(exchange.rest(SYMBOL, 1000))
    async with exchange.in_process_client(max_connections=20) as papi:
        exchange.faults.jitter(4, 0.1)
        exchange.faults.inject(
            Fault(FaultKind.LIMITED_429, retry_after=retry_after), method="DELETE", skip=500
        )
        outcomes = await papi.cancel_many(requests, deadline=300)
    check_all(exchange, requests, outcomes)
    assert len(outcomes.canceled) == 1000
    times = [time for time, _ in exchange.deletes]
    refused_at = times[500]
    resumed_at = min(time for time in times if time > refused_at + 0.1)  # it is read by then
    assert resumed_at - refused_at >= retry_after
    assert resumed_at // 60 > refused_at // 60, "not in the minute that was over its limit"
    assert sum(time < resumed_at for time in times) <= 500 + 2 * 20


@held
async def test_a_429_is_kept_to_to_the_second() -> None:
    """One connection, so the moment of the 429 is the moment nothing leaves any more."""
    exchange = Witness()
    requests = cancels(exchange.rest(SYMBOL, 10))
    async with exchange.in_process_client(max_connections=1) as papi:
        exchange.faults.inject(
            Fault(FaultKind.LIMITED_429, retry_after=75), method="DELETE", skip=4
        )
        outcomes = await papi.cancel_many(requests, deadline=300)
    check_all(exchange, requests, outcomes)
    assert len(outcomes.canceled) == 10
    times = [time for time, _ in exchange.deletes]
    assert times[:5] == [times[0]] * 5
    assert times[5] - times[4] >= 75
    assert times[5] - times[4] == pytest.approx(75, abs=0.01)
    assert len(times) == 11


@held
async def test_a_418_in_the_middle() -> None:
    """All not yet sent are not sent, with the time the ban ends; what was out keeps its own outcome."""
    exchange = Witness()
    requests = cancels(exchange.rest(SYMBOL, 1000))
    async with exchange.in_process_client(max_connections=20) as papi:
        exchange.faults.inject(
            Fault(FaultKind.BANNED_418, retry_after=120), method="DELETE", skip=500
        )
        until = exchange.clock() + 120
        outcomes = await papi.cancel_many(requests, deadline=300)
    check_all(exchange, requests, outcomes)
    (refused,) = outcomes.refused
    assert isinstance(refused.error, RateLimitedError)
    assert len(exchange.deletes) <= 501 + 19
    assert len(outcomes.canceled) == len(exchange.deletes) - 1
    assert len(outcomes.not_sent) == 1000 - len(exchange.deletes)
    for outcome in outcomes.not_sent:
        assert isinstance(outcome.error, BannedError)
        assert outcome.error.until == pytest.approx(until, abs=0.01)


def scarce_limiter(weight: int) -> Limiter:
    """So much weight a minute."""
    return Limiter(weight=weight, clock=Clock(asyncio.get_running_loop().time))


@held
async def test_the_deadline_passes_while_waiting_for_weight() -> None:
    """What weight there was is used in the order given; the rest is not sent, and says why."""
    exchange = Witness()
    requests = cancels(exchange.rest(SYMBOL, 50))
    async with exchange.in_process_client(limiter=scarce_limiter(60)) as papi:
        outcomes = await papi.cancel_many(requests, deadline=10)
        check_all(exchange, requests, outcomes)
        sent = len(outcomes.canceled)
        assert 20 <= sent <= 30
        assert [type(each) for each in outcomes] == [Canceled] * sent + [NotSent] * (50 - sent)
        assert all(isinstance(each.error, LimitedError) for each in outcomes.not_sent)
        await asyncio.sleep(120)
    assert len(exchange.deletes) == sent, "nothing leaves after the deadline"


@held
async def test_a_source_that_is_slow() -> None:
    """With weight and connections at hand, too: what it would give after the deadline is not asked for."""
    exchange = Witness()
    requests = cancels(exchange.rest(SYMBOL, 100))

    async def slowly() -> AsyncIterator[CancelMarginOrder]:
        for request in requests:
            yield request
            await asyncio.sleep(0.1)

    async with exchange.in_process_client(max_connections=1) as papi:
        began = exchange.clock()
        outcomes = await papi.cancel_many(slowly(), deadline=2.05)
        assert exchange.clock() - began == pytest.approx(2.05)
    check_all(exchange, requests[:21], outcomes)
    assert len(outcomes.canceled) == 21


@held
async def test_batches_are_served_in_the_order_they_came() -> None:
    """Across batches and clients' calls: first come, first served."""
    exchange = Witness()
    first, second = exchange.rest(SYMBOL, 60), exchange.rest(SYMBOL, 60)
    async with exchange.in_process_client(limiter=scarce_limiter(60)) as papi:
        one = asyncio.create_task(papi.cancel_many(cancels(first), deadline=600))
        await asyncio.sleep(1)
        other = asyncio.create_task(papi.cancel_many(cancels(second), deadline=600))
        outcomes: Sequence[Outcomes[Any]] = await asyncio.gather(one, other)
    check_all(exchange, cancels(first), outcomes[0])
    check_all(exchange, cancels(second), outcomes[1])
    assert arrived(exchange) == [*first, *second]


@held
async def test_an_urgent_one_overtakes() -> None:
    """A running batch waits for weight; an urgent cancel is the next to leave, an ordinary one the last."""
    exchange = Witness()
    orders = exchange.rest(SYMBOL, 62)
    batch, (plain, urgent) = orders[:60], orders[60:]
    async with exchange.in_process_client(limiter=scarce_limiter(60)) as papi:
        running = asyncio.create_task(papi.cancel_many(cancels(batch), deadline=600))
        await asyncio.sleep(1)
        before = len(exchange.deletes)
        assert 0 < before < 60
        ordinary = asyncio.create_task(papi.cancel(cancel_of(plain), deadline=600))
        await asyncio.sleep(1)
        outcome = await papi.cancel(cancel_of(urgent), deadline=600, urgent=True)
        assert isinstance(outcome, Canceled)
        await asyncio.gather(running, ordinary)
    assert arrived(exchange)[before] == urgent
    assert arrived(exchange)[-1] == plain


@held
async def test_resolution_waits_behind_cancels_and_before_reads() -> None:
    """With no weight left in the minute: cancels go first, then what resolves doubts, then reads."""
    exchange = Witness()
    lost, filler, later = (exchange.rest(SYMBOL, count) for count in (2, 14, 3))
    async with exchange.in_process_client(limiter=scarce_limiter(39)) as papi:
        for order_id in lost:
            exchange.faults.inject(LOST_AFTER, order_id=order_id)
        doubtful = asyncio.create_task(papi.cancel_many(cancels(lost), deadline=100))
        await papi.cancel_many(cancels(filler))
        before = exchange.truth.arrived
        reads = [
            asyncio.create_task(papi.margin.order(symbol=SYMBOL, order_id=each))
            for each in filler[:2]
        ]
        await asyncio.sleep(1)
        waiting = asyncio.create_task(papi.cancel_many(cancels(later), deadline=100))
        await asyncio.sleep(1)
        assert exchange.truth.arrived == before, "there is no weight left"
        await asyncio.gather(doubtful, waiting, *reads)
    called = [(each.method, each.path) for each in exchange.truth.arrivals()[before:]]
    assert called == [("DELETE", ORDER)] * 3 + [("GET", OPEN_ORDERS)] + [("GET", ORDER)] * 2


@held
async def test_no_question_leaves_after_the_deadline() -> None:
    """It waits for weight until then, and is given up with those who asked."""
    exchange = Witness()
    async with exchange.in_process_client(limiter=scarce_limiter(20)) as papi:
        exchange.faults.inject(LOST_AFTER, method="DELETE", times=None)
        outcomes = await papi.cancel_many(cancels(exchange.rest(SYMBOL, 8)), deadline=10)
        assert {type(each) for each in outcomes} == {Unknown}
        await asyncio.sleep(120)
        assert not exchange.truth.arrivals("GET", OPEN_ORDERS)
    assert outcomes.weight == 2 * 8


@held
async def test_a_refused_key_ends_the_batch() -> None:
    """Whoever is out is refused; the rest is told why it was not sent."""
    exchange = Witness()
    requests = cancels(exchange.rest(SYMBOL, 500))
    transport = exchange.transport()
    stranger = HmacKey("k" * 64, "secret")
    async with PapiClient(stranger, transport=transport, max_connections=10) as papi:
        outcomes = await papi.cancel_many(iter([*requests, requests[0]]))
    check_all(exchange, [*requests, requests[0]], outcomes)
    assert len(exchange.deletes) <= 10
    assert len(outcomes.refused) <= 11
    assert len(outcomes.not_sent) == 501 - len(outcomes.refused)
    assert isinstance(outcomes.not_sent[0].error.__cause__, AuthenticationError)
    assert "every request would be refused: " in str(outcomes.not_sent[0].error)


class Doorman(InProcessTransport):
    """Answers every DELETE alike."""

    def __init__(self, exchange: Witness, status: int, body: bytes) -> None:
        super().__init__(exchange)
        self.answer = Answer(status, {}, body)
        self.deletes = 0

    async def send(self, outgoing: Outgoing, *, timeout: float) -> Answer:  # noqa: ASYNC109 - the contract's
        """The same words for all."""
        if outgoing.method != "DELETE":
            return await super().send(outgoing, timeout=timeout)
        outgoing.has_left = True
        self.deletes += 1
        await asyncio.sleep(0.001)
        return self.answer


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (451, b"<html>not in your country</html>"),
        (401, b""),
        (401, b'{"code":-2015,"msg":"Invalid API-key, IP, or permissions for action."}'),
        (400, b'{"code":-2014,"msg":"API-key format invalid."}'),
        (400, b'{"code":-1022,"msg":"Signature for this request is not valid."}'),
        (400, b'{"code":-1002,"msg":"You are not authorized to execute this request."}'),
    ],
)
@held
async def test_what_is_refused_to_all_alike_is_asked_once(status: int, body: bytes) -> None:
    """500 orders, ten connections: ten are out when the first answer comes, and no more follow."""
    exchange = Witness()
    requests = cancels(exchange.rest(SYMBOL, 500))
    doorman = Doorman(exchange, status, body)
    async with exchange.in_process_client(transport=doorman, max_connections=10) as papi:
        outcomes = await papi.cancel_many(requests)
    assert doorman.deletes <= 10
    assert len(outcomes.refused) == doorman.deletes
    assert len(outcomes.not_sent) == 500 - doorman.deletes
    assert [each.request for each in outcomes] == requests


@held
async def test_a_refused_key_stops_an_async_source() -> None:
    """No more is taken from it."""
    exchange = Witness()
    requests = cancels(exchange.rest(SYMBOL, 500))
    taken = 0

    async def source() -> AsyncIterator[CancelMarginOrder]:
        nonlocal taken
        for request in requests:
            taken += 1
            yield request
            await asyncio.sleep(0.01)

    stranger = HmacKey("k" * 64, "secret")
    async with PapiClient(stranger, transport=exchange.transport()) as papi:
        outcomes = await papi.cancel_many(source())
    assert taken <= 10
    assert len(outcomes) == taken


@pytest.mark.parametrize("count", [1, 500])
@held
async def test_a_firewall_is_waited_out(count: int) -> None:
    """Refused as a whole for three seconds: a burst, then pauses that grow, and every order is cancelled."""
    exchange = Witness()
    requests = cancels(exchange.rest(SYMBOL, count))
    async with exchange.in_process_client(max_connections=20) as papi:
        exchange.faults.inject(Fault(FaultKind.FIREWALL_403), times=None)
        asyncio.get_running_loop().call_later(3, exchange.faults.clear)
        outcomes = await papi.cancel_many(requests)
    check_all(exchange, requests, outcomes)
    assert [type(each) for each in outcomes] == [Canceled] * count
    refused = [time for time, _ in exchange.deletes if time - exchange.deletes[0][0] < 3]
    assert len(set(refused)) == 2, "at once, and after a second"


@held
async def test_a_firewall_that_stays() -> None:
    """500 orders under a deadline of ten seconds: refused, and not 500 times a second."""
    exchange = Witness()
    requests = cancels(exchange.rest(SYMBOL, 500))
    async with exchange.in_process_client(max_connections=20) as papi:
        exchange.faults.inject(Fault(FaultKind.FIREWALL_403), times=None)
        outcomes = await papi.cancel_many(requests, deadline=10)
    check_all(exchange, requests, outcomes)
    assert len(exchange.deletes) <= 4 * 20
    assert set(outcomes.counts) >= {"refused", "not_sent"}
    assert len(outcomes.refused) + len(outcomes.not_sent) == 500


class Instant:
    """An exchange that cancels whatever it is asked to, and remembers nothing."""

    _HEADERS = CIMultiDict({"X-MBX-USED-WEIGHT-1M": "1"})
    _BODY = (
        '{"symbol":"LTCBTC","orderId":%d,"origClientOrderId":"a","clientOrderId":"b","price":"1.0",'
        '"origQty":"1.0","executedQty":"0.0","cummulativeQuoteQty":"0.0","status":"CANCELED",'
        '"timeInForce":"GTC","type":"LIMIT","side":"SELL"}'
    )

    def __init__(self) -> None:
        self.sent = 0

    async def open(self) -> None:
        """Nothing to open."""

    async def warm_up(self, connections: int) -> None:
        """Nothing to warm up."""

    async def close(self) -> None:
        """Nothing to close."""

    async def send(self, outgoing: Outgoing, *, timeout: float) -> Answer:  # noqa: ARG002, ASYNC109 - as the protocol says
        """Answer."""
        outgoing.has_left = True
        if outgoing.method == "GET":
            return Answer(200, self._HEADERS, b'{"serverTime":1700000000000}')
        self.sent += 1
        number = int(outgoing.target.partition("orderId=")[2].partition("&")[0])
        await asyncio.sleep(0)
        return Answer(200, self._HEADERS, (self._BODY % number).encode())


async def peak_of(
    consume: Callable[[PapiClient, Iterator[CancelMarginOrder]], Any], count: int
) -> tuple[int, int]:
    """Most bytes traced at once, and most requests out of the source and not yet on the wire."""
    transport, ahead = Instant(), 0
    limiter = Limiter(weight=10**9, clock=Clock(asyncio.get_running_loop().time))
    key = Witness(clock=lambda: 0.0).key

    def requests() -> Iterator[CancelMarginOrder]:
        nonlocal ahead
        for taken in range(count):
            ahead = max(ahead, taken - transport.sent)
            yield CancelMarginOrder(symbol=SYMBOL, order_id=taken)

    async with PapiClient(key, transport=transport, limiter=limiter, max_connections=20) as papi:
        tracemalloc.start(1)
        try:
            await consume(papi, requests())
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    return peak, ahead


@pytest.mark.timeout(120)
@held
async def test_memory_of_a_long_batch(record_property: Callable[[str, object], None]) -> None:
    """Requests are taken as they can leave; what stays is one outcome each, and the name of its order.

    Tracing makes it slow, so CI counts 15,000; ``PAPI_MEMORY=100000`` gave 1,288 bytes each, 123 MiB.
    """
    count = int(os.environ.get("PAPI_MEMORY", "15000"))

    async def many(papi: PapiClient, requests: Iterator[CancelMarginOrder]) -> None:
        outcomes = await papi.cancel_many(requests, deadline=10**6)
        assert len(outcomes) == count

    peak, ahead = await peak_of(many, count)
    figures = f"cancel_many of {count}: {peak / count:.0f} bytes each, {peak / 2**20:.0f} MiB"
    record_property("memory", figures)
    print(figures, f"at most {ahead} taken ahead")  # noqa: T201 - asked for by -s
    assert ahead <= 2 * 20, "connections, and as many about to be signed"
    assert peak / count < 4000


@held
async def test_memory_of_outcomes_not_kept(record_property: Callable[[str, object], None]) -> None:
    """Whoever takes outcomes one by one holds one at a time."""
    peaks: list[int] = []

    async def one_by_one(papi: PapiClient, requests: Iterator[CancelMarginOrder]) -> None:
        async for _ in papi.cancel_as_completed(requests, deadline=10**6):
            pass

    for count in (2_000, 8_000):
        peak, _ = await peak_of(one_by_one, count)
        peaks.append(peak)
    figures = f"cancel_as_completed: {(peaks[1] - peaks[0]) / 6_000:.0f} bytes for each more"
    record_property("memory", figures)
    print(figures)  # noqa: T201 - asked for by -s
    assert (peaks[1] - peaks[0]) / 6_000 < 4000

"""Placing on the simulator, from one end to the other: many, stopped, replaced, lost and found again."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from binance_papi_async import (
    AlreadyClosed,
    Canceled,
    LimitedError,
    Modified,
    NotModified,
    NotPlaced,
    NotSent,
    PapiClient,
    Placed,
    Refused,
    TimestampError,
    Unknown,
    UnknownOutcomeError,
)
from binance_papi_async.placing.placer import NOT_CANCELED
from binance_papi_async.placing.stopping import HALTED
from binance_papi_async.simulator import Fault, FaultKind, InProcessTransport
from binance_papi_async.wire.message import Answer, Outgoing
from tests.cancelling.witness import cancel_of, held
from tests.placing.ground import Ground, change, margin, um

ORDER = "/papi/v1/margin/order"


def now() -> float:
    """By the held clock."""
    return asyncio.get_running_loop().time()


def _client_id(request: Any) -> str | None:
    client_id: str | None = request.client_id
    return client_id


def silence(ground: Ground, point: Any = "after", times: int | None = None) -> None:
    """No order is answered."""
    ground.faults.inject(Fault(FaultKind.SILENCE, point), method="POST", times=times)


@held
async def test_a_thousand_of_which_every_tenth_reply_is_lost() -> None:
    """All are placed, each once, under an id of ours; the doubts are read together."""
    ground = Ground()
    async with ground.in_process_client() as papi:
        for number in range(100):
            point: Any = "after" if number % 2 else "before"
            ground.faults.inject(Fault(FaultKind.RESET, point), method="POST", skip=9)
        outcomes = await papi.place_many(margin() for _ in range(1000))
        assert outcomes.counts == {
            "placed": 950,
            "not_placed": 50,
            "refused": 0,
            "not_sent": 0,
            "unknown": 0,
        }
        open_orders = ground.book.open_orders("LTCBTC")
        assert len(open_orders) == 950
        assert {each.order.order_id for each in outcomes.placed} == {
            each.order_id for each in open_orders
        }
        names = Counter(_client_id(each.request) for each in outcomes)
        assert max(names.values()) == 1
        assert all(str(name).startswith("papi-") for name in names)
        assert len(ground.truth.arrivals("GET")) < 250, "not one by one"


@held
async def test_forty_orders_whose_callers_go_away() -> None:
    """They are in flight, then in doubt, then found; none rests that nobody names."""
    ground = Ground()
    async with ground.in_process_client() as papi:
        ground.faults.jitter(1, 0.2)
        half = [asyncio.create_task(papi.place(margin())) for _ in range(20)]
        rest = [asyncio.create_task(papi.send(margin())) for _ in range(20)]
        await asyncio.sleep(0.01)
        assert len(papi.in_flight) == 40
        assert all(_client_id(each) for each in papi.in_flight)
        for each in (*half, *rest):
            each.cancel()
        await asyncio.wait([*half, *rest])
        assert len({*papi.in_flight, *(each.request for each in papi.unresolved)}) == 40
        settled: Any = await papi.settle(60)
        assert [type(each) for each in settled] == [Placed] * 40
        assert {each.order.order_id for each in settled} == {
            each.order_id for each in ground.book.open_orders()
        }
        assert (papi.in_flight, papi.unresolved) == ((), ())


@held
async def test_closing_names_every_order_that_nobody_knows(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """One warning, with the client ids to look them up by."""
    ground = Ground()
    papi = ground.in_process_client()
    await papi.open()
    silence(ground)
    ground.faults.inject(Fault(FaultKind.SILENCE), method="GET", times=None)
    callers: list[asyncio.Task[Any]] = [
        asyncio.create_task(papi.place(margin(), deadline=600)) for _ in range(20)
    ]
    callers += [asyncio.create_task(papi.send(margin())) for _ in range(20)]
    await asyncio.sleep(1)
    for caller in callers:
        caller.cancel()
    await asyncio.wait(callers)
    with caplog.at_level(logging.WARNING):
        await papi.close()
    assert len(papi.unresolved) == 40
    (record,) = caplog.records
    text = record.getMessage()
    names = [each.client_order_id for each in ground.book.open_orders()]
    assert len(names) == 40
    assert all(name in text for name in names)


@held
async def test_a_lost_order_names_its_client_id() -> None:
    """``send`` gives it one before it leaves, so that it can be looked up."""
    ground = Ground()
    async with ground.in_process_client(client_id_prefix="desk1-") as papi:
        ground.faults.inject(Fault(FaultKind.CLOSE, "after"), method="POST")
        with pytest.raises(UnknownOutcomeError) as caught:
            await papi.send(margin())
        lost: Any = caught.value.request
        assert lost.client_id.startswith("desk1-")
        (order,) = ground.book.open_orders()
        assert order.client_order_id == lost.client_id
        assert [each.request for each in papi.unresolved] == [lost]
        (found,) = await papi.settle(60)
        assert isinstance(found, Placed)


@held
async def test_what_left_once_and_was_refused_is_not_called_unsent() -> None:
    """The timestamp was called wrong, and then there was no leave to send it again."""
    ground = Ground()
    async with ground.in_process_client() as papi:
        await asyncio.sleep(1)  # since the clock was learned
        ground.faults.inject(Fault(FaultKind.TIMESTAMP), method="POST")
        ground.faults.inject(Fault(FaultKind.DELAY, seconds=1), method="GET", times=None)
        sending = asyncio.create_task(papi.send(margin()))
        await asyncio.sleep(0.5)
        papi._carrier.halt(HALTED)  # meanwhile
        with pytest.raises(TimestampError):
            await sending
        assert len(ground.truth.arrivals("POST")) == 1


class OfAnotherOrder(InProcessTransport):
    """Answers an order with what became of another."""

    async def send(self, outgoing: Outgoing, *, timeout: float) -> Answer:  # noqa: ASYNC109 - as the protocol says
        """The same, but for the name."""
        answer = await super().send(outgoing, timeout=timeout)
        if outgoing.method != "POST":
            return answer
        body = answer.body.replace(b'"clientOrderId":"papi-', b'"clientOrderId":"nobody-')
        return Answer(answer.status, answer.headers, body)


@held
async def test_an_order_answered_with_another_is_not_forgotten_with_its_caller() -> None:
    """It has left, although the reply has come: it goes on, and is told by settle."""
    ground = Ground()
    async with ground.in_process_client(transport=OfAnotherOrder(ground)) as papi:
        ground.faults.inject(Fault(FaultKind.DELAY, seconds=0.5), method="GET", times=None)
        caller = asyncio.create_task(papi.place(margin()))
        await asyncio.sleep(0.1)
        assert len(papi.in_flight) == 1
        caller.cancel()
        await asyncio.wait([caller])
        settled: Any = await papi.settle(60)
        assert [type(each) for each in settled] == [Placed]


@held
async def test_what_was_sent_with_a_long_window_is_judged_by_it() -> None:
    """It may land a minute later: until then nobody says that it was never placed."""
    ground = Ground()
    async with ground.in_process_client() as papi:
        ground.faults.inject(Fault(FaultKind.DELAY, seconds=40), method="POST")
        with pytest.raises(UnknownOutcomeError):
            await papi.send(margin(), timeout=0.5, recv_window=60_000)
        assert list(await papi.settle(20)) == []
        assert len(papi.unresolved) == 1
        (found,) = await papi.settle(120)
        assert isinstance(found, Placed)
        assert len(ground.book.open_orders()) == 1


# Sent again, or never.


@held
async def test_with_a_short_window_it_is_sent_again_under_the_same_id() -> None:
    """Half a second of window and one of lag: then it is proven absent, and sent again, once."""
    ground = Ground()
    async with ground.in_process_client() as papi:
        ground.faults.inject(Fault(FaultKind.CLOSE), method="POST")
        began = now()
        outcome = await papi.place(margin(), resend=True, recv_window=500, valid_for=5)
        assert isinstance(outcome, Placed)
        assert 1.5 <= now() - began < 2.5
        (order,) = ground.book.open_orders()
        assert order.client_order_id == outcome.request.client_id
        assert len(ground.truth.arrivals("POST")) == 2


@pytest.mark.parametrize("point", ["before", "after"])
@held
async def test_it_is_sent_again_once_and_never_twice(point: Any) -> None:
    """Whatever becomes of the second."""
    ground = Ground()
    async with ground.in_process_client() as papi:
        ground.faults.inject(Fault(FaultKind.CLOSE), method="POST")
        ground.faults.inject(Fault(FaultKind.CLOSE, point), method="POST", times=None)
        outcome = await papi.place(
            margin(), resend=True, recv_window=500, valid_for=60, deadline=60
        )
        assert type(outcome) is (Placed if point == "after" else NotPlaced)
        await asyncio.sleep(70)
        assert len(ground.truth.arrivals("POST")) == 2
        assert len(ground.book.open_orders()) == (point == "after")


@pytest.mark.parametrize("terms", [{"resend": False, "valid_for": 60}, {"resend": True}], ids=str)
@held
async def test_an_old_price_is_not_sent_again(terms: dict[str, Any]) -> None:
    """Nor one that nobody asked for; by default a price is old after a second."""
    ground = Ground()
    async with ground.in_process_client() as papi:
        ground.faults.inject(Fault(FaultKind.CLOSE), method="POST")
        outcome = await papi.place(margin(), recv_window=500, **terms)
        assert isinstance(outcome, NotPlaced)
        await asyncio.sleep(70)
        assert len(ground.truth.arrivals("POST")) == 1


@held
async def test_an_order_landing_late_is_not_sent_again() -> None:
    """While it may land still, there is no proof."""
    ground = Ground()
    async with ground.in_process_client(timeout=0.1) as papi:
        ground.faults.inject(Fault(FaultKind.DELAY, seconds=0.45), method="POST")
        outcome = await papi.place(margin(), resend=True, recv_window=500, valid_for=5)
        assert isinstance(outcome, Placed)
        await asyncio.sleep(70)
        assert len(ground.truth.arrivals("POST")) == 1


@held
async def test_an_old_price_does_not_leave() -> None:
    """The minute's weight is spent: what waits for the next minute is told that it was not sent."""
    ground = Ground()
    async with ground.in_process_client() as papi:
        papi._limiter.close_for(10)
        began = now()
        outcome = await papi.place(margin(), valid_for=2, deadline=60)
        assert isinstance(outcome, NotSent)
        assert isinstance(outcome.error, LimitedError)
        assert now() - began <= 2
        many = await papi.place_many([margin() for _ in range(5)], valid_for=2)
        assert len(many.not_sent) == 5
        await asyncio.sleep(70)
        assert ground.truth.arrivals("POST") == []


# One in place of another.


@held
async def test_a_replacement_may_look_at_what_had_executed() -> None:
    """The function is told how the cancel ended, and says what is placed."""
    ground = Ground()
    (order_id,) = ground.rest("LTCBTC", quantity=10)
    ground.fill(order_id, 4)
    async with ground.in_process_client() as papi:

        def rest_of(canceled: Canceled[Any]) -> Any:
            assert canceled.order.executed_qty == Decimal(4)
            return margin(price=Decimal("0.03"))

        done = await papi.replace(cancel_of(order_id), rest_of)
        assert isinstance(done.canceled, Canceled)
        assert isinstance(done.placed, Placed)
        (order,) = ground.book.open_orders()
        assert order.price == Decimal("0.03")
        nothing = await papi.replace(cancel_of(order.order_id), lambda _: None)
        assert isinstance(nothing.canceled, Canceled)
        assert nothing.placed is None


@held
async def test_what_had_filled_or_is_unknown_is_not_replaced() -> None:
    """The second is sent only if the cancel is what ended the first."""
    ground = Ground()
    filled, doubtful = ground.rest("LTCBTC", 2)
    ground.fill(filled)
    async with ground.in_process_client() as papi:
        done = await papi.replace(cancel_of(filled), margin())
        assert isinstance(done.canceled, AlreadyClosed)
        assert isinstance(done.placed, NotSent)
        assert str(done.placed.error) == NOT_CANCELED
        ground.faults.inject(Fault(FaultKind.SILENCE), method="DELETE", times=None)
        ground.faults.inject(Fault(FaultKind.SILENCE), method="GET", times=None)
        done = await papi.replace(cancel_of(doubtful), lambda _: margin(), deadline=2)
        assert isinstance(done.canceled, Unknown)
        assert done.placed is None
        ground.faults.clear()
        assert ground.truth.arrivals("POST") == []
        await papi.settle(60)


@held
async def test_a_deadline_that_the_cancel_used_up_places_nothing() -> None:
    """Both outcomes are told all the same."""
    ground = Ground()
    (order_id,) = ground.rest("LTCBTC")
    async with ground.in_process_client() as papi:
        ground.faults.inject(Fault(FaultKind.DELAY, seconds=0.03), method="DELETE")
        done = await papi.replace(cancel_of(order_id), margin(), deadline=0.02)
        assert isinstance(done.canceled, Canceled)
        assert isinstance(done.placed, NotSent)
        assert ground.truth.arrivals("POST") == []


@pytest.mark.parametrize("is_raising", [False, True])
@held
async def test_a_cancel_whose_caller_goes_away_is_told_by_settle(*, is_raising: bool) -> None:
    """He goes away while the second is under way, or his function raises."""
    ground = Ground()
    (order_id,) = ground.rest("LTCBTC")
    async with ground.in_process_client() as papi:
        ground.faults.inject(Fault(FaultKind.DELAY, "after", seconds=1), method="POST")

        def place(_: Canceled[Any]) -> Any:
            if is_raising:
                raise ZeroDivisionError
            return margin()

        caller = asyncio.create_task(papi.replace(cancel_of(order_id), place))
        await asyncio.sleep(0.5)
        caller.cancel()
        await asyncio.wait([caller])
        settled = await papi.settle(10)
        assert {type(each) for each in settled} == (
            {Canceled} if is_raising else {Canceled, Placed}
        )
        if is_raising:
            with pytest.raises(ZeroDivisionError):
                caller.result()


@held
async def test_many_are_replaced_at_once() -> None:
    """In the order given, each for itself."""
    ground = Ground()
    order_ids = ground.rest("LTCBTC", 50)
    ground.fill(order_ids[7])
    async with ground.in_process_client() as papi:
        ground.faults.jitter(1, 0.01)
        done = await papi.replace_many([(cancel_of(each), margin()) for each in order_ids])
        kinds = [(type(each.canceled), type(each.placed)) for each in done]
        assert kinds.count((Canceled, Placed)) == 49
        assert kinds[7] == (AlreadyClosed, NotSent)
        assert [each.canceled.request.order_id for each in done] == order_ids  # type: ignore[attr-defined]
        assert len(ground.book.open_orders()) == 49


# Two doubts about one order.


@held
async def test_a_change_in_doubt_stands_beside_a_cancel_in_doubt() -> None:
    """Each is in ``unresolved``, and each is settled."""
    ground = Ground()
    (order_id,) = ground.rest("BTCUSDT", product="um", price=100)
    async with ground.in_process_client() as papi:
        await asyncio.sleep(2)
        for method in ("PUT", "GET", "DELETE"):
            ground.faults.inject(Fault(FaultKind.SILENCE), method=method, times=None)
        first, second = change("um", order_id, 110), change("um", order_id, 120)
        cancel = um().under("x").to_cancel().by_id(ground.books["um"].order(order_id))
        outcomes: list[Any] = [
            await papi.cancel(cancel, deadline=1),
            await papi.modify(first, deadline=1),
            await papi.modify(second, deadline=1),
        ]
        assert [type(each) for each in outcomes] == [Unknown] * 3
        assert {each.request for each in papi.unresolved} == {cancel, first, second}
        ground.faults.clear()
        await asyncio.sleep(10)
        settled = await papi.settle(60)
        kinds = Counter(type(each) for each in settled)
        assert kinds in ({Canceled: 1, NotModified: 2}, {Canceled: 1, AlreadyClosed: 2})
        assert papi.unresolved == ()


# Stopping.


async def quoting(papi: PapiClient, count: int) -> list[asyncio.Task[Any]]:
    """So many orders on their way."""
    tasks = [asyncio.create_task(papi.place(margin())) for _ in range(count)]
    await asyncio.sleep(0.003)
    return tasks


@held
async def test_stopping_with_a_hundred_orders_takes_a_second() -> None:
    """At a round trip of 5 ms: they are gone after a few of them, and the proof takes the second."""
    ground = Ground()
    ground.rest("LTCBTC", 100)
    gone_at: list[float] = []
    async with ground.in_process_client() as papi:
        ground.faults.inject(Fault(FaultKind.DELAY, seconds=0.005), times=None)
        on_their_way = await quoting(papi, 20)

        async def watch() -> None:
            while ground.book.open_orders() or not ground.truth.canceled:  # noqa: ASYNC110 - the exchange has no event
                await asyncio.sleep(0.001)
            gone_at.append(now())

        watching = asyncio.create_task(watch())
        began = now()
        stopped = await papi.stop_placing(margin=["LTCBTC"])
        took = now() - began
        await watching
        print(f"stopped in {took:.3f} s, orders gone after {gone_at[0] - began:.3f} s")  # noqa: T201 - asked for by -s
        assert stopped.is_proven
        assert gone_at[0] - began < 0.1
        assert took < 1.1, "a round trip or two, and READ_LAG"
        assert {type(await each) for each in on_their_way} == {Placed}
        assert ground.book.open_orders() == []
        refused = await papi.place(margin())
        assert isinstance(refused, NotSent)
        assert str(refused.error) == HALTED
        papi.resume_placing()
        assert isinstance(await papi.place(margin()), Placed)


@held
async def test_whoever_waits_to_place_is_told_at_once() -> None:
    """Behind a closed limiter, in a batch, in a pause before another try, and by ``send``."""
    ground = Ground()
    async with ground.in_process_client(max_connections=2) as papi:
        ground.faults.inject(Fault(FaultKind.UNAVAILABLE_503), method="POST", times=1)
        pausing = asyncio.create_task(papi.place(margin(), valid_for=60))
        await asyncio.sleep(0.1)
        papi._limiter.close_for(20)
        waiting = asyncio.create_task(papi.place(margin(), valid_for=60, deadline=60))
        orders = [margin() for _ in range(50)]
        many = asyncio.create_task(papi.place_many(orders, valid_for=60, deadline=60))
        sending = asyncio.create_task(papi.send(margin(), max_wait=60))
        await asyncio.sleep(0.01)
        stopped = await papi.stop_placing()
        assert stopped.is_proven
        assert isinstance(await waiting, NotSent)
        assert {type(each) for each in await many} == {NotSent}
        await asyncio.wait([sending])
        assert str(sending.exception()) == HALTED
        assert isinstance(await pausing, Refused | NotSent)
        assert len(ground.truth.arrivals("POST")) == 1


@pytest.mark.parametrize("waits", [True, False], ids=["its caller waits", "its caller went away"])
@held
async def test_what_lands_after_everything_was_cancelled_is_cancelled_too(*, waits: bool) -> None:
    """The order was on its way for three seconds: it is found, cancelled, and told of."""
    ground = Ground()
    async with ground.in_process_client(timeout=0.1) as papi:
        ground.faults.inject(Fault(FaultKind.DELAY, seconds=3), method="POST")
        late = asyncio.create_task(papi.place(margin()))
        await asyncio.sleep(0.05)
        if not waits:
            late.cancel()
        stopped = await papi.stop_placing(margin=["LTCBTC"])
        assert stopped.is_proven
        assert [type(each) for each in stopped.late] == [Canceled]
        assert ground.book.open_orders() == []
        if waits:
            assert isinstance(await late, Placed)


@held
async def test_a_late_order_of_another_symbol_is_left_alone() -> None:
    """Nothing was asked about it."""
    ground = Ground()
    async with ground.in_process_client(timeout=0.1) as papi:
        ground.faults.inject(Fault(FaultKind.DELAY, seconds=3), method="POST")
        late = asyncio.create_task(papi.place(um()))
        await asyncio.sleep(0.05)
        stopped = await papi.stop_placing(margin=["LTCBTC"])
        assert list(stopped.late) == []
        assert isinstance(await late, Placed)
        assert len(ground.books["um"].open_orders()) == 1


class SlowToConnect(InProcessTransport):
    """Half a second passes before the first byte of an order can leave."""

    async def send(self, outgoing: Outgoing, *, timeout: float) -> Answer:  # noqa: ASYNC109 - as the protocol says
        """Connect, then send."""
        if outgoing.method == "POST":
            await asyncio.sleep(3)
        return await super().send(outgoing, timeout=timeout)


@pytest.mark.parametrize("is_sent", [False, True], ids=["place", "send"])
@held
async def test_an_order_that_is_still_connecting_is_waited_for(*, is_sent: bool) -> None:
    """It leaves after the stop was called, and is cancelled with the rest."""
    ground = Ground()
    async with ground.in_process_client(transport=SlowToConnect(ground)) as papi:
        call: Any = papi.send(margin()) if is_sent else papi.place(margin())
        connecting = asyncio.create_task(call)
        await asyncio.sleep(0.5)
        stopped = await papi.stop_placing(margin=["LTCBTC"])
        assert stopped.is_proven
        assert list(stopped.late) == [], "it was cancelled with the rest"
        await connecting
        assert ground.book.open_orders() == []


@held
async def test_an_order_admitted_just_before_does_not_leave() -> None:
    """A connection fell free for it in the very turn that placing is stopped: it has a permit, and has not left."""
    ground = Ground()
    async with ground.in_process_client(max_connections=1) as papi:
        first = await papi._carrier.admit(margin(), "order", 0)
        second = asyncio.create_task(papi.place(margin(), valid_for=60))
        await asyncio.sleep(0.01)
        first.give_back()
        papi._carrier.halt(HALTED)
        assert isinstance(await second, NotSent)
        assert ground.truth.arrivals("POST") == []
        papi.resume_placing()
        assert isinstance(await papi.place(margin()), Placed), "the permit was given back"


@held
async def test_a_change_is_stopped_like_an_order() -> None:
    """It names a price, too."""
    ground = Ground()
    (order_id,) = ground.rest("BTCUSDT", product="um", price=100)
    async with ground.in_process_client() as papi:
        await papi.stop_placing()
        assert isinstance(await papi.modify(change("um", order_id)), NotSent)
        papi.resume_placing()
        assert isinstance(await papi.modify(change("um", order_id)), Modified)

"""Orders, fills, expiries, faults, cancels, deadlines and callers that go away, in any order, against a model."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from binance_papi_async import (
    AlreadyClosed,
    Canceled,
    CancelMarginOrder,
    NotSent,
    Outcome,
    Unknown,
)
from binance_papi_async.outcome import CancelAllReport, Evidence
from binance_papi_async.simulator import FAULTS, Fault, FaultKind, HeldLoop, Order
from tests.cancelling.truth import check, check_sends, orders_of
from tests.cancelling.witness import (
    SYMBOL,
    Witness,
    cancel_list_of,
    cancel_of,
    complaints_of,
    name_of,
)

T = TypeVar("T")
MOST_LAG = 1.0
SYMBOLS = st.sampled_from([SYMBOL, "BNBBTC"])
DEADLINES = st.sampled_from([0.05, 1.0, 5.0, 70.0])
BAN = Fault(FaultKind.BANNED_418, retry_after=30)
WEATHER = [fault for fault in FAULTS if fault.kind is not FaultKind.BANNED_418]


class Trading(RuleBasedStateMachine):
    """The model knows what the market closed, who was asked to cancel what, and who was told what."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = HeldLoop()
        asyncio.set_event_loop(self.loop)
        self.complaints = complaints_of(self.loop)
        self.requests: list[Any] = []
        self.closed_by_market: set[int] = set()
        self.calls: Counter[Any] = Counter()
        self.swept: set[str] = set()
        self.callers: list[asyncio.Task[Any]] = []
        self.told: list[Outcome[Any]] = []

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Let the loop run until that is done."""
        return self.loop.run_until_complete(coroutine)

    @initialize(connections=st.integers(1, 4), scarce=st.booleans())
    def open(self, connections: int, *, scarce: bool) -> None:
        """A client of an exchange, with little weight or much."""

        async def begin() -> None:
            limit = 120 if scarce else 10**9
            self.exchange = Witness(weight_limit=limit, ban_after=10**6)
            self.papi = self.exchange.in_process_client(max_connections=connections)
            await self.papi.open()

        self.run(begin())

    @rule(symbol=SYMBOLS, count=st.integers(1, 4), named=st.booleans())
    def place(self, symbol: str, count: int, *, named: bool) -> None:
        """Orders rest, and become visible everywhere before they are cancelled."""
        for _ in range(count):
            if named:
                name = f"mine{len(self.requests)}"
                self.exchange.rest(symbol, client_order_ids=[name])
                self.requests.append(CancelMarginOrder(symbol=symbol, orig_client_order_id=name))
            else:
                (order_id,) = self.exchange.rest(symbol)
                self.requests.append(cancel_of(order_id, symbol))

    @rule(symbol=SYMBOLS)
    def place_list(self, symbol: str) -> None:
        """Two orders that live and die together."""
        list_id, orders = self.exchange.rest_list(symbol)
        self.requests.append(cancel_list_of(list_id, symbol))
        self.requests += [cancel_of(order, symbol) for order in orders]

    @precondition(lambda self: self.requests)
    @rule(pick=st.integers(0), how=st.sampled_from(["fill", "expire", "cancel"]))
    def market(self, pick: int, how: str) -> None:
        """Somebody else closes an order."""
        still = self.exchange.book.open_orders()
        if still:
            order = still[pick % len(still)]
            members = {order.order_id}
            if order.order_list_id >= 0:
                members |= set(self.exchange.book.order_list(order.order_list_id).order_ids)
            getattr(self.exchange.book, how)(order.order_id)
            self.closed_by_market |= members

    @rule(
        fault=st.sampled_from(WEATHER) | st.just(BAN),
        method=st.sampled_from(["DELETE", "GET", None]),
        times=st.sampled_from([1, 2, 5]),
    )
    def fault(self, fault: Fault, method: str | None, times: int) -> None:
        """The next calls go wrong."""
        self.exchange.faults.inject(fault, method=method, times=times)

    @rule(seconds=st.sampled_from([0.0, 0.1, MOST_LAG]))
    def lag(self, seconds: float) -> None:
        """Reads lag behind."""
        self.exchange.faults.stale_reads(seconds)

    @rule(seed=st.integers(0, 100), seconds=st.sampled_from([0.01, 0.3, 3.0]))
    def jitter(self, seed: int, seconds: float) -> None:
        """Calls take their time."""
        self.exchange.faults.jitter(seed, seconds)

    @precondition(lambda self: self.requests)
    @rule(pick=st.integers(0), deadline=DEADLINES, urgent=st.booleans())
    def cancel(self, pick: int, deadline: float, *, urgent: bool) -> None:
        """Somebody cancels one, open or not."""
        request = self.requests[pick % len(self.requests)]
        self.calls[name_of(request)] += 1

        async def caller() -> list[Outcome[Any]]:
            outcome = await self.papi.cancel(request, deadline=deadline, urgent=urgent)
            assert outcome.request is request
            return [outcome]

        self._begin(caller())

    @precondition(lambda self: self.requests)
    @rule(picks=st.lists(st.integers(0), max_size=8), deadline=DEADLINES, by_one=st.booleans())
    def cancel_many(self, picks: list[int], deadline: float, *, by_one: bool) -> None:
        """Somebody cancels several, some of them twice."""
        requests = [self.requests[pick % len(self.requests)] for pick in picks]
        self.calls.update({name_of(request) for request in requests})

        async def caller() -> list[Outcome[Any]]:
            if by_one:
                found: list[Outcome[Any]] = []
                async for outcome in self.papi.cancel_as_completed(requests, deadline=deadline):
                    found.append(outcome)
                    self._told([outcome])  # also if the caller does not live to the end
                assert Counter(map(repr, requests)) == Counter(repr(o.request) for o in found)
                return []
            answer = await self.papi.cancel_many(requests, deadline=deadline)
            assert [outcome.request for outcome in answer] == requests
            return list(answer)

        self._begin(caller())

    @rule(symbol=SYMBOLS, deadline=DEADLINES)
    def cancel_all(self, symbol: str, deadline: float) -> None:
        """Somebody empties a symbol."""
        self.swept.add(symbol)

        async def caller() -> list[Outcome[Any]]:
            report: CancelAllReport[Any] = await self.papi.cancel_all([symbol], deadline=deadline)
            remaining = {order.order_id for order in report.remaining}
            closed = [*report.outcomes.canceled, *report.outcomes.already_closed]
            assert not remaining & {each.request.order_id for each in closed}  # type: ignore[attr-defined]
            return list(report.outcomes)

        self._begin(caller())

    @precondition(lambda self: self.callers)
    @rule(pick=st.integers(0), turns=st.integers(0, 5))
    def leave(self, pick: int, turns: int) -> None:
        """A caller is cancelled, a few turns of the loop from now."""
        victim = self.callers[pick % len(self.callers)]

        async def wait() -> None:
            for _ in range(turns):
                await asyncio.sleep(0)
            victim.cancel()
            await asyncio.wait([victim])

        self.run(wait())

    @rule(seconds=st.sampled_from([0.01, 0.25, 1.0, 5.0, 30.0, 61.0]))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.run(asyncio.sleep(seconds))

    @rule(timeout=st.sampled_from([0.01, 1.0, 30.0]))
    def settle(self, timeout: float) -> None:
        """Somebody asks what became of it all."""
        self._told(self.run(self.papi.settle(timeout)))

    @invariant()
    def told_the_truth(self) -> None:
        """Whoever has been told something has been told what is so."""
        for caller in [caller for caller in self.callers if caller.done()]:
            self.callers.remove(caller)
            if not caller.cancelled():
                self._told(caller.result())
        assert not self.complaints, self.complaints

    def teardown(self) -> None:
        """The weather clears, and everything becomes known."""
        try:
            if hasattr(self, "papi"):
                self._end()
        finally:
            for task in asyncio.all_tasks(self.loop):
                task.cancel()
            self.loop.run_until_complete(asyncio.sleep(0))
            asyncio.set_event_loop(None)
            self.loop.close()

    def _begin(self, caller: Coroutine[Any, Any, list[Outcome[Any]]]) -> None:
        self.callers.append(self.loop.create_task(caller))
        self.run(asyncio.sleep(0))

    def _told(self, outcomes: Any) -> None:
        for outcome in outcomes:
            self.told.append(outcome)
            self._check(outcome)

    def _check(self, outcome: Outcome[Any]) -> None:
        is_repeated = self.calls[name_of(outcome.request)] > 1
        is_swept = any(
            order.symbol in self.swept for order in orders_of(self.exchange, outcome.request)
        )
        if isinstance(outcome, NotSent) and (is_repeated or is_swept):
            return  # another call may have sent it
        check(
            self.exchange,
            outcome,
            is_shared=lambda order: is_repeated or self._is_shared(order),
        )
        orders = orders_of(self.exchange, outcome.request)
        by_market = [order for order in orders if order.order_id in self.closed_by_market]
        if isinstance(outcome, Canceled) and outcome.evidence is Evidence.REPLY:
            assert not by_market, "the market had closed it"
        if isinstance(outcome, AlreadyClosed) and not is_repeated:
            assert by_market or any(map(self._is_shared, orders)), "nobody had closed it"

    def _is_shared(self, order: Order) -> bool:
        """Whether more than one request may have closed it."""
        return order.order_list_id >= 0 or order.symbol in self.swept

    def _end(self) -> None:
        self.exchange.faults.clear()
        self.run(asyncio.sleep(100))  # deadlines and bans are over
        self.told_the_truth()
        assert not self.callers, "every call ends at its deadline"
        self._told(self.run(self.papi.settle(3600)))
        assert self.papi.in_flight == ()
        assert self.papi.unresolved == ()
        known = {name_of(each.request) for each in self.told if not isinstance(each, Unknown)}
        for request in self.requests:
            if self.exchange.arrivals_of(request):
                assert name_of(request) in known, f"{request} left, and nobody was told"
            if self.calls[name_of(request)] == 1 and not self.swept:
                check_sends(self.exchange, [request])
        self.run(self.papi.close())


Trading.TestCase.settings = settings(
    max_examples=400,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestTrading = Trading.TestCase

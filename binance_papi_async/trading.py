"""Trading: orders placed, changed and cancelled, each with the truth about what became of it."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable
from typing import Any, Final, TypeVar, overload

from binance_papi_async.calling import Calls, SendTerms
from binance_papi_async.cancelling.canceler import Canceler
from binance_papi_async.clock import MILLISECOND, Left
from binance_papi_async.deciding.desk import MANY_DEADLINE, Desk
from binance_papi_async.declaring.orders import ModifyRequest, PlaceRequest
from binance_papi_async.declaring.request import CancelAllRequest, CancelRequest, Request
from binance_papi_async.endpoints.cm_conditional import CancelAllCmConditionalOrders
from binance_papi_async.endpoints.cm_orders import CancelAllCmOrders
from binance_papi_async.endpoints.margin_orders import CancelAllMarginOrders
from binance_papi_async.endpoints.margin_replies import MarginOrder
from binance_papi_async.endpoints.um_algo import CancelAllUmAlgoOrders
from binance_papi_async.endpoints.um_orders import CancelAllUmOrders
from binance_papi_async.journal import Entry, Journal
from binance_papi_async.outcome import (
    CancelAllReport,
    Canceled,
    OpenOrder,
    Outcome,
    Outcomes,
    Unknown,
)
from binance_papi_async.place_outcome import (
    ModifyOutcome,
    PlaceOutcome,
    PlaceOutcomes,
    Replaced,
    Stopped,
)
from binance_papi_async.placing.client_ids import ClientIds
from binance_papi_async.placing.placer import Placer
from binance_papi_async.placing.recall import how_lost, recalled
from binance_papi_async.placing.stopping import Stopping
from binance_papi_async.sending.carrier import Carrier
from binance_papi_async.sending.loose import Lost
from binance_papi_async.wire.codec import MAX_RECV_WINDOW_MS, check_recv_window

CLOCK_DOUBT: Final = 2.0
"""Seconds by which the clock of whoever wrote a line of a journal may have been off, if the line does not say."""
P = TypeVar("P")
Q = TypeVar("Q")
R = TypeVar("R")
S = TypeVar("S")


class Trading(Calls):
    """Places, changes and cancels orders, and finds out what became of each."""

    def __init__(
        self, carrier: Carrier, terms: SendTerms, ids: ClientIds, max_connections: int
    ) -> None:
        super().__init__(carrier, terms, ids, max_connections)
        self._desk = Desk(carrier, max_connections)
        self._canceler = Canceler(self._desk)
        self._placer = Placer(self._desk, self._canceler, ids)
        self._stopping = Stopping(carrier, self._desk, self._canceler)
        carrier.loose.on_lost = self._note_lost

    async def cancel(
        self,
        request: CancelRequest[R, S],
        /,
        *,
        deadline: float | None = None,
        urgent: bool = False,
    ) -> Outcome[R | S]:
        """Cancel one order, and say what became of it; never raises for what the exchange does.

        ``deadline`` in seconds bounds everything, resolution included; default 10.
        ``urgent`` overtakes batches that wait for weight.
        Weight of each DELETE: margin 2, the others 1; and of a read if the reply leaves doubt:
        a margin order 10, an order list 5, the others 1.
        """
        return await self._canceler.cancel(request, deadline=deadline, urgent=urgent)

    async def cancel_many(
        self,
        requests: Iterable[CancelRequest[R, S]] | AsyncIterable[CancelRequest[R, S]],
        /,
        *,
        deadline: float | None = None,
        on_outcome: Callable[[Outcome[R | S]], None] | None = None,
    ) -> Outcomes[R | S]:
        """Cancel many orders; one outcome for each, in the order given.

        The first are under way before the last request is taken from ``requests``.
        An order named twice is cancelled once and answered twice.
        ``deadline`` in seconds bounds everything, also what an async iterable takes; default 60.
        ``on_outcome`` is called as they land.
        Weight as for ``cancel``; doubts of one symbol are read together (margin 5, the others 1),
        and at most 1,000 go into reading how orders ended.
        """
        return await self._canceler.cancel_many(requests, deadline=deadline, on_outcome=on_outcome)

    def cancel_as_completed(
        self,
        requests: Iterable[CancelRequest[R, S]] | AsyncIterable[CancelRequest[R, S]],
        /,
        *,
        deadline: float | None = None,
    ) -> AsyncIterator[Outcome[R | S]]:
        """The same as ``cancel_many``, each outcome as it lands."""
        return self._canceler.cancel_as_completed(requests, deadline=deadline)

    @overload
    async def cancel_all(
        self, margin: Iterable[str], *, deadline: float | None = None
    ) -> CancelAllReport[MarginOrder]: ...
    @overload
    async def cancel_all(
        self,
        margin: Iterable[str] = (),
        *,
        um: Iterable[str] = (),
        cm: Iterable[str] = (),
        um_algo: Iterable[str] = (),
        cm_conditional: Iterable[str] = (),
        deadline: float | None = None,
    ) -> CancelAllReport[OpenOrder]: ...
    async def cancel_all(  # noqa: PLR0913 - one list for each product
        self,
        margin: Iterable[str] = (),
        *,
        um: Iterable[str] = (),
        cm: Iterable[str] = (),
        um_algo: Iterable[str] = (),
        cm_conditional: Iterable[str] = (),
        deadline: float | None = None,
    ) -> CancelAllReport[Any]:
        """Leave no open order on these symbols of these products, and prove it. Of nothing else is anything said.

        ``margin`` includes order lists; ``um_algo`` and ``cm_conditional`` are orders that wait for a price.
        Reads, cancels the cheaper way, and reads again until a read shows none.
        The proof takes a second: an earlier read may lag behind what was placed just before.
        A symbol that the exchange refuses to read is in ``report.unproven``.
        ``deadline`` in seconds; default 60.
        Weight per symbol: margin 5 a read, 5 or 2 an order a cancel; the others 1 each;
        and what it takes to read how orders ended whose cancel left doubt.
        """
        requests = _cancels_of_all(margin, um, cm, um_algo, cm_conditional)
        return await self._canceler.cancel_all(requests, deadline=deadline)

    async def place(
        self,
        request: PlaceRequest[R, S],
        /,
        *,
        deadline: float | None = None,
        valid_for: float | None = None,
        resend: bool = False,
        recv_window: int | None = None,
    ) -> PlaceOutcome[R | S]:
        """Place one order, and say what became of it; never raises for what the exchange does.

        It is sent once. A lost reply is resolved by reading the order by its client id, which it is given if it has none.
        ``deadline`` in seconds bounds everything, resolution included; default 10.
        It leaves within ``valid_for`` seconds or never: a price is worth nothing when it is old; default 1.
        With ``resend`` it is sent again, under the same id and while it is valid, after a proof that it never arrived;
        that takes ``recv_window`` ms and a second, so a short one makes it possible.
        Weight of each POST 1; of a read after a lost reply: a margin order 10, a list 5, the others 1, up to six of them.
        """
        return await self._placer.place(
            request,
            deadline=deadline,
            valid_for=valid_for,
            resend=resend,
            recv_window=_checked_window(recv_window),
        )

    async def place_many(  # noqa: PLR0913 - the terms of one call
        self,
        requests: Iterable[PlaceRequest[R, S]] | AsyncIterable[PlaceRequest[R, S]],
        /,
        *,
        deadline: float | None = None,
        valid_for: float | None = None,
        resend: bool = False,
        recv_window: int | None = None,
        on_outcome: Callable[[PlaceOutcome[R | S]], None] | None = None,
    ) -> PlaceOutcomes[R | S]:
        """Place many orders; one outcome for each, in the order given.

        The first are under way before the last request is taken from ``requests``; ``valid_for`` counts from when
        each is taken. ``deadline`` in seconds bounds everything; default 60. ``on_outcome`` is called as they land.
        The rest as for ``place``; doubts of one symbol are read together.
        """
        return await self._placer.place_many(
            requests,
            deadline=deadline,
            valid_for=valid_for,
            resend=resend,
            recv_window=_checked_window(recv_window),
            on_outcome=on_outcome,
        )

    def place_as_completed(
        self,
        requests: Iterable[PlaceRequest[R, S]] | AsyncIterable[PlaceRequest[R, S]],
        /,
        *,
        deadline: float | None = None,
        valid_for: float | None = None,
        resend: bool = False,
        recv_window: int | None = None,
    ) -> AsyncIterator[PlaceOutcome[R | S]]:
        """The same as ``place_many``, each outcome as it lands."""
        return self._placer.place_as_completed(
            requests,
            deadline=deadline,
            valid_for=valid_for,
            resend=resend,
            recv_window=_checked_window(recv_window),
        )

    async def modify(
        self,
        request: ModifyRequest[R, S],
        /,
        *,
        deadline: float | None = None,
        valid_for: float | None = None,
        recv_window: int | None = None,
    ) -> ModifyOutcome[R | S]:
        """Change price and quantity of one open order, and say what became of it.

        It is sent once; a lost reply is resolved by reading the order.
        ``deadline`` in seconds, default 10; it leaves within ``valid_for`` seconds or never, default 1.
        Weight 1, and 1 for each read after a lost reply.
        """
        return await self._placer.modify(
            request,
            deadline=deadline,
            valid_for=valid_for,
            recv_window=_checked_window(recv_window),
        )

    async def replace(
        self,
        cancel: CancelRequest[R, S],
        place: PlaceRequest[P, Q] | Callable[[Canceled[R | S]], PlaceRequest[P, Q] | None],
        /,
        *,
        deadline: float | None = None,
        valid_for: float | None = None,
    ) -> Replaced[R | S, P | Q]:
        """Cancel one order, and place another in its stead, if the cancel is what ended it.

        ``place`` may be a function of that outcome, which shows what had executed; it returns None to place nothing.
        An order that had filled, or of which nobody knows, is not replaced: the second is ``NotSent``.
        ``deadline`` in seconds bounds both; ``valid_for`` as for ``place``, from the call on,
        with a function from when that has returned.
        Of UM and CM, ``modify`` does the same in one call. Weight of a cancel and of an order.
        """
        return await self._placer.replace(cancel, place, deadline=deadline, valid_for=valid_for)

    async def replace_many(
        self,
        pairs: Iterable[
            tuple[
                CancelRequest[R, S],
                PlaceRequest[P, Q] | Callable[[Canceled[R | S]], PlaceRequest[P, Q] | None],
            ]
        ],
        /,
        *,
        deadline: float | None = None,
        valid_for: float | None = None,
    ) -> list[Replaced[R | S, P | Q]]:
        """Each pair as by ``replace``, at once; in the order given."""
        return await self._placer.replace_many(pairs, deadline=deadline, valid_for=valid_for)

    async def stop_placing(  # noqa: PLR0913 - one list for each product
        self,
        *,
        margin: Iterable[str] = (),
        um: Iterable[str] = (),
        cm: Iterable[str] = (),
        um_algo: Iterable[str] = (),
        cm_conditional: Iterable[str] = (),
        deadline: float | None = None,
    ) -> Stopped:
        """Place and change nothing more, and leave no open order on these symbols of these products.

        Orders that wait to be sent are told ``NotSent``, those on their way are waited for, everything is cancelled
        as by ``cancel_all``, and what is in doubt is settled; an order that is found to rest after all is cancelled too.
        It stays so until ``resume_placing``. ``deadline`` in seconds; default 60.
        Without doubts that takes a few round trips, and the second of the proof.
        """
        requests = _cancels_of_all(margin, um, cm, um_algo, cm_conditional)
        return await self._stopping.stop(requests, MANY_DEADLINE if deadline is None else deadline)

    def resume_placing(self) -> None:
        """Allow orders again."""
        self._carrier.halt(None)

    @property
    def in_flight(self) -> tuple[Request[Any], ...]:
        """Requests that change something, have left, and whose outcome is not known yet, also of callers that went away."""
        return (*self._desk.ledger.in_flight, *self._carrier.loose.in_flight)

    @property
    def unresolved(self) -> tuple[Unknown, ...]:
        """What changed something, or did not, as nobody knew at its deadline, or when it was lost.

        ``settle`` goes on with orders and their cancels. What else was sent and lost, a loan, a transfer, a setting,
        no read can decide: it stays here until ``forget``.
        """
        return self._desk.ledger.unresolved

    def forget(self, request: Request[Any]) -> bool:
        """Take a doubt out of ``unresolved`` that you know the answer to; whether there was one."""
        return self._desk.ledger.forget(request)

    async def settle(self, timeout: float) -> Outcomes[Any]:  # noqa: ASYNC109 - a bound of its own, not a cancellation
        """Wait for orders and cancels under way, and go on with the unresolved, ``timeout`` seconds at most.

        Asks about them again, and cancels again what an answer shows to be open still; it places nothing again.

        Returns what has become known of both since it was last asked.
        """
        self._check_is_here()
        outcomes, weight = await self._desk.settle(timeout)
        return Outcomes(outcomes, weight=weight)

    def _check_is_here(self) -> None:
        """Raise if it is at home in another loop or process: there it was opened, and there it is closed."""
        if self._carrier.home.is_elsewhere:
            raise self._carrier.home.objection()

    def _note_lost(self, request: Request[Any], lost: Lost) -> None:
        """A request that changes something was only sent, has left, and nobody knows what became of it."""
        why = how_lost(lost.error)
        # What is asked again is sent with the client's own; only a proof that nothing can come needs what was sent.
        recv_window = None if request.endpoint.verb == "DELETE" else lost.recv_window
        terms = self._desk.terms(None, request.endpoint.lane, recv_window=recv_window)
        left = Left(lost.left_at, lost.earliest, lost.latest)
        operation = recalled(request, terms, left, why, self._ids)
        operation.recall(lost.number)
        self._desk.ledger.note(operation, Unknown(request, why))

    def _recall(self, journal: Journal) -> None:
        """What an earlier process left in doubt becomes unresolved here."""
        for entry in journal.unresolved:
            self._note_lost(entry.request, self._lost_then(entry))

    def _lost_then(self, entry: Entry) -> Lost:
        """When it left: at the earliest, which tells other orders apart; and at the latest, from which its age counts."""
        clock, left_at = self._carrier.clock, entry.left_at_ms / 1000
        off = CLOCK_DOUBT if entry.off_ms is None else entry.off_ms / 1000
        earliest, latest = left_at - off, left_at + MILLISECOND + off
        return Lost(
            clock.now() - (clock.exchange_time() - latest),
            entry.recv_window or MAX_RECV_WINDOW_MS,
            entry.outcome.error,
            entry.number,
            earliest,
            latest,
        )


def _checked_window(recv_window: int | None) -> int | None:
    return None if recv_window is None else check_recv_window(recv_window)


def _cancels_of_all(
    margin: Iterable[str],
    um: Iterable[str],
    cm: Iterable[str],
    um_algo: Iterable[str],
    cm_conditional: Iterable[str],
) -> list[CancelAllRequest[Any, Any]]:
    products: dict[type[CancelAllRequest[Any, Any]], Iterable[str]] = {
        CancelAllMarginOrders: margin,
        CancelAllUmOrders: um,
        CancelAllCmOrders: cm,
        CancelAllUmAlgoOrders: um_algo,
        CancelAllCmConditionalOrders: cm_conditional,
    }
    for kind, symbols in products.items():
        if isinstance(symbols, str):
            name = kind.product.replace(" ", "_")
            raise TypeError(f"{name} is a list of symbols: {name}=[{symbols!r}]")
    return [kind(symbol=each) for kind, symbols in products.items() for each in symbols]

"""Calling endpoints: ``send``, and every endpoint as a method; on terms that a view of a client may change."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Mapping
from math import inf
from typing import Any, Final, NamedTuple, TypeVar, overload

from binance_papi_async.declaring.asking import Asks, Sending
from binance_papi_async.declaring.reading import Json
from binance_papi_async.declaring.request import Lane, Request
from binance_papi_async.endpoints.account import Account
from binance_papi_async.endpoints.cm import Cm
from binance_papi_async.endpoints.general import General
from binance_papi_async.endpoints.margin import Margin
from binance_papi_async.endpoints.um import Um
from binance_papi_async.endpoints.user_stream import UserStream
from binance_papi_async.limits.lanes import LANES
from binance_papi_async.options import checked_lane, checked_timeout
from binance_papi_async.outcome import SendOutcome
from binance_papi_async.placing.client_ids import ClientIds
from binance_papi_async.sending.carrier import Carrier
from binance_papi_async.sending.many import send_all
from binance_papi_async.wire.codec import check_recv_window
from binance_papi_async.wire.message import Outgoing

R = TypeVar("R")

MAX_WAIT: Final[Mapping[Lane, float]] = {**dict.fromkeys(LANES, inf), "order": 0.0}
"""Seconds that a request waits for weight and orders unless told otherwise.

An order does not wait: by the time a window turns, its price is an old one.
"""


class SendTerms(NamedTuple):
    """On what terms requests are sent that say nothing else."""

    timeout: float
    """Seconds from leaving the limiter to the whole reply."""
    recv_window: int
    """In ms."""
    max_wait: Mapping[Lane, float]
    """Seconds that each lane waits for weight and orders; ``inf`` for as long as it takes."""
    lane: Lane | None = None
    """None for the lane of each endpoint."""


class Calls:
    """Sends requests on some terms, and has every endpoint as a method."""

    def __init__(
        self, carrier: Carrier, terms: SendTerms, ids: ClientIds, max_workers: int
    ) -> None:
        self._carrier = carrier
        self._terms = terms
        self._ids = ids
        self._max_workers = max_workers
        self.margin = Margin(self)
        self.um = Um(self)
        self.cm = Cm(self)
        self.account = Account(self)
        self.user_stream = UserStream(self)
        self.general = General(self)

    def __repr__(self) -> str:
        return f"<Calls on {self._terms!r}>"

    def timestamp_ms(self) -> int:
        """The exchange's time now, ms since 1970; where histories end that are given no end."""
        return self._carrier.clock.timestamp_ms()

    def with_options(
        self,
        *,
        timeout: float | None = None,
        max_wait: float | None = None,
        recv_window: int | None = None,
        lane: Lane | None = None,
    ) -> Calls:
        """The same methods on other terms, for as long as this client is open; costs nothing.

        ``papi.with_options(max_wait=0.2).margin.new_order(...)``: as those of ``send``.
        """
        terms = self._terms
        view = SendTerms(
            terms.timeout if timeout is None else checked_timeout(timeout),
            terms.recv_window if recv_window is None else check_recv_window(recv_window),
            terms.max_wait if max_wait is None else dict.fromkeys(LANES, checked_wait(max_wait)),
            terms.lane if lane is None else checked_lane(lane),
        )
        return Calls(self._carrier, view, self._ids, self._max_workers)

    @overload
    async def send(
        self,
        request: Asks[R],
        /,
        *,
        timeout: float | None = ...,  # noqa: ASYNC109 - see below
        max_wait: float | None = ...,
        recv_window: int | None = ...,
        lane: Lane | None = ...,
    ) -> R: ...
    @overload
    def send(  # pyright: ignore[reportOverlappingOverload] - mypy needs it: see ``asking``
        self,
        request: Request[R],
        /,
        *,
        timeout: float | None = ...,
        max_wait: float | None = ...,
        recv_window: int | None = ...,
        lane: Lane | None = ...,
    ) -> Sending[R]: ...
    async def send(
        self,
        request: Any,
        /,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - bounds the network part only, see below
        max_wait: float | None = None,
        recv_window: int | None = None,
        lane: Lane | None = None,
    ) -> Any:
        """Send a request, once, and return its typed reply.

        ``timeout`` seconds bound the network part, ``max_wait`` seconds the wait for weight and orders before it:
        ``inf`` for as long as it takes, which is the default of everything but orders; 0, theirs, fails at once.
        If the exchange's time is in doubt, as after a suspend, that is asked for first, for a second at most.
        ``recv_window`` is in ms. ``lane`` overrides whom it waits behind.
        An order that has no client id is given one: ``error.request`` has it when the reply is lost.

        Raises NotSentError, RefusedError or UnknownOutcomeError: see ``errors``.
        A timestamp the exchange calls wrong (-1021, not executed) is corrected and sent once more, signed anew.
        """
        terms = self._terms
        asked: Request[Any] = request
        if lane is None:
            lane = terms.lane or asked.endpoint.lane
        else:
            checked_lane(lane)
        if asked.endpoint.orders:
            asked = self._ids.named(asked)
        reply = await self._carrier.send(
            asked,
            timeout=terms.timeout if timeout is None else checked_timeout(timeout),
            max_wait=_bound(terms.max_wait[lane] if max_wait is None else checked_wait(max_wait)),
            recv_window=(
                terms.recv_window if recv_window is None else check_recv_window(recv_window)
            ),
            lane=lane,
        )
        if asked.endpoint.orders:
            self._ids.note(asked, reply)
        return reply

    async def send_with_extra(
        self,
        request: Request[R],
        /,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - as of ``send``
        max_wait: float | None = None,
    ) -> tuple[R, Json]:
        """The same as ``send``, and whatever the exchange said beyond the fields of the reply.

        That is a mapping of names to plain JSON values; of a list, one for each row.
        The body is read a second time for it, which ``send`` does not pay for.
        """
        terms, sent = self._terms, list[Outgoing]()
        lane = terms.lane or request.endpoint.lane
        if request.endpoint.orders:
            request = self._ids.named(request)
        seconds = terms.timeout if timeout is None else checked_timeout(timeout)

        def leaving(outgoing: Outgoing, _: float) -> float:
            sent.append(outgoing)
            return seconds

        reply = await self._carrier.send(
            request,
            timeout=leaving,
            max_wait=_bound(terms.max_wait[lane] if max_wait is None else checked_wait(max_wait)),
            recv_window=terms.recv_window,
            lane=lane,
        )
        if request.endpoint.orders:
            self._ids.note(request, reply)
        answer = sent[-1].answer
        return reply, request.endpoint.undeclared(b"" if answer is None else answer.body)

    async def send_all(
        self,
        requests: Iterable[Request[R]],
        /,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - of each request's network part
        max_wait: float | None = None,
    ) -> list[SendOutcome[R]]:
        """Send requests of any kind concurrently, each once; one outcome for each, in the order given.

        Never raises for what the exchange does. ``timeout`` and ``max_wait`` are each request's, as in ``send``.
        Requests are taken from the iterable as connections fall free.
        Nothing is resolved: for cancels and orders, ``cancel_many`` and ``place_many`` find out what became of them.
        """

        def send(request: Request[R]) -> Awaitable[R]:
            return self.send(request, timeout=timeout, max_wait=max_wait)

        return await send_all(send, requests, max_workers=self._max_workers)


def chosen_waits(max_wait: float | Mapping[Lane, float] | None) -> Mapping[Lane, float]:
    """How long each lane waits: as it was told, for all lanes or for some."""
    if max_wait is None:
        return MAX_WAIT
    if not isinstance(max_wait, Mapping):
        return dict.fromkeys(LANES, checked_wait(max_wait))
    told: dict[Lane, float] = {
        checked_lane(lane): checked_wait(seconds) for lane, seconds in max_wait.items()
    }
    return {**MAX_WAIT, **told}


def checked_wait(max_wait: Any) -> float:
    """Seconds, not below zero."""
    if not max_wait >= 0:
        raise ValueError(f"max_wait must be zero seconds or more, or inf, not {max_wait}")
    seconds: float = max_wait
    return seconds


def _bound(seconds: float) -> float | None:
    return None if seconds == inf else seconds

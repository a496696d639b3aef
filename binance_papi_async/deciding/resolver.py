"""Asks the exchange about orders in doubt: one read for many, where one answers.

Of margin, a list of a symbol's open orders costs 5, a read of one order 10.
So doubts about orders of one symbol are gathered for a moment and screened by one list;
and how those ended that are open no more is read from a list of all orders, where that costs less than each.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from binance_papi_async.deciding.steps import How
from binance_papi_async.deciding.terms import Terms
from binance_papi_async.declaring.reading import unreadable
from binance_papi_async.declaring.request import CancelRequest, Request
from binance_papi_async.errors import ReplyDecodeError, ReplyTimeoutError
from binance_papi_async.sending.carrier import Carrier

TOO_LATE: Final = "the deadline passed before the order could be read"
NOT_WHOLE: Final = "the list of orders cannot be read wholly, or is of another symbol"
GATHERING: Final = 0.02
"""Seconds that the first doubt of a batch waits for others of its symbol."""
END_GATHERING: Final = 0.25
"""The same for how an order ended that is closed for certain, which is dearer, and nothing waits for it."""
UNTOLD: Final = object()
"""The answer to how an order ended, where that is not worth its weight."""


class Screened(NamedTuple):
    """What a list of open orders tells of one."""

    state: Any
    """Its row; None if it is not among them."""
    asked_at: float
    """When the list was asked for, by the local clock."""


@dataclass(slots=True, eq=False)
class Question:
    """Who asks what, how long, and who pays."""

    request: CancelRequest[Any, Any]
    how: How
    terms: Terms
    shown: Any
    """The order as it was read before, of which the parts are asked for."""
    spend: Callable[[int], None]
    answer: asyncio.Future[Any] = field(init=False)

    @property
    def timeout(self) -> float:
        """Seconds that one attempt may take."""
        return self.terms.attempt_timeout()

    def tell(self, answer: object) -> None:
        """Answer whoever asked, if anybody waits still."""
        if not self.answer.done():
            self.answer.set_result(answer)

    def fail(self, error: Exception) -> None:
        """Tell whoever asked that asking failed, if anybody waits still."""
        if not self.answer.done():
            self.answer.set_exception(error)


class Resolver:
    """Answers what became of orders."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self._boards: dict[tuple[Request[Any], bool], list[Question]] = {}
        """Doubts that one list answers, by that list and whether it is of all orders, while somebody serves them."""
        self._tasks: set[asyncio.Task[None]] = set()

    def ask(self, question: Question) -> asyncio.Future[Any]:
        """The order as it is now, or what a list tells of it; or what the read raised, or that it is too late."""
        loop = asyncio.get_running_loop()
        answer = question.answer = loop.create_future()
        timer = loop.call_at(question.terms.ends_at, question.fail, ReplyTimeoutError(TOO_LATE))
        answer.add_done_callback(lambda _: timer.cancel())
        if question.how in ("state", "parts"):
            self._spawn(self._answer_by_state(question))
            return answer
        board = (question.request.open_states(), question.how == "end")
        if board not in self._boards:
            self._boards[board] = []
            self._spawn(self._serve(board, is_bulk=question.terms.is_bulk))
        self._boards[board].append(question)
        return answer

    def close(self) -> None:
        """Ask no more."""
        for task in self._tasks:
            task.cancel()

    async def _serve(self, board: tuple[Request[Any], bool], *, is_bulk: bool) -> None:
        """One read for all who ask now, another for all who have asked meanwhile."""
        questions, (listing, is_end) = self._boards[board], board
        try:
            while questions:
                await asyncio.sleep((END_GATHERING if is_end else GATHERING) if is_bulk else 0)
                asked = [each for each in questions if not each.answer.done()]
                questions.clear()
                if asked:
                    await (self._end(asked) if is_end else self._screen(listing, asked))
        finally:
            del self._boards[board]

    async def _screen(self, listing: Request[Any], asked: list[Question]) -> None:
        """Which of them are open."""
        if not _is_list_cheaper(listing, asked):
            await self._answer_each(asked)
            return
        found = await self._list(listing, asked)
        if found is None:
            return
        states, asked_at, is_whole = found
        for each in asked:
            state = states.get(each.request.key)
            if state is None and not is_whole:
                each.fail(ReplyDecodeError(NOT_WHOLE))
            else:
                each.tell(Screened(state, asked_at))

    async def _end(self, asked: list[Question]) -> None:
        """How they ended, from one list or one by one, if there is weight for it."""
        named = [each for each in asked if not each.request.is_reusable]
        singly = sum(each.request.state().weight for each in named)
        oldest = min(named, key=_by_age, default=None)
        history = None if oldest is None else oldest.request.ends()
        if history and history.weight < singly and named[0].terms.take_end_weight(history.weight):
            states, *_ = await self._list(history, named) or ({},)
            for each in named:
                if each.request.key in states:
                    each.tell(states[each.request.key])
        await self._answer_each([each for each in asked if not each.answer.done()])

    async def _list(
        self, listing: Request[Any], asked: list[Question]
    ) -> tuple[dict[Any, Any], float, bool] | None:
        """Its rows by what names them, when it was asked for, and whether it is whole; None if all were told why not."""
        first = asked[0]
        try:
            rows, asked_at = await self._carrier.read(
                listing,
                timeout=min(each.timeout for each in asked),
                max_wait=max(0.0, *(each.terms.time_left() for each in asked)),
                spend=first.spend,
            )
        except Exception as error:  # noqa: BLE001 - whoever asked is told, whatever it is
            for each in asked:
                each.fail(error)
            return None
        symbol = getattr(listing, "symbol", None)
        of_symbol = [row for row in rows if symbol is None or row.symbol == symbol]
        is_whole = len(of_symbol) == len(rows) and not unreadable(rows)
        states = {key: row for row in of_symbol for key in first.request.keys_of(row)}
        return states, asked_at, is_whole

    async def _answer_each(self, asked: list[Question]) -> None:
        await asyncio.gather(*(self._answer_by_state(each) for each in asked))

    async def _answer_by_state(self, question: Question) -> None:
        request, terms = question.request, question.terms
        reads = request.parts(question.shown) if question.how == "parts" else [request.state()]
        weight = sum(read.weight for read in reads)
        if question.how in ("end", "parts") and not terms.take_end_weight(weight):
            question.tell(UNTOLD)
            return
        try:
            async with asyncio.timeout_at(terms.ends_at):
                states = [await self._read(read, question) for read in reads]
            if question.how == "parts":
                states = [_assembled(request, question.shown, reads, states)]
        except Exception as error:  # noqa: BLE001 - whoever asked is told, whatever it is
            question.fail(error)
        else:
            question.tell(states[0])

    async def _read(self, request: Request[Any], question: Question) -> Any:
        state, _ = await self._carrier.read(
            request,
            timeout=question.timeout,
            max_wait=max(0.0, question.terms.time_left()),
            spend=question.spend,
        )
        return state

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _assembled(
    request: CancelRequest[Any, Any], shown: Any, reads: list[Any], parts: list[Any]
) -> Any:
    """A thing with its parts, if those are what was read."""
    if [each.order_id for each in parts] != [each.order_id for each in reads]:
        raise ReplyDecodeError("the read shows another order", body=repr(parts).encode())
    return request.with_parts(shown, parts)


def _by_age(question: Question) -> tuple[int, str]:
    """Ids rise with time, and so does their length as text."""
    key = str(question.request.key)
    return len(key), key


def _is_list_cheaper(listing: Request[Any], asked: list[Question]) -> bool:
    """One alone is read itself, which tells more; many by whichever costs less."""
    if any(each.how == "open" for each in asked):
        return True
    if len(asked) == 1 and not asked[0].terms.is_bulk:
        return False
    return listing.weight <= sum(each.request.state().weight for each in asked)

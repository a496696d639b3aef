"""Asks the exchange about orders in doubt: one read for many, where one answers.

A list of a symbol's open orders costs 5, a read of one order 10.
So doubts about orders of one symbol are gathered for a moment and screened by one list.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from binance_papi_async.cancelling.decision import How
from binance_papi_async.declaring.request import CancelRequest, Request
from binance_papi_async.errors import ReplyTimeoutError
from binance_papi_async.sending.carrier import Carrier

TOO_LATE: Final = "the deadline passed before the order could be read"
GATHERING: Final = 0.02
"""Seconds that the first doubt of a batch waits for others of its symbol."""


class Screened(NamedTuple):
    """What a list of open orders tells of one."""

    is_open: bool
    asked_at: float
    """When the list was asked for, by the local clock."""


@dataclass(slots=True, eq=False)
class _Question:
    request: CancelRequest[Any, Any]
    how: How
    is_bulk: bool
    timeout: float
    ends_at: float
    """Loop time."""
    spend: Callable[[int], None]
    answer: asyncio.Future[Any]

    def tell(self, answer: object) -> None:
        """Answer whoever asked, if anybody waits still."""
        if not self.answer.done():
            self.answer.set_result(answer)

    def fail(self, error: Exception) -> None:
        """Tell whoever asked that asking failed, if anybody waits still."""
        if not self.answer.done():
            self.answer.set_exception(error)


@dataclass(slots=True)
class _Board:
    """Doubts that one list answers."""

    questions: list[_Question] = field(default_factory=list[_Question])
    is_served: bool = False


class Resolver:
    """Answers what became of orders."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self._boards: dict[Request[Any], _Board] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def ask(  # noqa: PLR0913 - who asks what, how long, and who pays
        self,
        request: CancelRequest[Any, Any],
        how: How,
        *,
        is_bulk: bool,
        timeout: float,
        time_left: float,
        spend: Callable[[int], None],
    ) -> asyncio.Future[Any]:
        """The order as it is now, or what a list tells of it; or what the read raised, or that it is too late."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()
        ends_at = loop.time() + time_left
        question = _Question(request, how, is_bulk, timeout, ends_at, spend, answer)
        timer = loop.call_at(ends_at, question.fail, ReplyTimeoutError(TOO_LATE))
        answer.add_done_callback(lambda _: timer.cancel())
        if how == "state":
            self._spawn(self._answer_by_state(question))
            return answer
        listing = request.open_states()
        board = self._boards.setdefault(listing, _Board())
        board.questions.append(question)
        if not board.is_served:
            board.is_served = True
            self._spawn(self._serve(listing, board, is_bulk=is_bulk))
        return answer

    def close(self) -> None:
        """Ask no more."""
        for task in self._tasks:
            task.cancel()

    async def _serve(self, listing: Request[Any], board: _Board, *, is_bulk: bool) -> None:
        """One read for all who ask now, another for all who have asked meanwhile."""
        try:
            while board.questions:
                await asyncio.sleep(GATHERING if is_bulk else 0)
                asked = [each for each in board.questions if not each.answer.done()]
                board.questions.clear()
                if asked:
                    await self._answer(listing, asked)
        finally:
            board.is_served = False
            self._boards.pop(listing, None)

    async def _answer(self, listing: Request[Any], asked: list[_Question]) -> None:
        if _is_list_cheaper(listing, asked):
            await self._answer_by_list(listing, asked)
        else:
            await asyncio.gather(*(self._answer_by_state(each) for each in asked))

    async def _answer_by_list(self, listing: Request[Any], asked: list[_Question]) -> None:
        first, timeout = asked[0], min(each.timeout for each in asked)
        try:
            states, asked_at = await self._carrier.read(
                listing, timeout=timeout, max_wait=_longest(asked), spend=first.spend
            )
        except Exception as error:  # noqa: BLE001 - whoever asked is told, whatever it is
            for each in asked:
                each.fail(error)
            return
        is_open = {key for state in states for key in first.request.keys_of(state)}
        for each in asked:
            each.tell(Screened(each.request.key in is_open, asked_at))

    async def _answer_by_state(self, question: _Question) -> None:
        try:
            async with asyncio.timeout_at(question.ends_at):
                state, _ = await self._carrier.read(
                    question.request.state(),
                    timeout=question.timeout,
                    max_wait=_longest([question]),
                    spend=question.spend,
                )
        except Exception as error:  # noqa: BLE001 - whoever asked is told, whatever it is
            question.fail(error)
        else:
            question.tell(state)

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _longest(asked: list[_Question]) -> float:
    """Seconds until the last of them gives up."""
    last = max(each.ends_at for each in asked)
    return max(0.0, last - asyncio.get_running_loop().time())


def _is_list_cheaper(listing: Request[Any], asked: list[_Question]) -> bool:
    """One alone is read itself, which tells more; many by whichever costs less."""
    if any(each.how == "open" for each in asked):
        return True
    if len(asked) == 1 and not asked[0].is_bulk:
        return False
    return listing.weight <= sum(each.request.state().weight for each in asked)

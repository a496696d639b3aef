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
class Question:
    """Who asks what, how long, and who pays."""

    request: CancelRequest[Any, Any]
    how: How
    is_bulk: bool
    timeout: float
    ends_at: float
    """Loop time."""
    spend: Callable[[int], None]
    answer: asyncio.Future[Any] = field(init=False)

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
        self._boards: dict[Request[Any], list[Question]] = {}
        """Doubts that one list answers, by that list, for as long as somebody serves them."""
        self._tasks: set[asyncio.Task[None]] = set()

    def ask(self, question: Question) -> asyncio.Future[Any]:
        """The order as it is now, or what a list tells of it; or what the read raised, or that it is too late."""
        loop = asyncio.get_running_loop()
        answer = question.answer = loop.create_future()
        timer = loop.call_at(question.ends_at, question.fail, ReplyTimeoutError(TOO_LATE))
        answer.add_done_callback(lambda _: timer.cancel())
        if question.how == "state":
            self._spawn(self._answer_by_state(question))
            return answer
        listing = question.request.open_states()
        if listing not in self._boards:
            self._boards[listing] = []
            self._spawn(self._serve(listing, is_bulk=question.is_bulk))
        self._boards[listing].append(question)
        return answer

    def close(self) -> None:
        """Ask no more."""
        for task in self._tasks:
            task.cancel()

    async def _serve(self, listing: Request[Any], *, is_bulk: bool) -> None:
        """One read for all who ask now, another for all who have asked meanwhile."""
        board = self._boards[listing]
        try:
            while board:
                await asyncio.sleep(GATHERING if is_bulk else 0)
                asked = [each for each in board if not each.answer.done()]
                board.clear()
                if asked:
                    await self._answer(listing, asked)
        finally:
            del self._boards[listing]

    async def _answer(self, listing: Request[Any], asked: list[Question]) -> None:
        if _is_list_cheaper(listing, asked):
            await self._answer_by_list(listing, asked)
        else:
            await asyncio.gather(*(self._answer_by_state(each) for each in asked))

    async def _answer_by_list(self, listing: Request[Any], asked: list[Question]) -> None:
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

    async def _answer_by_state(self, question: Question) -> None:
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


def _longest(asked: list[Question]) -> float:
    """Seconds until the last of them gives up."""
    last = max(each.ends_at for each in asked)
    return max(0.0, last - asyncio.get_running_loop().time())


def _is_list_cheaper(listing: Request[Any], asked: list[Question]) -> bool:
    """One alone is read itself, which tells more; many by whichever costs less."""
    if any(each.how == "open" for each in asked):
        return True
    if len(asked) == 1 and not asked[0].is_bulk:
        return False
    return listing.weight <= sum(each.request.state().weight for each in asked)

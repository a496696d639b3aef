"""Many requests of any kind at once: one outcome for each, in the order given.

Nothing is resolved and nothing is sent again here; for cancels, ``cancel_many`` does both.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from operator import length_hint
from typing import TypeVar

from binance_papi_async.declaring.request import Request
from binance_papi_async.errors import NotSentError, RefusedError, UnknownOutcomeError
from binance_papi_async.outcome import Done, NotSent, Refused, SendOutcome, Unknown

R = TypeVar("R")


async def send_all(
    send: Callable[[Request[R]], Awaitable[R]],
    requests: Iterable[Request[R]],
    *,
    max_workers: int,
) -> list[SendOutcome[R]]:
    """Send every request, as many at a time as there are workers.

    What the iterable raises, or a request that could never be sent, is raised at the end:
    nothing more is taken then, but what is under way is finished first.
    """
    source = enumerate(requests)
    outcomes: dict[int, SendOutcome[R]] = {}
    errors: list[Exception] = []

    async def work() -> None:
        try:
            for place, request in source:
                outcomes[place] = await _outcome(send, request)
                if errors:
                    return
        except Exception as error:  # noqa: BLE001 - the others come first
            errors.append(error)

    async with asyncio.TaskGroup() as workers:
        for _ in range(min(max_workers, length_hint(requests, max_workers))):
            workers.create_task(work())
    if errors:
        raise errors[0]
    return [outcomes[place] for place in sorted(outcomes)]


async def _outcome(
    send: Callable[[Request[R]], Awaitable[R]], request: Request[R]
) -> SendOutcome[R]:
    try:
        return Done(request, await send(request))
    except RefusedError as error:
        return Refused(request, error)
    except NotSentError as error:
        return NotSent(request, error)
    except UnknownOutcomeError as error:
        return Unknown(request, error)

"""How the exchange cuts a history down to a page. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from binance_papi_async.simulator.call import Call
from binance_papi_async.simulator.refusal import Refusal, invalid
from binance_papi_async.simulator.replies import milliseconds

T = TypeVar("T")
DEFAULT_LIMIT: Final = 500
DAY_MS: Final = 86_400_000


def page(
    call: Call,
    items: Sequence[T],
    *,
    time_of: Callable[[T], float],
    is_forward: bool,
    max_limit: int = DEFAULT_LIMIT,
) -> list[T]:
    """Items inside ``startTime`` and ``endTime`` (inclusive), at most ``limit``, oldest first.

    Forward from a start the first ones, else the newest (documented).
    A limit above the maximum is refused: a simulator's choice, the real answer is not documented.
    """
    start, end = call.number("startTime"), call.number("endTime")
    limit = call.number("limit")
    limit = DEFAULT_LIMIT if limit is None else limit
    if not 1 <= limit <= max_limit:
        raise invalid("limit")
    if start is not None and end is not None and start > end:
        raise Refusal(-1023, "Start time is greater than end time.")
    inside = [
        item
        for item in items
        if (start is None or milliseconds(time_of(item)) >= start)
        and (end is None or milliseconds(time_of(item)) <= end)
    ]
    return inside[:limit] if is_forward or start is not None else inside[-limit:]


def check_day(call: Call) -> None:
    """-1127 for a range of 24 hours or more (documented for trades)."""
    start, end = call.number("startTime"), call.number("endTime")
    if start is not None and end is not None and end - start >= DAY_MS:
        raise Refusal(-1127, "More than 24 hours between startTime and endTime.")

"""How the exchange cuts a history down to a page. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from binance_papi_async.simulator.admission.parameters import DAY_MS
from binance_papi_async.simulator.calls.call import Call
from binance_papi_async.simulator.calls.notation import milliseconds
from binance_papi_async.simulator.refusal import Refusal

T = TypeVar("T")
DEFAULT_LIMIT: Final = 500
DEFAULT_SIZE: Final = 10


def page(  # noqa: PLR0913 - the rules of a history
    call: Call,
    items: Sequence[T],
    *,
    time_of: Callable[[T], float],
    is_forward: bool,
    default_limit: int = DEFAULT_LIMIT,
    default_days: int | None = None,
) -> list[T]:
    """Items inside ``startTime`` and ``endTime`` (inclusive), at most ``limit``, oldest first.

    Forward from a start the first ones, else the newest (documented), of the last ``default_days``
    if neither a start nor an end is given.
    """
    start, end = call.number("startTime"), call.number("endTime")
    limit = call.number("limit") or default_limit
    if start is not None and end is not None and start > end:
        raise Refusal(-1023, "Start time is greater than end time.")
    is_forward = is_forward or start is not None
    if default_days is not None and not is_forward and end is None:
        start = milliseconds(call.now) - default_days * DAY_MS
    inside = [
        item
        for item in items
        if (start is None or milliseconds(time_of(item)) >= start)
        and (end is None or milliseconds(time_of(item)) <= end)
    ]
    return inside[:limit] if is_forward else inside[-limit:]


def newest_first(
    call: Call, items: Sequence[T], *, time_of: Callable[[T], float]
) -> tuple[list[T], int]:
    """One page, ``current`` of those of ``size``, newest first; and how many there are on all pages.

    The start is mandatory.
    """
    start, end = int(call.parameters["startTime"]), call.number("endTime")
    inside = [
        item
        for item in reversed(items)
        if milliseconds(time_of(item)) >= start
        and (end is None or milliseconds(time_of(item)) <= end)
    ]
    size, current = call.number("size") or DEFAULT_SIZE, call.number("current") or 1
    return inside[(current - 1) * size : current * size], len(inside)


def check_day(call: Call) -> None:
    """-1127 for a range of 24 hours or more (documented for trades)."""
    start, end = call.number("startTime"), call.number("endTime")
    if start is not None and end is not None and end - start >= DAY_MS:
        raise Refusal(-1127, "More than 24 hours between startTime and endTime.")

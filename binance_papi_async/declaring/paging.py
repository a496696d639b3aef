"""Histories as iterators: ``async for trade in papi.margin.iter_trades(symbol=...)``.

The exchange tells a history in pages: of a span of time, from an id on, or by number. A page has a
largest size, a span has a longest length, and where a page is full the documents do not say which
rows were left out, the oldest or the newest. So a full span is never trusted: it is asked again
in halves until its page has room to spare, which proves it whole. Spans do not overlap, so no row
comes twice.

How a history is followed is a generator that yields a request to ask it, is sent the rows of the
reply, and yields lists of rows to hand out, oldest first.
Pure: the present time is given, and whoever drives the generator does the asking.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import AsyncIterator, Callable, Generator, Sequence
from copy import copy
from typing import Any, Final, Generic, ParamSpec, Protocol, Self, TypeVar, overload

from msgspec.structs import force_setattr, replace

from binance_papi_async.declaring.calls import Namespace, method_of
from binance_papi_async.declaring.reading import unreadable
from binance_papi_async.declaring.request import Request, misspelling
from binance_papi_async.errors import IncompleteHistoryError

P = ParamSpec("P")
Row = TypeVar("Row")
Row_co = TypeVar("Row_co", covariant=True)
Walk = Generator[Request[Any] | list[Any], list[Any], None]
"""Yields a request, and is sent the rows of its reply; yields rows to hand out."""
Follow = Callable[[Request[Any], int], Walk]
"""Begins a walk: of what the caller asked for, at this present time, ms since 1970."""

DAY_MS: Final = 86_400_000
WEEK_MS: Final = 7 * DAY_MS
MONTH_MS: Final = 30 * DAY_MS
QUARTER_MS: Final = 89 * DAY_MS
"""No three months in a row are shorter."""


MOST_SPANS: Final = 400
"""How many requests of spans an iteration may need before it finds a row: over a year of days."""
PATIENCE: Final = 8
"""How many empty spans are walked before the ids are asked where the rows begin."""


class HasRows(Protocol[Row_co]):
    """A reply that wraps its rows."""

    @property
    def rows(self) -> Sequence[Row_co]:
        """The rows of this page."""
        ...


class Pages(Generic[P, Row]):
    """A history as a method: the parameters of its request, and every row, oldest first.

    A page is asked for when the rows before it have been taken, in the lane of its request: reads
    wait for everything else. Leaving the loop asks nothing more. Errors are those of ``send``.
    """

    @overload
    def __init__(self, request: Callable[P, Request[list[Row]]], follow: Follow, /) -> None: ...
    @overload
    def __init__(self, request: Callable[P, Request[HasRows[Row]]], follow: Follow, /) -> None: ...
    def __init__(
        self, request: Callable[P, Request[list[Row] | HasRows[Row]]], follow: Follow, /
    ) -> None:
        self.request = request
        self.follow = follow
        self.__doc__ = f"Every row, oldest first, page by page. A page: {request.__doc__}"

    def __set_name__(self, owner: type, name: str, /) -> None:
        self._name = name

    @overload
    def __get__(self, namespace: None, owner: type, /) -> Self: ...
    @overload
    def __get__(self, namespace: Namespace, owner: type, /) -> Callable[P, AsyncIterator[Row]]: ...
    def __get__(
        self, namespace: Namespace | None, owner: type, /
    ) -> Self | Callable[P, AsyncIterator[Row]]:
        if namespace is None:
            return self
        request = self.request

        def iterate(*args: P.args, **kwargs: P.kwargs) -> AsyncIterator[Row]:
            try:
                whole = _whole(request, *args, **kwargs)
            except TypeError as error:
                if misspelling(request, kwargs) is None:
                    raise
                raise TypeError(f"{method_of(namespace, self._name)}: {error}") from None
            return self._rows(namespace, whole)

        iterate.__name__, iterate.__doc__ = self._name, self.__doc__
        iterate.__signature__ = inspect.signature(request)  # type: ignore[attr-defined]
        namespace.__dict__[self._name] = iterate  # asked once; afterwards a plain attribute
        return iterate

    async def _rows(self, namespace: Namespace, request: Request[Any]) -> AsyncIterator[Row]:
        walk = self.follow(request, namespace._timestamp_ms())  # noqa: SLF001 - the two are one idea
        page: list[Any] | None = None
        while (step := _next(walk, page)) is not None:
            page = None
            if isinstance(step, Request):
                reply = await namespace._send(step)  # noqa: SLF001 - the two are one idea
                page = getattr(reply, "rows", reply)
            else:
                for row in step:
                    yield row


def _whole(request: Callable[..., Any], *args: Any, **parameters: Any) -> Any:
    """The request for a range of time that may be longer than one call takes."""
    times = [parameters.get(name) for name in ("start_time", "end_time")]
    if None in times:
        return request(*args, **parameters)
    first, last = (
        request(*args, **{**parameters, "start_time": time, "end_time": time}) for time in times
    )
    if first.start_time > last.end_time:
        return request(*args, **parameters)  # which says what is wrong with that
    force_setattr(last, "start_time", first.start_time)
    return last


def _next(walk: Walk, page: list[Any] | None) -> Request[Any] | list[Any] | None:
    """What a walk wants next, None at its end."""
    try:
        return next(walk) if page is None else walk.send(page)
    except StopIteration:
        return None


def by_time(
    *order: str,
    window_ms: int | None = None,
    default_ms: int | None = None,
) -> Follow:
    """Walks spans of time, each ``window_ms`` long at most, up to ``end_time`` or the present.

    ``order`` names what rows are ordered by: their time, and what tells apart rows of one time.
    ``default_ms`` is how far back the exchange looks without ``start_time``.
    """

    def follow(request: Request[Any], now_ms: int) -> Walk:
        asked, size = _largest(request)
        start, end = _range(asked, now_ms, window_ms, default_ms)
        _check_spans(asked, start, end, window_ms)
        yield from _spans(asked, size, start, end, order, window_ms)

    return follow


def by_id(  # noqa: PLR0913 - as many facts as the exchange's page
    parameter: str,
    row_id: str,
    time: str,
    *,
    window_ms: int | None = None,
    default_ms: int | None = None,
    goes_on_by_id: bool = True,
) -> Follow:
    """Goes from id to id; from the oldest if neither an id nor a time to start at is given.

    From ``start_time`` it walks spans of time until a row is found, and goes on by its id; after a few
    empty ones it looks for the first row by halving the ids there are.
    Unless ``goes_on_by_id``: then what starts by time goes on by time, because asked by id alone
    the exchange may look back only ``default_ms``, or because ids and times need not agree.
    Ids count within a symbol: a request that could name one, but names none, goes by time.
    """

    def follow(request: Request[Any], now_ms: int) -> Walk:
        asked, size = _largest(request)
        first_id: int | None = getattr(asked, parameter)
        has_ids = getattr(asked, "symbol", "") is not None
        if first_id is None and not (has_ids and _is_whole(asked)):
            start, end = _range(asked, now_ms, window_ms, default_ms)
            spans = _spans(asked, size, start, end, (time, row_id), window_ms)
            if not (goes_on_by_id and has_ids):
                _check_spans(asked, start, end, window_ms)
                yield from spans
                return
            found = yield from _until_found(spans, PATIENCE)
            if found == []:
                return
            first_id = (
                (yield from _first_id_since(asked, size, parameter, row_id, time))
                if found is None
                else max(getattr(row, row_id) for row in found) + 1
            )
            if first_id is None:
                return
        yield from _ids(asked, size, parameter, row_id, time, first_id or 0)

    def _is_whole(request: Any) -> bool:
        """Whether the whole history is asked for, and can be by id."""
        if default_ms is not None or request.start_time is not None:
            return False
        return goes_on_by_id or request.end_time is None

    return follow


def by_page(*order: str, window_ms: int | None = None, default_ms: int | None = None) -> Follow:
    """Turns pages, ``current`` and ``size``, in each span of time; one record, ``tx_id``, has no span.

    A span always has an end, so rows that come while pages are turned move none to another page.
    Pages come newest first: a span is read whole before its rows are handed out.
    """

    def follow(request: Request[Any], now_ms: int) -> Walk:
        asked, size = _largest(request)
        if getattr(asked, "current", None) is not None:
            raise ValueError("leave current out: iterating turns the pages itself")
        if getattr(asked, "tx_id", None) is not None:
            yield from _numbered(asked, size, order)
            return
        start, end = _range(asked, now_ms, window_ms, default_ms)
        _check_spans(asked, start, end, window_ms)
        while start <= end:
            last = min(end, start + window_ms - 1) if window_ms else end
            yield from _numbered(_within(asked, start, last), size, order)
            start = last + 1

    return follow


def _largest(request: Request[Any]) -> tuple[Any, int]:
    """The request with the largest page, unless the caller chose its size, and that size."""
    for parameter in request.endpoint.parameters:
        if parameter.name in ("limit", "size"):
            chosen: int | None = getattr(request, parameter.name)
            size: Any = chosen or (parameter.bounds and parameter.bounds.le)
            asked = copy(request)  # not checked again: its range may be longer than one call takes
            force_setattr(asked, parameter.name, size)
            return asked, size
    return request, sys.maxsize


def _range(
    request: Any,
    now_ms: int,
    window_ms: int | None,
    default_ms: int | None,
) -> tuple[int, int]:
    end = now_ms if request.end_time is None else request.end_time
    if request.start_time is not None:
        return request.start_time, end
    if default_ms is not None:
        return max(0, end - default_ms + 1), end
    if window_ms is None:
        return 0, end
    raise ValueError("give start_time: the exchange tells this history in spans of time only")


def _check_spans(request: Request[Any], start: int, end: int, window_ms: int | None) -> None:
    """Raise ValueError for a range of years that would cost as many requests as it has spans, rows or not."""
    spans = -(-(end - start + 1) // window_ms) if window_ms else 1
    if spans > MOST_SPANS:
        raise ValueError(
            f"from start_time {start} on there are {spans:,} spans to ask {request.endpoint!r} for, "
            f"weight {request.weight} each, and {MOST_SPANS} are the most: begin later, end sooner, "
            "or begin by id where there is one"
        )


def _within(request: Any, start: int, end: int) -> Any:
    """The request for a span; from the very beginning needs no ``start_time``."""
    return replace(request, start_time=start or request.start_time, end_time=end)


def _spans(  # noqa: PLR0913, PLR0917 - the state of a walk
    request: Any,
    size: int,
    start: int,
    end: int,
    order: tuple[str, ...],
    window_ms: int | None,
) -> Walk:
    widest = span = window_ms or end - start + 1
    while start <= end:
        last = min(end, start + span - 1)
        page = yield _within(request, start, last)
        if _count(page) >= size:
            if start == last:
                raise _incomplete(_within(request, start, last), start, page)
            span = (last - start + 1) // 2
            continue
        yield _oldest_first(page, order)
        start = last + 1
        if _count(page) <= size // 2:
            span = min(2 * span, widest)


def _incomplete(request: Request[Any], at_ms: int, page: list[Any]) -> IncompleteHistoryError:
    error = IncompleteHistoryError(
        f"{request.endpoint!r} tells {len(page)} rows of the millisecond {at_ms} and no more: whatever "
        "else happened in it is missing, and can be asked for only by larger pages, "
        "by fewer kinds of rows, or by id",
        at_ms=at_ms,
        rows=tuple(page),
    )
    error.request = request
    return error


def _until_found(
    walk: Walk, patience: int
) -> Generator[Request[Any] | list[Any], list[Any], list[Any] | None]:
    """A walk up to the first rows it hands out, which it returns; None after so many spans without any."""
    page: list[Any] | None = None
    while (step := _next(walk, page)) is not None:
        page = None
        if isinstance(step, Request):
            if patience == 0:
                return None
            page = yield step
            patience -= not page
        elif step:
            yield step
            return step
    return []


def _first_id_since(
    request: Any, size: int, parameter: str, row_id: str, time: str
) -> Generator[Request[Any] | list[Any], list[Any], int | None]:
    """The id of the first row of ``start_time`` or later, None if there is none.

    Ids and times of one symbol rise together, so halving the ids between the oldest row and the newest
    finds it: some forty requests at the most, however long the time without rows.
    """
    timeless = replace(request, start_time=None, end_time=None)

    def first_of(page: list[Any]) -> int | None:
        late = [getattr(row, row_id) for row in page if _or_zero(row, time) >= request.start_time]
        return min(late, default=None)

    oldest = yield replace(timeless, **{parameter: 0})
    found = first_of(oldest)
    if found is not None or len(oldest) < size:
        return found
    newest = yield timeless
    found = first_of(newest)
    if found is None or found > min(getattr(row, row_id) for row in newest):
        return found
    before, after = max(getattr(row, row_id) for row in oldest), found
    while after - before > 1:
        middle = (before + after) // 2
        page = yield replace(timeless, **{parameter: middle})
        found = first_of(page)
        if found is None:
            before = max(getattr(row, row_id) for row in page)
        elif found == min(getattr(row, row_id) for row in page):
            after = middle
        else:
            return found
    return after


def _ids(  # noqa: PLR0913, PLR0917 - the state of a walk
    request: Any, size: int, parameter: str, row_id: str, time: str, next_id: int
) -> Walk:
    start = request.start_time or 0
    end = sys.maxsize if request.end_time is None else request.end_time
    timeless = replace(request, start_time=None, end_time=None)
    while True:
        page = yield replace(timeless, **{parameter: next_id})
        lost = _count(page) - len(page)
        page = _oldest_first([row for row in page if getattr(row, row_id) >= next_id], (row_id,))
        times = [_or_zero(row, time) for row in page]
        yield [row for row, at in zip(page, times, strict=True) if not at or start <= at <= end]
        if not page or len(page) + lost < size or times[-1] > end:
            return
        next_id = getattr(page[-1], row_id) + 1


def _numbered(request: Any, size: int, order: tuple[str, ...]) -> Walk:
    rows: list[Any] = []
    current, is_full = 0, True
    while is_full:
        current += 1
        page = yield replace(request, current=current)
        rows += page
        is_full = _count(page) >= size
    yield _oldest_first(rows, order)


def _count(page: list[Any]) -> int:
    """How many rows the exchange sent, those that could not be read included: they fill a page, too."""
    return len(page) + len(unreadable(page))


def _oldest_first(rows: list[Any], order: tuple[str, ...]) -> list[Any]:
    """Rows in order; those it cannot tell apart stay as they came, or turned round with the rest."""

    def key(row: Any) -> tuple[Any, ...]:
        return tuple(_or_zero(row, name) for name in order)

    is_newest_first = bool(rows) and key(rows[0]) > key(rows[-1])
    return sorted(rows[::-1] if is_newest_first else rows, key=key)


def _or_zero(row: Any, name: str) -> Any:
    """A number of a row; 0 where the exchange did not say."""
    return getattr(row, name) or 0

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any, NamedTuple, get_args, get_type_hints

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import Meta, Struct

from binance_papi_async.declaring.calls import Call, Namespace
from binance_papi_async.declaring.paging import (
    MOST_SPANS,
    PATIENCE,
    Follow,
    Pages,
    by_id,
    by_page,
    by_time,
)
from binance_papi_async.declaring.reading import IncompleteList
from binance_papi_async.declaring.request import ENDPOINTS, Request, endpoint
from binance_papi_async.endpoints.account import Account, NegativeBalanceExchangeRecords
from binance_papi_async.endpoints.bases import Page, TimeRange
from binance_papi_async.endpoints.cm import Cm
from binance_papi_async.endpoints.margin_loans import MarginLoanRecords, MarginLoans
from binance_papi_async.endpoints.margin_orders import AllMarginOrders, MarginOrders, MarginTrades
from binance_papi_async.endpoints.um import Um
from binance_papi_async.endpoints.um_orders import AllUmOrders
from binance_papi_async.errors import IncompleteHistoryError, PapiError

NOW = 10_000
"""The exchange's present, ms since 1970."""
UpTo9 = Annotated[int, Meta(ge=1, le=9)]


class Row(Struct, frozen=True):
    """One row of a history; its time may be unsaid."""

    id: int
    time: int | None


class Wrapped(Struct, frozen=True):
    """A reply that wraps its rows."""

    rows: list[Row]


@endpoint("GET", "/tests/paging/ids")
class ById(TimeRange[list[Row]]):
    """A history by ids of a symbol and by times."""

    symbol: str | None = None
    from_id: int | None = None
    limit: UpTo9 | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        assert self.from_id is None or (self.start_time, self.end_time) == (None, None)


@endpoint("GET", "/tests/paging/ids-and-times")
class ByIdAndTime(TimeRange[list[Row]]):
    """A history whose ids do not exclude times."""

    from_id: int | None = None
    limit: UpTo9 | None = None


@endpoint("GET", "/tests/paging/times")
class ByTime(TimeRange[list[Row]]):
    """A history by times alone."""

    size: UpTo9 | None = None


@endpoint("GET", "/tests/paging/unlimited")
class Unlimited(TimeRange[list[Row]]):
    """A history whose pages have no largest size."""


@endpoint("GET", "/tests/paging/pages")
class ByPage(Page[Wrapped]):
    """A history by numbered pages."""

    tx_id: int | None = None
    size: UpTo9 | None = None


for _declared in (ById, ByIdAndTime, ByTime, Unlimited, ByPage):
    del ENDPOINTS["GET", _declared.endpoint.path]  # no part of the exchange


class Exchange:
    """A simple exchange with one history, and a sender that asks it.

    Of a span that holds more than a page it tells the oldest rows or the newest, in either order.
    """

    def __init__(
        self,
        rows: list[Row],
        *,
        window_ms: int | None = None,
        tells_newest: bool = False,
        is_reversed: bool = False,
    ) -> None:
        self.rows = rows
        self.window_ms = window_ms
        self.tells_newest = tells_newest
        self.is_reversed = is_reversed
        self.asked: list[Any] = []

    async def send(self, request: Any, /) -> Any:
        """Tell a page."""
        self.asked.append(request)
        page = self._page(request)
        page = page[::-1] if self.is_reversed else page
        return Wrapped(page) if isinstance(request, ByPage) else page

    def timestamp_ms(self) -> int:
        """The present."""
        return NOW

    def _page(self, request: Any) -> list[Row]:
        start, end = request.start_time, request.end_time
        is_unbounded = start is end is None
        if self.window_ms and not is_unbounded and getattr(request, "from_id", None) is None:
            assert end - start < self.window_ms
        first = getattr(request, "from_id", None) or 0
        rows = [
            row
            for row in self.rows
            if (start or 0) <= (row.time or 0) <= (NOW if end is None else end) and row.id >= first
        ]
        if isinstance(request, ByPage):
            size, current = request.size or 0, request.current or 0
            rows.reverse()
            return rows[(current - 1) * size : current * size][::-1]
        size = getattr(request, "limit", None) or getattr(request, "size", None) or len(rows)
        tells_newest = (self.tells_newest or is_unbounded) and getattr(
            request, "from_id", None
        ) is None
        return rows[-size:] if size and tells_newest else rows[:size]


def history(*times: int | None) -> list[Row]:
    """Rows of these times, with ids from 1 on and gaps between."""
    return [Row(3 * place + 1, time) for place, time in enumerate(times)]


async def _all(rows: AsyncIterator[Any]) -> list[Any]:
    return [row async for row in rows]


def iterate(
    exchange: Exchange, request_class: Callable[..., Any], follow: Follow, **parameters: Any
) -> list[Row]:
    """Every row, as a method of a family iterates over them."""

    class Family(Namespace):
        iter_rows = Pages(request_class, follow)

    return asyncio.run(_all(Family(exchange).iter_rows(**parameters)))


def inside(rows: list[Row], start: int | None, end: int | None) -> list[Row]:
    """The reference: the rows from start to end, both included."""
    return [row for row in rows if (start or 0) <= (row.time or 0) <= (NOW if end is None else end)]


@st.composite
def histories(draw: st.DrawFn) -> list[Row]:
    """Rows oldest first, many of one time, but never a whole page of nine."""
    times = sorted(draw(st.lists(moments | st.integers(9500, 9503), max_size=60)))
    return history(*(at for place, at in enumerate(times) if times[:place].count(at) < 8))


class Case(NamedTuple):
    """A history, what is asked for, and how the exchange tells it."""

    rows: list[Row]
    start: int | None
    end: int | None
    window: int | None
    tells_newest: bool
    is_reversed: bool

    def exchange(self) -> Exchange:
        """The exchange that has it."""
        return Exchange(
            self.rows,
            window_ms=self.window,
            tells_newest=self.tells_newest,
            is_reversed=self.is_reversed,
        )

    def from_the_default_on(self) -> list[Row]:
        """The reference, where the exchange looks back one window if no start is given."""
        start, end = self.start, NOW if self.end is None else self.end
        if start is None and self.window is not None:
            start = end - self.window + 1
        return inside(self.rows, start, end)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Any history, any range, any habit."""
    start, end = draw(st.none() | moments), draw(st.none() | moments)
    if start is not None and end is not None and start > end:
        start, end = end, start
    window = draw(st.none() | st.integers(3, 2000))  # fewer would be too many spans
    return Case(draw(histories()), start, end, window, draw(st.booleans()), draw(st.booleans()))


moments = st.integers(9001, NOW)


@given(cases())
def test_a_walk_by_time_tells_every_row_once_and_in_order(case: Case) -> None:
    """Whichever rows of a full span the exchange leaves out, and in whichever order it tells."""
    follow = by_time("time", "id", window_ms=case.window, default_ms=case.window)
    told = iterate(case.exchange(), ByTime, follow, start_time=case.start, end_time=case.end)
    assert told == case.from_the_default_on()


@given(cases(), st.booleans())
def test_a_walk_by_id_tells_every_row_once_and_in_order(case: Case, goes_on_by_id: bool) -> None:  # noqa: FBT001 - drawn
    """From the oldest, or from a time on, and up to an end, ids and times never in one request."""
    end = case.end if case.start is not None or goes_on_by_id else None
    follow = by_id("from_id", "id", "time", window_ms=case.window, goes_on_by_id=goes_on_by_id)
    told = iterate(
        case.exchange(), ById, follow, symbol="LTCBTC", start_time=case.start, end_time=end
    )
    assert told == inside(case.rows, case.start, end)


@given(histories(), st.integers(0, 200))
def test_a_walk_from_an_id_begins_there(rows: list[Row], first: int) -> None:
    """The caller's id wins over every default."""
    follow = by_id("from_id", "id", "time", window_ms=9, default_ms=9, goes_on_by_id=False)
    exchange = Exchange(rows)
    told = iterate(exchange, ById, follow, symbol="LTCBTC", from_id=first)
    assert told == [row for row in rows if row.id >= first]
    assert len(exchange.asked) == len(told) // 9 + 1


@given(cases())
@example(Case(history(*range(9001, 9019)), None, None, None, False, True))  # full pages only
def test_numbered_pages_tell_every_row_once_and_in_order(case: Case) -> None:
    """Pages newest first become rows oldest first."""
    follow = by_page("time", "id", window_ms=case.window, default_ms=case.window)
    exchange = Exchange(case.rows, window_ms=case.window, is_reversed=True)
    told = iterate(exchange, ByPage, follow, start_time=case.start, end_time=case.end)
    assert told == case.from_the_default_on()


@given(histories(), st.integers(1, 8))
def test_a_smaller_page_is_the_callers_choice(rows: list[Row], limit: int) -> None:
    """It is asked for as chosen."""
    exchange = Exchange(rows)
    follow = by_id("from_id", "id", "time")
    assert iterate(exchange, ById, follow, symbol="LTCBTC", limit=limit) == rows
    assert {each.limit for each in exchange.asked} == {limit}


def test_pages_are_as_large_as_documented() -> None:
    """The bound of the parameter is the largest page; what has no parameter is never full."""
    exchange = Exchange(history(*range(1, 30)))
    assert len(iterate(exchange, ById, by_id("from_id", "id", "time"), symbol="LTCBTC")) == 29
    assert [each.limit for each in exchange.asked] == [9, 9, 9, 9]
    exchange = Exchange(history(*[5] * 29))
    assert len(iterate(exchange, Unlimited, by_time("time"))) == 29
    assert len(exchange.asked) == 1


def test_from_a_time_on_it_goes_by_id() -> None:
    """Empty spans are walked until a row is found, and no further."""
    exchange = Exchange(history(650, 655, 700, 800, 900), window_ms=100)
    follow = by_id("from_id", "id", "time", window_ms=100)
    told = iterate(exchange, ById, follow, symbol="LTCBTC", start_time=401)
    assert [row.time for row in told] == [650, 655, 700, 800, 900]
    spans = [(each.start_time, each.end_time, each.from_id) for each in exchange.asked]
    assert spans == [
        (401, 500, None),
        (501, 600, None),
        (601, 700, None),
        (None, None, 8),
    ]


def test_by_id_it_stops_at_rows_after_the_end() -> None:
    """The page that shows the first of them is the last one asked for."""
    exchange = Exchange(history(*range(1, 101)))
    follow = by_id("from_id", "id", "time")
    told = iterate(exchange, ById, follow, symbol="LTCBTC", end_time=20)
    assert [row.time for row in told] == list(range(1, 21))
    assert len(exchange.asked) == 3


def test_a_row_without_a_time_is_told() -> None:
    """What the exchange leaves unsaid excludes no row, and does not end the walk."""
    exchange = Exchange(history(None, *range(2, 9), None, 10))
    follow = by_id("from_id", "id", "time")
    told = iterate(exchange, ById, follow, symbol="LTCBTC", end_time=50)
    assert told == exchange.rows


class Muddled(Exchange):
    """One of its rows cannot be read."""

    def _page(self, request: Any) -> list[Row]:
        page = super()._page(request)
        rows = [row for row in page if row.time != 4]
        return IncompleteList(rows, (b"?",)) if len(rows) < len(page) else page


@pytest.mark.parametrize(
    ("request_class", "follow", "asked"),
    [
        (ById, by_id("from_id", "id", "time"), {"symbol": "LTCBTC"}),
        (ByTime, by_time("time", window_ms=10), {"start_time": 1}),
        (ByPage, by_page("time"), {"start_time": 1}),
    ],
)
def test_rows_that_cannot_be_read_do_not_end_a_walk(
    request_class: Callable[..., Any], follow: Follow, asked: dict[str, Any]
) -> None:
    """They fill a page all the same, and no other is lost."""
    rows = history(*range(1, 30))
    told = iterate(Muddled(rows), request_class, follow, end_time=30, **asked)
    assert told == rows[:3] + rows[4:]


def test_an_id_beside_times_is_bounded_by_them() -> None:
    """The exchange is asked by id alone; the times choose among what it tells."""
    exchange = Exchange(history(*range(1, 31)))
    follow = by_id("from_id", "id", "time", window_ms=5)
    told = iterate(exchange, ByIdAndTime, follow, from_id=4, start_time=5, end_time=8)
    assert [row.time for row in told] == [5, 6, 7, 8]
    assert [(each.from_id, each.start_time) for each in exchange.asked] == [(4, None)]


def test_an_exchange_that_takes_no_notice_of_ids_does_not_hold_the_walk() -> None:
    """The same page again and again would be a loop without end; no row comes twice."""
    rows = history(*range(1, 10))

    class Deaf(Exchange):
        async def send(self, request: Any, /) -> Any:
            self.asked.append(request)
            return rows

    exchange = Deaf(rows)
    assert iterate(exchange, ById, by_id("from_id", "id", "time"), symbol="LTCBTC") == rows
    assert len(exchange.asked) == 2


def test_without_a_symbol_it_goes_by_time() -> None:
    """Ids of several symbols have no order in common."""
    exchange = Exchange(history(10, 20, 30), window_ms=25)
    follow = by_id("from_id", "id", "time", window_ms=25)
    assert iterate(exchange, ById, follow, start_time=1, end_time=30) == exchange.rows
    assert [each.from_id for each in exchange.asked] == [None, None]


def test_nothing_found_is_nothing_told() -> None:
    """And the walk ends at the present, or never begins after it."""
    exchange = Exchange([], window_ms=100)
    follow = by_id("from_id", "id", "time", window_ms=100)
    assert iterate(exchange, ById, follow, symbol="LTCBTC", start_time=9801) == []
    assert [each.end_time for each in exchange.asked] == [9900, NOW]
    assert iterate(Exchange([]), ById, follow, symbol="LTCBTC", start_time=NOW + 1) == []


def test_spans_widen_again() -> None:
    """After a crowd, the widest span allowed comes back."""
    exchange = Exchange(history(*range(101, 151)), window_ms=200)
    follow = by_time("time", window_ms=200)
    told = iterate(exchange, ByTime, follow, start_time=1)
    assert told == exchange.rows
    assert max(each.end_time - each.start_time for each in exchange.asked[-3:]) == 199


def test_rows_of_one_time_come_oldest_first() -> None:
    """Where nothing tells them apart, they are turned round with the page."""
    exchange = Exchange([Row(1, 5), Row(2, 5), Row(3, 7)], is_reversed=True)
    assert iterate(exchange, ByTime, by_time("time")) == exchange.rows


def test_a_crowd_in_one_millisecond_is_an_error() -> None:
    """Better than silence about the rows that the exchange cannot be asked for."""
    exchange = Exchange(history(*[500] * 9))
    with pytest.raises(IncompleteHistoryError) as caught:
        iterate(exchange, ByTime, by_time("time"))
    assert str(caught.value) == (
        "<GET /tests/paging/times> tells 9 rows of the millisecond 500 and no more: whatever else "
        "happened in it is missing, and can be asked for only by larger pages, by fewer kinds of rows, "
        "or by id"
    )
    assert isinstance(caught.value, PapiError)
    assert (caught.value.at_ms, caught.value.rows) == (500, tuple(exchange.rows))
    assert caught.value.request == exchange.asked[-1]


def test_a_history_told_in_spans_needs_a_start() -> None:
    """Without one, and without a default of the exchange's, it would begin in 1970."""
    follow = by_id("from_id", "id", "time", window_ms=100, goes_on_by_id=False)
    with pytest.raises(ValueError, match=r"^give start_time"):
        iterate(Exchange([]), ById, follow, symbol="LTCBTC", end_time=5)


def test_the_very_beginning_needs_no_start() -> None:
    """Left out as the caller left it out."""
    exchange = Exchange(history(1, 2))
    assert iterate(exchange, ByTime, by_time("time")) == exchange.rows
    assert [(each.start_time, each.end_time) for each in exchange.asked] == [(None, NOW)]


def test_one_record_has_no_span() -> None:
    """Its number wins over times, so it is asked for once."""
    exchange = Exchange(history(1))
    follow = by_page("time", "id", window_ms=10, default_ms=10)
    assert iterate(exchange, ByPage, follow, tx_id=1, start_time=1) == exchange.rows
    assert len(exchange.asked) == 1


def test_pages_are_turned_by_the_iterator() -> None:
    """A page of the caller's would be lost among the spans."""
    with pytest.raises(ValueError, match=r"^leave current out"):
        iterate(Exchange([]), ByPage, by_page("time"), current=2)


async def _leave(exchange: Exchange, after: int) -> int:
    class Family(Namespace):
        iter_rows = Pages(ById, by_id("from_id", "id", "time"))

    told = 0
    async for _ in Family(exchange).iter_rows(symbol="LTCBTC"):
        told += 1
        if told == after:
            break
    return len(exchange.asked)


@pytest.mark.parametrize(("after", "asked"), [(1, 1), (9, 1), (10, 2)])
def test_leaving_the_loop_asks_nothing_more(after: int, asked: int) -> None:
    """A page is asked for when the rows before it have been taken."""
    assert asyncio.run(_leave(Exchange(history(*range(1, 100))), after)) == asked


def test_errors_are_those_of_send() -> None:
    """As they are, and where they happen: the rows before them have been told."""

    class Failing(Exchange):
        async def send(self, request: Any, /) -> Any:
            if self.asked:
                raise ConnectionError("gone")
            return await super().send(request)

    class Family(Namespace):
        iter_rows = Pages(ById, by_id("from_id", "id", "time"))

    told: list[Row] = []

    async def loop() -> None:
        async for row in Family(Failing(history(*range(1, 30)))).iter_rows(symbol="LTCBTC"):
            told.append(row)  # noqa: PERF401 - a comprehension would lose them

    with pytest.raises(ConnectionError, match="gone"):
        asyncio.run(loop())
    assert len(told) == 9


@given(st.lists(moments, min_size=30, max_size=60, unique=True), moments, st.integers(1, 3))
def test_after_a_long_quiet_time_the_first_row_is_found_by_id(
    times: list[int], start: int, window: int
) -> None:
    """Every row from ``start`` on, and the quiet time costs no more requests than there are bits in an id."""
    rows = [Row(7**3 * (at - 9000), at) for at in sorted(times)]
    exchange = Exchange(rows, window_ms=window)
    follow = by_id("from_id", "id", "time", window_ms=window)
    told = iterate(exchange, ById, follow, symbol="LTCBTC", start_time=start)
    assert told == inside(rows, start, None)
    assert len(exchange.asked) <= PATIENCE + 2 + 20 + len(rows) + 1


@pytest.mark.parametrize("first", range(10, 90, 7))
def test_a_page_found_halfway_shows_where_the_rows_begin(first: int) -> None:
    """Whether it begins before, at or behind the first row looked for."""
    times = [*range(1, first), *range(9000, 9000 + 100 - first)]
    exchange = Exchange(history(*times), window_ms=10)
    follow = by_id("from_id", "id", "time", window_ms=10)
    told = iterate(exchange, ById, follow, symbol="LTCBTC", start_time=5000)
    assert told == inside(exchange.rows, 5000, None)
    assert len(exchange.asked) <= PATIENCE + 2 + 9 + len(told) // 9 + 1


def test_the_newest_page_may_show_where_the_rows_begin() -> None:
    """Then nothing is halved."""
    rows = history(*range(1, 20), *range(9990, 9995))
    exchange = Exchange(rows, window_ms=10, tells_newest=True)
    follow = by_id("from_id", "id", "time", window_ms=10)
    told = iterate(exchange, ById, follow, symbol="LTCBTC", start_time=5000)
    assert told == rows[-5:]
    assert len(exchange.asked) == PATIENCE + 2 + 1
    assert iterate(exchange, ById, follow, symbol="LTCBTC", start_time=9996) == []
    assert iterate(exchange, ById, follow, symbol="LTCBTC", start_time=9000, end_time=9500) == []


@pytest.mark.parametrize(
    ("request_class", "follow"),
    [
        (ByTime, by_time("time", window_ms=10)),
        (ByPage, by_page("time", "id", window_ms=10)),
        (ById, by_id("from_id", "id", "time", window_ms=10, goes_on_by_id=False)),
    ],
)
def test_an_empty_century_is_not_walked(request_class: type[Request[Any]], follow: Follow) -> None:
    """What can be told in spans only is told for so many spans; nothing is asked for before that is said."""
    exchange = Exchange([], window_ms=10)
    start = NOW - MOST_SPANS * 10
    with pytest.raises(ValueError, match="401 spans") as caught:
        iterate(exchange, request_class, follow, start_time=start)
    assert exchange.asked == []
    assert str(caught.value) == (
        f"from start_time {start} on there are 401 spans to ask {request_class.endpoint!r} for, "
        "weight 1 each, and 400 are the most: begin later, end sooner, or begin by id where there is one"
    )
    assert iterate(exchange, request_class, follow, start_time=start + 1) == []
    assert len(exchange.asked) == MOST_SPANS


def test_a_range_longer_than_one_call_is_iterated_over() -> None:
    """A call refuses what its page says is too long; iterating takes it in parts."""
    sender = Longest()
    start, end = sender.timestamp_ms() - 20 * 86_400_000, sender.timestamp_ms()
    with pytest.raises(ValueError, match="must not lie more than 7 days apart"):
        AllUmOrders(symbol="BTCUSDT", start_time=start, end_time=end)
    um = Um(sender)
    assert (
        asyncio.run(_all(um.iter_all_orders(symbol="BTCUSDT", start_time=start, end_time=end)))
        == []
    )
    assert (sender.asked[0].start_time, sender.asked[-1].end_time) == (start, end)
    with pytest.raises(ValueError, match=f"^start_time {end} is after end_time {start}$"):
        um.iter_all_orders(symbol="BTCUSDT", start_time=end, end_time=start)


def test_a_misspelt_parameter_of_an_iterator_is_named() -> None:
    """With the method, and what was meant."""
    with pytest.raises(TypeError) as caught:
        Um(Longest()).iter_trades(symbol="BTCUSDT", startTime=1)  # type: ignore[call-arg]
    assert (
        str(caught.value)
        == "papi.um.iter_trades: UmTrades has no startTime: did you mean start_time?"
    )
    with pytest.raises(TypeError, match=r"^symbol must be of type str, not int$"):
        Um(Longest()).iter_trades(symbol=1)  # type: ignore[arg-type]


FAMILIES: tuple[type[Namespace], ...] = (MarginOrders, MarginLoans, Um, Cm, Account)
METHODS = [
    pytest.param(family, name, pages, id=f"{family.__name__}.{name}")
    for family in FAMILIES
    for base in family.__mro__
    for name, pages in vars(base).items()
    if isinstance(pages, Pages)
]
each_method = pytest.mark.parametrize(("family", "name", "pages"), METHODS)


def _calls(family: type[Namespace]) -> dict[str, Call[Any, Any]]:
    members = {name: getattr(family, name) for name in dir(family)}
    return {name: each for name, each in members.items() if isinstance(each, Call)}


@each_method
def test_a_method_iterates_over_what_its_call_reads(
    family: type[Namespace], name: str, pages: Pages[Any, Any]
) -> None:
    """``iter_trades`` beside ``trades``: the same parameters, the same lane, said in the docstring."""
    call = _calls(family)[name.removeprefix("iter_")]
    assert pages.request is call.request
    request_class: Any = pages.request
    assert request_class.endpoint.lane == "read"
    assert getattr(family, name) is pages
    sender = Exchange([])
    namespace = family(sender)
    method = getattr(namespace, name)
    assert method is getattr(namespace, name)
    assert inspect.signature(method) == inspect.signature(request_class)
    assert method.__name__ == name
    assert request_class.__doc__ in method.__doc__


HISTORIES = re.compile(r"^(start_time|from_id|current)$")


@pytest.mark.parametrize("family", FAMILIES)
def test_every_history_can_be_iterated(family: type[Namespace]) -> None:
    """What takes a time to start at, an id or a page has a method; files to download are none."""
    histories = {
        f"iter_{name}"
        for name, call in _calls(family).items()
        if any(HISTORIES.match(field) for field in inspect.signature(call.request).parameters)
        and not name.endswith("download_id")
    }
    assert histories == {name for name in dir(family) if isinstance(getattr(family, name), Pages)}


MANDATORY: dict[str, Any] = {
    "symbol": "BTCUSD",
    "asset": "BTC",
    "order_id": 1,
    "start_time": 10**12,
    "end_time": 10**12 + 1,
}
NOT_BESIDE_TIMES = {"from_id", "tx_id"}


class Longest:
    """A sender without rows, at a present of the next century, that keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    async def send(self, request: Request[Any], /) -> Any:
        """No rows."""
        self.asked.append(request)
        return []

    def timestamp_ms(self) -> int:
        """Two days and two hundred after the start of ``MANDATORY``."""
        return int(MANDATORY["start_time"]) + 202 * 86_400_000


def _parameters(pages: Pages[Any, Any]) -> dict[str, Any]:
    """What an iteration from a time on takes."""
    names = inspect.signature(pages.request).parameters
    needed = {
        name: MANDATORY[name]
        for name, each in names.items()
        if each.default is inspect.Parameter.empty
    }
    if "orig_client_order_id" in names:
        needed["order_id"] = 1
    if "pair" in names:
        needed["symbol"] = "BTCUSD"
    return needed | {"start_time": MANDATORY["start_time"]}


DAY, WEEK, MONTH = 1, 7, 30
LONGEST_DAYS = {
    "MarginTrades": DAY,
    "AllMarginOrders": DAY,
    "AllMarginOrderLists": DAY,
    "MarginLoanRecords": MONTH,
    "MarginRepayRecords": MONTH,
    "MarginInterestHistory": MONTH,
    "AllUmOrders": WEEK,
    "UmTrades": WEEK,
    "AllUmAlgoOrders": WEEK,
    "UmForceOrders": WEEK,
    "UmIncomeHistory": WEEK,
    "AllCmOrders": WEEK,
    "CmTrades": DAY,
    "CmForceOrders": WEEK,
    "AllCmConditionalOrders": WEEK,
    "CmIncomeHistory": 200,
    "NegativeBalanceInterestHistory": MONTH,
    "NegativeBalanceExchangeRecords": 89,
}
"""The longest range a request may span, and stay under."""


@each_method
def test_no_span_is_longer_than_documented(
    family: type[Namespace], name: str, pages: Pages[Any, Any]
) -> None:
    """Each request stays under the range; together they leave no gap and do not overlap."""
    sender, parameters = Longest(), _parameters(pages)
    if pages.request is NegativeBalanceExchangeRecords:
        parameters["end_time"] = sender.timestamp_ms()
    assert asyncio.run(_all(getattr(family(sender), name)(**parameters))) == []
    request_class: Any = pages.request
    days = LONGEST_DAYS.get(request_class.__name__)
    spans = [(each.start_time, each.end_time) for each in sender.asked]
    assert spans[0][0] == MANDATORY["start_time"]
    if request_class in (MarginTrades, AllMarginOrders):
        assert spans.pop() == (
            None,
            None,
        )  # asked by id for the first row of all, of which there is none
        assert len(spans) == PATIENCE
    else:
        assert spans[-1][1] == sender.timestamp_ms()
    assert [span[0] for span in spans[1:]] == [span[1] + 1 for span in spans[:-1]]
    if days is None:
        assert len(spans) == 1
    else:
        assert max(end - start for start, end in spans) == days * 86_400_000 - 1


@each_method
def test_the_rows_have_what_a_walk_looks_at(
    family: type[Namespace], name: str, pages: Pages[Any, Any]
) -> None:
    """Two rows that carry only what the reply's type declares are told in order."""
    request_class: Any = pages.request
    reply = request_class.endpoint.reply
    row_type = _row_type(reply)
    later, sooner = (_Typed(row_type, number) for number in (2, 1))

    class Two(Longest):
        async def send(self, request: Request[Any], /) -> Any:
            self.asked.append(request)
            return [later, sooner] if len(self.asked) == 1 else []

    parameters = _parameters(pages)
    if pages.request is NegativeBalanceExchangeRecords:
        parameters["end_time"] = MANDATORY["end_time"]
    told = asyncio.run(_all(getattr(family(Two()), name)(**parameters)))
    assert told == [sooner, later]


def _row_type(reply: Any) -> Any:
    """The row of ``list[MarginTrade]``, of ``Rows[MarginLoan]``, of a struct with rows."""
    if get_args(reply):
        return get_args(reply)[0]
    return get_args(get_type_hints(reply)["rows"])[0]


class _Typed:
    """A row in which every declared field is the same number, and no other field is there."""

    def __init__(self, row_type: Any, number: int) -> None:
        self._fields, self._number = row_type.__struct_fields__, number

    def __getattr__(self, name: str) -> int:
        if name.startswith("_") or name not in self._fields:
            raise AttributeError(name)
        return self._number


def test_loan_records_are_wrapped() -> None:
    """``rows`` of the reply are what is iterated over."""
    exchange = Exchange(history(1))
    assert MarginLoans.iter_loan_records.request is MarginLoanRecords
    assert iterate(exchange, ByPage, by_page("time"), start_time=1) == exchange.rows


def test_the_first_of_all_margin_trades_is_asked_for_by_id() -> None:
    """Neither an id nor a time: from id 0 on, a thousand at a time."""
    sender = Longest()
    assert asyncio.run(_all(MarginOrders(sender).iter_trades(symbol="LTCBTC"))) == []
    assert sender.asked == [MarginTrades(symbol="LTCBTC", from_id=0, limit=1000)]

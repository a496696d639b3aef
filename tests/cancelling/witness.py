"""An exchange that remembers every answer, on a clock that the test holds."""

from __future__ import annotations

import asyncio
import functools
import gc
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple, ParamSpec
from urllib.parse import parse_qsl

from msgspec import DecodeError, Struct, json

from binance_papi_async import CancelMarginOrder, CancelMarginOrderList, PapiClient
from binance_papi_async.declaring.request import Request
from binance_papi_async.enums import AlgoType, Side, StrategyType
from binance_papi_async.simulator import Delivery, Draft, Simulator, held_clock, run_held
from binance_papi_async.simulator.visit import Visit
from binance_papi_async.wire.message import Answer

P = ParamSpec("P")
SYMBOL = "LTCBTC"
PLENTY = 10**9
"""A weight limit that nobody reaches."""
ORDER = "/papi/v1/margin/order"
OPEN_ORDERS = "/papi/v1/margin/openOrders"
ALL_OPEN_ORDERS = "/papi/v1/margin/allOpenOrders"
LIST = "/papi/v1/margin/orderList"
OPEN_LISTS = "/papi/v1/margin/openOrderList"


def held(test: Callable[P, Awaitable[object]]) -> Callable[P, None]:
    """Run a test on a held loop, and fail it if a task's error was never looked at."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        async def main() -> None:
            complaints = complaints_of(asyncio.get_running_loop())
            await test(*args, **kwargs)
            gc.collect(1)
            assert not complaints, complaints

        run_held(main)

    return run


def complaints_of(loop: asyncio.AbstractEventLoop) -> list[dict[str, Any]]:
    """What the loop would log: errors that nobody retrieved, callbacks that raised."""
    complaints: list[dict[str, Any]] = []

    def complain(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if error is not None and not isinstance(error, Exception):
            raise SystemExit("stopped from outside") from error  # pytest-timeout, above all
        complaints.append(context)

    loop.set_exception_handler(complain)
    return complaints


class Event(NamedTuple):
    """A DELETE that arrived, or an answer that a client got to see."""

    time: float
    kind: str
    """``arrived``, ``again`` (documented as not executed) or ``open`` (a read showed it open)."""


class _Code(Struct):
    code: int = 0


class _Row(Struct, rename="camel"):
    order_id: int = 0
    client_order_id: str = ""
    status: str = ""
    order_list_id: int = 0
    list_client_order_id: str = ""
    list_order_status: str = ""


_code = json.Decoder(_Code).decode
_row = json.Decoder(_Row).decode
_rows = json.Decoder(list[_Row]).decode
NOT_EXECUTED_CODES = frozenset({-1001, -1008, -1021, -5028})
OPEN_STATUSES = frozenset({"NEW", "PARTIALLY_FILLED"})


class Witness(Simulator):
    """Writes down, for every order that a call named, what arrived and what was answered about it.

    Its own reading of the wire: nothing of the client's decisions is used.
    """

    def __init__(self, **options: Any) -> None:
        options.setdefault("clock", held_clock)
        if options["clock"] is held_clock:
            options["clock"] = held_clock()
        options.setdefault("weight_limit", PLENTY)
        super().__init__(**options)
        self.book.place_list([Draft(symbol="ABCXYZ", client_order_id="zero")], "zero")
        self.book.cancel(1001)  # list 0 has a test of its own
        self.events: defaultdict[Hashable, list[Event]] = defaultdict(list)
        """By the name that a request gives its order, see ``name_of``."""
        self.deletes: list[tuple[float, str]] = []
        """When each DELETE arrived, and under which path."""

    def receive(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        ip: str = "127.0.0.1",
        *,
        body: str = "",
    ) -> Visit:
        """Note a DELETE."""
        visit = super().receive(method, target, headers, ip, body=body)
        if method == "DELETE":
            self.deletes.append((self.clock(), visit.path))
            for name in _names(visit):
                self.events[name].append(Event(self.clock(), "arrived"))
        return visit

    def execute(self, visit: Visit) -> Answer:
        """Note what the client learns."""
        answer = super().execute(visit)
        if visit.delivery in (Delivery.WHOLE, Delivery.STRAY):
            if visit.method == "DELETE" and is_not_executed(answer):
                self._note(_names(visit), "again")
            elif visit.method == "GET" and answer.status == 200:
                self._note(_shown_open(visit, answer.body), "open")
        return answer

    def arrivals_of(self, request: Request[Any]) -> int:
        """How many DELETEs for exactly this request arrived."""
        return sum(event.kind == "arrived" for event in self.events.get(name_of(request), ()))

    def rest_list(self, symbol: str = SYMBOL, *, client_id: str = "") -> tuple[int, list[int]]:
        """Rest an order list of two; its id, and those of its orders."""
        number = len(self.book.order_lists())
        name = client_id or f"list{number}"
        drafts = [Draft(symbol=symbol, client_order_id=f"{name}-{leg}") for leg in "ab"]
        found = self.book.place_list(drafts, name)
        return found.order_list_id, list(found.order_ids)

    def _note(self, names: list[Hashable], kind: str) -> None:
        for name in names:
            self.events[name].append(Event(self.clock(), kind))


def name_of(request: Request[Any]) -> Hashable:
    """What a request names, as the wire shows it."""
    if isinstance(request, CancelMarginOrderList):
        if request.order_list_id is not None:
            return (LIST, ("list", request.order_list_id))
        return (LIST, ("list client", request.list_client_order_id))
    assert isinstance(request, CancelMarginOrder)
    if request.order_id is not None:
        return (ORDER, ("order", request.order_id))
    return (ORDER, ("client", request.orig_client_order_id))


def _names(visit: Visit) -> list[Hashable]:
    given = dict(parse_qsl(visit.query))
    if visit.path == ORDER and "orderId" in given:
        return [(ORDER, ("order", int(given["orderId"])))]
    if visit.path == ORDER:
        return [(ORDER, ("client", given.get("origClientOrderId")))]
    if visit.path == LIST and "orderListId" in given:
        return [(LIST, ("list", int(given["orderListId"])))]
    if visit.path == LIST:
        name = given.get("listClientOrderId", given.get("origClientOrderId"))
        return [(LIST, ("list client", name))]
    return []


def is_not_executed(answer: Answer) -> bool:
    """Documented as not executed, and as worth sending again."""
    if answer.status in (403, 429) or (
        answer.status == 503 and b"Service Unavailable." in answer.body
    ):
        return True
    try:
        return _code(answer.body).code in NOT_EXECUTED_CODES
    except DecodeError:
        return False


def _shown_open(visit: Visit, body: bytes) -> list[Hashable]:
    try:
        rows = _rows(body) if visit.path in (OPEN_ORDERS, OPEN_LISTS) else [_row(body)]
    except DecodeError:
        return []
    names: list[Hashable] = []
    for row in rows:
        if visit.path in (ORDER, OPEN_ORDERS) and row.status in OPEN_STATUSES:
            names += (ORDER, ("order", row.order_id)), (ORDER, ("client", row.client_order_id))
        if visit.path in (LIST, OPEN_LISTS) and row.list_order_status == "EXECUTING":
            names.append((LIST, ("list", row.order_list_id)))
            names.append((LIST, ("list client", row.list_client_order_id)))
    return names


def cancels(order_ids: list[int], symbol: str = SYMBOL) -> list[CancelMarginOrder]:
    """A cancel of each."""
    return [CancelMarginOrder(symbol=symbol, order_id=order_id) for order_id in order_ids]


def cancel_of(order_id: int, symbol: str = SYMBOL) -> CancelMarginOrder:
    """A cancel by the exchange's id."""
    return CancelMarginOrder(symbol=symbol, order_id=order_id)


def cancel_list_of(list_id: int, symbol: str = SYMBOL) -> CancelMarginOrderList:
    """A cancel of an order list."""
    return CancelMarginOrderList(symbol=symbol, order_list_id=list_id)


async def rest_algo(papi: PapiClient, *, client_id: str | None = None) -> int:
    """Place a UM algo order; its id."""
    placed = await papi.um.new_algo_order(
        symbol="BTCUSDT",
        side=Side.SELL,
        algo_type=AlgoType.CONDITIONAL,
        type=StrategyType.STOP_MARKET,
        quantity=Decimal(1),
        trigger_price=Decimal(1),
        client_algo_id=client_id,
    )
    assert placed.algo_id is not None
    return placed.algo_id

"""An exchange that remembers which POST placed what, and which PUT changed what, on a clock that the test holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final
from urllib.parse import parse_qsl

from msgspec import Struct

from binance_papi_async import (
    ModifyCmOrder,
    ModifyUmOrder,
    NewCmConditionalOrder,
    NewCmOrder,
    NewMarginOco,
    NewMarginOrder,
    NewUmAlgoOrder,
    NewUmOrder,
)
from binance_papi_async.declaring.orders import ModifyRequest, PlaceRequest
from binance_papi_async.enums import (
    AlgoType,
    FuturesOrderType,
    FuturesTimeInForce,
    OrderType,
    Side,
    StrategyType,
    TimeInForce,
)
from binance_papi_async.simulator import Delivery, Simulator, held_clock
from binance_papi_async.simulator.visit import Visit
from binance_papi_async.wire.message import Answer
from tests.cancelling.witness import PLENTY, is_not_executed

SYMBOLS: Final = {"margin": "LTCBTC", "um": "BTCUSDT", "cm": "BTCUSD_PERP"}
_ID_NAMES: Final = (
    "listClientOrderId",
    "newClientOrderId",
    "clientAlgoId",
    "newClientStrategyId",
)


class Sent(Struct):
    """One POST or PUT that arrived, and what the exchange made of it."""

    at: float
    path: str
    placed: list[Any] = []
    """What it placed: an order, an order list, an order that waits."""
    changed: tuple[Decimal, Decimal] | None = None
    """Price and quantity after it, if it changed an order."""
    is_executed: bool = False
    """Whether it changed anything at all."""
    may_go_again: bool = False
    """Whether the client was answered that it was not executed."""


class Ground(Simulator):
    """Its own reading of the wire: nothing of the client's decisions is used."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("clock", held_clock())
        options.setdefault("weight_limit", PLENTY)
        options.setdefault("order_limit", PLENTY)
        super().__init__(**options)
        self.sent: defaultdict[tuple[str, str], list[Sent]] = defaultdict(list)
        """By path, and by the id that names the order there."""
        self._visits: dict[int, Sent] = {}

    def receive(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        ip: str = "127.0.0.1",
        *,
        body: str = "",
    ) -> Visit:
        """Note an order or a change that arrives."""
        visit = super().receive(method, target, headers, ip, body=body)
        if method in ("POST", "PUT") and visit.path.endswith(("/order", "/oco")):
            sent = Sent(self.clock(), visit.path)
            self._visits[id(visit)] = sent
            self.sent[visit.path, _name(visit)].append(sent)
        return visit

    def execute(self, visit: Visit) -> Answer:
        """Note what it comes to."""
        sent = self._visits.pop(id(visit), None)
        if sent is None:
            return super().execute(visit)
        before, versions = self._all(visit.path), self._version(visit)
        answer = super().execute(visit)
        sent.placed = [each for key, each in self._all(visit.path).items() if key not in before]
        after = self._version(visit)
        sent.is_executed = bool(sent.placed) or after != versions
        if visit.method == "PUT" and after != versions:
            sent.changed = (after.price, after.quantity)
        is_told = visit.delivery in (Delivery.WHOLE, Delivery.STRAY)
        sent.may_go_again = is_told and is_not_executed(answer)
        return answer

    def waiting(self, product: str) -> list[Any]:
        """Algo or conditional orders, whatever became of them."""
        return self._account.futures["um" if product == "um" else "cm"].triggers.all()

    def open_things(self) -> list[Any]:
        """Every order and every waiting order that is open; a list by its orders."""
        orders = [each for book in self.books.values() for each in book.open_orders()]
        waits = [each for each in (*self.waiting("um"), *self.waiting("cm")) if each.is_open]
        return [*orders, *waits]

    def is_open(self, placed: Any) -> bool:
        """Whether what a POST placed rests or waits now."""
        if hasattr(placed, "order_ids"):
            return any(self.book.is_open(number) for number in placed.order_ids)
        if hasattr(placed, "waiting_id"):
            everything = (*self.waiting("um"), *self.waiting("cm"))
            return any(each.waiting_id == placed.waiting_id and each.is_open for each in everything)
        return any(book.is_open(placed.order_id) for book in self.books.values())

    def _all(self, path: str) -> dict[int, Any]:
        """What such a POST may place, by id; of the account, since the last look."""
        if path.endswith("/oco"):
            return {each.order_list_id: each for each in self.book.order_lists()}
        if path.endswith("/algo/order"):
            return {each.waiting_id: each for each in self.waiting("um")}
        if path.endswith("/conditional/order"):
            return {each.waiting_id: each for each in self.waiting("cm")}
        book = self.books[_product(path)]
        return {each.order_id: each for each in book.orders(SYMBOLS[_product(path)])}

    def _version(self, visit: Visit) -> Any:
        """The order that a PUT names, as it stands."""
        given = dict(parse_qsl(visit.query))
        number = given.get("orderId")
        book = self.books[_product(visit.path)]
        if visit.method != "PUT":
            return None
        return book.find(
            given["symbol"], None if number is None else int(number), given.get("origClientOrderId")
        )


def _product(path: str) -> Any:
    return path.split("/")[3]


def _name(visit: Visit) -> str:
    given = dict(parse_qsl(visit.query))
    if visit.method == "PUT":
        return given.get("orderId") or given["origClientOrderId"]
    return next((given[name] for name in _ID_NAMES if name in given), "")


def name_of(request: PlaceRequest[Any, Any] | ModifyRequest[Any, Any]) -> tuple[str, str]:
    """What a request names, as the wire shows it."""
    asked: Any = request
    path = asked.endpoint.path
    if isinstance(request, PlaceRequest):
        return path, request.client_id or ""
    return path, str(asked.order_id or asked.orig_client_order_id)


def margin(client_id: str | None = None, **terms: Any) -> NewMarginOrder:
    """A margin order that rests."""
    terms.setdefault("price", Decimal("0.01"))
    return NewMarginOrder(
        symbol="LTCBTC",
        side=Side.SELL,
        type=OrderType.LIMIT,
        quantity=Decimal(1),
        time_in_force=TimeInForce.GTC,
        new_client_order_id=client_id,
        **terms,
    )


def oco(client_id: str | None = None) -> NewMarginOco:
    """An order list."""
    return NewMarginOco(
        symbol="LTCBTC",
        side=Side.SELL,
        quantity=Decimal(1),
        price=Decimal("0.02"),
        stop_price=Decimal("0.01"),
        list_client_order_id=client_id,
    )


def um(client_id: str | None = None) -> NewUmOrder:
    """A UM order that rests."""
    return NewUmOrder(
        symbol="BTCUSDT",
        side=Side.BUY,
        type=FuturesOrderType.LIMIT,
        quantity=Decimal(1),
        price=Decimal(100),
        time_in_force=FuturesTimeInForce.GTC,
        new_client_order_id=client_id,
    )


def cm(client_id: str | None = None) -> NewCmOrder:
    """A CM order that rests."""
    return NewCmOrder(
        symbol="BTCUSD_PERP",
        side=Side.BUY,
        type=FuturesOrderType.LIMIT,
        quantity=Decimal(1),
        price=Decimal(100),
        time_in_force=FuturesTimeInForce.GTC,
        new_client_order_id=client_id,
    )


def um_algo(client_id: str | None = None) -> NewUmAlgoOrder:
    """A UM order that waits for a price."""
    return NewUmAlgoOrder(
        symbol="BTCUSDT",
        side=Side.SELL,
        algo_type=AlgoType.CONDITIONAL,
        type=StrategyType.STOP_MARKET,
        quantity=Decimal(1),
        trigger_price=Decimal(1),
        client_algo_id=client_id,
    )


def cm_conditional(client_id: str | None = None) -> NewCmConditionalOrder:
    """A CM order that waits for a price."""
    return NewCmConditionalOrder(
        symbol="BTCUSD_PERP",
        side=Side.SELL,
        strategy_type=StrategyType.STOP_MARKET,
        quantity=Decimal(1),
        stop_price=Decimal(1),
        new_client_strategy_id=client_id,
    )


PLACES: Final[dict[str, Callable[[str | None], PlaceRequest[Any, Any]]]] = {
    "margin": margin,
    "OCO": oco,
    "UM": um,
    "CM": cm,
    "UM algo": um_algo,
    "CM conditional": cm_conditional,
}


def change(
    product: str, order_id: int, price: int = 110, quantity: int = 2, *, side: Side = Side.SELL
) -> Any:
    """A change of a resting order of UM or CM."""
    kind: Any = ModifyUmOrder if product == "um" else ModifyCmOrder
    return kind(
        symbol=SYMBOLS[product],
        order_id=order_id,
        side=side,
        quantity=Decimal(quantity),
        price=Decimal(price),
    )

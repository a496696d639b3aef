"""What orders each product has: who places them, who changes them, who lists them, and what names them.

Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final, Literal, NamedTuple, TypeAlias, TypeVar

from binance_papi_async.declaring.orders import ModifyRequest, PlaceRequest
from binance_papi_async.declaring.parameters import Parameter
from binance_papi_async.declaring.request import Request
from binance_papi_async.endpoints.cm_conditional import (
    NewCmConditionalOrder,
    OpenCmConditionalOrders,
)
from binance_papi_async.endpoints.cm_orders import ModifyCmOrder, NewCmOrder, OpenCmOrders
from binance_papi_async.endpoints.margin_orders import (
    NewMarginOco,
    NewMarginOrder,
    OpenMarginOrderLists,
    OpenMarginOrders,
)
from binance_papi_async.endpoints.um_algo import NewUmAlgoOrder, OpenUmAlgoOrders
from binance_papi_async.endpoints.um_orders import ModifyUmOrder, NewUmOrder, OpenUmOrders

RequestT = TypeVar("RequestT", bound=Request[Any])
ProductName: TypeAlias = Literal["margin", "margin-oco", "um", "cm", "um-algo", "cm-conditional"]
Changeable: TypeAlias = Literal["um", "cm"]


class Product(NamedTuple):
    """One kind of orders. Of a reply or a read, the attributes that say the same of each kind."""

    place: type[PlaceRequest[Any, Any]]
    listing: type[Request[list[Any]]]
    """Lists the open ones: of a symbol, if it can be asked for one."""
    change: type[ModifyRequest[Any, Any]] | None = None
    order_id: str = "order_id"
    client_order_id: str = "client_order_id"
    status: str = "status"
    type: str = "type"
    """Also of the request."""
    quantity: str = "orig_qty"
    trigger_price: str | None = None
    fixed: Mapping[str, str] = {}
    """Parameters of which there is one value."""

    def open_orders(self, symbol: str) -> Request[list[Any]]:
        """The request that lists the open ones of a symbol, and of others if there is no other."""
        has_symbol = "symbol" in self.listing.__struct_fields__
        return made(self.listing, {"symbol": symbol} if has_symbol else {})

    def columns(self) -> Sequence[tuple[str, str]]:
        """Head and attribute of everything that a list of them shows."""
        columns = [
            ("order id", self.order_id),
            ("client order id", self.client_order_id),
            ("side", "side"),
            ("type", self.type),
            ("price", "price"),
            ("trigger price", self.trigger_price),
            ("quantity", self.quantity),
            ("filled", "executed_qty"),
            ("status", self.status),
        ]
        return [(head, name) for head, name in columns if name is not None]


PRODUCTS: Final[Mapping[ProductName, Product]] = {
    "margin": Product(NewMarginOrder, OpenMarginOrders),
    "margin-oco": Product(
        NewMarginOco,
        OpenMarginOrderLists,
        order_id="order_list_id",
        client_order_id="list_client_order_id",
        status="list_order_status",
        type="contingency_type",
    ),
    "um": Product(NewUmOrder, OpenUmOrders, ModifyUmOrder),
    "cm": Product(NewCmOrder, OpenCmOrders, ModifyCmOrder),
    "um-algo": Product(
        NewUmAlgoOrder,
        OpenUmAlgoOrders,
        order_id="algo_id",
        client_order_id="client_algo_id",
        status="algo_status",
        type="order_type",
        quantity="quantity",
        trigger_price="trigger_price",
        fixed={"algo_type": "CONDITIONAL"},
    ),
    "cm-conditional": Product(
        NewCmConditionalOrder,
        OpenCmConditionalOrders,
        order_id="strategy_id",
        client_order_id="new_client_strategy_id",
        status="strategy_status",
        type="strategy_type",
        trigger_price="stop_price",
    ),
}


def product_of(request: Request[Any]) -> ProductName:
    """Whose order a request places or changes."""
    kind = type(request)
    return next(name for name, each in PRODUCTS.items() if kind in (each.place, each.change))


def made(kind: type[RequestT], given: Mapping[str, str | bool | None]) -> RequestT:
    """A request of what was typed; ValueError or TypeError for what the exchange would refuse."""
    parameters = {each.name: each for each in kind.endpoint.parameters}
    values = {
        name: _value(parameters[name], value) if name in parameters else value
        for name, value in given.items()
        if value is not None
    }
    return kind(**values)


def _value(parameter: Parameter, typed: str | bool) -> Any:  # noqa: FBT001 - what a flag of the command is
    if isinstance(typed, bool):
        return typed
    if parameter.type is Decimal:
        return _number(parameter.name, typed)
    if parameter.type is int:
        return _whole_number(parameter.name, typed)
    return parameter.type(typed.upper()) if issubclass(parameter.type, StrEnum) else typed


def _number(name: str, typed: str) -> Decimal:
    try:
        return Decimal(typed)
    except InvalidOperation:
        raise ValueError(f"{name} must be a number, not {typed}") from None


def _whole_number(name: str, typed: str) -> int:
    if not (typed.isascii() and typed.isdecimal()):
        raise ValueError(f"{name} must be a whole number, not {typed}")
    return int(typed)

"""The commands that place an order and change one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Final

from msgspec import Struct

from binance_papi_async.cli.exit_code import (
    ExitCode,
    as_usage,
    check_seconds,
    exit_code_of_place,
)
from binance_papi_async.cli.outcome_table import words
from binance_papi_async.cli.products import (
    PRODUCTS,
    Changeable,
    ProductName,
    made,
    product_of,
)
from binance_papi_async.cli.reach import REAL, Reach, connected
from binance_papi_async.cli.render import note, plain, show
from binance_papi_async.declaring.orders import ModifyRequest, PlaceRequest, places
from binance_papi_async.outcome import AlreadyClosed, Evidence, Unknown
from binance_papi_async.outcome_json import kind_of
from binance_papi_async.place_outcome import ModifyOutcome, NotPlaced, PlaceOutcome
from binance_papi_async.wire.codec import check_recv_window

NEVER_WAS: Final = "; it never was, and never will be: placing it again is safe"


@dataclass(frozen=True, kw_only=True)
class OrderTerms:
    """What an order may say beyond its symbol and its side. Each product takes some of them."""

    type: str | None = None
    """LIMIT, MARKET, STOP_MARKET, ...; an OCO has none."""
    quantity: str | None = None
    """How much; of CM in contracts."""
    quote_order_qty: str | None = None
    """Of a margin MARKET order: how much of the quote asset, instead."""
    price: str | None = None
    """Of what is to rest."""
    price_match: str | None = None
    """UM and CM: takes the price from the book, instead."""
    time_in_force: str | None = None
    """GTC, IOC, FOK, GTX, GTD."""
    good_till_date: str | None = None
    """UM: the end of a GTD order, ms since 1970 UTC."""
    stop_price: str | None = None
    """What the price must reach: margin, OCO, CM conditional."""
    trigger_price: str | None = None
    """What the price must reach: UM algo."""
    activate_price: str | None = None
    """Where a trailing stop begins to trail: UM algo."""
    activation_price: str | None = None
    """Where a trailing stop begins to trail: CM conditional."""
    callback_rate: str | None = None
    """How far a trailing stop trails, in percent."""
    working_type: str | None = None
    """Which price triggers: MARK_PRICE or CONTRACT_PRICE."""
    price_protect: bool | None = None
    """Do not trigger while the two prices lie far apart."""
    close_position: bool | None = None
    """UM algo: close the whole position."""
    reduce_only: bool | None = None
    """UM and CM: only reduce a position."""
    position_side: str | None = None
    """UM and CM, in hedge mode: LONG or SHORT."""
    side_effect_type: str | None = None
    """Margin: NO_SIDE_EFFECT, MARGIN_BUY (borrow what is missing), AUTO_REPAY, ..."""
    auto_repay_at_cancel: bool | None = None
    """Margin: repay the loan of a borrowing order when it is cancelled; the exchange's default is true."""
    self_trade_prevention_mode: str | None = None
    """Which of two orders of one account gives way."""
    iceberg_qty: str | None = None
    """Margin: how much of it shows."""
    new_order_resp_type: str | None = None
    """How much the reply says: ACK, RESULT, of margin also FULL."""
    limit_client_order_id: str | None = None
    """OCO: the id of its limit order."""
    limit_iceberg_qty: str | None = None
    """OCO: how much of the limit order shows."""
    stop_client_order_id: str | None = None
    """OCO: the id of its stop order."""
    stop_limit_price: str | None = None
    """OCO: makes the stop a stop-limit."""
    stop_limit_time_in_force: str | None = None
    """OCO: of the stop-limit."""
    stop_iceberg_qty: str | None = None
    """OCO: how much of the stop-limit shows."""


PLAIN: Final = OrderTerms()


class Rehearsal(Struct, rename="camel"):
    """What ``--dry-run`` tells."""

    endpoint: str
    query: str
    """What would be sent, without time and signature; and without the client id that is made up when it is sent."""
    weight: int
    orders: int


class ToldOrder(Struct, rename="camel", frozen=True):
    """What is told of an order placed or changed."""

    outcome: str
    """The kind, named as in ``PlaceOutcomes.counts``."""
    product: ProductName
    symbol: str
    order_id: int | None
    client_order_id: str | None
    evidence: Evidence | None
    status: str | None
    price: Decimal | None
    orig_qty: Decimal | None
    executed_qty: Decimal | None
    error: str | None


async def place(  # noqa: PLR0913 - options of a command
    symbol: str,
    side: str,
    *,
    product: ProductName = "margin",
    client_order_id: str | None = None,
    terms: OrderTerms = PLAIN,
    valid_for: float | None = None,
    resend: bool = False,
    recv_window: int | None = None,
    deadline: float | None = None,
    dry_run: bool = False,
    reach: Reach = REAL,
) -> ExitCode:
    """Place one order, and say what became of it.

    :param symbol: The trading pair, like LTCBTC, BTCUSDT or BTCUSD_PERP.
    :param side: BUY or SELL.
    :param product: Whose order, or which kind of it.
    :param client_order_id: The id to place it under; made up if there is none.
    :param valid_for: Seconds within which it leaves, or never; by default 1.
    :param resend: Send it again, while it is valid, after a proof that it never arrived: recv-window and a second later.
    :param recv_window: For how many ms the exchange takes it; by default 5000.
    :param deadline: Seconds for all of it, questions after a lost reply included; by default 10.
    :param dry_run: Check it here and show what would be sent; nothing is.
    """
    check_seconds("--deadline", deadline)
    check_seconds("--valid-for", valid_for)
    with as_usage():
        window = None if recv_window is None else check_recv_window(recv_window)
        request = _order(product, symbol, side, client_order_id, terms)
    if dry_run:
        return _rehearse(request, as_json=reach.json)
    async with connected(reach.client()) as papi:
        outcome = await papi.place(
            request,
            deadline=deadline,
            valid_for=valid_for,
            resend=resend,
            recv_window=window,
        )
        _show(outcome, as_json=reach.json)
    return exit_code_of_place(outcome)


async def modify(  # noqa: PLR0913 - options of a command
    symbol: str,
    side: str,
    *,
    product: Changeable,
    quantity: str,
    order_id: str | None = None,
    client_order_id: str | None = None,
    price: str | None = None,
    price_match: str | None = None,
    modify_id: str | None = None,
    valid_for: float | None = None,
    recv_window: int | None = None,
    deadline: float | None = None,
    dry_run: bool = False,
    reach: Reach = REAL,
) -> ExitCode:
    """Change price and quantity of one open LIMIT order of UM or CM, and say what became of it.

    :param symbol: The symbol, like BTCUSDT or BTCUSD_PERP.
    :param side: BUY or SELL, as it was placed: that cannot be changed.
    :param product: Whose order. Margin has no such call.
    :param quantity: The new total, what has filled included.
    :param order_id: The exchange's id of the order.
    :param client_order_id: The id the order was placed under.
    :param price: The new price; the old one if it is to stay.
    :param price_match: Takes the price from the book, instead.
    :param modify_id: A number of your own that comes back.
    :param valid_for: Seconds within which it leaves, or never; by default 1.
    :param recv_window: For how many ms the exchange takes it; by default 5000.
    :param deadline: Seconds for all of it, questions after a lost reply included; by default 10.
    :param dry_run: Check it here and show what would be sent; nothing is.
    """
    check_seconds("--deadline", deadline)
    check_seconds("--valid-for", valid_for)
    given = {
        "symbol": symbol,
        "side": side,
        "quantity": quantity,
        "order_id": order_id,
        "orig_client_order_id": client_order_id,
        "price": price,
        "price_match": price_match,
        "modify_id": modify_id,
    }
    kind = PRODUCTS[product].change
    assert kind is not None  # noqa: S101 - for the checkers: of UM and CM there is one
    with as_usage():
        window = None if recv_window is None else check_recv_window(recv_window)
        request = made(kind, given)
    if dry_run:
        return _rehearse(request, as_json=reach.json)
    async with connected(reach.client()) as papi:
        outcome = await papi.modify(
            request, deadline=deadline, valid_for=valid_for, recv_window=window
        )
        _show(outcome, as_json=reach.json)
    return exit_code_of_place(outcome)


def _order(
    product: ProductName, symbol: str, side: str, client_order_id: str | None, terms: OrderTerms
) -> PlaceRequest[Any, Any]:
    kind = PRODUCTS[product]
    given: dict[str, str | bool | None] = {**kind.fixed, "symbol": symbol, "side": side}
    given |= asdict(terms) | {kind.place.id_field: client_order_id}
    if kind.type in kind.place.__struct_fields__:
        given[kind.type] = given.pop("type")
    return made(kind.place, given)


def _rehearse(
    request: PlaceRequest[Any, Any] | ModifyRequest[Any, Any], *, as_json: bool
) -> ExitCode:
    endpoint = request.endpoint
    told = Rehearsal(
        f"{endpoint.verb} {endpoint.path}", request.query(), request.weight, endpoint.orders
    )
    rows: dict[str, object] = {"would be sent": told.endpoint}
    for parameter in endpoint.parameters:
        if (value := getattr(request, parameter.name)) is not None:
            rows[parameter.wire_name] = plain(value)
        elif places(request) and parameter.name == request.id_field:
            rows[parameter.wire_name] = "made up when it is sent"
    rows |= {"weight": told.weight, "counts as orders": told.orders}
    show(told, rows, as_json=as_json)
    return ExitCode.DONE


def _show(outcome: PlaceOutcome[Any] | ModifyOutcome[Any], *, as_json: bool) -> None:
    told = told_order(outcome)
    show(told, dict(_rows_of(told)), as_json=as_json)
    if told.error is not None:
        note(f"{told.error}{_advice(outcome, told)}")
    elif isinstance(outcome, AlreadyClosed):
        note("nothing was changed: the order was closed before")


def told_order(outcome: PlaceOutcome[Any] | ModifyOutcome[Any]) -> ToldOrder:
    """An outcome in the words of the command line."""
    name, request = product_of(outcome.request), _untyped(outcome.request)
    kind = PRODUCTS[name]
    order = getattr(outcome, "order", None)
    error = getattr(outcome, "error", None)
    named = request.client_id if places(outcome.request) else request.orig_client_order_id
    status = getattr(order, kind.status, None)
    return ToldOrder(
        outcome=kind_of(outcome),
        product=name,
        symbol=request.symbol,
        order_id=getattr(request if order is None else order, kind.order_id, None),
        client_order_id=getattr(order, kind.client_order_id, None) or named,
        evidence=getattr(outcome, "evidence", None),
        status=None if status is None else str(status),
        price=getattr(order, "price", None),
        orig_qty=getattr(order, kind.quantity, None),
        executed_qty=getattr(order, "executed_qty", None),
        error=None if error is None else f"{type(error).__name__}: {error}",
    )


def _untyped(request: Any) -> Any:
    """Each product has names of its own."""
    return request


def _rows_of(told: ToldOrder) -> Iterator[tuple[str, object]]:
    """A row for everything that is known of it."""
    rows: Mapping[str, object] = {
        "outcome": words(told.outcome),
        "product": told.product,
        "symbol": told.symbol,
        "order id": told.order_id,
        "client order id": told.client_order_id,
        "status": told.status,
        "price": told.price,
        "quantity": told.orig_qty,
        "filled": told.executed_qty,
        "evidence": told.evidence,
        "error": told.error,
    }
    yield from ((name, plain(value)) for name, value in rows.items() if value is not None)


def _advice(outcome: PlaceOutcome[Any] | ModifyOutcome[Any], told: ToldOrder) -> str:
    """What to do next."""
    if isinstance(outcome, NotPlaced):
        return NEVER_WAS
    if not isinstance(outcome, Unknown):
        return ""
    return f"; look before trying again: papi orders {told.symbol} --product {told.product}"

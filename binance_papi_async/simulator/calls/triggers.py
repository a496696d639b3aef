"""How the exchange answers the calls about UM algo and CM conditional orders.

Pure.
"""

from __future__ import annotations

from typing import Final

from msgspec import structs

from binance_papi_async.enums import (
    AlgoStatus,
    FuturesOrderType,
    OrderType,
    StrategyType,
    WorkingType,
)
from binance_papi_async.simulator.calls import futures_replies as replies
from binance_papi_async.simulator.calls.call import Call, Routes
from binance_papi_async.simulator.calls.futures_orders import (
    ALL_CANCELED,
    check_client_id,
    check_price,
    check_terms,
    of,
    terms,
)
from binance_papi_async.simulator.calls.paging import page
from binance_papi_async.simulator.refusal import (
    Refusal,
    mandatory,
    not_wanted,
    one_of,
    unknown_to_cancel,
    unknown_to_query,
)
from binance_papi_async.simulator.world.futures import FORGOTTEN_AFTER, Futures
from binance_papi_async.simulator.world.marketability import would_fire
from binance_papi_async.simulator.world.orders import ZERO
from binance_papi_async.simulator.world.triggers import KINDS_WITH_PRICE, Waiting, WaitingDraft

CONDITIONAL_FORGOTTEN_AFTER: Final = 7 * 86_400.0
"""Documented for CM conditional orders."""
_TRAILING: Final = StrategyType.TRAILING_STOP_MARKET
_CLOSING: Final = frozenset({StrategyType.STOP_MARKET, StrategyType.TAKE_PROFIT_MARKET})
"""Kinds that take ``closePosition``."""


def new_algo_order(market: Futures, call: Call) -> object:
    """Have a UM order wait for its trigger."""
    kind = StrategyType(call.parameters["type"])
    check_client_id(call, "clientAlgoId", 36)
    if call.flag("closePosition"):
        if kind not in _CLOSING:
            raise not_wanted("closePosition")
        if call.text("quantity") is not None:
            raise Refusal(-4137, "Quantity must be zero with closePosition equals true.")
        if call.text("reduceOnly") is not None:
            raise not_wanted("reduceOnly")
    elif call.text("quantity") is None:
        raise mandatory("quantity")
    _check_kind(call, kind, trigger_name="triggerPrice")
    waiting = _place(market, call, _draft(market, call, kind, "clientAlgoId", "triggerPrice"))
    return replies.placed_algo_order(market, waiting)


def _place(market: Futures, call: Call, draft: WaitingDraft) -> Waiting:
    """Have it wait, unless its trigger price has been reached: -2021, after its client id was free."""
    order = draft.order
    market.triggers.check_client_id(order.client_order_id)
    last = market.book.last_prices.get(order.symbol)
    if would_fire(order.side, draft.kind, draft.trigger_price, last):
        raise Refusal(-2021, "Order would immediately trigger.")
    call.account.truth.record_placements(order.client_order_id)
    return market.triggers.place(draft)


def _check_kind(call: Call, kind: StrategyType, *, trigger_name: str) -> None:
    """What each kind needs, by the same rules for both products."""
    needed = "callbackRate" if kind is _TRAILING else trigger_name
    if call.text(needed) is None:
        raise mandatory(needed)
    if kind is not _TRAILING and call.text("callbackRate") is not None:
        raise not_wanted("callbackRate")
    if kind in KINDS_WITH_PRICE:
        if call.text("quantity") is None:
            raise mandatory("quantity")
        check_price(call)
    elif call.text("price") is not None:
        raise not_wanted("price")
    check_terms(call)


def _draft(
    market: Futures, call: Call, kind: StrategyType, client_id_name: str, trigger_name: str
) -> WaitingDraft:
    order = terms(market, call, client_id_name)
    activation = call.decimal("activatePrice") or call.decimal("activationPrice")
    return WaitingDraft(
        kind=kind,
        order=structs.replace(
            order,
            type=OrderType.LIMIT if kind in KINDS_WITH_PRICE else OrderType.MARKET,
            orig_type=FuturesOrderType(kind),
        ),
        trigger_price=call.decimal(trigger_name) or ZERO,
        working_type=call.word("workingType", WorkingType) or WorkingType.CONTRACT_PRICE,
        price_protect=call.flag("priceProtect"),
        close_position=call.flag("closePosition") or call.text("quantity") is None,
        activate_price=activation,
        callback_rate=call.decimal("callbackRate"),
    )


def cancel_algo_order(market: Futures, call: Call) -> object:
    """Cancel one UM algo order."""
    _cancel(market, call, _algo(market, call))
    return {"complete": True}


def _algo(market: Futures, call: Call) -> Waiting | None:
    number, client_id = call.number("algoId"), call.text("clientAlgoId")
    if number is None and client_id is None:
        raise one_of("algoId", "clientAlgoId")
    return market.triggers.find(number, client_id, as_of=call.as_of)


def _cancel(market: Futures, call: Call, waiting: Waiting | None) -> Waiting:
    if waiting is None or not waiting.is_open:
        raise unknown_to_cancel()
    call.account.truth.record_cancel(waiting.waiting_id)
    return market.triggers.end(waiting, AlgoStatus.CANCELED)


def cancel_all(market: Futures, call: Call) -> object:
    """Cancel every waiting order of a symbol."""
    for waiting in market.triggers.open(call.parameters["symbol"]):
        _cancel(market, call, waiting)
    if market.product == "um":
        return ALL_CANCELED
    return {"code": "200", "msg": "The operation of cancel all conditional open order is done."}


def _is_forgotten(market: Futures, call: Call, waiting: Waiting) -> bool:
    """Whether it ended long ago without placing anything."""
    after = FORGOTTEN_AFTER if market.product == "um" else CONDITIONAL_FORGOTTEN_AFTER
    has_ended = not waiting.is_open and waiting.order_id is None
    return has_ended and call.now - waiting.changed_at > after


def query_algo_order(market: Futures, call: Call) -> object:
    """Read one UM algo order, open or not."""
    waiting = _algo(market, call)
    if waiting is None or _is_forgotten(market, call, waiting):
        raise unknown_to_query()
    return replies.algo_order(market, waiting, is_history=True)


def open_algo_orders(market: Futures, call: Call) -> object:
    """Read the UM algo orders that wait."""
    wanted = call.number("algoId")
    found = market.triggers.open(call.text("symbol"), as_of=call.as_of)
    return [replies.algo_order(market, w) for w in found if wanted in (None, w.waiting_id)]


def all_algo_orders(market: Futures, call: Call) -> object:
    """Read UM algo orders of a symbol, whatever became of them."""
    found = _history(market, call, call.number("algoId"))
    return [replies.algo_order(market, waiting, is_history=True) for waiting in found]


def _history(market: Futures, call: Call, first: int | None) -> list[Waiting]:
    found = [
        waiting
        for waiting in market.triggers.all(call.text("symbol"), as_of=call.as_of)
        if waiting.waiting_id >= (first or 0) and not _is_forgotten(market, call, waiting)
    ]
    return page(
        call,
        found,
        time_of=lambda waiting: waiting.placed_at,
        is_forward=first is not None,
        default_days=7,
    )


def new_conditional_order(market: Futures, call: Call) -> object:
    """Have a CM order wait for its trigger; without a quantity it closes the position (our choice)."""
    kind = StrategyType(call.parameters["strategyType"])
    check_client_id(call, "newClientStrategyId", 36)
    _check_kind(call, kind, trigger_name="stopPrice")
    waiting = _place(market, call, _draft(market, call, kind, "newClientStrategyId", "stopPrice"))
    report = replies.conditional_order(market, waiting)
    return report | {"pair": waiting.symbol.partition("_")[0]}


def _conditional(market: Futures, call: Call) -> Waiting | None:
    number, client_id = call.number("strategyId"), call.text("newClientStrategyId")
    if number is None and client_id is None:
        raise one_of("strategyId", "newClientStrategyId")
    found = market.triggers.find(number, client_id, as_of=call.as_of)
    return found if found is not None and found.symbol == call.text("symbol") else None


def cancel_conditional_order(market: Futures, call: Call) -> object:
    """Cancel one CM conditional order."""
    return replies.conditional_order(market, _cancel(market, call, _conditional(market, call)))


def query_conditional_order(market: Futures, call: Call) -> object:
    """Read one CM conditional order that waits no longer."""
    waiting = _conditional(market, call)
    if waiting is None or waiting.is_open or _is_forgotten(market, call, waiting):
        raise unknown_to_query()
    return replies.conditional_order(market, waiting)


def open_conditional_order(market: Futures, call: Call) -> object:
    """Read one CM conditional order while it waits."""
    waiting = _conditional(market, call)
    if waiting is None or not waiting.is_open:
        raise unknown_to_query()
    return replies.conditional_order(market, waiting)


def open_conditional_orders(market: Futures, call: Call) -> object:
    """Read the CM conditional orders that wait."""
    found = market.triggers.open(call.text("symbol"), as_of=call.as_of)
    return [replies.conditional_order(market, waiting) for waiting in found]


def all_conditional_orders(market: Futures, call: Call) -> object:
    """Read CM conditional orders, whatever became of them."""
    found = _history(market, call, call.number("strategyId"))
    return [replies.conditional_order(market, waiting) for waiting in found]


_ALGO: Final = "/papi/v1/um/algo"
_CONDITIONAL: Final = "/papi/v1/cm/conditional"

ROUTES: Final[Routes] = {
    ("POST", f"{_ALGO}/order"): of("um", new_algo_order),
    ("DELETE", f"{_ALGO}/order"): of("um", cancel_algo_order),
    ("DELETE", f"{_ALGO}/allOpenOrders"): of("um", cancel_all),
    ("GET", f"{_ALGO}/algoOrder"): of("um", query_algo_order),
    ("GET", f"{_ALGO}/openAlgoOrders"): of("um", open_algo_orders),
    ("GET", f"{_ALGO}/allAlgoOrders"): of("um", all_algo_orders),
    ("POST", f"{_CONDITIONAL}/order"): of("cm", new_conditional_order),
    ("DELETE", f"{_CONDITIONAL}/order"): of("cm", cancel_conditional_order),
    ("DELETE", f"{_CONDITIONAL}/allOpenOrders"): of("cm", cancel_all),
    ("GET", f"{_CONDITIONAL}/orderHistory"): of("cm", query_conditional_order),
    ("GET", f"{_CONDITIONAL}/openOrder"): of("cm", open_conditional_order),
    ("GET", f"{_CONDITIONAL}/openOrders"): of("cm", open_conditional_orders),
    ("GET", f"{_CONDITIONAL}/allOrders"): of("cm", all_conditional_orders),
}

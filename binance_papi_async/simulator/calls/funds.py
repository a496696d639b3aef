"""Whether the account has the money for an order: asked only when a test says ``checks_money``.

No order is charged for what it might cost beyond its price; fees there are none.
Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from binance_papi_async.enums import Side
from binance_papi_async.simulator.calls.call import Call
from binance_papi_async.simulator.calls.notation import Json, plain
from binance_papi_async.simulator.refusal import Refusal
from binance_papi_async.simulator.world.equity import usd_price, worth
from binance_papi_async.simulator.world.futures import Futures
from binance_papi_async.simulator.world.instruments import assets_of
from binance_papi_async.simulator.world.orders import ZERO, Draft
from binance_papi_async.simulator.world.positions import Position
from binance_papi_async.simulator.world.wallet import locked

_BORROWING: Final = frozenset({"MARGIN_BUY", "AUTO_BORROW_REPAY"})
"""Side effects that lend what lacks."""


def fund_margin(call: Call, drafts: Sequence[Draft]) -> Json:
    """Lend what an order lacks if it asks for that, and say so as the reply does; -2010 if it does not.

    Of a list only one order fills, so it needs the most that one of them needs.
    """
    if not call.account.checks_money:
        return {}
    base, quote = assets_of(drafts[0].symbol)
    asset = base if drafts[0].side == Side.SELL else quote
    needed = max(_cost(call, draft) for draft in drafts)
    free = call.account.wallet.holding(asset).margin - locked(call.book.open_orders())[asset]
    if needed <= free:
        return {}
    if call.text("sideEffectType") not in _BORROWING:
        raise Refusal(-2010, "Account has insufficient balance for requested action.")
    lent = needed - max(free, ZERO)
    call.account.book_loan("borrow", asset, lent, call.now)
    return {"marginBuyBorrowAmount": plain(lent), "marginBuyBorrowAsset": asset}


def _cost(call: Call, draft: Draft) -> Decimal:
    """What it may take of the asset it gives: the quantity it sells, or its price for what it buys."""
    if draft.side == Side.SELL:
        return draft.quantity
    price = draft.price or draft.stop_price or call.book.last_price(draft.symbol)
    return draft.quantity * price


def check_futures(market: Futures, call: Call, draft: Draft) -> None:
    """-2019 if the initial margin of an order is more than is free; what only reduces needs none."""
    if not call.account.checks_money or market.only_reduces(draft):
        return
    price = draft.price or market.book.last_price(draft.symbol)
    notional = Position(product=market.product, symbol=draft.symbol).worth(draft.quantity, price)
    margin = notional / market.leverage(draft.symbol)
    if margin * usd_price(call.account, market.asset_of(draft.symbol)) > worth(call.account).free:
        raise Refusal(-2019, "Margin is insufficient.")

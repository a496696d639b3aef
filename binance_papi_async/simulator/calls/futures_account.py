"""How the exchange answers the calls about UM and CM balances, positions and settings.

There is no maintenance margin and no liquidation. Settings are answered as they are now, also by stale reads.
Pure.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from binance_papi_async.simulator.calls.call import Call, Routes
from binance_papi_async.simulator.calls.futures_orders import of
from binance_papi_async.simulator.calls.notation import Json, decimal_text, milliseconds, plain
from binance_papi_async.simulator.refusal import Refusal
from binance_papi_async.simulator.world import equity
from binance_papi_async.simulator.world.futures import Futures
from binance_papi_async.simulator.world.instruments import coin_of, pair_of
from binance_papi_async.simulator.world.orders import ZERO
from binance_papi_async.simulator.world.positions import Position

MAX_NOTIONAL: Final = "1000000"
MAX_QUANTITY: Final = "1000"
"""Of the documented examples, whatever the leverage."""
MOST_LEVERAGE: Final = 125
_NOTHING: Final = decimal_text(ZERO)


def _money(value: Decimal) -> str:
    return decimal_text(value + ZERO)


def account(market: Futures, call: Call) -> object:
    """Read assets and positions."""
    return {
        "assets": _assets(market, call),
        "positions": [_position(market, call, each) for each in _positions(market, call)],
    }


def account_v2(market: Futures, call: Call) -> object:
    """Read assets and positions, less about each position (UM)."""
    found = [
        (each, equity.position_margins(market, each, as_of=call.as_of))
        for each in _positions(market, call)
    ]
    rows = [
        {
            "symbol": position.symbol,
            "initialMargin": _money(margins.initial),
            "maintMargin": _NOTHING,
            "unrealizedProfit": _money(margins.unrealized),
            "positionSide": position.side,
            "positionAmt": plain(position.amount),
            "updateTime": milliseconds(position.changed_at),
            "notional": _money(equity.notional(market, position)),
        }
        for position, margins in found
    ]
    return {"assets": _assets(market, call), "positions": rows}


def _positions(market: Futures, call: Call) -> list[Position]:
    return equity.positions(market, market.symbols(), as_of=call.as_of)


def _assets(market: Futures, call: Call) -> list[Json]:
    wallet = call.account.wallet
    held = {asset: wallet.holding(asset, as_of=call.as_of) for asset in wallet.assets()}
    amounts = {a: h.um if market.product == "um" else h.cm for a, h in held.items()}
    settled = {market.asset_of(symbol) for symbol in market.symbols()}
    return [
        _asset(market, call, asset, amount)
        for asset, amount in (dict.fromkeys(sorted(settled), ZERO) | amounts).items()
        if amount or asset in settled
    ]


def _asset(market: Futures, call: Call, asset: str, amount: Decimal) -> Json:
    margins = equity.asset_margins(market, asset, as_of=call.as_of)
    changed_at = call.account.wallet.holding(asset, as_of=call.as_of).changed_at
    return {
        "asset": asset,
        "crossWalletBalance": _money(amount),
        "crossUnPnl": _money(margins.unrealized),
        "maintMargin": _NOTHING,
        "initialMargin": _money(margins.initial),
        "positionInitialMargin": _money(margins.of_positions),
        "openOrderInitialMargin": _money(margins.of_orders),
        "updateTime": milliseconds(changed_at),
    }


def _position(market: Futures, call: Call, position: Position) -> Json:
    margins = equity.position_margins(market, position, as_of=call.as_of)
    report: Json = {
        "symbol": position.symbol,
        "initialMargin": _money(margins.initial),
        "maintMargin": _NOTHING,
        "unrealizedProfit": _money(margins.unrealized),
        "positionInitialMargin": _money(margins.of_positions),
        "openOrderInitialMargin": _money(margins.of_orders),
        "leverage": str(market.leverage(position.symbol)),
        "entryPrice": decimal_text(position.entry_price),
        "positionSide": position.side,
        "positionAmt": plain(position.amount),
        "updateTime": milliseconds(position.changed_at),
    }
    if market.product == "cm":
        return report | {"maxQty": MAX_QUANTITY}
    return report | {"maxNotional": MAX_NOTIONAL, "bidNotional": "0", "askNotional": "0"}


def position_risk(market: Futures, call: Call) -> object:
    """Read positions: of a symbol (UM), a pair or a margin asset (CM), or of all the account knows."""
    symbol, pair, coin = call.text("symbol"), call.text("pair"), call.text("marginAsset")
    symbols = [symbol] if symbol is not None else market.symbols()
    wanted = [
        each for each in symbols if pair in (None, pair_of(each)) and coin in (None, coin_of(each))
    ]
    return [_risk(market, each) for each in equity.positions(market, wanted, as_of=call.as_of)]


def _risk(market: Futures, position: Position) -> Json:
    """A position without a liquidation price: nothing is liquidated."""
    report: Json = {
        "symbol": position.symbol,
        "positionAmt": plain(position.amount),
        "entryPrice": decimal_text(position.entry_price),
        "markPrice": decimal_text(market.mark_price(position)),
        "unRealizedProfit": _money(position.profit(market.mark_price(position))),
        "liquidationPrice": "0",
        "leverage": str(market.leverage(position.symbol)),
        "positionSide": position.side,
        "updateTime": milliseconds(position.changed_at),
    }
    worth = _money(equity.notional(market, position))
    if market.product == "cm":
        return report | {"maxQty": MAX_QUANTITY, "notionalValue": worth}
    return report | {"maxNotionalValue": MAX_NOTIONAL, "notional": worth}


def set_leverage(market: Futures, call: Call) -> object:
    """Set the leverage of a symbol; 125 at most for every symbol (our choice for UM)."""
    leverage, symbol = int(call.parameters["leverage"]), call.parameters["symbol"]
    if not 1 <= leverage <= MOST_LEVERAGE:
        raise Refusal(-4028, f"Leverage {leverage} is not valid")
    market.leverages[symbol] = leverage
    report: Json = {"leverage": leverage, "symbol": symbol}
    if market.product == "cm":
        return report | {"maxQty": MAX_QUANTITY}
    return report | {"maxNotionalValue": MAX_NOTIONAL}


def position_mode(market: Futures, _: Call) -> object:
    """Read whether the product is in hedge mode."""
    return {"dualSidePosition": market.is_hedged}


def set_position_mode(market: Futures, call: Call) -> object:
    """Switch hedge mode on or off: CM to what UM has, and nothing while an order or a position is open."""
    is_wanted = call.flag("dualSidePosition")
    if market.product == "cm" and is_wanted is not call.account.futures["um"].is_hedged:
        raise Refusal(-4220, "The position mode of CM must be the same as that of UM.")
    if is_wanted is market.is_hedged:
        raise Refusal(-4059, "No need to change position side.")
    if market.book.open_orders() or market.triggers.open():
        raise Refusal(-4067, "Position side cannot be changed if there exists open orders.")
    if market.positions.is_any_open():
        raise Refusal(-4068, "Position side cannot be changed if there exists position.")
    market.is_hedged = is_wanted
    return {"code": 200, "msg": "success"}


def account_config(market: Futures, call: Call) -> object:
    """Read what the account is allowed: everything; and the position mode (UM)."""
    return {
        "feeTier": 0,
        "canTrade": True,
        "canDeposit": True,
        "canWithdraw": True,
        "dualSidePosition": market.is_hedged,
        "updateTime": milliseconds(call.now),
        "multiAssetsMargin": False,
        "tradeGroupId": -1,
    }


def symbol_config(market: Futures, call: Call) -> object:
    """Read the leverage of a symbol, or of all the account knows (UM)."""
    symbol = call.text("symbol")
    return [
        {
            "symbol": each,
            "marginType": "CROSSED",
            "isAutoAddMargin": "false",
            "leverage": market.leverage(each),
            "maxNotionalValue": MAX_NOTIONAL,
        }
        for each in ([symbol] if symbol is not None else market.symbols())
    ]


ROUTES: Final[Routes] = {
    ("GET", "/papi/v1/um/account"): of("um", account),
    ("GET", "/papi/v2/um/account"): of("um", account_v2),
    ("GET", "/papi/v1/um/accountConfig"): of("um", account_config),
    ("GET", "/papi/v1/um/symbolConfig"): of("um", symbol_config),
    ("GET", "/papi/v1/um/positionRisk"): of("um", position_risk),
    ("POST", "/papi/v1/um/leverage"): of("um", set_leverage),
    ("GET", "/papi/v1/um/positionSide/dual"): of("um", position_mode),
    ("POST", "/papi/v1/um/positionSide/dual"): of("um", set_position_mode),
    ("GET", "/papi/v1/cm/account"): of("cm", account),
    ("GET", "/papi/v1/cm/positionRisk"): of("cm", position_risk),
    ("POST", "/papi/v1/cm/leverage"): of("cm", set_leverage),
    ("GET", "/papi/v1/cm/positionSide/dual"): of("cm", position_mode),
    ("POST", "/papi/v1/cm/positionSide/dual"): of("cm", set_position_mode),
}

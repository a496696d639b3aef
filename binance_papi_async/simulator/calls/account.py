"""How the exchange answers the calls about the account as a whole: its worth, balances, settings.

Nothing is liquidated. Pure.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from binance_papi_async.simulator.calls.call import Call, Handler, Routes
from binance_papi_async.simulator.calls.notation import Json, decimal_text, milliseconds
from binance_papi_async.simulator.world import equity
from binance_papi_async.simulator.world.orders import ZERO
from binance_papi_async.simulator.world.wallet import locked

SAFE_MMR: Final = "99999999"
"""Equity over a maintenance margin of nothing."""


def account(call: Call) -> object:
    """Read the whole account, valued in USD at the last prices a test has set."""
    worth = equity.worth(call.account, as_of=call.as_of)
    return {
        "uniMMR": SAFE_MMR,
        "accountEquity": decimal_text(worth.equity),
        "actualEquity": decimal_text(worth.equity),
        "accountInitialMargin": decimal_text(worth.bound),
        "accountMaintMargin": decimal_text(ZERO),
        "accountStatus": "NORMAL",
        "virtualMaxWithdrawAmount": decimal_text(max(ZERO, worth.free)),
        "totalAvailableBalance": "",
        "totalMarginOpenLoss": "",
        "updateTime": milliseconds(call.now),
    }


def balance(call: Call) -> object:
    """Read balances over all wallets: of one asset alone, or a list of all."""
    locks = locked(call.book.open_orders(as_of=call.as_of))
    asset = call.text("asset")
    if asset is not None:
        return _balance(call, asset, locks)
    known = dict.fromkeys((*equity.known_assets(call.account), *locks))
    return [_balance(call, each, locks) for each in known]


def _balance(call: Call, asset: str, locks: dict[str, Decimal]) -> Json:
    held = call.account.wallet.holding(asset, as_of=call.as_of)
    lock = locks.get(asset, ZERO)
    unrealized = {
        product: equity.asset_margins(market, asset, as_of=call.as_of).unrealized
        for product, market in call.account.futures.items()
    }
    return {
        "asset": asset,
        "totalWalletBalance": decimal_text(held.total),
        "crossMarginAsset": decimal_text(held.margin),
        "crossMarginBorrowed": decimal_text(held.borrowed),
        "crossMarginFree": decimal_text(held.margin - lock),
        "crossMarginInterest": decimal_text(ZERO),
        "crossMarginLocked": decimal_text(lock),
        "umWalletBalance": decimal_text(held.um),
        "umUnrealizedPNL": decimal_text(unrealized["um"]),
        "cmWalletBalance": decimal_text(held.cm),
        "cmUnrealizedPNL": decimal_text(unrealized["cm"]),
        "updateTime": milliseconds(held.changed_at),
        "negativeBalance": decimal_text(max(ZERO, -held.um) + max(ZERO, -held.cm)),
    }


def max_withdraw(call: Call) -> object:
    """Read how much can be transferred out: what is free."""
    asset = call.parameters["asset"]
    lock = locked(call.book.open_orders(as_of=call.as_of)).get(asset, ZERO)
    held = call.account.wallet.holding(asset, as_of=call.as_of)
    return {"amount": decimal_text(max(ZERO, held.margin - held.borrowed - lock))}


def read_switch(name: str) -> Handler:
    """Reads a setting that changes nothing else."""
    return lambda call: {name: call.account.switches[name]}


def set_switch(name: str, answer: object) -> Handler:
    """Sets such a setting."""

    def set_it(call: Call) -> object:
        call.account.switches[name] = call.flag(name)
        return answer

    return set_it


_FUTURES_SWITCH: Final = "/papi/v1/repay-futures-switch"
_FEE_BURN: Final = "/papi/v1/um/feeBurn"

ROUTES: Final[Routes] = {
    ("GET", "/papi/v1/account"): account,
    ("GET", "/papi/v1/balance"): balance,
    ("GET", "/papi/v1/margin/maxWithdraw"): max_withdraw,
    ("GET", _FUTURES_SWITCH): read_switch("autoRepay"),
    ("POST", _FUTURES_SWITCH): set_switch("autoRepay", {"msg": "success"}),
    ("GET", _FEE_BURN): read_switch("feeBurn"),
    ("POST", _FEE_BURN): set_switch("feeBurn", {"code": 200, "msg": "success"}),
}

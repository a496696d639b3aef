"""How the exchange answers the calls that move money between the wallets of the account. Pure."""

from __future__ import annotations

from typing import Final

from binance_papi_async.simulator.calls.call import Call, Routes
from binance_papi_async.simulator.refusal import invalid, mandatory
from binance_papi_async.simulator.world.instruments import FuturesProduct
from binance_papi_async.simulator.world.orders import ZERO

SUCCESS: Final = {"msg": "success"}
_FUTURES_OF: Final[dict[str, FuturesProduct]] = {"UM": "um", "CM": "cm"}


def collect_asset(call: Call) -> object:
    """Move an asset from the futures wallets to the margin wallet."""
    asset, source = call.parameters["asset"], call.text("futureType")
    if asset == "BNB":
        raise invalid("asset")
    if (source is None) is not (call.text("amount") is None):
        raise mandatory("futureType" if source is None else "amount")
    if source is None:
        _collect(call, asset)
    elif source in _FUTURES_OF:
        call.account.wallet.move(asset, call.amount(), _FUTURES_OF[source], "margin")
    else:
        raise invalid("futureType")
    return SUCCESS


def _collect(call: Call, asset: str) -> None:
    """Move all there is above zero."""
    wallet = call.account.wallet
    held = wallet.holding(asset)
    wallet.move(asset, max(ZERO, held.um), "um", "margin")
    wallet.move(asset, max(ZERO, held.cm), "cm", "margin")


def collect_all_assets(call: Call) -> object:
    """Move every asset but BNB from the futures wallets to the margin wallet."""
    for asset in call.account.wallet.assets():
        if asset != "BNB":
            _collect(call, asset)
    return SUCCESS


def transfer_bnb(call: Call) -> object:
    """Move BNB between the margin and the UM wallet."""
    amount = call.amount() if call.parameters["transferSide"] == "TO_UM" else -call.amount()
    call.account.wallet.move("BNB", amount, "margin", "um")
    return {"tranId": call.account.transaction_id()}


def repay_negative_balances(call: Call) -> object:
    """Bring the futures wallets that are below zero up to zero, out of the margin wallet."""
    wallet = call.account.wallet
    for asset in wallet.assets():
        held = wallet.holding(asset)
        wallet.move(asset, max(ZERO, -held.um), "margin", "um")
        wallet.move(asset, max(ZERO, -held.cm), "margin", "cm")
    return SUCCESS


ROUTES: Final[Routes] = {
    ("POST", "/papi/v1/asset-collection"): collect_asset,
    ("POST", "/papi/v1/auto-collection"): collect_all_assets,
    ("POST", "/papi/v1/bnb-transfer"): transfer_bnb,
    ("POST", "/papi/v1/repay-futures-negative-balance"): repay_negative_balances,
}

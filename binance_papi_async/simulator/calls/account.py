"""How the exchange answers the calls about balances, loans, transfers and the listen key; ``ROUTES`` is the table.

No interest is charged, and nothing is liquidated. Pure.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final, Literal

from binance_papi_async.simulator.calls.call import Call, Handler, Routes
from binance_papi_async.simulator.calls.margin_replies import Json, decimal_text, milliseconds
from binance_papi_async.simulator.calls.paging import newest_first
from binance_papi_async.simulator.refusal import Refusal, invalid, mandatory, one_of
from binance_papi_async.simulator.world import equity
from binance_papi_async.simulator.world.account import LoanRecord
from binance_papi_async.simulator.world.instruments import FuturesProduct
from binance_papi_async.simulator.world.orders import ZERO
from binance_papi_async.simulator.world.wallet import locked

SAFE_MMR: Final = "99999999"
"""Equity over a maintenance margin of nothing."""
SUCCESS: Final = {"msg": "success"}
_FUTURES_OF: Final[dict[str, FuturesProduct]] = {"UM": "um", "CM": "cm"}


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


def _amount(call: Call) -> Decimal:
    """What is to be moved, above zero."""
    amount = Decimal(call.parameters["amount"])
    if not amount:
        raise invalid("amount")
    return amount


def borrow(call: Call) -> object:
    """Borrow as much as one likes."""
    asset = call.parameters["asset"]
    return {"tranId": call.account.book_loan("borrow", asset, _amount(call), call.now)}


def repay(call: Call) -> object:
    """Repay what is owed, not more; -3015 then, as classic margin says it."""
    asset, amount = call.parameters["asset"], _amount(call)
    if amount > call.account.wallet.holding(asset).borrowed:
        raise Refusal(-3015, "The repay amount exceeds the borrow amount.")
    return {"tranId": call.account.book_loan("repay", asset, amount, call.now)}


def repay_debt(call: Call) -> object:
    """Repay a debt, with the owed asset alone, whatever assets are named: a simulator's choice."""
    asset = call.parameters["asset"]
    owed = call.account.wallet.holding(asset).borrowed
    amount = owed if call.text("amount") is None else min(owed, _amount(call))
    call.account.book_loan("repay", asset, amount, call.now)
    return {
        "amount": decimal_text(amount),
        "asset": asset,
        "specifyRepayAssets": [asset],
        "updateTime": milliseconds(call.now),
        "success": True,
    }


def loan_records(call: Call) -> object:
    """Read borrowings, newest first."""
    return _records(call, "borrow", _loan)


def repay_records(call: Call) -> object:
    """Read repayments, newest first."""
    return _records(call, "repay", _repayment)


def _records(
    call: Call, kind: Literal["borrow", "repay"], shown: Callable[[LoanRecord], Json]
) -> object:
    """A page of records: the one of a number, or those since a time."""
    number = call.number("txId")
    if number is None and call.text("startTime") is None:
        raise one_of("txId", "startTime")
    asset = call.parameters["asset"]
    found = [
        record
        for record in call.account.loans
        if (record.kind, record.asset) == (kind, asset)
        and (call.as_of is None or record.time <= call.as_of)
    ]
    if number is not None:
        found = [record for record in found if record.tran_id == number]
        return {"rows": [shown(record) for record in found], "total": len(found)}
    rows, total = newest_first(call, found, time_of=lambda record: record.time)
    return {"rows": [shown(record) for record in rows], "total": total}


def _loan(record: LoanRecord) -> Json:
    return {
        "txId": record.tran_id,
        "asset": record.asset,
        "principal": decimal_text(record.amount),
        "timestamp": milliseconds(record.time),
        "status": "CONFIRMED",
    }


def _repayment(record: LoanRecord) -> Json:
    return _loan(record) | {
        "amount": decimal_text(record.amount),
        "interest": decimal_text(ZERO),
    }


def max_withdraw(call: Call) -> object:
    """Read how much can be transferred out: what is free."""
    asset = call.parameters["asset"]
    lock = locked(call.book.open_orders(as_of=call.as_of)).get(asset, ZERO)
    held = call.account.wallet.holding(asset, as_of=call.as_of)
    return {"amount": decimal_text(max(ZERO, held.margin - held.borrowed - lock))}


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
        call.account.wallet.move(asset, _amount(call), _FUTURES_OF[source], "margin")
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
    amount = _amount(call) if call.parameters["transferSide"] == "TO_UM" else -_amount(call)
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


def read_switch(name: str) -> Handler:
    """Reads a setting that changes nothing else."""
    return lambda call: {name: call.account.switches[name]}


def set_switch(name: str, answer: object) -> Handler:
    """Sets such a setting."""

    def set_it(call: Call) -> object:
        call.account.switches[name] = call.flag(name)
        return answer

    return set_it


def create_listen_key(call: Call) -> object:
    """Get the key that lives, or a new one."""
    return {"listenKey": call.account.listen_key.create(call.now)}


def keep_listen_key_alive(call: Call) -> object:
    """Make the key good for another 60 minutes."""
    call.account.listen_key.keep_alive(call.now)
    return {}


def close_listen_key(call: Call) -> object:
    """Make the key void."""
    call.account.listen_key.close(call.now)
    return {}


_LISTEN_KEY: Final = "/papi/v1/listenKey"
_FUTURES_SWITCH: Final = "/papi/v1/repay-futures-switch"
_FEE_BURN: Final = "/papi/v1/um/feeBurn"

ROUTES: Final[Routes] = {
    ("GET", "/papi/v1/account"): account,
    ("GET", "/papi/v1/balance"): balance,
    ("POST", "/papi/v1/marginLoan"): borrow,
    ("POST", "/papi/v1/repayLoan"): repay,
    ("POST", "/papi/v1/margin/repay-debt"): repay_debt,
    ("GET", "/papi/v1/margin/marginLoan"): loan_records,
    ("GET", "/papi/v1/margin/repayLoan"): repay_records,
    ("GET", "/papi/v1/margin/maxWithdraw"): max_withdraw,
    ("POST", "/papi/v1/asset-collection"): collect_asset,
    ("POST", "/papi/v1/auto-collection"): collect_all_assets,
    ("POST", "/papi/v1/bnb-transfer"): transfer_bnb,
    ("POST", "/papi/v1/repay-futures-negative-balance"): repay_negative_balances,
    ("GET", _FUTURES_SWITCH): read_switch("autoRepay"),
    ("POST", _FUTURES_SWITCH): set_switch("autoRepay", SUCCESS),
    ("GET", _FEE_BURN): read_switch("feeBurn"),
    ("POST", _FEE_BURN): set_switch("feeBurn", {"code": 200, "msg": "success"}),
    ("POST", _LISTEN_KEY): create_listen_key,
    ("PUT", _LISTEN_KEY): keep_listen_key_alive,
    ("DELETE", _LISTEN_KEY): close_listen_key,
}

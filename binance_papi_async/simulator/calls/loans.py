"""How the exchange answers the calls about margin loans. No interest is charged. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

from binance_papi_async.simulator.calls.call import Call, Routes
from binance_papi_async.simulator.calls.notation import Json, decimal_text, milliseconds
from binance_papi_async.simulator.calls.paging import newest_first
from binance_papi_async.simulator.refusal import Refusal, one_of
from binance_papi_async.simulator.world.account import LoanRecord
from binance_papi_async.simulator.world.orders import ZERO


def borrow(call: Call) -> object:
    """Borrow as much as one likes."""
    asset = call.parameters["asset"]
    return {"tranId": call.account.book_loan("borrow", asset, call.amount(), call.now)}


def repay(call: Call) -> object:
    """Repay what is owed, not more; -3015 then, as classic margin says it."""
    asset, amount = call.parameters["asset"], call.amount()
    if amount > call.account.wallet.holding(asset).borrowed:
        raise Refusal(-3015, "The repay amount exceeds the borrow amount.")
    return {"tranId": call.account.book_loan("repay", asset, amount, call.now)}


def repay_debt(call: Call) -> object:
    """Repay a debt, with the owed asset alone, whatever assets are named: a simulator's choice."""
    asset = call.parameters["asset"]
    owed = call.account.wallet.holding(asset).borrowed
    amount = owed if call.text("amount") is None else min(owed, call.amount())
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


ROUTES: Final[Routes] = {
    ("POST", "/papi/v1/marginLoan"): borrow,
    ("POST", "/papi/v1/repayLoan"): repay,
    ("POST", "/papi/v1/margin/repay-debt"): repay_debt,
    ("GET", "/papi/v1/margin/marginLoan"): loan_records,
    ("GET", "/papi/v1/margin/repayLoan"): repay_records,
}

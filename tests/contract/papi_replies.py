"""Just enough of the exchange to answer a client: the time, and cancels by their order id."""

from __future__ import annotations

import time

from binance_papi_async import CancelMarginOrder
from tests.contract.raw_server import Script, Seen, reply

CANCELED = (
    '{"symbol":"LTCBTC","orderId":%s,"origClientOrderId":"a","clientOrderId":"b",'
    '"price":"1.0","origQty":"10.0","executedQty":"8.0","cummulativeQuoteQty":"8.0",'
    '"status":"CANCELED","timeInForce":"GTC","type":"LIMIT","side":"SELL"}'
)


def cancel(order_id: int) -> CancelMarginOrder:
    """A cancel of that order."""
    return CancelMarginOrder(symbol="LTCBTC", order_id=order_id)


def answer_papi(seen: Seen) -> Script:
    """The answer to a request of a client."""
    if seen.order_id:
        return (reply((CANCELED % seen.order_id).encode()),)
    return (reply(b'{"serverTime":%d}' % (time.time() * 1000)),)

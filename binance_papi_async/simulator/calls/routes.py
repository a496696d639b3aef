"""Who carries out the calls of each endpoint: add a handler and its row to the ``ROUTES`` of its module.

What is declared in ``ENDPOINTS`` but carried out by nobody answers 501.
Pure.
"""

from __future__ import annotations

from typing import Final

from binance_papi_async.simulator.calls import (
    account,
    canned,
    futures_account,
    futures_orders,
    general,
    loans,
    margin_lists,
    margin_orders,
    transfers,
    triggers,
    user_stream,
)
from binance_papi_async.simulator.calls.call import Routes

ROUTES: Final[Routes] = {
    **general.ROUTES,
    **account.ROUTES,
    **loans.ROUTES,
    **transfers.ROUTES,
    **user_stream.ROUTES,
    **margin_orders.ROUTES,
    **margin_lists.ROUTES,
    **futures_orders.ROUTES,
    **triggers.ROUTES,
    **futures_account.ROUTES,
    **canned.ROUTES,
}

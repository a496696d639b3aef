"""Every endpoint this exchange serves: add a handler and its line to a ``ROUTES`` table.

What is declared in ``ENDPOINTS`` but served by nobody answers 501.
Pure.
"""

from __future__ import annotations

from typing import Final

from binance_papi_async.endpoints import (
    account,
    cm_account,
    cm_conditional,
    cm_orders,
    general,
    margin_loans,
    margin_orders,
    um_account,
    um_algo,
    um_history,
    um_orders,
    user_stream,
)
from binance_papi_async.simulator import (
    account_calls,
    canned_calls,
    futures_account_calls,
    futures_order_calls,
    general_calls,
    margin_list_calls,
    margin_order_calls,
    trigger_calls,
)
from binance_papi_async.simulator.call import Routes

DECLARING: Final = (
    *(account, cm_account, cm_conditional, cm_orders, general, margin_loans, margin_orders),
    *(um_account, um_algo, um_history, um_orders, user_stream),
)
"""Imported for what they declare in ``ENDPOINTS``."""

ROUTES: Final[Routes] = {
    **general_calls.ROUTES,
    **account_calls.ROUTES,
    **margin_order_calls.ROUTES,
    **margin_list_calls.ROUTES,
    **futures_order_calls.ROUTES,
    **trigger_calls.ROUTES,
    **futures_account_calls.ROUTES,
    **canned_calls.ROUTES,
}

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
from binance_papi_async.simulator.calls import (
    account as account_calls,
)
from binance_papi_async.simulator.calls import (
    canned_calls,
)
from binance_papi_async.simulator.calls import (
    futures_account as futures_account_calls,
)
from binance_papi_async.simulator.calls import (
    futures_orders as futures_order_calls,
)
from binance_papi_async.simulator.calls import (
    general as general_calls,
)
from binance_papi_async.simulator.calls import (
    margin_lists as margin_list_calls,
)
from binance_papi_async.simulator.calls import (
    margin_orders as margin_order_calls,
)
from binance_papi_async.simulator.calls import (
    triggers as trigger_calls,
)
from binance_papi_async.simulator.calls.call import Routes

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

"""Every endpoint this exchange serves: add a handler and its line to a ``ROUTES`` table.

What is declared in ``ENDPOINTS`` but served by nobody answers 501.
Pure.
"""

from __future__ import annotations

from typing import Final

from binance_papi_async.endpoints import general as _general
from binance_papi_async.endpoints import margin_orders as _margin_orders
from binance_papi_async.simulator import general_calls, margin_list_calls, margin_order_calls
from binance_papi_async.simulator.call import Routes

DECLARING: Final = (_general, _margin_orders)
"""Imported for what they declare in ``ENDPOINTS``."""

ROUTES: Final[Routes] = {
    **general_calls.ROUTES,
    **margin_order_calls.ROUTES,
    **margin_list_calls.ROUTES,
}

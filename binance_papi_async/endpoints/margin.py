"""The margin family: orders and loans.

Pure declarations.
"""

from __future__ import annotations

from binance_papi_async.endpoints.margin_loans import MarginLoans
from binance_papi_async.endpoints.margin_orders import MarginOrders


class Margin(MarginOrders, MarginLoans):
    """``papi.margin``"""

"""The CM family: coin-margined futures.

Pure declarations.
"""

from __future__ import annotations

from binance_papi_async.endpoints.cm_account import CmAccounting
from binance_papi_async.endpoints.cm_conditional import CmConditionalOrders
from binance_papi_async.endpoints.cm_orders import CmOrders


class Cm(CmOrders, CmConditionalOrders, CmAccounting):
    """``papi.cm``"""

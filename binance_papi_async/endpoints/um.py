"""The UM family: futures margined in stablecoins.

Pure declarations.
"""

from __future__ import annotations

from binance_papi_async.endpoints.um_account import UmAccounting
from binance_papi_async.endpoints.um_algo import UmAlgoOrders
from binance_papi_async.endpoints.um_history import UmHistory
from binance_papi_async.endpoints.um_orders import UmOrders


class Um(UmOrders, UmAlgoOrders, UmAccounting, UmHistory):
    """``papi.um``"""

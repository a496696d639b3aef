"""What the exchange can be asked: pure declarations, one file per topic."""

from binance_papi_async.endpoints import general, margin_orders

__all__ = ["general", "margin_orders"]

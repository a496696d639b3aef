"""The exchange's closed vocabularies: of orders, of futures, of accounts, of events; all importable from here.

Pure: nothing here reads a clock, a socket or a key.
"""

from __future__ import annotations

from binance_papi_async.enums.account import (
    AccountStatus,
    FutureType,
    InterestType,
    LoanStatus,
    TransferSide,
)
from binance_papi_async.enums.events import (
    ExecutionType,
    FuturesProduct,
    UpdateReason,
)
from binance_papi_async.enums.futures import (
    AlgoStatus,
    AlgoType,
    AutoCloseType,
    FuturesOrderType,
    FuturesTimeInForce,
    IncomeType,
    MarginType,
    PositionSide,
    PriceMatch,
    StrategyStatus,
    StrategyType,
    WorkingType,
)
from binance_papi_async.enums.open_enum import (
    OpenEnum,
)
from binance_papi_async.enums.orders import (
    CLOSED_STATUSES,
    ContingencyType,
    ListOrderStatus,
    ListStatusType,
    OrderStatus,
    OrderType,
    ResponseType,
    SelfTradePreventionMode,
    Side,
    SideEffectType,
    TimeInForce,
)

__all__ = [
    "CLOSED_STATUSES",
    "AccountStatus",
    "AlgoStatus",
    "AlgoType",
    "AutoCloseType",
    "ContingencyType",
    "ExecutionType",
    "FutureType",
    "FuturesOrderType",
    "FuturesProduct",
    "FuturesTimeInForce",
    "IncomeType",
    "InterestType",
    "ListOrderStatus",
    "ListStatusType",
    "LoanStatus",
    "MarginType",
    "OpenEnum",
    "OrderStatus",
    "OrderType",
    "PositionSide",
    "PriceMatch",
    "ResponseType",
    "SelfTradePreventionMode",
    "Side",
    "SideEffectType",
    "StrategyStatus",
    "StrategyType",
    "TimeInForce",
    "TransferSide",
    "UpdateReason",
    "WorkingType",
]

"""The words of orders, of margin and of every product.

Pure: nothing here reads a clock, a socket or a key.
"""

from __future__ import annotations

from binance_papi_async.enums.open_enum import OpenEnum


class Side(OpenEnum):
    """Which side of the book an order is on."""

    BUY = "BUY"
    SELL = "SELL"


class OrderType(OpenEnum):
    """How a margin order executes."""

    LIMIT = "LIMIT"
    MARKET = "MARKET"
    STOP_LOSS = "STOP_LOSS"
    STOP_LOSS_LIMIT = "STOP_LOSS_LIMIT"
    TAKE_PROFIT = "TAKE_PROFIT"
    TAKE_PROFIT_LIMIT = "TAKE_PROFIT_LIMIT"
    LIMIT_MAKER = "LIMIT_MAKER"


class OrderStatus(OpenEnum):
    """Where an order is in its life."""

    NEW = "NEW"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    PENDING_CANCEL = "PENDING_CANCEL"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"
    EXPIRED_IN_MATCH = "EXPIRED_IN_MATCH"

    @property
    def is_closed(self) -> bool:
        """Whether an order of this status can neither fill nor be cancelled any more."""
        return self in CLOSED_STATUSES


CLOSED_STATUSES = frozenset(
    {
        OrderStatus.FILLED,
        OrderStatus.CANCELED,
        OrderStatus.REJECTED,
        OrderStatus.EXPIRED,
        OrderStatus.EXPIRED_IN_MATCH,
    }
)


class TimeInForce(OpenEnum):
    """How long an order rests."""

    GTC = "GTC"
    IOC = "IOC"
    FOK = "FOK"


class ResponseType(OpenEnum):
    """How much of a placed order the exchange answers with (``newOrderRespType``)."""

    ACK = "ACK"
    RESULT = "RESULT"
    FULL = "FULL"


class SideEffectType(OpenEnum):
    """Whether a margin order borrows or repays."""

    NO_SIDE_EFFECT = "NO_SIDE_EFFECT"
    MARGIN_BUY = "MARGIN_BUY"
    AUTO_REPAY = "AUTO_REPAY"
    AUTO_BORROW_REPAY = "AUTO_BORROW_REPAY"


class SelfTradePreventionMode(OpenEnum):
    """What happens when an order would trade with one of the same account."""

    NONE = "NONE"
    EXPIRE_TAKER = "EXPIRE_TAKER"
    EXPIRE_BOTH = "EXPIRE_BOTH"
    EXPIRE_MAKER = "EXPIRE_MAKER"


class ContingencyType(OpenEnum):
    """How the orders of a list depend on each other."""

    OCO = "OCO"


class ListStatusType(OpenEnum):
    """What last happened to an order list."""

    RESPONSE = "RESPONSE"
    EXEC_STARTED = "EXEC_STARTED"
    ALL_DONE = "ALL_DONE"


class ListOrderStatus(OpenEnum):
    """Where an order list is in its life."""

    EXECUTING = "EXECUTING"
    ALL_DONE = "ALL_DONE"
    REJECT = "REJECT"

"""An asyncio client for Binance Portfolio Margin that says truthfully what became of every order.

Here stand the names that most programs need.
The other requests are in ``requests``, what they reply with in ``replies``, vocabularies in ``enums``;
all of them can be imported from here as well.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from binance_papi_async.client import PapiClient
from binance_papi_async.clock import Clock
from binance_papi_async.declaring.orders import ModifyRequest as ModifyRequest
from binance_papi_async.declaring.orders import PlaceRequest as PlaceRequest
from binance_papi_async.declaring.request import ENDPOINTS as ENDPOINTS
from binance_papi_async.declaring.request import CancelRequest, Request
from binance_papi_async.endpoints.cm_conditional import (
    CancelCmConditionalOrder,
    NewCmConditionalOrder,
)
from binance_papi_async.endpoints.cm_orders import CancelCmOrder, ModifyCmOrder, NewCmOrder
from binance_papi_async.endpoints.likeness import OrderLike, TradeLike
from binance_papi_async.endpoints.likeness import ReadOrderLike as ReadOrderLike
from binance_papi_async.endpoints.likeness import client_order_id_of as client_order_id_of
from binance_papi_async.endpoints.margin_orders import (
    CancelMarginOrder,
    CancelMarginOrderList,
    NewMarginOco,
    NewMarginOrder,
)
from binance_papi_async.endpoints.um_algo import CancelUmAlgoOrder, NewUmAlgoOrder
from binance_papi_async.endpoints.um_orders import CancelUmOrder, ModifyUmOrder, NewUmOrder
from binance_papi_async.errors import (
    AuthenticationError,
    BannedError,
    BlockedError,
    ConnectError,
    ConnectionLostError,
    DuplicateOrderError,
    JournalError,
    LimitedError,
    NotSentError,
    PapiError,
    RateLimitedError,
    RefusedError,
    ReplyDecodeError,
    ReplyTimeoutError,
    ServerError,
    TimestampError,
    UnavailableError,
    UnknownOrderError,
    UnknownOutcomeError,
)
from binance_papi_async.journal import Journal
from binance_papi_async.limits.limiter import Limiter
from binance_papi_async.limits.limiter import Limits as Limits
from binance_papi_async.outcome import (
    AlreadyClosed,
    Canceled,
    Closed,
    Done,
    NotSent,
    Outcome,
    Outcomes,
    Refused,
    Triggered,
    Unknown,
)
from binance_papi_async.outcome import CancelAllReport as CancelAllReport
from binance_papi_async.outcome import Evidence as Evidence
from binance_papi_async.outcome import SendOutcome as SendOutcome
from binance_papi_async.place_outcome import Modified, NotModified, NotPlaced, Placed, PlaceOutcomes
from binance_papi_async.place_outcome import ModifyOutcome as ModifyOutcome
from binance_papi_async.place_outcome import PlaceOutcome as PlaceOutcome
from binance_papi_async.place_outcome import Replaced as Replaced
from binance_papi_async.place_outcome import Stopped as Stopped
from binance_papi_async.version import __version__
from binance_papi_async.wire.signing import Ed25519Key, HmacKey, RsaKey
from binance_papi_async.wire.signing import Key as Key

__all__ = [
    "AlreadyClosed",
    "AuthenticationError",
    "BannedError",
    "BlockedError",
    "CancelCmConditionalOrder",
    "CancelCmOrder",
    "CancelMarginOrder",
    "CancelMarginOrderList",
    "CancelRequest",
    "CancelUmAlgoOrder",
    "CancelUmOrder",
    "Canceled",
    "Clock",
    "Closed",
    "ConnectError",
    "ConnectionLostError",
    "Done",
    "DuplicateOrderError",
    "Ed25519Key",
    "HmacKey",
    "Journal",
    "JournalError",
    "LimitedError",
    "Limiter",
    "Modified",
    "ModifyCmOrder",
    "ModifyUmOrder",
    "NewCmConditionalOrder",
    "NewCmOrder",
    "NewMarginOco",
    "NewMarginOrder",
    "NewUmAlgoOrder",
    "NewUmOrder",
    "NotModified",
    "NotPlaced",
    "NotSent",
    "NotSentError",
    "OrderLike",
    "Outcome",
    "Outcomes",
    "PapiClient",
    "PapiError",
    "PlaceOutcomes",
    "Placed",
    "RateLimitedError",
    "Refused",
    "RefusedError",
    "ReplyDecodeError",
    "ReplyTimeoutError",
    "Request",
    "RsaKey",
    "ServerError",
    "TimestampError",
    "TradeLike",
    "Triggered",
    "UnavailableError",
    "Unknown",
    "UnknownOrderError",
    "UnknownOutcomeError",
    "__version__",
]

_BEHIND: Final = ("requests", "replies", "enums")
"""Modules whose names can all be imported from here, too."""

if TYPE_CHECKING:
    from binance_papi_async import enums, replies, requests
    from binance_papi_async.enums import *
    from binance_papi_async.replies import *
    from binance_papi_async.requests import *

    # To a checker, what ``__all__`` leaves out is private.
    __all__ += enums.__all__
    __all__ += replies.__all__
    __all__ += requests.__all__
else:  # checkers would take a misspelt name for one of these

    def __getattr__(name: str) -> Any:
        for each in _BEHIND:
            module = import_module(f"{__name__}.{each}")
            if name in module.__all__:
                found = globals()[name] = getattr(module, name)  # asked once
                return found
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__

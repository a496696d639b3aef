"""Listen keys: what the user data stream is opened with.

Pure declarations; ``papi.user_stream`` is the table at the end.
Source: the Portfolio Margin user data stream pages as of 2026-10-23.
They count these calls among the signed ones, but the exchange's own client sends the key alone, and so do we.
"""

from __future__ import annotations

from msgspec import Struct

from binance_papi_async.declaring.calls import Call, Namespace
from binance_papi_async.declaring.request import Request, endpoint
from binance_papi_async.endpoints.acknowledgements import Empty


class ListenKey(Struct, frozen=True, rename="camel"):
    """Opens the account's user data stream to whoever has it."""

    listen_key: str

    def __repr__(self) -> str:
        return "ListenKey(...)"


@endpoint(
    "POST", "/papi/v1/listenKey", page="user-data-streams#start-user-data-stream", security="keyed"
)
class CreateListenKey(Request[ListenKey]):
    """Get the account's listen key, new or the one that lives, good for 60 minutes. Weight 1."""


@endpoint(
    "PUT",
    "/papi/v1/listenKey",
    page="user-data-streams#keepalive-user-data-stream",
    security="keyed",
)
class KeepListenKeyAlive(Request[Empty]):
    """Make the listen key good for another 60 minutes. Weight 1.

    Refused with -1125 if there is none any more: then create one.
    """


@endpoint(
    "DELETE",
    "/papi/v1/listenKey",
    page="user-data-streams#close-user-data-stream",
    security="keyed",
)
class CloseListenKey(Request[Empty]):
    """End the stream and make the listen key void. Weight 1."""


class UserStream(Namespace):
    """``papi.user_stream``"""

    create_listen_key = Call(CreateListenKey)
    keep_listen_key_alive = Call(KeepListenKeyAlive)
    close_listen_key = Call(CloseListenKey)

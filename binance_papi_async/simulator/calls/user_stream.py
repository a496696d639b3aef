"""How the exchange answers the calls about the key of the user data stream. Pure."""

from __future__ import annotations

from typing import Final

from binance_papi_async.simulator.calls.call import Call, Routes


def create_listen_key(call: Call) -> object:
    """Get the key that lives, or a new one."""
    return {"listenKey": call.account.listen_key.create(call.now)}


def keep_listen_key_alive(call: Call) -> object:
    """Make the key good for another 60 minutes."""
    call.account.listen_key.keep_alive(call.now)
    return {}


def close_listen_key(call: Call) -> object:
    """Make the key void."""
    call.account.listen_key.close(call.now)
    return {}


_LISTEN_KEY: Final = "/papi/v1/listenKey"

ROUTES: Final[Routes] = {
    ("POST", _LISTEN_KEY): create_listen_key,
    ("PUT", _LISTEN_KEY): keep_listen_key_alive,
    ("DELETE", _LISTEN_KEY): close_listen_key,
}

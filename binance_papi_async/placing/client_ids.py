"""Ids for orders that were given none, so that each can be looked up whose reply is lost."""

from __future__ import annotations

import re
import secrets
from itertools import count
from typing import Any, Final, TypeVar

from binance_papi_async.declaring.orders import places
from binance_papi_async.declaring.request import Request
from binance_papi_async.placing.bearers import Bearers

RequestT = TypeVar("RequestT", bound=Request[Any])

PREFIX: Final = "papi-"
MAX_PREFIX: Final = 12
_PREFIX: Final = re.compile(r"[.A-Z:/a-z0-9_-]*")
_SIGNS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_NONCE_SIGNS: Final = 11
"""62 to that power is a little below 2 to the 66: two clients draw the same one practically never."""


class ClientIds:
    """Makes up ids: a prefix by which a desk knows its own, what no other client has drawn, and a number.

    Nothing is remembered from one run to the next: whoever starts anew draws anew.
    Of ids that the caller chose, and may choose again, it remembers which orders have borne them.
    The shortest limit is that of UM and CM, 32 signs (-4015): it leaves the number nine, which is more than 10^16.
    """

    def __init__(self, prefix: str = PREFIX) -> None:
        if _PREFIX.fullmatch(prefix) is None or len(prefix) > MAX_PREFIX:
            raise ValueError(
                f"client_id_prefix is at most {MAX_PREFIX} letters, digits and . : / _ -, not {prefix!r}"
            )
        self._stem = prefix + "".join(secrets.choice(_SIGNS) for _ in range(_NONCE_SIGNS))
        self._numbers = count()
        self._bearers = Bearers()

    def next(self) -> str:
        """Another id."""
        return self._stem + _written(next(self._numbers))

    def bearers(self, client_id: str | None) -> Bearers | None:
        """Where it is remembered who bears such an id; None if it is one of ours, which is never used again."""
        is_ours = client_id is not None and client_id.startswith(self._stem)
        return None if is_ours else self._bearers

    def note(self, request: Request[Any], reply: Any) -> None:
        """A request was answered so: if it placed an order under an id of the caller's, that order bears it."""
        if places(request) and (bearers := self.bearers(request.client_id)) is not None:
            named = request.to_cancel()
            if named.key in named.keys_of(reply):
                bearers.note(named, reply)

    def named(self, request: RequestT) -> RequestT:
        """The request; under an id of ours if it places an order, and the caller gave it none."""
        named: Any = request
        if places(request) and request.client_id is None:
            named = request.under(self.next())
        same: RequestT = named
        return same


def _written(number: int) -> str:
    text = _SIGNS[number % 62]
    while number := number // 62:
        text = _SIGNS[number % 62] + text
    return text

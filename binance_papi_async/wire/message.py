"""What goes to the exchange and what comes back, as plain values.

Pure: nothing here reads a clock, a socket or a key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import inf
from typing import NamedTuple


class Outgoing:
    """One request as it goes on the wire, signed.

    Its repr and str leave out the query, which holds the signature.
    """

    __slots__ = ("answer", "api_key", "has_left", "leave_by", "max_reply_bytes", "method", "target")

    def __init__(
        self, method: str, target: str, *, api_key: str | None, max_reply_bytes: int
    ) -> None:
        self.method = method
        self.target = target
        """Path and query, percent-encoded, ASCII."""
        self.api_key = api_key
        """For the header ``X-MBX-APIKEY``; None for calls anybody may make."""
        self.max_reply_bytes = max_reply_bytes
        self.answer: Answer | None = None
        """Set by whoever reads it, once it has come."""
        self.leave_by = inf
        """By the event loop's clock: later than that it must not leave, as its price is too old."""
        self.has_left = False
        """Set by the transport before the first byte is handed to a socket.

        While it is false, the request provably never left this process.
        """

    @property
    def path(self) -> str:
        """Where it goes, without what it says."""
        return self.target.partition("?")[0]

    def __repr__(self) -> str:
        return f"<Outgoing {self.method} {self.path}>"


class Answer(NamedTuple):
    """A whole reply: status, headers, body."""

    status: int
    headers: Mapping[str, str]
    """Looked up by the spelling of the exchange's documents; a transport's mapping ignores case."""
    body: bytes

    def __repr__(self) -> str:
        return f"<Answer {self.status}, {len(self.body)} bytes>"


_SIGNATURE = re.compile(r"signature(=|%3D)[^&\s\"'<]*", re.IGNORECASE)
_LONG_RUN = re.compile(r"[A-Za-z0-9+/%=_-]{40,}")
"""Keys and signatures of every kind are 64 characters and more, however the words around them are escaped."""


def without_signature(text: str) -> str:
    """``text`` with every signature and key in it cut out: error pages echo the address they were asked for."""
    return _LONG_RUN.sub("(removed)", _SIGNATURE.sub("signature (removed)", text))

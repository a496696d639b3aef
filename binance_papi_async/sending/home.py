"""The event loop a client was opened in, and with it the thread and the process: its sockets wait there only.

A request that is sent from elsewhere is carried out, and its reply comes to nobody.
"""

from __future__ import annotations

import asyncio
import os
from asyncio import _get_running_loop as running_loop
from enum import Enum
from typing import Final
from weakref import WeakSet

from binance_papi_async.errors import NotSentError


class Away(Enum):
    """Why a client is at home in no loop."""

    NEW = "enter the client first: async with PapiClient(...) as papi"
    CLOSED = "this client is closed: make another"
    FORKED = "this client was opened before the process was forked: make another in this process"


class Home:
    """Where a client is at home."""

    __slots__ = ("__weakref__", "loop")

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop | Away = Away.NEW
        """Compared with the running one before every request: all that a request pays for this."""

    @property
    def is_open(self) -> bool:
        """Whether the client was opened in this process and not closed."""
        return not isinstance(self.loop, Away)

    @property
    def is_elsewhere(self) -> bool:
        """Whether the client is open, but not here, so that it cannot be closed here either."""
        return self.loop is Away.FORKED or (self.is_open and running_loop() is not self.loop)

    @property
    def is_abandoned(self) -> bool:
        """Whether the client is open, and its loop runs no more."""
        return not isinstance(self.loop, Away) and not self.loop.is_running()

    def enter(self) -> None:
        """The client is opened here."""
        self.loop = asyncio.get_running_loop()
        _HOMES.add(self)

    def leave(self) -> None:
        """The client is closed."""
        self.loop = Away.CLOSED

    def check(self) -> None:
        """Raise unless the client is open, and this is its loop."""
        if running_loop() is not self.loop:
            raise self.objection()

    def objection(self) -> Exception:
        """Why nothing can be sent from here."""
        if self.loop is Away.CLOSED:
            return NotSentError(self.loop.value)
        return RuntimeError(
            self.loop.value
            if isinstance(self.loop, Away)
            else "this client was opened in another event loop: make one for each loop and thread"
        )


_HOMES: Final[WeakSet[Home]] = WeakSet()


def _forked() -> None:
    for home in _HOMES:
        if home.is_open:
            home.loop = Away.FORKED


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)

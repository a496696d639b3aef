"""Which core and which event loop a process of the benchmark runs on."""

from __future__ import annotations

import asyncio
import os
import sys
from importlib.util import find_spec
from typing import Literal

Loop = Literal["asyncio", "uvloop"]


def cores() -> tuple[int, ...]:
    """The cores this process may use, empty where the system does not tell."""
    return tuple(sorted(os.sched_getaffinity(0))) if sys.platform == "linux" else ()


def pin(side: Literal["client", "server"]) -> None:
    """Stay on one core: the first for the client, the last for the server."""
    available = cores()
    if sys.platform == "linux" and available:
        os.sched_setaffinity(0, {available[0 if side == "client" else -1]})


def has_uvloop() -> bool:
    """Whether extra ``speed`` is installed."""
    return find_spec("uvloop") is not None


def runner(loop: Loop) -> asyncio.Runner:
    """Runs on that loop; on asyncio's own where uvloop is not installed."""
    if loop == "asyncio" or not has_uvloop():
        return asyncio.Runner()
    import uvloop

    return asyncio.Runner(loop_factory=uvloop.new_event_loop)

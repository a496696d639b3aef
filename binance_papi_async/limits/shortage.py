"""What a request lacks to be sent, and the error that says so. Pure."""

from __future__ import annotations

from typing import Final, NamedTuple

from binance_papi_async.errors import Lacking, LimitedError

MINUTE: Final = 60.0


class Shortage(NamedTuple):
    """What is lacking, and for how long."""

    lacking: Lacking
    seconds: float | None = None
    """Until it is there; None if nobody knows."""
    window: float | None = None
    """Of orders: the seconds of the window that has none left."""
    by_firewall: bool = False
    """Of a closed pool: whether it is not the exchange that closed it."""
    behind_scout: bool = False
    """Of weight: whether it is there, and nobody goes before the answer to the one request that went first."""

    def error(self, waited: float) -> LimitedError:
        """What is told to whoever would wait only so many seconds."""
        return LimitedError(
            self._reason(waited),
            retry_after=self.seconds,
            lacking=self.lacking,
            window=self.window,
        )

    def _reason(self, waited: float) -> str:
        seconds = self.seconds or 0.0
        match self.lacking:
            case "closed":
                who = (
                    "a firewall refused this IP"
                    if self.by_firewall
                    else "the exchange answered 429"
                )
                return f"{who}, and nothing is sent for another {seconds:.1f} s: wait longer than {waited:.1f} s"
            case "orders":
                span = "minute" if self.window == MINUTE else f"window of {self.window:g} s"
                return (
                    f"no order of this account was free within {waited:.1f} s; "
                    f"the exchange's next {span} begins in {seconds:.1f} s"
                )
            case "connection":
                return f"no connection was free within {waited:.1f} s: make max_connections larger"
            case _ if self.behind_scout:
                return (
                    f"one request went first after a silence, and all others wait for its answer, "
                    f"another {seconds:.1f} s at most: wait longer than {waited:.1f} s"
                )
            case _:
                return (
                    f"no weight was free within {waited:.1f} s; "
                    f"the exchange's next minute begins in {seconds:.1f} s"
                )

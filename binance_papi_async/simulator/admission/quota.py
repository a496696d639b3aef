"""What an IP and an account may use in a minute, and what happens to those who do not stop.

Documented: 6,000 weight per minute and IP, 1,200 orders per minute and account, 429, then 418
(PAPI general page); minutes start at second 0 of the exchange's clock (spot's page).
Pure: the time is an argument.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from math import ceil
from typing import Final

from binance_papi_async.simulator.refusal import Refusal
from binance_papi_async.simulator.world.windows import Windows
from binance_papi_async.wire.codec import ORDER_COUNT_PREFIX

DOCUMENTED: Final = (6000, {60.0: 1200}, 60.0)
"""Weight per IP; orders per account, by the seconds they are counted over; seconds of the weight."""
FIRST_BAN: Final = 120.0
LONGEST_BAN: Final = 3 * 86_400.0
"""Documented: 2 minutes to 3 days, longer each time; that it doubles is a simulator's choice."""


class Bans:
    """Who went on after a 429, and until when each is banned."""

    def __init__(self, ban_after: int) -> None:
        self._ban_after = ban_after
        self._refused: dict[str, tuple[int, int]] = {}
        self._until: dict[str, float] = {}
        self._bans: defaultdict[str, int] = defaultdict(int)

    def until(self, ip: str) -> float:
        """End of the ban in epoch seconds, 0 if there was none."""
        return self._until.get(ip, 0.0)

    def ban(self, ip: str, now: float, seconds: float | None = None) -> float:
        """Ban an IP; unless told otherwise for two minutes, doubling each time. Returns the end."""
        length = min(FIRST_BAN * 2 ** min(self._bans[ip], 20), LONGEST_BAN)
        self._bans[ip] += 1
        self._until[ip] = now + (length if seconds is None else seconds)
        return self._until[ip]

    def is_ignoring(self, ip: str, window: int) -> bool:
        """Count one more 429 in this window; whether that is enough for a ban."""
        last, count = self._refused.get(ip, (window, 0))
        count = count + 1 if last == window else 1
        self._refused[ip] = window, count
        return count > self._ban_after + 1


class Limits:
    """Weight per IP, orders per account, and the bans."""

    def __init__(
        self,
        *,
        weight_limit: int,
        order_limits: Mapping[float, int],
        interval: float,
        ban_after: int,
        beside: Limits | None = None,
    ) -> None:
        self.weight: Windows = Windows(weight_limit, interval) if beside is None else beside.weight
        self.bans: Bans = Bans(ban_after) if beside is None else beside.bans
        self.orders = [Windows(limit, seconds) for seconds, limit in sorted(order_limits.items())]
        """Of the account, the shortest window first."""

    @property
    def order_limits(self) -> dict[float, int]:
        """Orders allowed, by the seconds of the window."""
        return {window.interval: window.limit for window in self.orders}

    @property
    def are_documented(self) -> bool:
        """Whether they are the real exchange's."""
        return (self.weight.limit, self.order_limits, self.weight.interval) == DOCUMENTED

    def check_ban(self, ip: str, now: float) -> None:
        """418 while the ban lasts. Such a call is charged nothing: a simulator's choice."""
        until = self.bans.until(ip)
        if now < until:
            raise Limited(banned_text(until), status=418, retry_after=max(1, ceil(until - now)))

    def charge_weight(self, ip: str, now: float, weight: int) -> None:
        """Charge a call; refuse it with 429 past the limit, with a ban if that was ignored."""
        if self.weight.add(ip, now, weight) <= self.weight.limit:
            return
        if self.bans.is_ignoring(ip, self.weight.window(now)):
            self.bans.ban(ip, now)
            self.check_ban(ip, now)
        raise Limited(
            f"Too much request weight used; current limit is {self.weight.limit} request weight "
            "per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.",
            retry_after=self.weight.retry_after(now),
        )

    def check_orders(self, account: str, now: float, count: int) -> None:
        """429 if ``count`` more orders pass a limit of the account. Refused orders are not counted."""
        for window in self.orders if count else ():
            if window.used(account, now) + count > window.limit:
                name, number = window.span
                raise Limited(
                    f"Too many new orders; current limit is {window.limit} orders per {number} {name}.",
                    code=-1015,
                    retry_after=window.retry_after(now),
                )

    def charge_orders(self, account: str, now: float, count: int) -> dict[str, str]:
        """Count orders that were placed; the headers that say how many there are now."""
        headers: dict[str, str] = {}
        for window in self.orders:
            name, number = window.span
            headers[f"{ORDER_COUNT_PREFIX}{number}{name[0]}"] = str(window.add(account, now, count))
        return headers


class Limited(Refusal):
    """A refusal that says how long to wait."""

    def __init__(
        self, message: str, *, retry_after: int, code: int = -1003, status: int = 429
    ) -> None:
        super().__init__(code, message, status=status)
        self.retry_after = retry_after


def banned_text(until: float) -> str:
    """What a banned IP is told; the end in epoch ms (spot's wording)."""
    return (
        f"Way too much request weight used; IP banned until {ceil(until * 1000)}. "
        "Please use WebSocket Streams for live updates to avoid bans."
    )

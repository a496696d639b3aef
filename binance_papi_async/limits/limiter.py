"""What a client is handed: the request weight of its IP, and the order windows of its account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

from binance_papi_async.clock import Clock
from binance_papi_async.declaring.request import Lane
from binance_papi_async.limits.bucket import Bucket
from binance_papi_async.limits.closing import LONGEST_BAN
from binance_papi_async.limits.lanes import LANES, URGENT
from binance_papi_async.limits.orders import (
    ORDERS,
    OrderCount,
    OrderLimits,
    OrderWindows,
    is_believable,
)
from binance_papi_async.limits.pool import Pool

HEADROOM: Final = 0.02
"""Share of the weight that is never planned for: what others behind the IP use is only known afterwards,
and one request too many closes the pool for the rest of the minute."""
MINUTE: Final = 60.0


class Limits(Struct, frozen=True, kw_only=True):
    """What is known of the limits at one moment."""

    weight_used: int
    """Of this IP in the exchange's present minute: the exchange's own count and what is under way."""
    weight_limit: int
    cancel_reserve: int
    """Weight that only cancels and their resolution may use."""
    orders_used: int
    """Of this account in the exchange's present minute, or the longest window it has."""
    orders_limit: int
    blocked_until: float | None
    """When sending resumes after a 429, a firewall's 403 or a ban, epoch seconds by the exchange's clock; None if open."""
    is_banned: bool
    waiting: dict[Lane, int]
    """Requests waiting in each lane."""
    orders: dict[float, OrderCount] = {}
    """Orders of this account, used and allowed, by the seconds of the window, the longest first."""


class Limiter:
    """The request weight of one IP and the orders of one account, for all clients that share them.

    The exchange answers 429 to whoever passes its limit in one of its minutes, and bans the IP that goes on.
    It counts everything that comes from an IP, so clients that each kept to the limit would pass it together;
    and a limit kept by counting alone is spent by reads when the cancel comes that cannot wait.
    So all clients of an IP take their tokens here, before anything is signed, and a share is kept for cancels.

    ``weight`` is the exchange's limit for each ``interval`` seconds of its clock; ``orders`` are those of the
    account, ``{60: 1200, 10: 300}``: the seconds of each window, and the orders in it; a number alone is for
    ``interval``. ``cancel_reserve`` is the share of the weight that only cancels may use.

    Hand the same limiter to every client of an account, and ``account(name)`` to those of another behind the same IP:
    the exchange counts weight by IP and orders by account.
    """

    def __init__(
        self,
        *,
        weight: int = 6000,
        orders: int | OrderLimits = ORDERS,
        interval: float = MINUTE,
        cancel_reserve: float = 0.10,
        clock: Clock | None = None,
    ) -> None:
        if weight < 1 or interval <= 0:
            raise ValueError("weight and interval must be above zero")
        if not 0 <= cancel_reserve < 1:
            raise ValueError(f"cancel_reserve is a share from 0 to below 1, not {cancel_reserve}")
        bucket = Bucket(
            weight,
            interval,
            headroom=int(weight * HEADROOM),
            reserve=round(weight * cancel_reserve),
        )
        limits = {interval: orders} if isinstance(orders, int) else orders
        self._be(Pool(bucket, clock or Clock()), OrderWindows(limits), {}, "")

    def _be(
        self, pool: Pool, orders: OrderWindows, accounts: dict[str, Limiter], name: str
    ) -> None:
        """An account of that name, of all that share the pool."""
        self.pool = pool
        """What all accounts share."""
        self.orders = orders
        """What this account has alone."""
        self.clock = pool.clock
        self._accounts = accounts
        self._name = name

    def __repr__(self) -> str:
        now = self.snapshot()
        name = f" {self._name}" if self._name else ""
        orders = ", ".join(
            f"{count.used} of {count.limit} orders in {seconds:g} s"
            for seconds, count in now.orders.items()
        )
        closed = "" if now.blocked_until is None else f"; closed until {now.blocked_until:.0f}"
        return (
            f"<Limiter{name}: {now.weight_used} of {now.weight_limit} weight, {orders}, "
            f"{self.pool.lanes.waiting} waiting{closed}>"
        )

    def account(self, name: str, *, orders: OrderLimits | None = None) -> Limiter:
        """The limiter for the clients of another account behind this IP: the same weight and lanes, orders of its own.

        Asked again by that name it is the same. ``orders`` are its limits if they are others than this one's.
        Any name will do that is not the same for two accounts; it is not the API key.
        """
        known = self._accounts.get(name)
        if known is None:
            known = self._accounts[name] = object.__new__(type(self))
            windows = OrderWindows(self.orders.limits if orders is None else orders)
            known._be(self.pool, windows, self._accounts, name)
        elif orders is not None and dict(orders) != known.orders.limits:
            raise ValueError(f"the account {name!r} has other order limits: {known.orders.limits}")
        return known

    def snapshot(self) -> Limits:
        """What is known of the limits now."""
        pool, weight = self.pool, self.pool.weight
        now, uncertainty = self.clock.reading()
        orders = self.orders.counts(now, uncertainty)
        minute = orders.get(MINUTE) or next(iter(orders.values()))
        return Limits(
            weight_used=weight.used(now, uncertainty),
            weight_limit=weight.limit,
            cancel_reserve=weight.reserve,
            orders_used=minute.used,
            orders_limit=minute.limit,
            blocked_until=None if now >= weight.closed_until else weight.closed_until,
            is_banned=pool.is_banned,
            waiting={lane: pool.lanes.count(lane) for lane in LANES},
            orders=orders,
        )

    def check(self, weight: int, orders: int, lane: Lane) -> None:
        """Raise ValueError for a call that could never be admitted."""
        bucket = self.pool.weight
        limit = bucket.limit - bucket.headroom - (0 if lane in URGENT else bucket.reserve)
        if weight > limit or orders > self.orders.most:
            raise ValueError(
                f"a call of weight {weight} and {orders} orders never fits into "
                f"{limit} weight and {self.orders.most} orders"
            )

    def close_for(self, seconds: float | None) -> None:
        """Let no client of this IP send for that long, nor in this minute; as after a 429."""
        self.pool.close_for(seconds)

    def close_orders_for(
        self,
        seconds: float | None,
        *,
        window: float | None = None,
        limit: int | None = None,
        counts: Mapping[float, int] | None = None,
    ) -> None:
        """The exchange counted too many orders: nobody places one for that long, nor in that window; cancels go on.

        ``window`` is the seconds of the window it named and ``limit`` what it allows there; where it named none,
        ``counts``, by the seconds of each window, and ``seconds`` tell which it means.
        """
        now, uncertainty = self.clock.reading()
        wait = min(seconds or 0.0, LONGEST_BAN)
        if window is None:
            window = self.orders.meant(counts or {}, seconds, now, uncertainty)
        elif limit is not None:
            self._learn_lower(window, limit)
        if window in self.orders.limits:
            self.orders.close(window, wait, now, uncertainty)
        else:
            self.close_orders_for(seconds, counts=counts)

    def learn_orders(self, limits: Iterable[tuple[float | None, int]]) -> None:
        """These are the account's order limits: the seconds of each window, and the orders in it.

        One that cannot be is told once, and not believed. Windows that are not named stay as they are.
        """
        for seconds, limit in limits:
            if seconds is None or not is_believable(seconds, limit):
                self.pool.tell(
                    "limits",
                    "the exchange names a limit of %s orders in %s s: not believed",
                    limit,
                    seconds,
                )
            else:
                self.orders.set_limit(seconds, limit)
        self.pool.wake()

    def notice(self, counts: Mapping[float, int]) -> None:
        """Tell once of windows the exchange counts orders in and that nobody told the limit of."""
        for seconds in self.orders.unknown(counts):
            self.pool.tell(
                f"window {seconds}",
                "the exchange counts orders in %g s, and the limit is not known: "
                "Limiter(orders=...) tells it, or await papi.learn_limits()",
                seconds,
            )

    def _learn_lower(self, window: float, limit: int) -> None:
        """The exchange named a limit with a refusal: believed if it is new, or lower than what was known."""
        known = self.orders.limits.get(window)
        if is_believable(window, limit) and (known is None or limit < known):
            self.orders.set_limit(window, limit)

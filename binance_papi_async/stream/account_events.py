"""What the stream tells about the account as a whole, about itself, and what nobody has heard of.

Source: the Portfolio Margin user data stream pages as of 2026-05-28, the official connector 16.1.0.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final, Literal, TypeAlias

from msgspec import Struct, field

from binance_papi_async.enums import AccountStatus

Product: TypeAlias = Literal["margin", "um", "cm", "um algo", "cm conditional", "um conditional"]
"""Whose orders: with the symbol and the id it names one. The words are those of ``CancelAllRequest.product``."""
PRODUCTS: Final[tuple[Product, ...]] = (
    "margin",
    "um",
    "cm",
    "um algo",
    "cm conditional",
    "um conditional",
)


class RiskLevelChange(Struct, frozen=True, kw_only=True, tag_field="e", tag="riskLevelChange"):
    """``uniMMR`` has crossed a level. Guidance only: a liquidation may come at the same moment."""

    event_time: int = field(name="E")
    level: AccountStatus = field(name="s")
    """``MARGIN_CALL``, ``REDUCE_ONLY`` or ``FORCE_LIQUIDATION``; an older page has ``SUPPLY_MARGIN``."""
    uni_mmr: Decimal | None = field(name="u", default=None)
    account_equity: Decimal | None = field(name="eq", default=None)
    """In USD, as are the next two."""
    actual_equity: Decimal | None = field(name="ae", default=None)
    """Without collateral rate."""
    maint_margin: Decimal | None = field(name="m", default=None)


class ListenKeyExpired(Struct, frozen=True, kw_only=True):
    """A listen key ran out: nothing more comes on it, though its socket may stay open. May come twice."""

    event_time: int | None
    is_ours: bool | None
    """Whether the event names the key that was read with; None if it names none. The key itself is a secret."""


class UnknownEvent(Struct, frozen=True):
    """What is no event that this version knows, or a known one that cannot be read."""

    name: str
    """As the exchange spells it; empty if what came names no event."""
    raw: bytes
    """What came, without the listen key; its first 4 KiB."""
    error: str | None = None
    """Why it cannot be read; None if nobody here knows its name."""
    uncovers: tuple[Product, ...] = ()
    """Whose orders may have changed without being told: the state of these is whole no more."""

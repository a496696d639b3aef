"""What the exchange replies about the history of UM: income, and files to download.

Frozen, and open to fields the exchange adds later.
Numbers that arrive in quotes are ``Decimal``; times are milliseconds since 1970 UTC.
A field that may be missing from a live answer is None then.
"""

from __future__ import annotations

from msgspec import Struct, field

from binance_papi_async.endpoints.futures_replies import FuturesIncome


class UmIncome(FuturesIncome, frozen=True, rename="camel", kw_only=True):
    """One change of a UM balance."""

    symbol: str | None = None
    """Empty when it belongs to none."""


class UmDownloadId(Struct, frozen=True, rename="camel", kw_only=True):
    """The number under which the exchange prepares a file."""

    download_id: str
    avg_cost_timestamp_of_last_30d: int | None = field(
        default=None, name="avgCostTimestampOfLast30d"
    )
    """Milliseconds that files took on average in the last 30 days."""


class UmDownloadLink(Struct, frozen=True, rename="camel", kw_only=True):
    """Where a file can be had, once it is ready."""

    download_id: str
    status: str
    """``processing``, then ``completed``."""
    url: str | None = None
    """Empty until it is completed."""
    s3_link: str | None = None
    """The text ``None`` in the documented example."""
    notified: bool | None = None
    expiration_timestamp: int | None = None
    """-1 until it is completed."""
    is_expired: bool | str | None = None
    """The text ``None`` in the documented example."""

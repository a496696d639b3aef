"""How the exchange writes amounts and times. Pure."""

from __future__ import annotations

from decimal import Decimal

Json = dict[str, object]
"""An object of an answer."""


def decimal_text(value: Decimal) -> str:
    """Eight decimal places, as in the example of ``DELETE /papi/v1/margin/order``."""
    return f"{value:.8f}"


def milliseconds(time: float) -> int:
    """Epoch seconds as the exchange writes times."""
    return int(time * 1000)


def plain(value: Decimal) -> str:
    """As many digits as it has."""
    return f"{value:f}"

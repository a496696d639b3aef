"""What a symbol is made of, read off its name: there is no exchange info under /papi.

Pure.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final, Literal

Product = Literal["margin", "um", "cm"]
"""Where an order trades: margin (spot), futures margined in stablecoins, or in coins."""
FuturesProduct = Literal["um", "cm"]
QUOTES: Final = (
    *("USDT", "FDUSD", "USDC", "TUSD", "BUSD", "DAI"),
    *("EUR", "TRY", "BRL", "JPY", "BTC", "ETH", "BNB"),
)
"""Quote assets a margin or UM symbol may end with; the first that fits."""
USD_LIKE: Final = frozenset(["USDT", "FDUSD", "USDC", "TUSD", "BUSD", "DAI", "USD"])
"""Worth one USD each here."""
_CONTRACT_USD: Final = {"BTCUSD": Decimal(100)}


def assets_of(symbol: str) -> tuple[str, str]:
    """Base and quote asset of a margin or UM symbol; a name without a known quote is against USDT."""
    name = pair_of(symbol)
    quote = next((each for each in QUOTES if name.endswith(each) and name != each), "")
    return (name.removesuffix(quote), quote) if quote else (name, "USDT")


def pair_of(symbol: str) -> str:
    """``BTCUSD`` of ``BTCUSD_PERP`` or ``BTCUSD_261225``."""
    return symbol.partition("_")[0]


def coin_of(symbol: str) -> str:
    """The coin that margins a CM symbol: ``BTC`` of ``BTCUSD_PERP``."""
    return pair_of(symbol).removesuffix("USD")


def contract_usd(symbol: str) -> Decimal:
    """What a CM contract is worth: 100 USD of BTC, 10 USD of any other coin."""
    return _CONTRACT_USD.get(pair_of(symbol), Decimal(10))

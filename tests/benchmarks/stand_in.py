"""The stand-in of ``papi bench``, for clients that ask for markets first, and with answers that can be held back."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Final

from binance_papi_async.cli.benchmark.stand_in import SYMBOL, Tally, main

_MARKET: Final = {
    "symbol": SYMBOL,
    "status": "TRADING",
    "baseAsset": "LTC",
    "baseAssetPrecision": 8,
    "quoteAsset": "BTC",
    "quotePrecision": 8,
    "orderTypes": ["LIMIT", "MARKET"],
    "isSpotTradingAllowed": True,
    "isMarginTradingAllowed": True,
    "permissions": ["SPOT", "MARGIN"],
    "filters": [
        {"filterType": "PRICE_FILTER", "minPrice": "0.01", "maxPrice": "1000", "tickSize": "0.01"},
        {"filterType": "LOT_SIZE", "minQty": "0.01", "maxQty": "1000", "stepSize": "0.01"},
    ],
}


class PatientTally(Tally):
    """Also knows what peers ask at start-up, and holds answers back while told to."""

    held: list[Callable[[], None]] | None = None
    """Answers held back, while they are."""

    def other(self, path: bytes) -> bytes:
        """Markets, and whether to hold answers back."""
        if path.endswith(b"/exchangeInfo"):
            return json.dumps({"symbols": [_MARKET] if b"/api/" in path else []}).encode()
        if path == b"/hold":
            self.held = []
        elif path == b"/release":
            held, self.held = self.held or [], None
            for write in held:
                write()
        return super().other(path)

    def hand_over(self, write: Callable[[bytes], None], answer: bytes) -> None:
        """Now, or later."""
        if self.held is None:
            write(answer)
        else:
            self.held.append(partial(write, answer))


if __name__ == "__main__":
    main(PatientTally())

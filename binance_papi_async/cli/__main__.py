"""``python -m binance_papi_async.cli`` is ``papi``."""

from __future__ import annotations

import sys

from binance_papi_async.cli import main

if __name__ == "__main__":
    sys.exit(main())

"""Which orders have borne a client id of the caller's choice.

An id may be used again as soon as its order has ended, and when an order was placed is known no better than the
exchange's clock is: within that, only the exchange's own id tells an earlier order from ours.
Pure.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Any, Final

from binance_papi_async.declaring.request import CancelRequest

MOST_NAMES: Final = 10_000
MOST_BEARERS: Final = 8
"""Of one name: how often it is used within the uncertainty of a clock."""


class Bearers:
    """The last orders of a client under each name, by the exchange's id."""

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, tuple[Hashable, ...]] = OrderedDict()

    def note(self, named: CancelRequest[Any, Any], shown: Any) -> None:
        """What is shown bears the name."""
        by_id = named.by_id(shown)
        if by_id.is_reusable:
            return  # it does not say the exchange's
        name = (type(named), named.key)
        self._known[name] = (*self._known.pop(name, ()), by_id.key)[-MOST_BEARERS:]
        if len(self._known) > MOST_NAMES:
            self._known.popitem(last=False)

    def of(self, named: CancelRequest[Any, Any]) -> tuple[Hashable, ...]:
        """Those that have borne that name."""
        return self._known.get((type(named), named.key), ())

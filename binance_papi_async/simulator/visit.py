"""One call on its way through the exchange.

Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote_plus

from msgspec import Struct

from binance_papi_async.simulator.faulting.faults import Delivery, Fault

_ORDER_ID = re.compile(r"(?:^|&)(?:orderId|algoId|strategyId)=(\d{1,19})(?:&|$)")
_NAMING = "origClientOrderId|listClientOrderId|clientAlgoId|newClientStrategyId"
_CLIENT_ID = re.compile(rf"(?:^|&)(?:{_NAMING})=([^&]*)")
_NEW_CLIENT_ID = re.compile(rf"(?:^|&)(?:newClientOrderId|{_NAMING})=([^&]*)")
"""Of a cancel ``newClientOrderId`` would be the cancel's own name."""


class Visit(Struct, kw_only=True):
    """A call that has arrived; a door sleeps, executes, sleeps and delivers as it says.

    Its repr leaves out the query, which holds the signature.
    """

    method: str
    path: str
    query: str
    """Raw, as received."""
    body: str
    """Form body, raw, as received."""
    headers: Mapping[str, str]
    """Looked up as ``X-MBX-APIKEY``; a door that gets other spellings hands in a mapping that
    ignores case."""
    ip: str
    fault: Fault | None
    delay: float
    """Seconds the door waits before it executes."""
    delay_after: float
    """Seconds the door waits before it delivers."""

    @property
    def target(self) -> str:
        """Path and query as received."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def delivery(self) -> Delivery:
        """How the door hands the answer over."""
        return Delivery.WHOLE if self.fault is None else self.fault.delivery

    @property
    def cut(self) -> int:
        """Bytes of head or body that still arrive, where the delivery cuts."""
        return 0 if self.fault is None else self.fault.cut

    def __repr__(self) -> str:
        return f"<Visit {self.method} {self.path}>"


def order_id_of(query: str) -> int | None:
    """The order, or what waits to place one, that a raw query names by the exchange's id."""
    found = _ORDER_ID.search(query)
    return None if found is None else int(found[1])


def client_order_id_of(method: str, query: str) -> str | None:
    """The order, list, or what waits to place one, that a raw query names by the client's id."""
    found = (_NEW_CLIENT_ID if method == "POST" else _CLIENT_ID).search(query)
    return None if found is None else unquote_plus(found[1])

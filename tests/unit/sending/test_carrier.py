"""What a request is charged, however it ends."""

from __future__ import annotations

import pytest

from binance_papi_async import (
    CancelMarginOrder,
    ConnectError,
    ConnectionLostError,
    PapiClient,
    PapiError,
)
from binance_papi_async.simulator import InProcessTransport, Simulator, held_clock, run_held
from binance_papi_async.wire.message import Answer, Outgoing

REQUEST = CancelMarginOrder(symbol="LTCBTC", order_id=1)


class Failing(InProcessTransport):
    """Fails every DELETE, before or after it left."""

    has_left = False

    async def send(self, outgoing: Outgoing, *, timeout: float) -> Answer:  # noqa: ASYNC109
        """Fail, or let through what is no DELETE."""
        if outgoing.method != "DELETE":
            return await super().send(outgoing, timeout=timeout)
        outgoing.has_left = self.has_left
        raise ConnectionLostError("lost") if self.has_left else ConnectError("not opened")


@pytest.mark.parametrize(("has_left", "weight"), [(False, 0), (True, 2)], ids=["not sent", "lost"])
def test_what_may_have_left_is_charged_and_nothing_else(*, has_left: bool, weight: int) -> None:
    """What never left gives its weight back; what is lost has cost it."""

    async def main() -> None:
        exchange = Simulator(clock=held_clock())
        transport = Failing(exchange)
        transport.has_left = has_left
        async with exchange.in_process_client(transport=transport) as papi:
            before = papi.limits.weight_used
            for _ in range(3):
                with pytest.raises(PapiError):
                    await papi.send(REQUEST)
            assert papi.limits.weight_used - before == 3 * weight

    run_held(main)


def test_what_cannot_be_signed_is_not_charged() -> None:
    """Nor does it keep its connection: more than there are may fail so."""

    async def main() -> None:
        exchange = Simulator(clock=held_clock())
        async with PapiClient(transport=InProcessTransport(exchange), max_connections=1) as papi:
            before = papi.limits.weight_used
            for _ in range(3):
                with pytest.raises(ValueError, match="needs a key"):
                    await papi.send(REQUEST, max_wait=0)
            assert papi.limits.weight_used == before

    run_held(main)


def test_a_carrier_shows_whether_it_is_open() -> None:
    """And how long a request may take; nothing of the key."""

    async def main() -> None:
        papi = Simulator(clock=held_clock()).in_process_client(timeout=3.0)
        shown = "recv_window 5000 ms, timeout 3.0 s>"
        assert repr(papi._carrier) == f"<Carrier: not open, {shown}"
        async with papi:
            assert repr(papi._carrier) == f"<Carrier: open, {shown}"

    run_held(main)

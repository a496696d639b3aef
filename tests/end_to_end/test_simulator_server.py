from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
import pytest_asyncio
from yarl import URL

from binance_papi_async.limits.limiter import Limiter
from binance_papi_async.simulator import Fault, FaultKind, Simulator, pytest_plugin
from binance_papi_async.simulator.doors.server import STRAY

papi_simulator = pytest_plugin.papi_simulator
"""As the entry point brings it where the package is installed."""


@pytest_asyncio.fixture(params=[False, True], ids=["plain", "tls"])
async def exchange(request: pytest.FixtureRequest) -> AsyncIterator[Simulator]:
    """A served exchange, plain and with TLS."""
    async with Simulator(tls=request.param) as running:
        yield running


@pytest_asyncio.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """A client that knows nothing of this package."""
    async with aiohttp.ClientSession() as client:
        yield client


def signed(exchange: Simulator, **parameters: object) -> str:
    """Parameters as a signed query."""
    text = urlencode({"timestamp": int(exchange.clock() * 1000)} | parameters)
    return f"{text}&signature={exchange.key.sign(text.encode())}"


def address(exchange: Simulator, path: str, **parameters: object) -> URL:
    """Where a signed request goes, encoded once."""
    return URL(f"{exchange.base_url}{path}?{signed(exchange, **parameters)}", encoded=True)


async def cancel(session: aiohttp.ClientSession, exchange: Simulator, order_id: int) -> Any:
    """The answer to one cancel."""
    url = address(exchange, "/papi/v1/margin/order", symbol="LTCBTC", orderId=order_id)
    headers = {"X-MBX-APIKEY": exchange.key.api_key}
    timeout = aiohttp.ClientTimeout(total=2)
    async with session.request(
        "DELETE", url, headers=headers, ssl=exchange.ssl or True, timeout=timeout
    ) as response:
        return await response.json()


async def raw(exchange: Simulator, request: bytes) -> bytes:
    """Everything that comes back until the server ends the connection."""
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", exchange.server.port, ssl=exchange.ssl
    )
    writer.write(request)
    try:
        return await asyncio.wait_for(reader.read(), 2)
    finally:
        writer.close()


def raw_cancel(exchange: Simulator, order_id: int) -> bytes:
    """One cancel as it goes on the wire."""
    query = signed(exchange, symbol="LTCBTC", orderId=order_id)
    return (
        f"DELETE /papi/v1/margin/order?{query} HTTP/1.1\r\nHost: papi\r\n"
        f"X-MBX-APIKEY: {exchange.key.api_key}\r\n\r\n"
    ).encode()


@pytest.mark.asyncio
async def test_an_order_is_cancelled_over_a_socket(
    exchange: Simulator, session: aiohttp.ClientSession
) -> None:
    """The documented example, through a real server."""
    exchange.rest_seed_order()
    body = await cancel(session, exchange, 28)
    assert (body["origClientOrderId"], body["status"]) == ("myOrder1", "CANCELED")
    assert exchange.truth.statuses == {200: 1}


@pytest.mark.asyncio
async def test_a_form_body_is_read(exchange: Simulator, session: aiohttp.ClientSession) -> None:
    """Parameters and signature may travel in the body."""
    (order_id,) = exchange.rest("LTCBTC")
    async with session.delete(
        f"{exchange.base_url}/papi/v1/margin/order",
        data=signed(exchange, symbol="LTCBTC", orderId=order_id),
        headers={
            "x-mbx-apikey": exchange.key.api_key,
            "Content-Type": "application/x-www-form-urlencoded",
        },
        ssl=exchange.ssl or True,
    ) as response:
        assert response.status == 200


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", [FaultKind.CLOSE, FaultKind.CUT_HEAD, FaultKind.CUT_BODY])
async def test_how_an_answer_ends(exchange: Simulator, kind: FaultKind) -> None:
    """Nothing, a part of the head, or the head and a part of the body; then the end."""
    (order_id,) = exchange.rest("LTCBTC")
    exchange.faults.inject(Fault(kind, "after", cut=12))
    arrived = await raw(exchange, raw_cancel(exchange, order_id))
    head, end, body = arrived.partition(b"\r\n\r\n")
    if kind is FaultKind.CLOSE:
        assert arrived == b""
    elif kind is FaultKind.CUT_HEAD:
        assert (head, end) == (b"HTTP/1.1 200", b"")
    else:
        assert body == b'{"symbol":"L'
    assert exchange.truth.executions(order_id) == 1


@pytest.mark.asyncio
async def test_a_reset_is_a_reset(exchange: Simulator) -> None:
    """The connection does not end in good order."""
    exchange.faults.inject(Fault(FaultKind.RESET))
    with pytest.raises(ConnectionResetError):
        await raw(exchange, raw_cancel(exchange, 1))


@pytest.mark.asyncio
async def test_garbage_is_not_http(exchange: Simulator) -> None:
    """The bytes are no status line."""
    exchange.faults.inject(Fault(FaultKind.GARBAGE))
    assert not (await raw(exchange, raw_cancel(exchange, 1))).startswith(b"HTTP")


@pytest.mark.asyncio
async def test_stray_bytes_follow_a_whole_reply(exchange: Simulator) -> None:
    """A second reply that nobody asked for, on a connection that stays open."""
    (order_id,) = exchange.rest("LTCBTC")
    exchange.faults.inject(Fault(FaultKind.STRAY, "after"))
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", exchange.server.port, ssl=exchange.ssl
    )
    writer.write(raw_cancel(exchange, order_id))
    arrived = b""
    while not arrived.endswith(STRAY):
        arrived += await asyncio.wait_for(reader.read(4096), 2)
    assert arrived.count(b"HTTP/1.1 200 OK") == 2
    writer.close()


@pytest.mark.asyncio
async def test_silence_lasts_until_the_client_leaves(
    exchange: Simulator, session: aiohttp.ClientSession
) -> None:
    """No byte comes, and the order is cancelled all the same."""
    (order_id,) = exchange.rest("LTCBTC")
    exchange.faults.inject(Fault(FaultKind.SILENCE, "after"))
    with pytest.raises(asyncio.TimeoutError):
        async with asyncio.timeout(0.1):
            await cancel(session, exchange, order_id)
    assert exchange.truth.executions(order_id) == 1


@pytest.mark.asyncio
async def test_it_stops_at_once_with_clients_held(session: aiohttp.ClientSession) -> None:
    """A silent connection, a delayed one and an idle one do not keep it."""
    loop = asyncio.get_running_loop()
    async with Simulator() as exchange:
        (order_id,) = exchange.rest("LTCBTC")
        exchange.faults.inject(Fault(FaultKind.SILENCE), order_id=7)
        exchange.faults.inject(Fault(FaultKind.DELAY, "before", seconds=60.0), order_id=8)
        held = [asyncio.create_task(cancel(session, exchange, n)) for n in (7, 8)]
        await cancel(session, exchange, order_id)
        await asyncio.sleep(0.1)
        assert exchange.truth.arrived == 3
        start = loop.time()
    assert loop.time() - start < 1.0
    results = await asyncio.gather(*held, return_exceptions=True)
    assert all(isinstance(result, aiohttp.ClientError) for result in results)


@pytest.mark.asyncio
async def test_a_client_that_leaves_does_not_call_its_request_back(
    exchange: Simulator, session: aiohttp.ClientSession
) -> None:
    """What has arrived is carried out, also after the connection is gone."""
    (order_id,) = exchange.rest("LTCBTC")
    exchange.faults.inject(Fault(FaultKind.DELAY, "before", seconds=0.2))
    with pytest.raises(asyncio.TimeoutError):
        async with asyncio.timeout(0.1):
            await cancel(session, exchange, order_id)
    await asyncio.sleep(0.2)
    assert exchange.truth.executions(order_id) == 1


@pytest.mark.asyncio
async def test_connections_can_be_refused(
    exchange: Simulator, session: aiohttp.ClientSession
) -> None:
    """The next ones are closed as they come, before any handshake; the ones after are served."""
    exchange.rest_seed_order()
    exchange.refuse_connections(1)
    with contextlib.suppress(ConnectionError):
        assert await raw(exchange, raw_cancel(exchange, 28)) == b""
    assert (await cancel(session, exchange, 28))["status"] == "CANCELED"
    assert exchange.truth.arrived == 1
    assert exchange.server.accepted == 2


@pytest.mark.asyncio
async def test_what_is_not_http_is_answered_400(
    exchange: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing of it is logged, and the server goes on."""
    arrived = await raw(exchange, b"DELETE /papi?signature=abc HTTP/nine\r\n\r\n")
    assert arrived.partition(b" ")[2].startswith(b"400")
    assert "abc" not in caplog.text
    assert exchange.truth.arrived == 0


@pytest.mark.asyncio
async def test_an_idle_connection_is_closed() -> None:
    """After `keepalive` seconds without a request."""
    async with Simulator(keepalive=0.1) as exchange:
        arrived = await raw(exchange, b"GET /papi/v1/ping HTTP/1.1\r\nHost: papi\r\n\r\n")
        assert arrived.endswith(b"\r\n\r\n{}")


@pytest.mark.asyncio
@pytest.mark.parametrize("exchange", [True], indirect=True, ids=["tls"])
async def test_a_failed_handshake_is_the_clients_affair(exchange: Simulator) -> None:
    """A client that does not trust the certificate, or speaks no TLS, harms nobody else."""
    with pytest.raises(ssl.SSLError):
        await asyncio.open_connection(
            "127.0.0.1", exchange.server.port, ssl=ssl.create_default_context()
        )
    assert (await raw(exchange, b"GET /papi/v1/ping HTTP/1.0\r\n\r\n")).startswith(b"HTTP")


@pytest.mark.asyncio
async def test_the_clock_may_differ() -> None:
    """`clock_offset` moves the exchange's clock against this machine's."""
    async with Simulator(clock_offset=-5.0) as exchange, exchange.client() as papi:
        before = await papi.general.time()
        assert abs(before.server_time / 1000 - exchange.clock()) < 1.0
        (order_id,) = exchange.rest("LTCBTC")
        await papi.margin.cancel_order(symbol="LTCBTC", order_id=order_id)


@pytest.mark.asyncio
async def test_the_client_knows_the_limits_of_its_exchange() -> None:
    """`client()` brings a limiter along where limits differ from the documented ones."""
    async with Simulator(weight_limit=50) as exchange, exchange.client() as papi:
        assert papi.limits.weight_limit == 50
        async with exchange.in_process_client(limiter=Limiter()) as other:
            assert other.limits.weight_limit == 6000


@pytest.mark.asyncio
async def test_the_fixture_serves(papi_simulator: Simulator) -> None:
    """The pytest plugin's fixture is a running exchange."""
    async with papi_simulator.client() as papi:
        await papi.general.ping()


@pytest.mark.asyncio
async def test_a_broken_handler_is_logged_without_the_query(
    exchange: Simulator, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A mistake in the simulator itself is a 500 with a traceback, and shows no signature."""

    def break_down(visit: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(exchange, "execute", break_down)
    arrived = await raw(exchange, raw_cancel(exchange, 1))
    assert arrived.partition(b" ")[2].startswith(b"500")
    assert "<Visit DELETE /papi/v1/margin/order> broke the simulated exchange" in caplog.text
    assert "signature=" not in caplog.text


@pytest.mark.asyncio
async def test_an_answer_may_take_its_time(
    exchange: Simulator, session: aiohttp.ClientSession
) -> None:
    """The order is cancelled at once, and the answer comes later."""
    exchange.rest_seed_order()
    exchange.faults.inject(Fault(FaultKind.DELAY, "after", seconds=0.1))
    waiting = asyncio.create_task(cancel(session, exchange, 28))
    await asyncio.sleep(0.05)
    assert exchange.truth.executions(28) == 1
    assert not waiting.done()
    assert (await waiting)["status"] == "CANCELED"

"""The session wrapper: its life, its keys, its sessions, and what it refuses."""

from __future__ import annotations

import asyncio
import gc
import ssl
import warnings
from pathlib import Path

import pytest
from aiohttp import ClientSession

from binance_papi_async import (
    CancelMarginOrder,
    Clock,
    ConnectError,
    Limiter,
    NotSentError,
    PapiClient,
    RefusedError,
    ReplyDecodeError,
    ReplyTimeoutError,
    UnknownOrderError,
)
from binance_papi_async.simulator import (
    SIMULATED_API_KEY,
    SIMULATED_SECRET,
    Fault,
    FaultKind,
    Simulator,
)

pytestmark = pytest.mark.asyncio
CANCEL = CancelMarginOrder(symbol="LTCBTC", order_id=28)
NOBODY = "http://127.0.0.1:9"


async def nothing_left_open() -> None:
    """Whatever was not closed warns when it is collected, and warnings are errors."""
    await asyncio.sleep(0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gc.collect()


async def test_entering_fails_cleanly_when_nobody_listens() -> None:
    """No half-open client stays behind, and the error says that nothing was sent."""
    papi = PapiClient(base_url=NOBODY)
    with pytest.raises(ConnectError, match=r"127\.0\.0\.1:9"):
        await papi.open()
    await nothing_left_open()


async def test_an_error_inside_the_block_closes_the_client() -> None:
    """Whatever the engine raises, nothing stays open."""
    async with Simulator() as exchange:
        with pytest.raises(RuntimeError, match="engine"):
            async with exchange.client():
                raise RuntimeError("engine")
        await nothing_left_open()


async def test_a_client_is_entered_before_use_and_once() -> None:
    """The message says how."""
    async with Simulator() as exchange:
        papi = exchange.client()
        with pytest.raises(RuntimeError, match="async with PapiClient"):
            await papi.send(CANCEL)
        async with papi:
            with pytest.raises(RuntimeError, match="open already"):
                await papi.open()


async def test_closing_twice_is_closing_once() -> None:
    """Cleaning up needs no bookkeeping."""
    async with Simulator() as exchange:
        papi = exchange.client()
        await papi.open()
        await papi.close()
        await papi.close()


async def test_closing_tells_whoever_waits_for_budget() -> None:
    """A request still in the limiter was not sent, and says so."""
    async with Simulator(weight_limit=60) as exchange:
        limiter = Limiter(weight=60)
        async with exchange.client(limiter=limiter) as papi:
            limiter.close_for(50)
            waiting = asyncio.create_task(papi.send(CANCEL))
            await asyncio.sleep(0)
        with pytest.raises(NotSentError, match="closed before"):
            await waiting
        assert not exchange.truth.arrivals("DELETE")


async def test_a_session_that_is_handed_in_is_used_and_left_open() -> None:
    """It belongs to whoever made it."""
    async with Simulator() as exchange, ClientSession(headers={"X-Mine": "yes"}) as session:
        async with exchange.client(session=session) as papi:
            with pytest.raises(UnknownOrderError):
                await papi.send(CANCEL)
        assert not session.closed


async def test_a_reply_that_takes_too_long_is_an_unknown_outcome() -> None:
    """The timeout bounds the network part; the request may have been carried out."""
    async with Simulator() as exchange, exchange.client() as papi:
        exchange.rest_seed_order()
        exchange.faults.inject(Fault(FaultKind.SILENCE, "after"), method="DELETE")
        with pytest.raises(ReplyTimeoutError, match="not answered"):
            await papi.send(CANCEL, timeout=0.2)
        assert exchange.truth.executions(28) == 1


async def test_a_reply_is_bounded_in_size() -> None:
    """A server that never ends its answer does not fill the memory."""
    async with Simulator() as exchange, exchange.client(max_reply_bytes=100) as papi:
        exchange.rest_seed_order()
        with pytest.raises(ReplyDecodeError, match="larger than 100 bytes") as raised:
            await papi.send(CANCEL)
        assert len(raised.value.body) == 100


async def test_a_redirect_is_not_followed() -> None:
    """A signed request is never carried to another address."""
    seen: list[bytes] = []

    async def redirect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            seen.append(head.split(b"?")[0])
            writer.write(
                b"HTTP/1.1 301 Moved Permanently\r\nLocation: /elsewhere\r\n"
                b"Date: Sun, 22 Nov 2026 12:00:00 GMT\r\nX-MBX-USED-WEIGHT-1M: 1\r\n"
                b"Content-Length: 0\r\n\r\n"
            )
            if head.startswith(b"DELETE"):
                break
        writer.close()

    server = await asyncio.start_server(redirect, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, PapiClient(Simulator().key, base_url=f"http://127.0.0.1:{port}") as papi:
        with pytest.raises(RefusedError) as raised:
            await papi.send(CANCEL)
    assert raised.value.status == 301
    assert [line for line in seen if b"elsewhere" in line] == []


@pytest.mark.parametrize(
    "kind", [FaultKind.UNKNOWN_400, FaultKind.ERROR_500, FaultKind.FIREWALL_403]
)
async def test_without_a_time_call_the_dates_of_answers_do(kind: FaultKind) -> None:
    """The time call is undocumented; should it go, or be blocked, a date bounds the offset to a second."""
    async with Simulator(clock_offset=3) as exchange:
        (order_id,) = exchange.rest("LTCBTC")
        exchange.faults.inject(Fault(kind), path="/papi/v1/time", times=None)
        async with exchange.client() as papi:
            await papi.margin.cancel_order(symbol="LTCBTC", order_id=order_id)
            assert papi.clock.uncertainty() < 1
            assert exchange.truth.statuses[200] == exchange.truth.arrived - len(
                exchange.truth.arrivals("GET", "/papi/v1/time")
            )


async def test_with_neither_time_nor_date_entering_fails() -> None:
    """Without the exchange's time nothing can be signed."""
    async with Simulator() as exchange:
        exchange.faults.inject(Fault(FaultKind.CLOSE), path="/papi/v1/time", times=None)
        with pytest.raises(Exception, match="connection was lost"):
            await exchange.client().open()
        await nothing_left_open()


async def test_tls_is_verified() -> None:
    """A certificate nobody vouches for is no exchange: nothing is sent."""
    async with Simulator(tls=True) as exchange:
        with pytest.raises(ConnectError, match="certificate verify failed"):
            await PapiClient(exchange.key, base_url=exchange.base_url).open()
        async with exchange.client() as papi:
            await papi.general.ping()


async def test_an_ssl_context_that_does_not_verify_is_refused() -> None:
    """Verification cannot be switched off."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with pytest.raises(ValueError, match="verifies"):
        PapiClient(ssl=context)


@pytest.mark.parametrize(
    ("base_url", "words"),
    [
        ("papi.binance.com", "must be like https"),
        ("https://papi.binance.com/papi", "must be like https"),
        ("ftp://papi.binance.com", "must be like https"),
        ("http://papi.binance.com", "would show the key"),
    ],
)
async def test_a_base_url_that_cannot_work_is_refused(base_url: str, words: str) -> None:
    """Before anything is sent there."""
    with pytest.raises(ValueError, match=words):
        PapiClient(base_url=base_url)


async def test_a_timeout_is_above_zero() -> None:
    """Zero would fail every request after it was sent."""
    with pytest.raises(ValueError, match="above zero"):
        PapiClient(timeout=0)


async def test_a_lane_that_does_not_exist_is_refused() -> None:
    """A typing error in a lane's name does not wait for ever."""
    async with Simulator() as exchange, exchange.client() as papi:
        with pytest.raises(ValueError, match="is no lane: urgent, cancel, resolve, order, read"):
            await papi.send(CANCEL, lane="fast")  # type: ignore[arg-type]


async def test_a_limiter_has_one_clock() -> None:
    """Two clocks would turn the minute at two times."""
    with pytest.raises(ValueError, match="a clock of its own"):
        PapiClient(limiter=Limiter(), clock=Clock())
    clock = Clock()
    assert PapiClient(clock=clock).clock is clock


async def test_the_key_comes_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Secret or private key file; whatever is missing is named."""
    with pytest.raises(ValueError, match="BINANCE_API_KEY is not set"):
        PapiClient.from_env()
    monkeypatch.setenv("BINANCE_API_KEY", SIMULATED_API_KEY)
    with pytest.raises(ValueError, match="neither BINANCE_API_SECRET nor BINANCE_PRIVATE_KEY_FILE"):
        PapiClient.from_env()
    monkeypatch.setenv("BINANCE_API_SECRET", SIMULATED_SECRET)
    async with Simulator() as exchange, PapiClient.from_env(base_url=exchange.base_url) as papi:
        with pytest.raises(UnknownOrderError):
            await papi.send(CANCEL)
    monkeypatch.setenv("BINANCE_PRIVATE_KEY_FILE", str(tmp_path / "key.pem"))
    with pytest.raises(ValueError, match="not both"):
        PapiClient.from_env()


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
async def test_private_keys_sign_what_the_exchange_verifies(
    kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A PEM file with a password, named in the environment."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

    private = (
        rsa.generate_private_key(public_exponent=65537, key_size=2048)
        if kind == "rsa"
        else ed25519.Ed25519PrivateKey.generate()
    )
    path = tmp_path / "key.pem"
    path.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"password"),
        )
    )
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    monkeypatch.setenv("BINANCE_API_KEY", kind * 8)
    monkeypatch.setenv("BINANCE_PRIVATE_KEY_FILE", str(path))
    monkeypatch.setenv("BINANCE_PRIVATE_KEY_PASSWORD", "password")
    async with Simulator() as exchange:
        exchange.add_key(kind * 8, public_key_pem=public)
        (order_id,) = exchange.rest("LTCBTC")
        async with PapiClient.from_env(base_url=exchange.base_url) as papi:
            await papi.margin.cancel_order(symbol="LTCBTC", order_id=order_id)
        assert exchange.truth.executions(order_id) == 1

"""What goes wrong after bytes have left: an unknown outcome, one request on the wire, nothing carried over."""

from __future__ import annotations

import gzip
import tracemalloc

import aiohttp
import pytest

from binance_papi_async.errors import (
    ConnectionLostError,
    PapiError,
    ReplyDecodeError,
    ReplyTimeoutError,
    UnknownOutcomeError,
)
from binance_papi_async.transport.base import Transport
from binance_papi_async.wire.message import Outgoing
from tests.contract.raw_server import Do, RawServer, Script, eventually, reply
from tests.contract.ways import (
    PATH,
    Way,
    ask,
    assert_serves_its_own,
    busy,
    delete,
    order_id,
)

pytestmark = pytest.mark.asyncio
BODY = b'{"orderId":28}'
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n"
SESSIONS_ARE_BOUNDED = tuple(map(int, aiohttp.__version__.split(".")[:3])) >= (3, 13, 3)


async def assert_is_unknown(
    transport: Transport,
    outgoing: Outgoing,
    *errors: type[PapiError],
    timeout: float = 5,  # noqa: ASYNC109 - handed on
) -> PapiError:
    """It fails so, and is said to have left."""
    with pytest.raises(errors) as raised:
        await transport.send(outgoing, timeout=timeout)
    assert isinstance(raised.value, UnknownOutcomeError)
    assert outgoing.has_left
    assert "signature" not in repr(raised.value)
    assert raised.value.__cause__ is raised.value.__context__ is None
    await eventually(lambda: busy(transport) == 0)
    return raised.value


async def assert_starts_anew(transport: Transport, server: RawServer) -> None:
    """The connection used so far is closed, the next requests go over one other."""
    assert await server.has_open(0)
    before = server.accepted
    await assert_serves_its_own(transport, 2)
    assert server.accepted == before + 1


DROPS: dict[str, Script] = {
    "fin": (Do.CLOSE,),
    "reset": (Do.RESET,),
    "fin_later": (Do.TURN, Do.CLOSE),
    "reset_later": (Do.TURN, Do.RESET),
    "fin_in_head": (reply(BODY)[:12], Do.CLOSE),
    "fin_behind_head": (reply(BODY)[: -len(BODY)], Do.CLOSE),
    "fin_in_body": (reply(BODY)[:-3], Do.CLOSE),
    "reset_in_head": (reply(BODY)[:12], Do.TURN, Do.RESET),
    "reset_in_body": (reply(BODY)[:-3], Do.TURN, Do.RESET),
    "fin_in_chunk": (CHUNKED + b"\r\n9\r\nabc", Do.CLOSE),
    "fin_before_last_chunk": (CHUNKED + b"\r\n2\r\n{}\r\n", Do.CLOSE),
    "fin_behind_promise": (b"HTTP/1.1 100 Continue\r\n\r\n", Do.CLOSE),
}


@pytest.mark.parametrize("before", [0, 1], ids=["fresh", "reused"])
@pytest.mark.parametrize("script", DROPS.values(), ids=DROPS)
async def test_a_delete_whose_connection_drops_is_sent_once(
    script: Script, before: int, server: RawServer, transport: Transport
) -> None:
    """The server has carried it out; it sees exactly one per call, on a fresh and on a reused connection."""
    await assert_serves_its_own(transport, before)
    server.answers(script)
    outgoing = delete()
    await assert_is_unknown(transport, outgoing, ConnectionLostError)
    assert await server.has_open(0)
    assert [seen.line for seen in server.requests[before:]] == [
        f"DELETE {outgoing.target} HTTP/1.1"
    ]
    assert server.accepted == 1
    await assert_starts_anew(transport, server)


async def test_a_reset_is_no_end_of_a_reply(
    server: RawServer, transport: Transport, way: Way
) -> None:
    """A body without a length ends with the connection, but only in good order."""
    if way != "direct":
        pytest.skip("aiohttp's session takes any end for the reply's end; the codec then judges")
    server.answers((OK + b"\r\n" + BODY, Do.TURN, Do.RESET))
    await assert_is_unknown(transport, delete(), ConnectionLostError)
    await assert_starts_anew(transport, server)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("end", [Do.CLOSE, Do.RESET], ids=["fin", "reset"])
async def test_no_method_is_sent_twice(
    method: str, end: Do, server: RawServer, transport: Transport
) -> None:
    """Also those that RFC 9110 calls idempotent, on a connection used before."""
    await assert_serves_its_own(transport)
    server.answers((end,), (end,))
    outgoing = Outgoing(method, PATH, api_key=None, max_reply_bytes=99)
    await assert_is_unknown(transport, outgoing, ConnectionLostError)
    assert len(server.requests) == 2


SLOW: dict[str, Script] = {
    "no_byte": (),
    "in_head": (reply(BODY)[:12],),
    "behind_head": (reply(BODY)[: -len(BODY)],),
    "in_body": (reply(BODY)[:-3],),
    "in_chunk": (CHUNKED + b"\r\n9\r\nabc",),
    "until_close": (OK + b"\r\n" + BODY,),
    "promise": (b"HTTP/1.1 100 Continue\r\n\r\n",),
}


@pytest.mark.parametrize("script", SLOW.values(), ids=SLOW)
async def test_no_whole_reply_in_time_is_a_timeout(
    script: Script, server: RawServer, transport: Transport
) -> None:
    """However much of it has come."""
    server.answers(script)
    await assert_is_unknown(transport, delete(), ReplyTimeoutError, timeout=0.03)
    await assert_starts_anew(transport, server)
    assert len(server.requests) == 3


async def test_a_late_reply_reaches_nobody(server: RawServer, transport: Transport) -> None:
    """Its caller has left; the next one gets its own."""
    late = delete()
    server.answers((0.05, reply(order_id(late))))
    await assert_is_unknown(transport, late, ReplyTimeoutError, timeout=0.02)
    await assert_serves_its_own(transport, 20)


LIMIT = 1 << 16
"""Above what BOMB is on the wire, far below what it grows to."""
BOMB = gzip.compress(b"\0" * (1 << 25))
GZIP = b"Content-Encoding: gzip"
TOO_MUCH: dict[str, Script] = {
    "content_length": (reply(b"x" * (LIMIT + 1)),),
    "content_length_of_a_lie": (OK + b"Content-Length: 99999999999\r\n\r\n", b"x" * 65536, Do.ENDLESS),
    "until_close": (OK + b"\r\n", b"x" * 65536, Do.ENDLESS),
    "chunks": (CHUNKED + b"\r\n", b"1000\r\n" + b"x" * 4096 + b"\r\n", Do.ENDLESS),
    "one_chunk": (CHUNKED + b"\r\nffffffff\r\n", b"x" * 65536, Do.ENDLESS),
    "gzip": (reply(gzip.compress(b"\0" * (LIMIT + 1)), GZIP),),
    "gzip_bomb": (reply(BOMB, GZIP),),
    "gzip_bomb_in_chunks": (
        CHUNKED + GZIP + b"\r\n\r\n%x\r\n" % len(BOMB) + BOMB + b"\r\n0\r\n\r\n",
    ),
    "gzip_bomb_until_close": (OK + GZIP + b"\r\n\r\n" + BOMB, Do.CLOSE),
    "fields": (OK, b"X-A: y\r\n" * 512, Do.ENDLESS),
    "one_field": (OK + b"X-A: ", b"y" * 65536, Do.ENDLESS),
    "status_line": (b"HTTP/1.1 200 ", b"y" * 65536, Do.ENDLESS),
}  # fmt: skip
BOMBS = [name for name in TOO_MUCH if "bomb" in name]


@pytest.mark.parametrize("name", TOO_MUCH)
async def test_a_reply_without_bounds_is_refused(
    name: str, server: RawServer, transport: Transport, way: Way
) -> None:
    """Within bounded memory, and without waiting for its end."""
    if way != "direct" and not SESSIONS_ARE_BOUNDED and name in ("fields", *BOMBS):
        pytest.skip("aiohttp's session bounds neither before 3.13.3")
    server.patience = 1 << 24
    server.answers(TOO_MUCH[name])
    tracemalloc.start()
    try:
        error = await assert_is_unknown(
            transport, delete(limit=LIMIT), ReplyDecodeError, ConnectionLostError
        )
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()
    assert server.spent < server.patience
    if isinstance(error, ReplyDecodeError):
        assert len(error.body) <= LIMIT
    if name in ("content_length", "gzip"):  # what arrived whole does no harm to what follows
        await assert_serves_its_own(transport, 2)
    else:
        await assert_starts_anew(transport, server)


@pytest.mark.parametrize(
    "script",
    [
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 100, Do.ENDLESS),
        (CHUNKED + b"\r\n0\r\n", b"X-A: y\r\n" * 512, Do.ENDLESS),
        (CHUNKED + b"\r\n1;a=", b"b" * 65536, Do.ENDLESS),
    ],
    ids=["promises", "trailers", "chunk_extension"],
)
async def test_what_is_no_body_has_bounds_too(
    script: Script, server: RawServer, transport: Transport, way: Way
) -> None:
    """The direct lane counts all bytes; a session reads on until the time is over."""
    server.patience = 1 << 24
    server.answers(script)
    if way == "direct":
        await assert_is_unknown(transport, delete(limit=LIMIT), ReplyDecodeError)
        assert server.spent < server.patience
    else:
        errors = (ReplyDecodeError, ConnectionLostError, ReplyTimeoutError)
        await assert_is_unknown(transport, delete(limit=LIMIT), *errors, timeout=0.05)
    await assert_starts_anew(transport, server)


NOT_HTTP: dict[str, Script] = {
    "tls": (b"\x15\x03\x01\x00\x02\x02\x28",),
    "zeros": (b"\0" * 100,),
    "text": (b"hello\r\n\r\n",),
    "json": (b'{"orderId":28}',),
    "another_protocol": (b"SSH-2.0-OpenSSH_9.6\r\n",),
    "no_number": (b"HTTP/1.1 abc OK\r\n\r\n",),
    "no_version": (b"HTTP/x.y 200 OK\r\n\r\n",),
    "bad_field": (OK + b"no colon\r\n\r\n",),
    "negative_length": (OK + b"Content-Length: -2\r\n\r\n{}",),
    "no_length": (OK + b"Content-Length: two\r\n\r\n{}",),
    "huge_length": (OK + b"Content-Length: %s\r\n\r\n{}" % (b"9" * 40),),
    "absurd_length": (OK + b"Content-Length: %s\r\n\r\n{}" % (b"9" * 5000),),
    "two_lengths": (OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",),
    "bad_chunk": (CHUNKED + b"\r\nxyz\r\n{}\r\n",),
    "long_chunk": (CHUNKED + b"\r\n1\r\n{}\r\n0\r\n\r\n",),
    "bad_gzip": (reply(b"this is not gzip", GZIP),),
    "cut_gzip": (reply(gzip.compress(BODY * 99)[:9], GZIP),),
    "bad_deflate": (reply(b"\xff\xff\xff\xff\xff", b"Content-Encoding: deflate"),),
}


@pytest.mark.parametrize("name", NOT_HTTP)
async def test_what_is_not_http_is_no_answer(
    name: str, server: RawServer, transport: Transport, way: Way
) -> None:
    """It left, so its outcome is unknown; and nothing goes over that connection again."""
    server.answers(NOT_HTTP[name])
    if name == "cut_gzip" and way != "direct":
        # aiohttp passes what it could inflate; the codec then finds that it is no JSON.
        assert (await ask(transport)).body != BODY * 99
        return
    await assert_is_unknown(transport, delete(), ReplyDecodeError, ConnectionLostError)
    await eventually(lambda: server.accepted == 1)
    await assert_starts_anew(transport, server)

"""What a whole reply is, however it is cut, and what follows it."""

from __future__ import annotations

import gzip
import zlib

import pytest

from binance_papi_async.errors import ReplyDecodeError
from binance_papi_async.transport.base import Transport
from tests.contract.raw_server import Do, RawServer, Script, eventually, reply
from tests.contract.ways import (
    Way,
    ask,
    assert_never_anothers,
    assert_serves_its_own,
    busy,
    delete,
    kept,
    order_id,
)

pytestmark = pytest.mark.asyncio
BODY = b'{"orderId":28,"status":"CANCELED"}'
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n"
CHUNKS = b"3\r\n" + BODY[:3] + b"\r\n%x\r\n" % len(BODY[3:]) + BODY[3:] + b"\r\n0\r\n"
GZIPPED = gzip.compress(BODY)
_raw = zlib.compressobj(wbits=-15)
RAW_DEFLATED = _raw.compress(BODY) + _raw.flush()

WHOLE: dict[str, tuple[Script, bytes, bool]] = {
    # What is said, the body it means, and whether the connection may carry another request.
    "content_length": ((reply(BODY),), BODY, True),
    "content_length_later": ((reply(BODY)[:-9], Do.TURN, reply(BODY)[-9:]), BODY, True),
    "lower_case_names": ((reply(BODY).replace(b"Content-L", b"content-l"),), BODY, True),
    "upper_case_names": ((reply(BODY).replace(b"Content-L", b"CONTENT-L"),), BODY, True),
    "no_reason": ((reply(BODY, status=b"200 "),), BODY, True),
    "empty": ((reply(b""),), b"", True),
    "no_content": ((b"HTTP/1.1 204 No Content\r\n\r\n",), b"", True),
    "chunked": ((CHUNKED + b"\r\n" + CHUNKS + b"\r\n",), BODY, True),
    "chunked_in_parts": (
        (CHUNKED + b"\r\n", Do.TURN, CHUNKS, Do.TURN, b"\r\n"), BODY, True,
    ),
    "chunked_empty": ((CHUNKED + b"\r\n0\r\n\r\n",), b"", True),
    "chunked_with_trailers": (
        (CHUNKED + b"Trailer: X\r\n\r\n" + CHUNKS + b"X: 1\r\n\r\n",), BODY, False,
    ),
    "gzip": ((reply(GZIPPED, b"Content-Encoding: gzip"),), BODY, True),
    "gzip_chunked": (
        (CHUNKED + b"Content-Encoding: gzip\r\n\r\n%x\r\n" % len(GZIPPED) + GZIPPED + b"\r\n0\r\n\r\n",),
        BODY, True,
    ),
    "deflate": ((reply(zlib.compress(BODY), b"Content-Encoding: deflate"),), BODY, True),
    "deflate_raw": ((reply(RAW_DEFLATED, b"Content-Encoding: deflate"),), BODY, True),
    "gzip_of_nothing": ((reply(b"", b"Content-Encoding: gzip"),), b"", True),
    "connection_close": ((reply(BODY, b"Connection: close"), Do.CLOSE), BODY, False),
    "says_close_and_stays": ((reply(BODY, b"Connection: close"),), BODY, False),
    "close_in_small_letters": ((reply(BODY, b"connection:close"),), BODY, False),
    "close_among_others": ((reply(BODY, b"Connection: keep-alive, Close"),), BODY, False),
    "close_said_twice": (
        (reply(BODY, b"Connection: keep-alive", b"Connection: close"),), BODY, False,
    ),
    "says_keep_alive": ((reply(BODY, b"Connection: keep-alive"),), BODY, True),
    "until_close": ((OK + b"\r\n" + BODY, Do.CLOSE), BODY, False),
    "until_close_in_parts": ((OK + b"\r\n" + BODY[:5], Do.TURN, BODY[5:], Do.CLOSE), BODY, False),
    "http_1_0": ((reply(BODY).replace(b"HTTP/1.1", b"HTTP/1.0"), Do.CLOSE), BODY, False),
    "http_1_0_stays": ((reply(BODY).replace(b"HTTP/1.1", b"HTTP/1.0"),), BODY, False),
    "http_1_0_until_close": ((b"HTTP/1.0 200 OK\r\n\r\n" + BODY, Do.CLOSE), BODY, False),
    "many_fields": ((reply(BODY, *(b"X-%d: y" % n for n in range(50))),), BODY, True),
    "small_segments": (
        tuple(step for n in range(0, len(reply(BODY)), 7) for step in (reply(BODY)[n : n + 7], Do.TURN)),
        BODY, True,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("script", "body", "is_kept"), WHOLE.values(), ids=WHOLE)
async def test_a_whole_reply_is_read(  # noqa: PLR0913, PLR0917 - fixtures
    script: Script,
    body: bytes,
    is_kept: bool,  # noqa: FBT001 - a column of the table
    server: RawServer,
    transport: Transport,
    way: Way,
) -> None:
    """The body comes as the server meant it, and the connection goes on if that is safe."""
    server.answers(script)
    assert (await ask(transport)).body == body
    await assert_serves_its_own(transport, 2)
    assert busy(transport) == 0
    assert len(server.requests) == 3
    if is_kept:
        assert server.accepted == 1, "a connection was given up for nothing"
    elif "trailer" not in repr(script).lower() or way == "direct":
        assert server.accepted > 1, "a connection was used on that had come to its end"


@pytest.mark.parametrize(
    "whole",
    [reply(BODY), CHUNKED + b"\r\n" + CHUNKS + b"\r\n", reply(GZIPPED, b"Content-Encoding: gzip")],
    ids=["content_length", "chunked", "gzip"],
)
async def test_a_reply_may_be_cut_at_every_byte(
    whole: bytes, server: RawServer, transport: Transport
) -> None:
    """Two segments, whichever byte the second begins with, on one connection."""
    cuts = range(1, len(whole))
    server.answers(*((whole[:cut], Do.TURN, whole[cut:]) for cut in cuts))
    assert [(await ask(transport)).body for _ in cuts] == [BODY] * len(cuts)
    assert server.accepted == 1


async def test_headers_are_found_in_the_documents_spelling(
    server: RawServer, transport: Transport
) -> None:
    """However the server spells them."""
    server.answers((reply(b"", b"x-mbx-used-weight-1m: 7"),), (reply(b"", b"RETRY-AFTER:8"),))
    assert (await ask(transport)).headers["X-MBX-USED-WEIGHT-1M"] == "7"
    headers = (await ask(transport)).headers
    assert headers["Retry-After"] == "8"
    assert headers.get("X-MBX-USED-WEIGHT-1M") is None, "that was of the reply before"


async def test_a_status_is_no_error_yet(server: RawServer, transport: Transport) -> None:
    """What it means is for the codec to say."""
    statuses = (200, 201, 202, 400, 401, 404, 418, 429, 500, 503, 999)
    server.answers(*((reply(BODY, status=b"%d X" % status),) for status in statuses))
    for status in statuses:
        answer = await ask(transport)
        assert (answer.status, answer.body) == (status, BODY)
    assert server.accepted == 1


async def test_a_redirect_is_not_followed(server: RawServer, transport: Transport) -> None:
    """A signed request is not carried elsewhere."""
    statuses = (301, 302, 303, 307, 308)
    location = f"Location: {server.base_url}/elsewhere".encode()
    server.answers(*((reply(BODY, location, status=b"%d Moved" % each),) for each in statuses))
    assert tuple([(await ask(transport)).status for _ in statuses]) == statuses
    assert len(server.requests) == len(statuses)


async def test_cookies_are_not_kept(server: RawServer, transport: Transport) -> None:
    """What a server wants remembered is forgotten."""
    server.answers((reply(BODY, b"Set-Cookie: a=b; Path=/"),))
    await ask(transport)
    await ask(transport)
    assert "cookie" not in server.requests[1].fields


PROMISE = b"HTTP/1.1 100 Continue\r\n\r\n"
PROMISED: dict[str, Script] = {
    "at_once": (PROMISE + reply(BODY),),
    "before": (PROMISE, Do.TURN, reply(BODY)),
    "twice": (PROMISE, PROMISE, Do.TURN, reply(BODY)),
    "hints": (b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", Do.TURN, reply(BODY)),
    "chunked": (PROMISE, Do.TURN, CHUNKED + b"\r\n" + CHUNKS + b"\r\n"),
}


@pytest.mark.parametrize("script", PROMISED.values(), ids=PROMISED)
async def test_what_comes_before_a_reply_is_not_the_reply(
    script: Script, server: RawServer, transport: Transport
) -> None:
    """100 Continue, which nobody asked for, and its like."""
    server.answers(script)
    answer = await ask(transport)
    assert (answer.status, answer.body) == (200, BODY)
    await assert_serves_its_own(transport, 2)


STRAY = reply(b'{"orderId":"stray"}')
STRAYS: dict[str, Script] = {
    "whole_reply": (reply(BODY) + STRAY,),
    "part_of_a_head": (reply(BODY) + STRAY[:20],),
    "one_byte": (reply(BODY) + b"H",),
    "line_end": (reply(BODY) + b"\r\n",),
    "part_of_a_body": (reply(BODY) + STRAY[:-3],),
    "two_replies": (reply(BODY) + STRAY + STRAY,),
    "chunked": (CHUNKED + b"\r\n" + CHUNKS + b"\r\n" + STRAY,),
    "chunked_part": (CHUNKED + b"\r\n" + CHUNKS + b"\r\n" + STRAY[:20],),
    "chunked_twice": ((CHUNKED + b"\r\n" + CHUNKS + b"\r\n") * 2,),
    "chunked_line_end": (CHUNKED + b"\r\n" + CHUNKS + b"\r\n\r\n",),
    "behind_no_content": (b"HTTP/1.1 204 No Content\r\n\r\n" + STRAY,),
}


@pytest.mark.parametrize("script", STRAYS.values(), ids=STRAYS)
async def test_bytes_behind_a_reply_reach_nobody(
    script: Script, server: RawServer, transport: Transport, way: Way
) -> None:
    """In the same segment: the reply is good, the connection is not.

    aiohttp's session forgets less than a whole head, and goes on.
    """
    server.answers(script)
    await ask(transport)
    await assert_serves_its_own(transport, 2)
    if way == "direct":
        assert [seen.connection for seen in server.requests[1:]] == [2, 2]
    assert await server.has_open(1)


async def test_bytes_that_are_no_http_make_the_reply_before_them_doubtful(
    server: RawServer, transport: Transport
) -> None:
    """The parser gives up the whole segment."""
    server.answers((reply(BODY) + b"\x15\x03\x01",))
    with pytest.raises(ReplyDecodeError):
        await ask(transport)
    await assert_serves_its_own(transport, 2)
    assert [seen.connection for seen in server.requests] == [1, 2, 2]


@pytest.mark.parametrize("script", STRAYS.values(), ids=STRAYS)
async def test_bytes_behind_a_reply_in_pieces_reach_nobody(
    script: Script, server: RawServer, transport: Transport, way: Way
) -> None:
    """Cut anywhere around the reply's end, they are nobody's: a later caller gets its own reply or an error."""
    (said,) = script
    assert isinstance(said, bytes)
    end = len(said) - 1
    server.answers((said[:end], Do.TURN, said[end:]))
    await ask(transport)
    if way == "direct":
        await eventually(lambda: kept(transport) == 0)
        await assert_serves_its_own(transport, 2)
    await assert_never_anothers(transport)


@pytest.mark.parametrize("stray", [STRAY, STRAY[:20], b"H", b"\r\n", b"\x15\x03"])
async def test_bytes_while_idle_end_the_connection(
    stray: bytes, server: RawServer, transport: Transport, way: Way
) -> None:
    """Nobody asked for them."""
    await assert_serves_its_own(transport)
    server.wires[0].transport.write(stray)
    if way == "direct":
        await eventually(lambda: kept(transport) == 0)
    await assert_serves_its_own(transport, 2)
    if way == "direct":
        assert [seen.connection for seen in server.requests] == [1, 2, 2]


@pytest.mark.parametrize("stray", [STRAY, STRAY[:20], b"H", b"\r\n"])
async def test_bytes_while_idle_are_seen_before_the_next_request(
    stray: bytes, server: RawServer, transport: Transport
) -> None:
    """Also when the loop has not come to read them."""
    await assert_serves_its_own(transport)
    server.wires[0].transport.write(stray)
    await assert_serves_its_own(transport, 2)
    assert len(server.requests) == 3


async def test_an_upgrade_ends_the_connection(server: RawServer, transport: Transport) -> None:
    """What follows a 101 is not HTTP."""
    server.answers((b"HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",))
    assert (await ask(transport)).status == 101
    await assert_serves_its_own(transport, 2)
    assert [seen.connection for seen in server.requests] == [1, 2, 2]


async def test_each_reply_is_of_its_own_request(server: RawServer, transport: Transport) -> None:
    """One after the other, on one connection."""
    for _ in range(20):
        outgoing = delete()
        assert (await ask(transport, outgoing)).body == order_id(outgoing)
    assert server.accepted == 1

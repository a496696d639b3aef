"""What goes on the wire, byte by byte."""

from __future__ import annotations

import pytest

from binance_papi_async.transport.base import USER_AGENT, Transport
from binance_papi_async.wire.message import Outgoing
from tests.contract.raw_server import RawServer
from tests.contract.ways import Way, ask

pytestmark = pytest.mark.asyncio

TARGETS = (
    "/papi/v1/ping",
    "/papi/v1/margin/order?symbol=LTCBTC&orderId=28&signature=ab12",
    "/papi/v1/x?a=%2F%2f%20+~%C3%A9&b=!*'()&c=%25%7E%7e",
    "/papi/v1/x?signature=a%2Bb%2Fc%3D%3D",
    "/papi/v1/x?a=1&a=2&&b=&=c&d",
    "/papi/v1/x?list=%5B%7B%22a%22%3A1%7D%2C2%5D",
    "/papi/v1/%41%2f..%2F./x?q=/a/../b?c:@",
)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
async def test_the_target_that_was_signed_is_the_target_that_is_sent(
    method: str, server: RawServer, transport: Transport
) -> None:
    """Nothing is escaped anew, unescaped or put in order."""
    for target in TARGETS:
        await ask(transport, Outgoing(method, target, api_key=None, max_reply_bytes=99))
    assert [seen.line for seen in server.requests] == [
        f"{method} {target} HTTP/1.1" for target in TARGETS
    ]


@pytest.mark.parametrize("api_key", [None, "k" * 64])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
async def test_a_request_says_what_it_must_and_no_more(
    method: str, api_key: str | None, server: RawServer, transport: Transport, way: Way
) -> None:
    """The key only where it is needed, no body and no word of one."""
    await ask(transport, Outgoing(method, TARGETS[0], api_key=api_key, max_reply_bytes=99))
    expected = {
        "host": server.base_url.partition("//")[2],
        "accept": "application/json",
        "user-agent": USER_AGENT,
    }
    if api_key is not None:
        expected["x-mbx-apikey"] = api_key
    if method in ("POST", "PUT"):
        expected["content-length"] = "0"
    fields = server.requests[0].fields
    if way != "direct":  # aiohttp inflates what it asks for here
        assert fields.pop("accept-encoding")
        if method == "DELETE":
            assert fields.pop("content-length") == "0"
        if method in ("POST", "PUT"):
            fields.pop("content-type", None)
    assert fields == expected


async def test_a_key_is_not_said_for_another(server: RawServer, transport: Transport) -> None:
    """Clients may share a transport; a call without a key says none."""
    for key in ("a", None, "b", "a"):
        await ask(transport, Outgoing("GET", TARGETS[0], api_key=key, max_reply_bytes=99))
    assert [seen.fields.get("x-mbx-apikey") for seen in server.requests] == ["a", None, "b", "a"]


async def test_nothing_follows_the_head(server: RawServer, transport: Transport) -> None:
    """The next request begins where the one before ended."""
    for method in ("POST", "GET", "PUT", "DELETE"):
        await ask(transport, Outgoing(method, TARGETS[0], api_key=None, max_reply_bytes=99))
    assert [seen.line.split()[0] for seen in server.requests] == ["POST", "GET", "PUT", "DELETE"]
    assert server.accepted == 1

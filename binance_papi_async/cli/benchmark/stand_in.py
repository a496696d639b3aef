"""A stand-in exchange that is never the bottleneck, in a process of its own.

It answers every cancel and every margin order with the reply of the exchange's documents, for the order it names,
counts the cancels that are signed, and checks a share of the signatures. It keeps no orders: what it measures is the client.
``python -m binance_papi_async.cli.benchmark.stand_in FOLDER`` writes its certificate there,
prints its ports as JSON, and ends when its standard input does.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import re
import ssl
import sys
import time
from collections.abc import Callable
from email.utils import formatdate
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

API_KEY: Final = "benchmarkBenchmarkBenchmarkBenchmarkBenchmarkBenchmarkBenchmark00"
SECRET: Final = "secretSecretSecretSecretSecretSecretSecretSecretSecretSecret0000"  # noqa: S105 - it opens nothing
SYMBOL: Final = "LTCBTC"
CANCEL_REPLY: Final = (
    b'{"symbol":"LTCBTC","orderId":%s,"origClientOrderId":"myOrder1",'
    b'"clientOrderId":"cancelMyOrder1","price":"1.00000000","origQty":"10.00000000",'
    b'"executedQty":"8.00000000","cummulativeQuoteQty":"8.00000000","status":"CANCELED",'
    b'"timeInForce":"GTC","type":"LIMIT","side":"SELL"}'
)
"""The example of ``DELETE /papi/v1/margin/order``, for any order."""
PLACE_REPLY: Final = (
    b'{"symbol":"LTCBTC","orderId":28,"clientOrderId":"%s","transactTime":1507725176595,'
    b'"price":"1.00000000","origQty":"10.00000000","executedQty":"10.00000000",'
    b'"cummulativeQuoteQty":"10.00000000","status":"FILLED","timeInForce":"GTC","type":"MARKET",'
    b'"side":"SELL","fills":[]}'
)
"""That of ``POST /papi/v1/margin/order``, for any client id."""
_CLIENT_ID: Final = re.compile(rb"\bnewClientOrderId=([^& ]+)")
_ORDER_ID: Final = re.compile(rb"\borderId=(\d+)")
CHECKED: Final = 64
"""One signature of so many is computed again."""
WEIGHT: Final = 2
MINUTE: Final = 60

_HEAD = (
    b"HTTP/1.1 200 OK\r\n"
    b"Content-Type: application/json;charset=UTF-8\r\n"
    b"Content-Length: %d\r\n"
    b"Connection: keep-alive\r\n"
    b"Date: %s\r\n"
    b"Server: nginx\r\n"
    b"x-mbx-uuid: 4a0c3d5e-6f4b-4a4e-9a47-2f1b7d0e9c11\r\n"
    b"X-MBX-USED-WEIGHT-1M: %d\r\n"
    b"Strict-Transport-Security: max-age=31536000; includeSubdomains\r\n"
    b"X-Frame-Options: SAMEORIGIN\r\n"
    b"X-XSS-Protection: 1; mode=block\r\n"
    b"X-Content-Type-Options: nosniff\r\n"
    b"Content-Security-Policy: default-src 'self'\r\n"
    b"Cache-Control: no-cache, no-store, must-revalidate\r\n"
    b"Pragma: no-cache\r\n"
    b"Expires: 0\r\n"
    b"X-Cache: Miss from cloudfront\r\n"
    b"Via: 1.1 0a1b2c3d4e5f.cloudfront.net (CloudFront)\r\n"
    b"X-Amz-Cf-Pop: NRT57-P2\r\n"
    b"X-Amz-Cf-Id: 0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghij==\r\n"
    b"\r\n"
)
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_SIGNED = re.compile(rb"(?:^|[?\n])([^ ?\n]*timestamp=\d{13}[^ ]*?)&signature=([0-9a-f]{64})")


class Tally:
    """What has been asked of the stand-in, and what every answer says."""

    def __init__(self) -> None:
        self.cancels = 0
        self.wrong = 0
        """Cancels without a signature, or with one that does not match."""
        self._used = 0
        self._minute = 0
        self._mac = hmac.new(SECRET.encode(), digestmod=hashlib.sha256)
        self.tick()

    def tick(self) -> None:
        """Once a second: the date, and a count that starts anew with the minute."""
        now = int(time.time())
        self._date = formatdate(now, usegmt=True).encode()
        if now // MINUTE != self._minute:
            self._minute, self._used = now // MINUTE, 0

    def cancel(self, request: bytes) -> bytes:
        """Count one cancel; its answer."""
        self.cancels += 1
        if b"&signature=" not in request or (
            self.cancels % CHECKED == 0 and not self._is_signed(request)
        ):
            self.wrong += 1
        self._used += WEIGHT
        named = _ORDER_ID.search(request)
        return self.answer(CANCEL_REPLY % (named[1] if named else b"28"))

    def place(self, request: bytes) -> bytes:
        """The answer to an order."""
        named = _CLIENT_ID.search(request)
        self._used += 1
        return self.answer(PLACE_REPLY % (named[1] if named else b"mine"))

    def other(self, path: bytes) -> bytes:
        """The body for anything but a cancel: the time, and what the benchmark asks."""
        if path.endswith(b"/time"):
            return b'{"serverTime":%d}' % int(time.time() * 1000)
        if path == b"/begin":  # another client comes: nobody else has used its minute
            self._used = 0
        elif path == b"/tally":
            return json.dumps({"cancels": self.cancels, "wrong": self.wrong}).encode()
        return b"{}"

    def hand_over(self, write: Callable[[bytes], None], answer: bytes) -> None:
        """Answer a cancel."""
        write(answer)

    def answer(self, body: bytes) -> bytes:
        """An answer with the headers the exchange sends."""
        return _HEAD % (len(body), self._date, self._used) + body

    def _is_signed(self, request: bytes) -> bool:
        found = _SIGNED.search(request)
        if found is None:
            return False
        mac = self._mac.copy()
        mac.update(found[1])
        return hmac.compare_digest(mac.hexdigest().encode(), found[2])


class Connection(asyncio.Protocol):
    """One client's connection: requests in, answers out, in turn."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._received = b""

    def connection_made(self, transport: Any) -> None:
        """Remember where to write. (uvloop's transports are none of asyncio's classes.)"""
        self._write = transport.write

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole."""
        if self._received:
            data = self._received + data
        while data:
            end = data.find(b"\r\n\r\n") + 4
            if end > 3:  # noqa: PLR2004 - the head is whole
                end += _body_length(data, end)
            if not 3 < end <= len(data):  # noqa: PLR2004
                break
            self._answer(data[:end])
            data = data[end:]
        self._received = data

    def _answer(self, request: bytes) -> None:
        tally = self._tally
        if request.startswith(b"DELETE /papi/v1/margin/order"):
            tally.hand_over(self._write, tally.cancel(request))
        elif request.startswith(b"POST /papi/v1/margin/order"):
            self._write(tally.place(request))
        else:
            self._write(tally.answer(tally.other(request.split(b" ", 2)[1].partition(b"?")[0])))


def _body_length(data: bytes, end: int) -> int:
    found = _LENGTH.search(data, 0, end)
    return int(found[1]) if found else 0


def _tls(folder: Path) -> list[ssl.SSLContext]:
    from binance_papi_async.simulator.doors.tls import self_signed

    if find_spec("cryptography") is None:
        return []
    tls = self_signed()
    (folder / "ca.pem").write_bytes(tls.certificate)
    return [tls.server]


def stay_awake(loop: asyncio.AbstractEventLoop) -> None:
    """Never sleep: to wake this process would cost the client that is measured up to 10 us a request."""
    loop.call_soon(stay_awake, loop)


async def serve(folder: Path, tally: Tally) -> None:
    """Listen until standard input ends; over TLS too, where extra ``crypto`` is installed."""
    loop = asyncio.get_running_loop()
    contexts = [None, *_tls(folder)]
    servers = [
        await loop.create_server(
            lambda: Connection(tally), "127.0.0.1", 0, ssl=context, backlog=1024
        )
        for context in contexts
    ]
    print(json.dumps([server.sockets[0].getsockname()[1] for server in servers]), flush=True)
    if (os.cpu_count() or 1) > 1:
        stay_awake(loop)
    ended = asyncio.ensure_future(asyncio.to_thread(sys.stdin.read))
    while not ended.done():
        await asyncio.wait([ended], timeout=1 - time.time() % 1)
        tally.tick()


def main(tally: Tally) -> None:
    """Serve from the last core."""
    from binance_papi_async.cli.benchmark.pinning import pin, runner

    pin("server")
    with runner("uvloop") as loop:
        loop.run(serve(Path(sys.argv[1]), tally))


if __name__ == "__main__":
    main(Tally())

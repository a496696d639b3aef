"""The common reply, read straight from its bytes: a 200 that came whole in one piece.

Building aiohttp's table of some twenty headers, of which three are looked at, costs more than all the rest
of reading a reply. Here nothing is built. Whatever is not plainly the common case is left to aiohttp's parser:
another status, another framing than one Content-Length, an encoding, a connection that closes,
a byte too many or too few.

Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from binance_papi_async.wire.message import Answer

_OK: Final = b"HTTP/1.1 200 "
_END: Final = b"\r\n\r\n"
_FRAMING: Final = re.compile(rb"\n(?:[ \t]|content-[el]|connection|tr|upgrade)[^\n]*")
"""Lines that may say how a body is read or what comes after it, and any that goes on from the line before.

Told by how they begin: a line that only looks like one costs the longer way, and spelling them out a third more here.
"""
_LENGTH: Final = b"\ncontent-length: "
_KEEP_ALIVE: Final = b"\nconnection: keep-alive\r"
_MAX_HEAD_BYTES: Final = 1 << 14
_MAX_LENGTH_DIGITS: Final = 18


class HeadersOf(Mapping[str, str]):
    """The headers of a reply, each looked for when it is asked for, in any letter case."""

    __slots__ = ("_head", "_lower")

    def __init__(self, head: bytes, lower: bytes) -> None:
        self._head = head
        self._lower = lower

    def __getitem__(self, name: str) -> str:
        key = _key(name)
        at = self._lower.find(key)
        if at < 0:
            raise KeyError(name)
        begin = at + len(key)
        return self._head[begin : self._head.find(b"\r", begin)].strip().decode("latin-1")

    def __iter__(self) -> Iterator[str]:
        for line in self._head.split(b"\r\n")[1:-2]:
            yield line.partition(b":")[0].decode("latin-1")

    def __len__(self) -> int:
        return self._head.count(b"\r\n") - 2


@lru_cache(maxsize=32)
def _key(name: str) -> bytes:
    return b"\r\n" + name.lower().encode("latin-1") + b":"


def whole_reply(data: bytes, max_body_bytes: int) -> Answer | None:
    """The reply that ``data`` is, no more and no less; None if it is not plainly that."""
    if not data.startswith(_OK):
        return None
    end = data.find(_END, 0, _MAX_HEAD_BYTES) + len(_END)
    head = data[:end]
    lower = head.lower()
    length = _length(lower)
    if length is None or len(data) != end + length or length > max_body_bytes:
        return None
    return Answer(200, HeadersOf(head, lower), data[end:])


def _length(lower: bytes) -> int | None:
    """The one Content-Length of a head that says nothing else about framing, unless to keep the connection."""
    length = None
    for line in _FRAMING.findall(lower):
        if length is None and line.startswith(_LENGTH) and line.endswith(b"\r"):
            length = line[len(_LENGTH) : -1]
        elif line != _KEEP_ALIVE:
            return None
    is_count = length is not None and length.isdigit() and len(length) <= _MAX_LENGTH_DIGITS
    return int(length) if length is not None and is_count else None

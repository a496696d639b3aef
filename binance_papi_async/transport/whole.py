"""The common reply, read straight from its bytes: a 200 that came whole in one piece.

Building aiohttp's table of some twenty headers, of which three are looked at, costs more than all the rest
of reading a reply. Here nothing is built. Whatever is not plainly the common case is left to aiohttp's parser:
another status, another framing than one Content-Length, an encoding, a connection that closes,
a byte too many or too few.

Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from binance_papi_async.wire.message import Answer

_OK: Final = b"HTTP/1.1 200 "
_END: Final = b"\r\n\r\n"
_LENGTH: Final = b"\r\ncontent-length: "
_UNCOMMON: Final = (
    b"\r\ntransfer-encoding:",
    b"\r\ncontent-encoding:",
    b"\r\nupgrade:",
    b"\r\ntrailer:",
    b"\r\n ",  # a header that goes on in the next line
    b"\r\n\t",
)
_CONNECTION: Final = b"\r\nconnection:"
_KEEP_ALIVE: Final = b"\r\nconnection: keep-alive\r\n"
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
    at = lower.find(_LENGTH)
    if at < 0 or not _is_common(lower, at):
        return None
    begin = at + len(_LENGTH)
    length = lower[begin : lower.find(b"\r", begin)]
    if not length.isdigit() or len(length) > _MAX_LENGTH_DIGITS:
        return None
    if len(data) != end + int(length) or len(data) - end > max_body_bytes:
        return None
    return Answer(200, HeadersOf(head, lower), data[end:])


def _is_common(lower: bytes, length_at: int) -> bool:
    """Whether a head says nothing that changes how its body is read, or what comes after."""
    if any(words in lower for words in _UNCOMMON) or lower.find(_LENGTH[:-1], length_at + 2) >= 0:
        return False
    return _CONNECTION not in lower or (_KEEP_ALIVE in lower and lower.count(_CONNECTION) == 1)

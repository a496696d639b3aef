"""The journal itself: what is open, in memory and in its file."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable
from typing import Any, Final, Literal, Self, TypeAlias

from binance_papi_async.declaring.request import Request
from binance_papi_async.errors import JournalError
from binance_papi_async.journal.file import File
from binance_papi_async.journal.line import became, forgotten, header, left
from binance_papi_async.journal.reading import Entry, Reading, Unreadable, read
from binance_papi_async.outcome import Done, Outcome, Unknown

Fsync: TypeAlias = Literal["never", "always"]
"""Whether what is about to leave has to be on the disk first, or only with the kernel; a new file likewise."""
MAX_BYTES: Final = 4 << 20
"""About 10,000 requests with their outcomes."""
_log = logging.getLogger("binance_papi_async")


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


class Journal:
    """What is about to leave and what became of it, in a file that outlives the process.

    Opening reads what is there: ``unresolved`` is what may have left and has no outcome.
    A last line that a crash has torn is cut off, a line that cannot be read is kept; one warning tells of both.
    A second opener of one path, and a forked child, get a ``JournalError``. For one thread.

    ``fsync="always"`` survives a loss of power, too, and costs a write to the disk before each request;
    ``"never"`` survives whatever happens to the process.
    ``max_bytes`` bounds the file: grown beyond that, and beyond twice what is open, it is replaced by one of
    what is open, and is kept beside it as ``.1``.
    ``account`` is a name that the file has to bear, so that orders are not looked for in another account.
    ``timestamp_ms`` tells the time that is written, until a client that the journal is handed to tells the exchange's.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        fsync: Fsync = "never",
        max_bytes: int = MAX_BYTES,
        account: str = "",
        timestamp_ms: Callable[[], int] = _wall_ms,
    ) -> None:
        self._file = File(os.path.realpath(path))
        self._is_synced = fsync == "always"
        self._max_bytes = max_bytes
        self._account = account
        self._stamp: Callable[[], tuple[int, int | None]] = lambda: (timestamp_ms(), None)
        self._has_warned = False
        try:
            reading = self._read()
        except BaseException:
            self.close()
            raise
        self._next = reading.next
        self._left = {number: line.text + b"\n" for number, line in reading.left.items()}
        self._doubts = {number: line.text + b"\n" for number, line in reading.doubts.items()}
        self._spoilt = [line.text + b"\n" for line in reading.spoilt]
        self._entries = {entry.number: entry for entry in reading.entries}
        self._unreadable = tuple(reading.unreadable)
        self._rotates_at = max_bytes
        self._warn_of(reading)

    def __repr__(self) -> str:
        return f"<Journal {self.path}: {len(self._left)} open>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def path(self) -> str:
        """Where the file is."""
        return self._file.path

    @property
    def unresolved(self) -> tuple[Entry, ...]:
        """What may have left before this was opened, and has no outcome yet."""
        return tuple(self._entries.values())

    @property
    def unreadable(self) -> tuple[Unreadable, ...]:
        """Lines that told nothing when this was opened; they stay in the file until somebody deletes them."""
        return self._unreadable

    def follow(self, stamp: Callable[[], tuple[int, int | None]]) -> None:
        """Write the time that this tells from now on: ms since 1970, and by how many ms that may be off, None if it does not say."""
        self._stamp = stamp

    def begin(self, request: Request[Any], *, recv_window: int | None = None) -> int:
        """Write what is about to leave; the number is for ``end``.

        ``recv_window`` in ms is what it is sent with: so much later it may still arrive.
        Raises JournalError if it cannot be written: then it has to stay.
        """
        number, (time_ms, off_ms) = self._next, self._stamp()
        line = left(number, time_ms, request, off_ms=off_ms, recv_window=recv_window)
        self._file.append(line, is_synced=self._is_synced)
        self._next = number + 1
        self._left[number] = line
        return number

    def begin_at_any_rate(
        self, request: Request[Any], *, recv_window: int | None = None
    ) -> int | None:
        """The same of what must leave whatever the disk says, a cancel: None, and a warning, if it cannot be written."""
        try:
            return self.begin(request, recv_window=recv_window)
        except JournalError as error:
            self._warn_once(f"{error}; cancels leave all the same, and nothing else does")
            return None

    def begin_many(
        self, requests: Iterable[Request[Any]], *, recv_window: int | None = None
    ) -> range:
        """The same of many, in one go: all of them are written, or none."""
        (time_ms, off_ms), first = self._stamp(), self._next
        lines = [
            left(number, time_ms, each, off_ms=off_ms, recv_window=recv_window)
            for number, each in enumerate(requests, first)
        ]
        self._file.append(b"".join(lines), is_synced=self._is_synced)
        self._next = first + len(lines)
        numbers = range(first, self._next)
        self._left.update(zip(numbers, lines, strict=True))
        return numbers

    def end(self, number: int, outcome: Outcome[Any] | Done[Any]) -> None:
        """Write what became of it; after an ``Unknown`` it stays open.

        Raises nothing: what cannot be written stays open in the file, and a warning says so.
        """
        line = became(number, self._stamp()[0], outcome)
        self._tell(number, line, is_open=isinstance(outcome, Unknown))

    def forget(self, number: int) -> None:
        """Write that somebody knows by other means what became of it: it is open no more. Raises nothing, as ``end``."""
        self._tell(number, forgotten(number, self._stamp()[0]), is_open=False)

    def sync(self) -> None:
        """Have all that is written on the disk; may be called in a thread. Raises JournalError."""
        self._file.sync()

    def close(self) -> None:
        """Let another process have it; what is open stays open."""
        self._file.close()

    def _read(self) -> Reading:
        content = self._file.content()
        reading = read(content, self.path) if content else Reading()
        if reading.account not in (None, self._account):
            raise JournalError(
                f"the journal {self.path} is of account {reading.account!r}, not {self._account!r}: "
                "name a path for each account",
                path=self.path,
            )
        whole = content.removesuffix(reading.torn)
        if reading.torn:
            self._file.cut(len(whole))
        if whole and not whole.endswith(b"\n"):
            self._file.append(b"\n")
        if not whole:
            self._file.append(header(self._account, reading.next))
        return reading

    def _tell(self, number: int, line: bytes, *, is_open: bool) -> None:
        """Write what there is to tell of what left under that number."""
        try:
            self._file.append(line)
        except JournalError as error:
            self._warn_once(f"{error}; what ends meanwhile stays open there")
            return
        self._has_warned = False
        if is_open:
            self._doubts[number] = line
        else:
            for lines in (self._left, self._doubts, self._entries):
                lines.pop(number, None)
        if self._file.size > self._rotates_at:
            self._rotate()

    def _warn_of(self, reading: Reading) -> None:
        """Tell once what could not be read, and what that means."""
        told: list[str] = []
        if reading.torn:
            told.append(
                f"its last line was torn, which had not left, and is cut off: {reading.torn!r}"
            )
        if reading.unreadable:
            lines = ", ".join(f"{each.line} ({each.reason})" for each in reading.unreadable)
            told.append(
                f"lines cannot be read: {lines}; something may have left that is not in `unresolved`: "
                "see `unreadable`, and delete them once you know"
            )
        if told:
            _log.warning("journal %s: %s", self.path, "; ".join(told))

    def _rotate(self) -> None:
        """Begin a new file with what is open, so that its size stays bounded."""
        lines = [*self._spoilt, *self._left.values(), *self._doubts.values()]
        content = b"".join([header(self._account, self._next), *lines])
        try:
            self._file.replace(content, is_synced=self._is_synced)
        except JournalError as error:
            self._warn_once(f"{error}; it grows meanwhile")
        self._rotates_at = max(self._max_bytes, 2 * self._file.size)

    def _warn_once(self, text: str) -> None:
        if not self._has_warned:
            self._has_warned = True
            _log.warning("%s", text)

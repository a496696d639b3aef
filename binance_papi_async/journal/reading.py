"""What the lines of a journal come to: what may have left and has no outcome, and what cannot be read.

Nothing is dropped in silence. A last line that is not whole was torn as the process died: what it was to
tell had not left, for sending begins after it. Any other line that is not as it was written is told.
Pure: nothing here reads a clock, a socket or a file.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from msgspec import Struct, json

from binance_papi_async.declaring.request import Request
from binance_papi_async.errors import (
    JournalError,
    PapiError,
    UnknownOutcomeError,
    error_from_builtins,
)
from binance_papi_async.journal.line import DOUBT, VERSION, Header, Record, may_begin, unsealed
from binance_papi_async.outcome import Unknown
from binance_papi_async.outcome_json import request_from_builtins


class Entry(NamedTuple):
    """Something that may have left, and whose outcome the journal does not know."""

    number: int
    """What ``Journal.end`` takes, once the outcome is known."""
    left_at_ms: int
    """When it was about to leave, ms since 1970."""
    outcome: Unknown
    """The request, and why nobody knows: what the deadline passed on, or that the process ended first."""
    off_ms: int | None = None
    """By how much ``left_at_ms`` may be off; None if its line does not say."""
    recv_window: int | None = None
    """In ms: so much later it may still have arrived; None if its line does not say."""

    @property
    def request(self) -> Request[Any]:
        """What may have been carried out."""
        return self.outcome.request


class Unreadable(NamedTuple):
    """A line that is not as it was written, or tells of a request that cannot be made any more."""

    line: int
    """Counted as editors do, from 1."""
    text: str
    reason: str


class Line(NamedTuple):
    """Where it stands, and the whole of it."""

    place: int
    text: bytes


class Reading(Struct):
    """What the lines so far come to."""

    account: str | None = None
    """Whose journal it is; None if no line says so."""
    next: int = 1
    """The first number that no record has had."""
    left: dict[int, Line] = {}
    """Of what is open, the line that tells of its leaving."""
    doubts: dict[int, Line] = {}
    """Of what nobody knew at its deadline, the last line that says so."""
    spoilt: list[Line] = []
    """Lines that are not as they were written."""
    entries: list[Entry] = []
    unreadable: list[Unreadable] = []
    torn: bytes = b""
    """The last line, if the process died as it was written."""


def read(content: bytes, path: str) -> Reading:
    """All of a file. Raises JournalError if it is none of ours; ``path`` is for the message."""
    *texts, rest = content.split(b"\n")
    for text in (
        rest,
        rest[:-1],
    ):  # whole but for its end, which is lacking or spoilt: it may have left
        if unsealed(text) is not None:
            texts.append(text)
            rest = rest[len(text) :]
    reading = Reading(torn=rest)
    for place, text in enumerate(texts, 1):
        _learn(reading, Line(place, text), path)
    if len(reading.spoilt) == len(texts) and not (may_begin(rest) and not texts):
        raise JournalError(
            f"{path} is no journal, or nothing of it can be read: name another path, or move it away",
            path=path,
        )
    for number, line in reading.left.items():
        _tell(reading, number, line)
    return reading


def _learn(reading: Reading, line: Line, path: str) -> None:
    body = unsealed(line.text)
    if body is None:
        _spoil(reading, line, "its checksum is wrong")
        return
    try:
        if body.startswith(b'{"journal"'):
            _learn_header(reading, json.decode(body, type=Header), path)
        else:
            _learn_record(reading, line, json.decode(body, type=Record))
    except ValueError as error:
        _spoil(reading, line, str(error))


def _spoil(reading: Reading, line: Line, reason: str) -> None:
    reading.spoilt.append(line)
    reading.unreadable.append(_unreadable(line, reason))


def _learn_header(reading: Reading, header: Header, path: str) -> None:
    if header.version != VERSION:
        raise JournalError(
            f"the journal {path} is of version {header.version}, and this package reads version {VERSION}: "
            "open it with the package that wrote it, or move it away once nothing in it is open",
            path=path,
        )
    reading.account = header.account
    reading.next = max(reading.next, header.next)


def _learn_record(reading: Reading, line: Line, record: Record) -> None:
    reading.next = max(reading.next, record.n + 1)
    if record.outcome is None:
        reading.left[record.n] = line
    elif record.outcome != DOUBT:
        reading.left.pop(record.n, None)
        reading.doubts.pop(record.n, None)
    elif record.n in reading.left:
        reading.doubts[record.n] = line


def _tell(reading: Reading, number: int, line: Line) -> None:
    """What is open, as an entry; or why it cannot be one."""
    record = _record(line)
    try:
        request = request_from_builtins(json.decode(record.left))
        doubt = _doubt(reading.doubts.get(number))
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        reason = f"its request cannot be made: {type(error).__name__}: {error}"
        reading.unreadable.append(_unreadable(line, reason))
        return
    doubt.request = request
    unknown = Unknown(request, doubt)
    reading.entries.append(Entry(number, record.time, unknown, record.off, record.recv_window))


def _doubt(line: Line | None) -> PapiError:
    """Why nobody knows what became of something."""
    told = _record(line).error if line else None
    if told is None:
        return UnknownOutcomeError(
            "the process that was about to send it ended before it knew more"
        )
    return error_from_builtins(told)


def _record(line: Line) -> Record:
    return json.decode(unsealed(line.text) or b"", type=Record)


def _unreadable(line: Line, reason: str) -> Unreadable:
    return Unreadable(line.place, line.text.decode(errors="backslashreplace"), reason)

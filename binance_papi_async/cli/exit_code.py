"""What the exit code of ``papi`` says: did it happen?"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from enum import IntEnum
from typing import Any, Final

from binance_papi_async.errors import NotSentError, PapiError, RefusedError
from binance_papi_async.outcome import (
    AlreadyClosed,
    Canceled,
    Closed,
    NotSent,
    Outcome,
    Refused,
    Triggered,
    Unknown,
)
from binance_papi_async.place_outcome import (
    Modified,
    ModifyOutcome,
    NotModified,
    NotPlaced,
    Placed,
    PlaceOutcome,
)


class ExitCode(IntEnum):
    """How a command ended."""

    DONE = 0
    """Of a cancel: every order is closed. Of a place: the exchange took it. Of a change: the order rests as it was asked for."""
    REFUSED = 1
    """The exchange said no, or the order had triggered and placed another, or was closed before it could be changed;
    or, of the demo, the client and the truth disagree."""
    USAGE = 2
    """The arguments, the environment or the installation are wrong; nothing was asked."""
    NOT_SENT = 3
    """What was asked for did not leave this machine, or provably changed nothing there."""
    UNKNOWN = 4
    """It left, and nobody knows what became of it."""
    INTERRUPTED = 130


WORST_FIRST: Final = (ExitCode.UNKNOWN, ExitCode.NOT_SENT, ExitCode.REFUSED)
"""Which code a batch ends with when its orders ended differently."""


class UsageError(Exception):
    """The arguments, the environment or the installation are wrong."""


def exit_code_of(error: PapiError) -> ExitCode:
    """The exit code that tells what the error tells."""
    if isinstance(error, RefusedError):
        return ExitCode.REFUSED
    if isinstance(error, NotSentError):
        return ExitCode.NOT_SENT
    return ExitCode.UNKNOWN


def exit_code_of_outcome(outcome: Outcome[Any]) -> ExitCode:
    """The exit code that tells what became of one order."""
    match outcome:
        case Canceled() | AlreadyClosed() | Closed():
            return ExitCode.DONE
        case Refused() | Triggered():
            return ExitCode.REFUSED
        case NotSent():
            return ExitCode.NOT_SENT
        case Unknown():
            return ExitCode.UNKNOWN


def exit_code_of_place(outcome: PlaceOutcome[Any] | ModifyOutcome[Any]) -> ExitCode:
    """The exit code that tells what became of an order to be placed or changed."""
    match outcome:
        case Placed() | Modified():
            return ExitCode.DONE
        case Refused() | AlreadyClosed():
            return ExitCode.REFUSED
        case NotSent() | NotPlaced() | NotModified():
            return ExitCode.NOT_SENT
        case Unknown():
            return ExitCode.UNKNOWN


def worst(codes: Iterable[ExitCode]) -> ExitCode:
    """One code for many: unknown before not sent before refused, and done only if all are."""
    seen = set(codes)
    return next((code for code in WORST_FIRST if code in seen), ExitCode.DONE)


@contextmanager
def as_usage(subject: str = "") -> Generator[None, None, None]:
    """Turn what goes wrong while a request or a client is made into UsageError about ``subject``."""
    try:
        yield
    except (ValueError, TypeError, OSError, ImportError) as error:
        raise UsageError(f"{subject}: {error}" if subject else str(error)) from error


def check_seconds(option: str, seconds: float | None) -> None:
    """UsageError for a time that is none."""
    if seconds is not None and not seconds > 0:
        raise UsageError(f"{option} must be above zero seconds, not {seconds}")

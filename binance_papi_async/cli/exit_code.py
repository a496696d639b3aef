"""What the exit code of ``papi`` says: did it happen?"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from enum import IntEnum

from binance_papi_async.errors import NotSentError, PapiError, RefusedError


class ExitCode(IntEnum):
    """How a command ended."""

    DONE = 0
    REFUSED = 1
    """The exchange said no; or, of the demo, the client and the truth disagree."""
    USAGE = 2
    """The arguments, the environment or the installation are wrong; nothing was asked."""
    NOT_SENT = 3
    """What was asked for did not leave this machine."""
    UNKNOWN = 4
    """It left, and nobody knows what became of it."""
    INTERRUPTED = 130


class UsageError(Exception):
    """The arguments, the environment or the installation are wrong."""


def exit_code_of(error: PapiError) -> ExitCode:
    """The exit code that tells what the error tells."""
    if isinstance(error, RefusedError):
        return ExitCode.REFUSED
    if isinstance(error, NotSentError):
        return ExitCode.NOT_SENT
    return ExitCode.UNKNOWN


@contextmanager
def as_usage(subject: str = "") -> Generator[None, None, None]:
    """Turn what goes wrong while a request or a client is made into UsageError about ``subject``."""
    try:
        yield
    except (ValueError, TypeError, OSError, ImportError) as error:
        raise UsageError(f"{subject}: {error}" if subject else str(error)) from error

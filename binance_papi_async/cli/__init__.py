"""The command ``papi``. Needs extra ``cli``, which is imported only when the command runs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper

from binance_papi_async.cli.exit_code import ExitCode

__all__ = ["ExitCode", "main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command with these arguments, by default the process's; returns its exit code."""
    try:
        for extra in ("cyclopts", "rich"):
            import_module(extra)
    except ImportError:
        sys.stderr.write(
            'papi: the command line needs an extra: pip install "binance-papi-async[cli]"\n'
        )
        return ExitCode.USAGE
    from binance_papi_async.cli.app import run

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # some symbols are not in Latin letters
    return run(sys.argv[1:] if argv is None else argv)

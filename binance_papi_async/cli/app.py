"""The command's table of contents, and how its errors end."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from binance_papi_async.cli.asking import limits, orders, ping, time
from binance_papi_async.cli.bench import bench
from binance_papi_async.cli.cancelling import OrderFile, cancel, cancel_all, cancel_many
from binance_papi_async.cli.demo import demo
from binance_papi_async.cli.exit_code import ExitCode, UsageError, exit_code_of
from binance_papi_async.cli.placing import OrderTerms, modify, place
from binance_papi_async.cli.reach import Reach
from binance_papi_async.cli.render import console, note
from binance_papi_async.cli.simulation import simulate
from binance_papi_async.errors import PapiError
from binance_papi_async.version import __version__

if TYPE_CHECKING:
    from cyclopts import App

COMMANDS = (
    *(demo, bench, simulate),
    *(place, modify, cancel, cancel_many, cancel_all, orders),
    *(ping, time, limits),
)
_SILENCE = logging.NullHandler()
"""What the client logs as it closes, the command has told by then, in its own words."""


def run(tokens: Sequence[str]) -> ExitCode:
    """Run one command; an error is one line on stderr and an exit code."""
    logging.getLogger("binance_papi_async").addHandler(_SILENCE)
    try:
        return _run(tokens)
    except UsageError as error:
        note(error)
        return ExitCode.USAGE
    except PapiError as error:
        note(f"{type(error).__name__}: {error}")
        return exit_code_of(error)
    except KeyboardInterrupt:
        note("interrupted; what was under way may have been carried out")
        return ExitCode.INTERRUPTED


def _run(tokens: Sequence[str]) -> ExitCode:
    from cyclopts import CycloptsError, UnusedCliTokensError

    try:
        command, bound, _ = _app().parse_args(list(tokens), exit_on_error=False, print_error=False)
    except UnusedCliTokensError as error:  # not quoted: one may be a secret
        raise UsageError("there are more arguments than the command takes; see --help") from error
    except CycloptsError as error:
        raise UsageError(str(error)) from error
    result = command(*bound.args, **bound.kwargs)
    return asyncio.run(result) if asyncio.iscoroutine(result) else ExitCode.DONE


def _app() -> App:
    from cyclopts import App, Parameter

    app = App(
        "papi",
        help="Binance Portfolio Margin, and an exchange to try it on.",
        version=__version__,
        console=console(sys.stdout),
        default_parameter=Parameter(negative=(), consume_multiple=True),
    )
    for options in (Reach, OrderTerms):
        Parameter(name="*")(options)  # its fields are options of the command
    Parameter(allow_leading_hyphen=True)(OrderFile)  # a lone - is standard input
    for command in COMMANDS:
        app.command(command)
    return app

"""How results and troubles are written.

Results go to stdout, everything else to stderr; colours, frames and progress only to a terminal.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Final, TextIO

from msgspec import Struct, to_builtins

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.progress import Progress

PIPE_WIDTH: Final = 1000
"""Columns where there is no terminal: whoever reads a pipe wants whole lines."""


def show(result: Struct, rows: Mapping[str, object], *, as_json: bool) -> None:
    """Write one result: a JSON object on one line, or a table of two columns."""
    if as_json:
        show_lines([result])
    else:
        show_rows(rows)


def show_rows(rows: Mapping[str, object]) -> None:
    """Write a table of two columns."""
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    for name, value in rows.items():
        table.add_row(name, printable(value))
    _write(_drawn(table))


def show_lines(results: Iterable[Struct]) -> None:
    """Write results as JSON, one object on each line."""
    _write("".join(f"{_json_of(result)}\n" for result in results))


def show_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write many results of a kind as a table."""
    from rich import box
    from rich.table import Table

    table = Table(*head, box=box.SIMPLE_HEAD if sys.stdout.isatty() else None, pad_edge=False)
    for row in rows:
        table.add_row(*map(printable, row))
    _write(_drawn(table))


def show_text(text: str) -> None:
    """Write text that is meant to be copied: lines are not broken."""
    _write(f"{text}\n")


def note(text: object) -> None:
    """Tell the user something on one line that is not a result."""
    sys.stderr.write(f"papi: {printable(text)}\n")
    sys.stderr.flush()


def progress() -> Progress:
    """A progress bar, invisible where there is no terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=console(sys.stderr),
        disable=not sys.stderr.isatty(),
        transient=True,
    )


def console(stream: TextIO, width: int | None = None) -> Console:
    """Draws for a stream, and takes nobody's text for markup."""
    from rich.console import Console

    return Console(
        file=stream,
        force_terminal=None if stream.isatty() else False,
        width=width,
        markup=False,
        highlight=False,
        emoji=False,
    )


def printable(value: object) -> str:
    """Text on one line, without what could steer a terminal: some of it comes from the network."""
    line = " ".join(str(value).split())
    return "".join(letter if letter.isprintable() else "?" for letter in line)


def plain(value: object) -> object:
    """Decimals in plain digits, and nothing for what is not known."""
    if value is None:
        return ""
    return f"{value:f}" if isinstance(value, Decimal) else value


def _json_of(result: Struct) -> str:
    """JSON in ASCII, which every pipe carries; decimals in plain digits, as the exchange writes them."""
    values = to_builtins(result, builtin_types=(Decimal,))
    return json.dumps(values, default=plain, separators=(",", ":"))


def _drawn(renderable: RenderableType) -> str:
    drawer = console(sys.stdout, None if sys.stdout.isatty() else PIPE_WIDTH)
    with drawer.capture() as capture:
        drawer.print(renderable)
    return "".join(f"{line.rstrip()}\n" for line in capture.get().splitlines())


def _write(text: str) -> None:
    """Write to stdout; a reader who has left, as ``head`` does, changes nothing about what was done."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

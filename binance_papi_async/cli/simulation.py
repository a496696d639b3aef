"""``papi simulate``: an exchange on this machine, for trying things out."""

from __future__ import annotations

import asyncio
import shlex
import signal
from collections import defaultdict
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from msgspec import Struct

from binance_papi_async.cli.exit_code import ExitCode, UsageError, as_usage
from binance_papi_async.cli.render import note, show_lines, show_text
from binance_papi_async.simulator import SIMULATED_API_KEY, SIMULATED_SECRET, Simulator

KEPT_ARRIVALS: Final = 10_000
"""An exchange that runs for days must not remember every call."""


class Running(Struct, rename="camel"):
    """What ``papi simulate`` tells when it is ready."""

    base_url: str
    ca_file: str | None
    environment: dict[str, str]
    orders: dict[str, list[int]]
    """Ids of the orders that rest, by symbol."""
    example: str


async def simulate(
    *,
    port: int = 0,
    tls: bool = False,
    rest: Sequence[str] | None = None,
    json: bool = False,
) -> ExitCode:
    """Run a simulated exchange on this machine until it is stopped.

    :param port: Where to listen; 0 takes a free port.
    :param tls: Serve HTTPS with a certificate made for this run.
    :param rest: Orders to rest first: SYMBOL:N, as often as wanted.
    :param json: Write JSON, one object on one line.
    """
    wanted = [_wanted(text) for text in rest or ()]
    with TemporaryDirectory(prefix="papi-simulate-") as folder:
        async with listening(port=port, tls=tls, keep=KEPT_ARRIVALS) as exchange:
            stopped = _stop_event()
            running = _described(exchange, _rested(exchange, wanted), Path(folder))
            if json:
                show_lines([running])
            else:
                show_text(_page(running))
                note("stop the exchange with Ctrl-C")
            await stopped.wait()
    return ExitCode.DONE


@asynccontextmanager
async def listening(
    *, port: int = 0, tls: bool = False, keep: int | None = None
) -> AsyncGenerator[Simulator, None]:
    """Serve a simulated exchange; UsageError if that is not possible here."""
    if not 0 <= port <= 65535:  # noqa: PLR2004 - the largest port there is
        raise UsageError(f"--port goes from 0 to 65535, not {port}")
    exchange = _made(port=port, tls=tls, keep=keep)
    with as_usage(f"cannot listen on port {port}"):
        await exchange.server.start()
    try:
        yield exchange
    finally:
        await exchange.server.stop()


def _made(*, port: int, tls: bool, keep: int | None) -> Simulator:
    try:
        return Simulator(port=port, tls=tls, keep=keep)
    except ImportError as error:
        raise UsageError(
            '--tls needs an extra: pip install "binance-papi-async[crypto]"'
        ) from error


def _wanted(text: str) -> tuple[str, int]:
    """``("LTCBTC", 3)`` of ``LTCBTC:3``."""
    symbol, _, count = text.partition(":")
    if not symbol.isalnum() or not count.isdecimal() or int(count) < 1:
        raise UsageError(f"--rest takes SYMBOL:N, like LTCBTC:3, not {text}")
    return symbol, int(count)


def _rested(exchange: Simulator, wanted: Sequence[tuple[str, int]]) -> dict[str, list[int]]:
    orders: defaultdict[str, list[int]] = defaultdict(list)
    for symbol, count in wanted:
        orders[symbol] += exchange.rest(symbol, count)
    return dict(orders)


def _described(exchange: Simulator, orders: dict[str, list[int]], folder: Path) -> Running:
    ca_file = None
    if exchange.certificates is not None:
        ca_file = folder / "certificate.pem"
        ca_file.write_bytes(exchange.certificates.certificate)
    return Running(
        base_url=exchange.base_url,
        ca_file=None if ca_file is None else str(ca_file),
        environment={
            "BINANCE_API_KEY": SIMULATED_API_KEY,
            "BINANCE_API_SECRET": SIMULATED_SECRET,
        },
        orders=orders,
        example=_example(exchange.base_url, ca_file, orders),
    )


def _example(base_url: str, ca_file: Path | None, orders: dict[str, list[int]]) -> str:
    command = ["papi", "time"]
    for symbol, order_ids in orders.items():
        command = ["papi", "cancel", symbol, "--order-id", str(order_ids[0])]
        break
    command += ["--base-url", base_url]
    if ca_file is not None:
        command += ["--ca-file", str(ca_file)]
    return shlex.join(command)


def _page(running: Running) -> str:
    orders = [f"{symbol} {len(order_ids):,}" for symbol, order_ids in running.orders.items()]
    lines = [f"base URL: {running.base_url}", f"open orders: {', '.join(orders) or 'none'}"]
    if running.ca_file is not None:
        lines.append(f"certificate: {running.ca_file}")
    exports = [f"export {name}={value}" for name, value in running.environment.items()]
    return "\n".join([*lines, "", *exports, "", running.example])


def _stop_event() -> asyncio.Event:
    """Set by Ctrl-C or SIGTERM."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # on Windows, where Ctrl-C is KeyboardInterrupt
            loop.add_signal_handler(number, stopped.set)
    return stopped

"""A client belongs to one event loop, and so to one thread and one process; elsewhere it sends nothing."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import warnings
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from binance_papi_async import CancelMarginOrder, NotSent, NotSentError, PapiClient
from binance_papi_async.simulator import Simulator

CANCEL = CancelMarginOrder(symbol="LTCBTC", order_id=1)
Use = Callable[[PapiClient], Awaitable[object]]


async def _each(papi: PapiClient) -> object:
    return [outcome async for outcome in papi.cancel_as_completed([CANCEL])]


USES: dict[str, Use] = {
    "send": lambda papi: papi.send(CANCEL),
    "send_all": lambda papi: papi.send_all([CANCEL]),
    "cancel": lambda papi: papi.cancel(CANCEL),
    "cancel_many": lambda papi: papi.cancel_many([CANCEL]),
    "cancel_as_completed": _each,
    "cancel_all": lambda papi: papi.cancel_all(["LTCBTC"]),
    "warm_up": lambda papi: papi.warm_up(1),
    "synchronise": lambda papi: papi.synchronise(),
    "settle": lambda papi: papi.settle(1),
    "close": lambda papi: papi.close(),
    "open": lambda papi: papi.open(),
}
ANY_USE = pytest.mark.parametrize("use", USES.values(), ids=USES)


@pytest.fixture(scope="module")
def exchange() -> Iterator[Simulator]:
    """An exchange in a thread of its own, which outlives every loop here."""
    started, done = threading.Event(), threading.Event()
    running: list[Simulator] = []

    async def serve() -> None:
        async with Simulator() as each:
            running.append(each)
            started.set()
            while not done.is_set():  # noqa: ASYNC110 - the other thread sets no event of ours
                await asyncio.sleep(0.01)

    with ThreadPoolExecutor(1) as pool:
        serving = pool.submit(asyncio.run, serve())
        started.wait(10)
        yield running[0]
        done.set()
        serving.result()


@contextmanager
def opened(exchange: Simulator) -> Iterator[tuple[PapiClient, asyncio.Runner]]:
    """A client, and the loop it was opened in, which does not run now."""
    with asyncio.Runner() as runner:
        papi = exchange.client()
        runner.run(papi.open())
        yield papi, runner
        runner.run(papi.close())


def arrived(exchange: Simulator) -> int:
    """How many calls have come in."""
    return len(exchange.truth.arrivals())


async def used(use: Use, papi: PapiClient) -> str:
    """What is said of it."""
    with pytest.raises(RuntimeError) as raised:
        await use(papi)
    return str(raised.value)


@ANY_USE
def test_another_loop_sends_nothing(use: Use, exchange: Simulator) -> None:
    """The message says what to do instead; in its own loop the client goes on."""
    with opened(exchange) as (papi, runner):
        before = arrived(exchange)
        assert "another event loop: make one for each" in asyncio.run(used(use, papi))
        assert arrived(exchange) == before
        runner.run(papi.general.ping())


@pytest.mark.parametrize("use", [USES["send"], USES["cancel_many"]], ids=["send", "cancel_many"])
def test_another_thread_sends_nothing(use: Use, exchange: Simulator) -> None:
    """Also while the client's own loop runs in the first."""

    async def main() -> None:
        async with exchange.client() as papi:
            before = arrived(exchange)
            said = await asyncio.to_thread(lambda: asyncio.run(used(use, papi)))
            assert "another event loop" in said
            assert arrived(exchange) == before
            await papi.general.ping()

    asyncio.run(main())


def in_child(work: Callable[[], str]) -> str:
    """What it says in a forked process."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python warns of forks among threads, from 3.12 on
        child = os.fork()
    if child == 0:
        try:
            os.write(writing, work().encode())
        except BaseException as error:  # noqa: BLE001 - the parent reads it
            os.write(writing, repr(error).encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as said:
        return said.read()


FORKS = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")


@FORKS
@ANY_USE
def test_a_forked_process_sends_nothing(use: Use, exchange: Simulator) -> None:
    """Neither in the loop it inherited nor in one of its own; the parent's client goes on."""
    with opened(exchange) as (papi, runner):
        before = arrived(exchange)
        assert "before the process was forked" in in_child(lambda: runner.run(used(use, papi)))
        assert "before the process was forked" in in_child(lambda: asyncio.run(used(use, papi)))
        assert arrived(exchange) == before
        runner.run(papi.general.ping())


@FORKS
def test_a_fork_under_a_running_loop_sends_nothing(exchange: Simulator) -> None:
    """The child comes out of the fork in the midst of a coroutine of its parent."""

    async def main() -> None:
        async with exchange.client() as papi:
            before = arrived(exchange)
            call = papi.send(CANCEL)

            def work() -> str:
                try:
                    call.send(None)
                except RuntimeError as error:
                    return str(error)
                return "it was sent"

            assert "before the process was forked" in in_child(work)
            call.close()
            assert arrived(exchange) == before

    asyncio.run(main())


def complaints(main: Callable[[], Any]) -> list[str]:
    """What is warned of while it runs and when all of it is collected."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        main()
        gc.collect()
        gc.collect()
    assert {warning.category for warning in caught} <= {ResourceWarning}
    return [str(warning.message) for warning in caught]


@pytest.mark.parametrize("keep_warm", [0, 3])
@pytest.mark.parametrize("run", ["asyncio", "uvloop"])
def test_a_client_never_closed_gives_one_warning(
    run: str, keep_warm: int, exchange: Simulator
) -> None:
    """It names the client and the way out; its connections, closed with it, are silent."""
    runner: Any = pytest.importorskip(run)

    async def main() -> None:
        papi = exchange.client(keep_warm=keep_warm)
        await papi.open()
        await papi.warm_up(3)

    (said,) = complaints(lambda: runner.run(main()))
    assert "<PapiClient HmacKey(" in said
    assert "never closed" in said
    assert "async with" in said


def test_a_client_dropped_in_a_running_loop_gives_one_warning(exchange: Simulator) -> None:
    """And its connections are ended, rather than held open for as long as the loop runs."""

    async def main() -> None:
        papi = exchange.client()
        await papi.open()
        transport: Any = papi._transport
        assert transport._channels
        del papi
        gc.collect()
        async with asyncio.timeout(5):
            while transport._channels:  # noqa: ASYNC110 - no event tells
                await asyncio.sleep(0.01)

    assert len(complaints(lambda: asyncio.run(main()))) == 1


def test_a_client_whose_loop_was_thrown_away_complains(exchange: Simulator) -> None:
    """Then nobody can close its connections any more, and asyncio complains of each, too."""

    def main() -> None:
        loop = asyncio.new_event_loop()
        loop.run_until_complete(exchange.client().open())
        loop.close()

    assert len([said for said in complaints(main) if "PapiClient" in said]) == 1


def test_neither_a_closed_client_nor_one_never_opened_complains(exchange: Simulator) -> None:
    """Nor one that was refused as it was made, nor one that could not open."""

    async def main() -> None:
        async with exchange.client():
            pass
        exchange.client()
        with pytest.raises(ValueError, match="base_url"):
            PapiClient(base_url="nonsense")
        with pytest.raises(Exception, match="no connection"):
            await PapiClient(base_url="http://127.0.0.1:9", timeout=0.1).open()

    assert complaints(lambda: asyncio.run(main())) == []


@pytest.mark.parametrize("name", ["send", "warm_up", "synchronise"])
def test_a_closed_client_says_that_it_is_closed(name: str, exchange: Simulator) -> None:
    """And that nothing was sent."""

    async def main() -> None:
        async with exchange.client() as papi:
            pass
        with pytest.raises(NotSentError, match="closed: make another"):
            await USES[name](papi)

    asyncio.run(main())


def test_cancels_of_a_closed_client_are_not_sent(exchange: Simulator) -> None:
    """Each has its outcome."""

    async def main() -> None:
        async with exchange.client() as papi:
            pass
        outcomes = [await papi.cancel(CANCEL), *(await papi.cancel_many([CANCEL]))]
        for outcome in outcomes:
            assert isinstance(outcome, NotSent)
            assert "this client is closed" in str(outcome.error)

    asyncio.run(main())

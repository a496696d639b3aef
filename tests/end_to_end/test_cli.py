"""The command ``papi`` as its users meet it: a process with arguments, an environment, output and an exit code."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from binance_papi_async.cli import ExitCode, demo, render
from binance_papi_async.cli.truth_check import disagreements, misplaced
from binance_papi_async.client import PapiClient
from binance_papi_async.endpoints.margin_orders import CancelMarginOrder, NewMarginOrder
from binance_papi_async.enums import OrderType, Side
from binance_papi_async.errors import NotSentError, RefusedError, UnknownOutcomeError
from binance_papi_async.outcome import (
    AlreadyClosed,
    Canceled,
    Closed,
    Evidence,
    NotSent,
    Outcome,
    Outcomes,
    Refused,
    Unknown,
)
from binance_papi_async.place_outcome import NotPlaced, Placed, PlaceOutcome, PlaceOutcomes
from binance_papi_async.simulator import (
    SIMULATED_API_KEY,
    SIMULATED_SECRET,
    Arrival,
    Exchange,
    Fault,
    FaultKind,
    Simulator,
)

ROOT = Path(__file__).parent.parent.parent
PAPI = (sys.executable, "-m", "binance_papi_async.cli")
PASSED_ON = {
    name: os.environ[name] for name in ("PATH", "PYTHONPYCACHEPREFIX") if name in os.environ
}
SURROUNDINGS = PASSED_ON | {"PYTHONPATH": str(ROOT), "FORCE_COLOR": "1"}
KEYS = {"BINANCE_API_KEY": SIMULATED_API_KEY, "BINANCE_API_SECRET": SIMULATED_SECRET}
WRONG_SECRET = "notTheSecretOfThisAccount".ljust(64, "x")
PATIENCE = 20
ESCAPE = "\x1b"


class Ran(NamedTuple):
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str


def papi(*arguments: str, env: dict[str, str] | None = None, given: str = "") -> Ran:
    """Run the command; whatever it does, it shows no secret, no traceback and no escape sequence."""
    ran = subprocess.run(
        [*PAPI, *arguments],
        env=SURROUNDINGS | (KEYS if env is None else env),
        input=given,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return checked(Ran(ran.returncode, ran.stdout, ran.stderr))


def checked(ran: Ran) -> Ran:
    """A run whose output is fit to be seen."""
    for never in (SIMULATED_SECRET, WRONG_SECRET, "signature=", "Traceback", ESCAPE):
        assert never not in ran.out + ran.err
    return ran


@contextmanager
def simulating(
    *arguments: str,
) -> Generator[tuple[subprocess.Popen[str], dict[str, Any]], None, None]:
    """``papi simulate`` while it runs, and what it said when it was ready."""
    process = subprocess.Popen(
        [*PAPI, "simulate", "--json", *arguments],
        env=SURROUNDINGS,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None
            yield process, json.loads(process.stdout.readline())
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    """An exchange with orders 1001 to 1005 open on LTCBTC."""
    with simulating("--rest", "LTCBTC:5") as (_, told):
        yield told["baseUrl"]


def an_order(base_url: str) -> dict[str, Any]:
    """One order that is open."""
    told = papi("orders", "LTCBTC", "--json", "--base-url", base_url)
    first: dict[str, Any] = json.loads(told.out.splitlines()[0])
    return first


@asynccontextmanager
async def started(
    *arguments: str,
) -> AsyncGenerator[tuple[asyncio.subprocess.Process, Callable[[], Any]], None]:
    """The command while it runs, beside an exchange in this process; and how to wait for its end."""
    process = await asyncio.create_subprocess_exec(
        *PAPI,
        *arguments,
        env=SURROUNDINGS | KEYS,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )

    async def ended() -> Ran:
        out, err = await asyncio.wait_for(process.communicate(), PATIENCE)
        assert process.returncode is not None
        return checked(Ran(process.returncode, out.decode(), err.decode()))

    try:
        yield process, ended
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


# What a command is told wrong, and what it says about it. No exchange is asked.
WRONG_USE = (
    ("cancel LTCBTC", "one of the two"),
    ("cancel LTCBTC --order-id 1 --client-order-id a", "not both"),
    ("cancel LTCBTC --order-id 28.7", "whole number"),
    ("cancel LTCBTC --order-id 1 surplus", "more arguments"),
    ("ping --timeout 0", "timeout must be above zero"),
    ("ping --base-url http://example.com", "https://"),
    ("ping --ca-file pyproject.toml", "no file of certificates"),
    ("ping --api-secret=hunter22", "Unknown option: --api-secret."),
    ("nonsense", 'Unknown command "nonsense"'),
    ("cancel LTCBTC --order-id 1 --deadline 0", "--deadline must be above zero"),
    ("cancel-many --json", "FILE"),
    ("cancel-many nowhere.csv", "cannot read the orders"),
    ("cancel-many --nonsense=hunter22", "Unknown option: --nonsense."),
    ("cancel-many - --deadline -1", "--deadline must be above zero"),
    ("cancel-all", "name the symbols"),
    ("cancel-all LTCBTC --deadline nan", "--deadline must be above zero"),
    ("demo --orders 0", "at least 1"),
    ("demo --seed 1", "--faults"),
    ("simulate --rest LTCBTC", "SYMBOL:N"),
    ("simulate --port 65536", "65535"),
)


@pytest.mark.parametrize(("arguments", "said"), WRONG_USE, ids=[row[0] for row in WRONG_USE])
def test_wrong_use_is_told_before_anything_is_asked(
    arguments: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line on stderr names what is wrong; exit code 2, nothing on stdout."""
    from binance_papi_async.cli import main

    code = main(arguments.split())
    out, err = capsys.readouterr()
    assert (code, out) == (ExitCode.USAGE, "")
    assert said in err
    assert err.startswith("papi: ")
    assert err.count("\n") == 1
    assert "hunter22" not in err


class Row(NamedTuple):
    """A command against the running exchange, and how it ends."""

    arguments: str
    code: ExitCode
    said: str
    """On stderr; empty if it must be silent."""
    env: dict[str, str] = KEYS
    has_result: bool = False


ROWS = (
    Row("cancel LTCBTC --order-id 1005", ExitCode.DONE, "", has_result=True),
    Row("cancel LTCBTC --order-id 1005 --urgent", ExitCode.DONE, "", has_result=True),
    Row("ping", ExitCode.DONE, "", {}, has_result=True),
    Row("time", ExitCode.DONE, "", {}, has_result=True),
    Row("limits", ExitCode.DONE, "", {}, has_result=True),
    Row("cancel LTCBTC --order-id 28", ExitCode.REFUSED, "does not exist", has_result=True),
    Row(
        "cancel LTCBTC --order-id 1001",
        ExitCode.REFUSED,
        "AuthenticationError",
        KEYS | {"BINANCE_API_SECRET": WRONG_SECRET},
        has_result=True,
    ),
    Row("cancel-all EMPTY", ExitCode.DONE, "", has_result=True),
    Row(
        "cancel-all LTCBTC",
        ExitCode.REFUSED,
        "LTCBTC is not proven empty: AuthenticationError",
        KEYS | {"BINANCE_API_SECRET": WRONG_SECRET},
        has_result=True,
    ),
    Row("orders LTCBTC", ExitCode.USAGE, "BINANCE_API_KEY is not set", {}),
    Row(
        "limits",
        ExitCode.USAGE,
        "neither BINANCE_API_SECRET",
        {"BINANCE_API_KEY": SIMULATED_API_KEY},
    ),
    Row(
        "cancel LTCBTC --order-id 1001 --base-url http://127.0.0.1:9", ExitCode.NOT_SENT, "connect"
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.code.name}-{row.arguments}")
def test_the_exit_code_says_whether_it_happened(row: Row, base_url: str) -> None:
    """A result, and what became of an order is one, goes to stdout; an error is one line on stderr."""
    arguments = row.arguments.split()
    if "--base-url" not in arguments:
        arguments += ["--base-url", base_url]
    code, out, err = papi(*arguments, env=row.env)
    assert code == row.code
    assert bool(out) is row.has_result
    assert row.said in err
    assert err.count("\n") == bool(row.said)


def test_a_cancel_tells_what_it_left(base_url: str) -> None:
    """The JSON is the outcome, numbers as the exchange wrote them; the order is no longer listed."""
    order = an_order(base_url)
    name = order["clientOrderId"]
    ran = papi("cancel", "LTCBTC", "--client-order-id", name, "--json", "--base-url", base_url)
    told = json.loads(ran.out)
    assert told == {
        "outcome": "canceled",
        "symbol": "LTCBTC",
        "orderId": order["orderId"],
        "origClientOrderId": name,
        "evidence": "reply",
        "status": "CANCELED",
        "executedQty": "0.00000000",
        "error": None,
    }
    assert ran.out.count("\n") == 1
    assert an_order(base_url)["orderId"] != order["orderId"]


def test_a_table_in_a_pipe_has_whole_lines(base_url: str) -> None:
    """Head and orders, one line each, with no frame around them."""
    head, first, *_ = papi("orders", "LTCBTC", "--base-url", base_url).out.splitlines()
    assert head.split()[:2] == ["order", "id"]
    assert first.split()[2:] == ["SELL", "LIMIT", "1.00000000", "1.00000000", "0.00000000", "NEW"]


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ("ping", {"baseUrl", "roundTripMs"}),
        ("time", {"serverTime", "offsetMs", "uncertaintyMs"}),
        ("limits", {"weightUsed", "weightLimit", "orderLimits"}),
    ],
)
def test_json_is_one_object_on_one_line(command: str, names: set[str], base_url: str) -> None:
    """A machine reads one line, and finds the documented names in it."""
    ran = papi(command, "--json", "--base-url", base_url)
    assert set(json.loads(ran.out)) == names
    assert (ran.out.count("\n"), ran.err) == (1, "")


@pytest.mark.asyncio
async def test_a_cancel_whose_answer_is_lost_is_asked_about() -> None:
    """It was carried out, and the connection ended: reading the order tells so, and nothing is resent."""
    async with Simulator() as exchange:
        (order_id,) = exchange.rest("LTCBTC")
        exchange.faults.inject(Fault(FaultKind.CLOSE, "after"), method="DELETE")
        cancel = ("cancel", "LTCBTC", "--order-id", str(order_id), "--json")
        async with started(*cancel, "--base-url", exchange.base_url) as (_, ended):
            code, out, err = await ended()
        told = json.loads(out)
        assert (code, err) == (ExitCode.DONE, "")
        assert (told["outcome"], told["status"]) == ("canceled", "CANCELED")
        assert len(exchange.truth.arrivals("DELETE")) == 1


@pytest.mark.asyncio
async def test_a_cancel_nobody_knows_about_is_unknown() -> None:
    """Every answer is lost until the deadline: exit code 4, and the way to find out."""
    async with Simulator() as exchange:
        (order_id,) = exchange.rest("LTCBTC")
        exchange.faults.inject(Fault(FaultKind.CLOSE, "after"), method="DELETE")
        for path in ("order", "openOrders"):
            exchange.faults.inject(
                Fault(FaultKind.CLOSE), path=f"/papi/v1/margin/{path}", method="GET", times=None
            )
        cancel = ("cancel", "LTCBTC", "--order-id", str(order_id), "--deadline", "0.5")
        async with started(*cancel, "--base-url", exchange.base_url) as (_, ended):
            code, out, err = await ended()
        assert (code, err.count("\n")) == (ExitCode.UNKNOWN, 1)
        assert out.startswith("outcome   unknown\n")
        assert "look before cancelling again: papi orders LTCBTC" in err
        assert exchange.truth.executions(order_id) == 1


@pytest.mark.asyncio
async def test_a_cancel_with_no_room_in_the_limit_is_not_sent() -> None:
    """It waits until its deadline, then gives up before anything left: exit code 3."""
    async with Simulator(clock=lambda: 1_800_000_000.0) as exchange:
        (order_id,) = exchange.rest("LTCBTC")
        exchange.foreign_usage(5997)
        cancel = ("cancel", "LTCBTC", "--order-id", str(order_id), "--deadline", "0.3")
        async with started(*cancel, "--base-url", exchange.base_url) as (_, ended):
            code, out, err = await ended()
        assert code == ExitCode.NOT_SENT
        assert out.startswith("outcome   not sent\n")
        assert "LimitedError" in err
        assert exchange.truth.arrivals("DELETE") == []


@pytest.mark.asyncio
async def test_a_cancel_is_not_unknown_if_only_the_time_was_asked() -> None:
    """The exchange says nothing when asked for its time, so the cancel never left: exit code 3."""
    async with Simulator() as exchange:
        exchange.faults.inject(Fault(FaultKind.CLOSE), method="GET", times=None)
        cancel = ("cancel", "LTCBTC", "--order-id", "28")
        async with started(*cancel, "--base-url", exchange.base_url) as (_, ended):
            code, _, err = await ended()
        assert code == ExitCode.NOT_SENT
        assert "nothing was asked but the exchange's time" in err


def test_a_command_goes_through_the_environment_s_proxy_if_told_to() -> None:
    """The proxy is named, and not its password."""
    env = {"HTTPS_PROXY": "http://user:sesame@127.0.0.1:9"}
    ran = papi("ping", "--trust-env", "--timeout", "1", env=env)
    assert ran.code == ExitCode.NOT_SENT
    assert "nor to the proxy 127.0.0.1:9" in ran.err
    assert "sesame" not in ran.err


@pytest.mark.asyncio
async def test_an_interrupted_command_says_what_that_means() -> None:
    """Ctrl-C while the exchange is silent: exit code 130 and one line."""
    async with Simulator() as exchange:
        exchange.faults.inject(Fault(FaultKind.SILENCE), method="DELETE")
        cancel = ("cancel", "LTCBTC", "--order-id", "28", "--timeout", "0.5")
        async with started(*cancel, "--base-url", exchange.base_url) as (process, ended):
            async with asyncio.timeout(PATIENCE):
                while not exchange.truth.arrivals("DELETE"):  # noqa: ASYNC110 - it sets no event
                    await asyncio.sleep(0.01)
            process.send_signal(signal.SIGINT)
            code, out, err = await ended()
        assert (code, out, err.count("\n")) == (ExitCode.INTERRUPTED, "", 1)
        assert "may have been carried out" in err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda each: each.name)
def test_a_simulated_exchange_stops_when_it_is_told_to(number: signal.Signals) -> None:
    """Exit code 0, and silence."""
    with simulating() as (process, _):
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
        assert (process.returncode, out, err) == (0, "", "")


def test_a_simulated_exchange_tells_how_to_use_it() -> None:
    """What it prints can be copied: the variables, and a command that cancels an order, over TLS."""
    with simulating("--tls", "--rest", "BNBBTC:2", "--rest", "LTCBTC:1") as (_, told):
        assert told["environment"] == KEYS
        assert {symbol: len(ids) for symbol, ids in told["orders"].items()} == {
            "BNBBTC": 2,
            "LTCBTC": 1,
        }
        command, *arguments = told["example"].split()
        assert command == "papi"
        assert arguments[:2] == ["cancel", "BNBBTC"]
        assert papi(*arguments, env=told["environment"]).code == ExitCode.DONE
        untrusting = papi("ping", "--base-url", told["baseUrl"])
        assert untrusting.code == ExitCode.NOT_SENT
        assert "certificate" in untrusting.err
    assert not Path(told["caFile"]).exists()


def test_a_simulated_exchange_speaks_to_people_too() -> None:
    """Without --json: the URL, lines to paste into a shell, and how to stop it."""
    with subprocess.Popen(
        [*PAPI, "simulate"],
        bufsize=0,  # nothing is read ahead of what is asked for
        env=SURROUNDINGS,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        last = process.stderr.readline().decode()  # by then everything is written
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=PATIENCE)
    assert out.startswith(b"base URL: http://127.0.0.1:")
    assert f"export BINANCE_API_KEY={SIMULATED_API_KEY}\n" in out.decode()
    assert "papi time --base-url http://127.0.0.1:" in out.decode()
    assert (last, err) == ("papi: stop the exchange with Ctrl-C\n", b"")


def test_a_port_that_is_taken_is_told(base_url: str) -> None:
    """Exit code 2 with the port."""
    port = base_url.rpartition(":")[2]
    ran = papi("simulate", "--port", port)
    assert ran.code == ExitCode.USAGE
    assert f"cannot listen on port {port}" in ran.err


@pytest.mark.parametrize("options", [(), ("--tls",)], ids=["plain", "tls"])
def test_the_demo_agrees_with_the_truth(options: tuple[str, ...]) -> None:
    """Every order is placed by one POST and cancelled by exactly one DELETE, and the output is one clean JSON object."""
    code, out, err = papi("demo", "--json", *options, env={})
    told = json.loads(out)
    assert (code, err) == (ExitCode.DONE, "")
    assert told["outcomes"] == {
        "canceled": 500,
        "already_closed": 0,
        "closed": 0,
        "triggered": 0,
        "refused": 0,
        "not_sent": 0,
        "unknown": 0,
    }
    assert told["places"] == {
        "placed": 300,
        "not_placed": 0,
        "refused": 0,
        "not_sent": 0,
        "unknown": 0,
    }
    assert told["evidence"] == {"reply": 500, "query": 0}
    assert (told["seed"], told["resolutionWeight"], told["placesSettled"]) == (None, 0, 0)
    assert (told["postsArrived"], told["deletesArrived"]) == (300, 500)
    assert told["disagreements"] == []
    # A run across the turn of a minute uses half of the weight in each at worst.
    assert 650 <= told["weightUsed"] <= told["weightLimit"]
    assert 0 < told["p50Ms"] <= told["p99Ms"] <= told["seconds"] * 1000 + 1


def test_the_demo_agrees_with_the_truth_in_a_storm_too() -> None:
    """With three calls in ten going wrong no outcome is wrong, and doubts were asked about."""
    code, out, err = papi("demo", "--faults", "--seed", "1", "--orders", "300", "--json", env={})
    told = json.loads(out)
    assert (code, err) == (ExitCode.DONE, "")
    assert (told["seed"], told["disagreements"]) == (1, [])
    assert sum(told["places"].values()) == 300
    assert told["places"]["not_placed"] > 0
    assert told["placesSettled"] == told["places"]["unknown"]
    assert told["postsArrived"] >= 300
    assert sum(told["outcomes"].values()) == 300
    assert told["outcomes"]["canceled"] == sum(told["evidence"].values())
    assert told["evidence"]["query"] > 0
    assert told["settled"] == told["outcomes"]["unknown"]
    assert told["deletesArrived"] > 300
    assert told["resolutionWeight"] > 0


def test_the_demo_moves_on_a_terminal_only() -> None:
    """The progress bar is drawn where somebody watches; stdout holds the table alone."""
    pytest.importorskip("pty")
    import pty

    terminal, theirs = pty.openpty()
    with subprocess.Popen(
        [*PAPI, "demo", "--orders", "50"],
        env=SURROUNDINGS | {"TERM": "xterm"},
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    ) as process:
        os.close(theirs)
        out, _ = process.communicate(timeout=PATIENCE)
    drawn = os.read(terminal, 65536).decode()
    os.close(terminal)
    assert process.returncode == 0
    assert "cancelling" in drawn
    assert ESCAPE not in out
    assert out.startswith("orders")


@pytest.mark.asyncio
async def test_the_demo_waits_for_the_next_minute(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """More cancels than a minute has weight for: it says so, waits, and no minute is overdrawn."""
    exchange = Simulator(weight_limit=40, interval=1.0)

    @asynccontextmanager
    async def small(**_: object) -> AsyncGenerator[Simulator, None]:
        async with exchange:
            yield exchange

    monkeypatch.setattr(demo, "listening", small)
    assert await demo.demo(orders=30) is ExitCode.DONE
    out, err = capsys.readouterr()
    assert "the rest waits for the next minute" in err
    assert "30 canceled" in out
    assert exchange.truth.max_window_weight() <= 40


@pytest.mark.asyncio
async def test_the_demo_fails_if_the_client_lies(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A client that says cancelled and sends nothing is found out: exit code 1, every lie listed."""

    async def lie(
        _: PapiClient,
        requests: Iterable[CancelMarginOrder],
        *,
        deadline: float,
        on_outcome: Callable[[Outcome[Any]], None],
    ) -> Outcomes[Any]:
        outcomes = Outcomes[Any](Canceled(each, None, Evidence.REPLY) for each in requests)
        for outcome in outcomes:
            on_outcome(outcome)
        return outcomes

    monkeypatch.setattr(PapiClient, "cancel_many", lie)
    assert await demo.demo(orders=2) is ExitCode.REFUSED
    out, err = capsys.readouterr()
    assert "said to be canceled, and its cancel was carried out 0 times" in out
    assert "0 DELETEs arrived for 2 orders" in out
    assert "disagree" in err


@pytest.mark.asyncio
async def test_the_demo_fails_if_the_client_lies_about_places(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A client that says placed and sends nothing is found out, too."""

    async def lie(
        _: PapiClient, requests: Iterable[NewMarginOrder], **__: object
    ) -> PlaceOutcomes[Any]:
        order = QueriedOrder(order_id=9)
        return PlaceOutcomes[Any](
            Placed(each.under(f"mine-{number}"), order, Evidence.REPLY)
            for number, each in enumerate(requests)
        )

    monkeypatch.setattr(PapiClient, "place_many", lie)
    assert await demo.demo(orders=1) is ExitCode.REFUSED
    out, err = capsys.readouterr()
    assert "order mine-0: said to be placed, as 9, and is not there" in out
    assert "0 POSTs arrived for 1 orders" in out
    assert "disagree 2 times" in err


class QueriedOrder(NamedTuple):
    """What the truth check looks at in an order that is shown."""

    order_id: int


def cancel_truly(exchange: Exchange, order_id: int) -> None:
    """One DELETE arrives, and is carried out."""
    arrive(exchange, order_id)
    exchange.book.cancel(order_id)
    exchange.truth.record_cancel(order_id)


def arrive(exchange: Exchange, order_id: int | None) -> None:
    """A DELETE arrives that names this order, or none."""
    exchange.truth.record_arrival(Arrival(0.0, "DELETE", "/papi/v1/margin/order", order_id, None))


def nothing(_: Exchange, __: int) -> None:
    """The truth stays as it is."""


CANCEL = CancelMarginOrder(symbol="LTCBTC", order_id=1001)
CANCELED: Canceled[Any] = Canceled(CANCEL, None, Evidence.REPLY)
ABSENT = Closed(CANCEL)
CLOSED = AlreadyClosed(CANCEL, None)
REFUSED = Refused(CANCEL, RefusedError("no"))
NOT_SENT = NotSent(CANCEL, NotSentError("no connection"))
UNKNOWN = Unknown(CANCEL, UnknownOutcomeError("silence"))

# How the truth is doctored after one honest cancel, what the client says of it, and what is found.
DOCTORED: tuple[tuple[Callable[[Exchange, int], None], Outcome[Any], list[str]], ...] = (
    (nothing, CANCELED, []),
    (nothing, ABSENT, []),
    (nothing, UNKNOWN, []),
    (
        nothing,
        CLOSED,
        ["order 1001: said to be already closed, and its cancel was carried out 1 times"],
    ),
    (nothing, REFUSED, ["order 1001: said to be refused, and its cancel was carried out 1 times"]),
    (nothing, NOT_SENT, ["order 1001: said to be not sent, and 1 DELETEs arrived"]),
    (
        lambda exchange, order_id: exchange.truth.record_cancel(order_id),
        CANCELED,
        ["order 1001: said to be canceled, and its cancel was carried out 2 times"],
    ),
    (
        arrive,
        CANCELED,
        ["order 1001: 2 DELETEs arrived", "2 DELETEs arrived for 1 orders"],
    ),
    (
        lambda exchange, _: arrive(exchange, None),
        CANCELED,
        ["2 DELETEs arrived for 1 orders"],
    ),
)


@pytest.mark.parametrize(("doctor", "said", "found"), DOCTORED)
def test_disagreements_are_found(
    doctor: Callable[[Exchange, int], None], said: Outcome[Any], found: list[str]
) -> None:
    """Whatever differs between what is said, what was carried out, the book and the wire is listed."""
    exchange = Exchange(clock=lambda: 0.0)
    (order_id,) = exchange.rest("LTCBTC")
    cancel_truly(exchange, order_id)
    doctor(exchange, order_id)
    assert disagreements(exchange, {order_id: said}) == found


@pytest.mark.parametrize("said", [CANCELED, ABSENT, CLOSED], ids=repr)
def test_an_order_left_open_is_a_disagreement(said: Outcome[Any]) -> None:
    """Said to be closed, by whatever evidence, and open in the book: a lie."""
    exchange = Exchange(clock=lambda: 0.0)
    (order_id,) = exchange.rest("LTCBTC")
    found = disagreements(exchange, {order_id: said}, is_calm=False)
    assert found[-1].endswith("and is NEW in the book")


PLACE = NewMarginOrder(
    symbol="LTCBTC", side=Side.SELL, type=OrderType.MARKET, quantity=Decimal(1)
).under("mine")
AS_FIRST: Placed[Any] = Placed(PLACE, QueriedOrder(1001), Evidence.REPLY)
AS_SECOND: Placed[Any] = Placed(PLACE, QueriedOrder(1002), Evidence.QUERY)
NEVER = NotPlaced(PLACE, UnknownOutcomeError("silence"))
DECLINED = Refused(PLACE, RefusedError("no"))
KEPT = NotSent(PLACE, NotSentError("no connection"))
OPEN = Unknown(PLACE, UnknownOutcomeError("silence"))

# How often an order was placed under its id, what the client says of it, and what is found.
PLACES: tuple[tuple[int, PlaceOutcome[Any], list[str]], ...] = (
    (1, AS_FIRST, []),
    (1, AS_SECOND, ["order mine: said to be placed, as 1002, and is not there"]),
    (0, AS_FIRST, ["order mine: said to be placed, as 1001, and is not there"]),
    (2, AS_FIRST, ["order mine: said to be placed, and was placed 2 times"]),
    (0, NEVER, []),
    (1, NEVER, ["order mine: said to be not placed, and is 1001 in the book"]),
    (0, DECLINED, []),
    (1, DECLINED, ["order mine: said to be refused, and is 1001 in the book"]),
    (0, KEPT, []),
    (1, KEPT, ["order mine: said to be not sent, and is 1001 in the book"]),
    (0, OPEN, []),
    (1, OPEN, []),
    (2, OPEN, ["order mine: said to be unknown, and was placed 2 times"]),
)


@pytest.mark.parametrize(("times", "said", "found"), PLACES)
def test_wrong_places_are_found(times: int, said: PlaceOutcome[Any], found: list[str]) -> None:
    """Placed once if it is said to be, not at all if it is said not to be, and never twice."""
    exchange = Exchange(clock=lambda: 0.0)
    for _ in range(times):  # the second once the first has ended: an id is unique among open orders
        exchange.expire(exchange.rest("LTCBTC", client_order_ids=["mine"])[0])
    assert misplaced(exchange, {"mine": said}, is_calm=False) == found


def test_an_order_that_nobody_was_told_of_is_found() -> None:
    """And POSTs that came for nothing, unless there was a storm."""
    exchange = Exchange(clock=lambda: 0.0)
    exchange.rest("LTCBTC", client_order_ids=["stray"])
    exchange.truth.record_arrival(Arrival(0.0, "POST", "/papi/v1/margin/order", None, None))
    stray = "order stray: nobody was told of it"
    assert misplaced(exchange, {}, is_calm=False) == [stray]
    assert misplaced(exchange, {}) == [stray, "1 POSTs arrived for 0 orders"]


def test_in_a_storm_a_second_delete_is_no_disagreement() -> None:
    """The client may learn that the first was not carried out, and send again."""
    exchange = Exchange(clock=lambda: 0.0)
    (order_id,) = exchange.rest("LTCBTC")
    arrive(exchange, order_id)
    cancel_truly(exchange, order_id)
    assert disagreements(exchange, {order_id: CANCELED}, is_calm=False) == []


@pytest.mark.parametrize(
    ("module", "extra"), [("cyclopts", "cli"), ("rich", "cli"), ("cryptography", "crypto")]
)
def test_a_missing_extra_is_named(module: str, extra: str) -> None:
    """One line says what to install; exit code 2."""
    program = (
        f"import sys; sys.modules[{module!r}] = None\n"
        "from binance_papi_async.cli import main; sys.exit(main(['demo', '--tls']))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env=SURROUNDINGS,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (ExitCode.USAGE, "")
    assert f'pip install "binance-papi-async[{extra}]"' in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_a_reader_may_leave() -> None:
    """``papi ... | head`` ends as quietly as the command would have, with its own exit code."""
    reading, writing = os.pipe()
    os.close(reading)
    with subprocess.Popen(
        [*PAPI, "demo", "--orders", "2"],
        env=SURROUNDINGS,
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        os.close(writing)
        _, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (ExitCode.DONE, "")


def test_what_comes_from_the_network_cannot_steer_the_terminal() -> None:
    """An error is one line of printable text, whatever the exchange wrote."""
    assert render.printable("a\r\nb \x1b[31mred\x07") == "a b ?[31mred?"

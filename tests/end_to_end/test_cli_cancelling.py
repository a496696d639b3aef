"""``papi cancel-many`` and ``papi cancel-all``, and how a file of orders is read."""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path
from typing import Any

import pytest

from binance_papi_async.cli import ExitCode
from binance_papi_async.cli.exit_code import worst
from binance_papi_async.cli.order_lines import read_order_lines
from binance_papi_async.endpoints.margin_orders import CancelMarginOrder
from binance_papi_async.simulator import Fault, FaultKind, Simulator
from tests.end_to_end.test_cli import PATIENCE, Ran, papi, started

BY_ID = CancelMarginOrder(symbol="LTCBTC", order_id=28)
BY_NAME = CancelMarginOrder(symbol="LTCBTC", orig_client_order_id="mine, too")

# One text, and the orders it names.
READABLE: tuple[tuple[str, list[CancelMarginOrder]], ...] = (
    ("", []),
    ("\n \r\n", []),
    ('{"symbol":"LTCBTC","orderId":28}', [BY_ID]),
    ('{"symbol":"LTCBTC","order_id":"28","origClientOrderId":null}', [BY_ID]),
    ('{"symbol":"LTCBTC","orderId":28,"clientOrderId":"a","price":"1"}', [BY_ID]),
    ('{"symbol":"LTCBTC","orig_client_order_id":"mine, too"}', [BY_NAME]),
    ("LTCBTC,28\r\n LTCBTC , 28 \n", [BY_ID, BY_ID]),
    ("\ufeffsymbol,orderId\nLTCBTC,28", [BY_ID]),
    ('side,orig_client_order_id,symbol\nSELL,"mine, too",LTCBTC', [BY_NAME]),
    ('symbol,order_id,origClientOrderId\nLTCBTC,28,\nLTCBTC,,"mine, too"', [BY_ID, BY_NAME]),
    ('{"symbol":"LTCBTC","orderId":28}\nLTCBTC,28', [BY_ID, BY_ID]),
)

# A line that names no order, and what is said about it.
UNREADABLE = (
    ("LTCBTC", "2 cells are expected, not 1"),
    ("LTCBTC,28,29", "2 cells are expected, not 3"),
    ("LTCBTC,28.0", "whole number, not 28.0"),
    ("LTCBTC,-28", "whole number, not -28"),
    (",28", "the symbol is missing"),
    ("LTCBTC,", "one of the two"),
    ('LTCBTC,"28', "unexpected end of data"),
    ("{", "not JSON: Expecting property name enclosed in double quotes at column 2"),
    ('{"symbol":"LTCBTC"}', "one of the two"),
    ('{"symbol":"LTCBTC","orderId":28,"origClientOrderId":"a"}', "not both"),
    ('{"symbol":"LTCBTC","orderId":28,"order_id":29}', "order_id is given twice"),
    ('{"symbol":"LTCBTC","orderId":28.0}', "whole number, not 28.0"),
    ('{"symbol":"LTCBTC","orderId":true}', "whole number, not True"),
    ('{"symbol":"LTCBTC","orderId":-1}', "whole number, not -1"),
    ('{"symbol":"LTCBTC","origClientOrderId":1}', "origClientOrderId must be text"),
    ('{"symbol":1,"orderId":28}', "the symbol must be text"),
    ('{"symbol":"","orderId":28}', "symbol must not be empty"),
    ("{" * 3 + '"a":' * 2 + "[" * 100_000, "not JSON"),
)


@pytest.mark.parametrize(("text", "requests"), READABLE)
def test_orders_are_read(text: str, requests: list[CancelMarginOrder]) -> None:
    """JSON and CSV, the exchange's names and snake case; other fields do not matter."""
    assert read_order_lines(text.encode()) == (requests, [])


@pytest.mark.parametrize(("line", "reason"), UNREADABLE, ids=[row[0][:60] for row in UNREADABLE])
def test_a_line_that_names_no_order_is_told_with_its_number(line: str, reason: str) -> None:
    """Its neighbours are read all the same."""
    requests, bad = read_order_lines(f"LTCBTC,28\n\n{line}\nLTCBTC,28".encode())
    assert requests == [BY_ID, BY_ID]
    ((number, said),) = bad
    assert number == 3
    assert reason in said


def test_a_line_in_another_encoding_is_told() -> None:
    """Latin-1 is not taken for UTF-8."""
    assert read_order_lines(b"LTCBTC,28\n\xfc,28") == ([BY_ID], [(2, "not UTF-8")])


def test_json_too_deep_is_told() -> None:
    """Nesting without end is a bad line, not the end of the program."""
    (bad,) = read_order_lines(b'{"a":' * 100_000).bad
    assert bad.number == 1


def test_nothing_is_sent_if_a_line_is_bad() -> None:
    """Every bad line is told; no exchange is asked, there is none; exit code 2."""
    nobody = ("--base-url", "http://127.0.0.1:9")
    ran = papi("cancel-many", "-", *nobody, given="LTCBTC,1\nLTCBTC\nLTCBTC,x\n")
    assert (ran.code, ran.out) == (ExitCode.USAGE, "")
    second, third, end = ran.err.splitlines()
    assert second.startswith("papi: line 2: ")
    assert third.startswith("papi: line 3: ")
    assert end.startswith("papi: nothing was sent: 2 lines name no order")


def test_no_order_is_no_error() -> None:
    """Nobody is asked, and stderr says why nothing happened."""
    ran = papi("cancel-many", "-", env={})
    assert ran == Ran(ExitCode.DONE, "", "papi: there is no order to cancel\n")


async def run(exchange: Simulator, *arguments: str) -> Ran:
    """A command beside an exchange of this process."""
    async with started(*arguments, "--base-url", exchange.base_url) as (_, ended):
        ran: Ran = await ended()
    return ran


def file_of(folder: Path, *lines: str) -> str:
    """The path of a file of orders."""
    path = folder / "orders"
    path.write_text("\n".join(lines))
    return str(path)


def said(ran: Ran) -> list[dict[str, Any]]:
    """The objects a command wrote."""
    return [json.loads(line) for line in ran.out.splitlines()]


@pytest.mark.asyncio
async def test_every_line_gets_its_outcome_in_order(tmp_path: Path) -> None:
    """A lost reply is resolved, an order named twice is cancelled once; the rest tells itself apart."""
    async with Simulator() as exchange:
        first, second, third = exchange.rest("LTCBTC", 3)
        exchange.book.fill(second)
        exchange.faults.inject(Fault(FaultKind.CLOSE, "after"), method="DELETE", order_id=third)
        ids = (first, second, third, 9, first)
        file = file_of(tmp_path, *(f"LTCBTC,{order_id}" for order_id in ids))
        ran = await run(exchange, "cancel-many", file, "--json")
        assert [(each["orderId"], each["outcome"], each["status"]) for each in said(ran)] == [
            (first, "canceled", "CANCELED"),
            (second, "already_closed", "FILLED"),
            (third, "canceled", said(ran)[2]["status"]),
            (9, "refused", None),
            (first, "canceled", "CANCELED"),
        ]
        assert said(ran)[1]["executedQty"] == "1.00000000"
        assert "UnknownOrderError" in said(ran)[3]["error"]
        assert ran.code == ExitCode.REFUSED
        assert ran.err == "papi: 1 of 5 are not known to be closed: 1 refused\n"
        for order_id in ids:
            assert len(exchange.truth.arrivals("DELETE", order_id=order_id)) == 1


@pytest.mark.asyncio
async def test_people_read_a_table_of_what_is_remarkable(tmp_path: Path) -> None:
    """Plain cancels are counted; whatever needs a second look has a row."""
    async with Simulator() as exchange:
        first, second = exchange.rest("LTCBTC", 2)
        exchange.book.fill(second)
        file = file_of(tmp_path, "symbol,orderId", f"LTCBTC,{first}", f"LTCBTC,{second}")
        ran = await run(exchange, "cancel-many", file)
        assert (ran.code, ran.err) == (ExitCode.DONE, "")
        assert "1 canceled, 1 already closed" in ran.out
        assert ran.out.splitlines()[-1].split()[:5] == [
            *("LTCBTC", str(second)),
            *("already", "closed", "FILLED"),
        ]
        assert f" {first} " not in ran.out


@pytest.mark.asyncio
async def test_a_line_left_out_counts_as_not_sent(tmp_path: Path) -> None:
    """With --skip-bad the rest is cancelled; code 0 would say that all is closed."""
    async with Simulator() as exchange:
        (order_id,) = exchange.rest("LTCBTC")
        file = file_of(tmp_path, "what", f"LTCBTC,{order_id}")
        ran = await run(exchange, "cancel-many", file, "--skip-bad", "--json")
        assert ran.code == ExitCode.NOT_SENT
        assert [each["outcome"] for each in said(ran)] == ["canceled"]
        assert ran.err == "papi: line 1: 2 cells are expected, not 1\n"


@pytest.mark.asyncio
async def test_an_interrupted_batch_tells_what_is_known(tmp_path: Path) -> None:
    """Ctrl-C while one order is silent: the others' outcomes are told, and exit code 130."""
    async with Simulator() as exchange:
        ids = exchange.rest("LTCBTC", 3)
        exchange.faults.inject(Fault(FaultKind.SILENCE), method="DELETE", order_id=ids[0])
        file = file_of(tmp_path, *(f"LTCBTC,{order_id}" for order_id in ids))
        many = ("cancel-many", file, "--json", "--timeout", "1")
        async with started(*many, "--base-url", exchange.base_url) as (process, ended):
            async with asyncio.timeout(PATIENCE):
                while len(exchange.truth.canceled) < 2:  # noqa: ASYNC110 - it sets no event
                    await asyncio.sleep(0.01)
            await asyncio.sleep(0.3)
            process.send_signal(signal.SIGINT)
            ran: Ran = await ended()
        assert ran.code == ExitCode.INTERRUPTED
        assert sorted(each["orderId"] for each in said(ran)) == ids[1:]
        assert "may have been carried out" in ran.err


@pytest.mark.asyncio
async def test_all_is_cancelled_and_proven() -> None:
    """Two symbols, one by single cancels, one by a cancel of all: the report names every order, and the proof."""
    async with Simulator() as exchange:
        ids = exchange.rest("LTCBTC", 4) + exchange.rest("BNBBTC", 1)
        ran = await run(exchange, "cancel-all", "LTCBTC", "BNBBTC", "--json")
        (told,) = said(ran)
        assert (ran.code, ran.err) == (ExitCode.DONE, "")
        assert told["proven"] is True
        assert (told["remaining"], told["unproven"]) == ([], {})
        assert sorted(each["orderId"] for each in told["outcomes"]) == sorted(ids)
        assert exchange.book.open_orders() == []
        people = await run(exchange, "cancel-all", "LTCBTC")
        assert "yes: a read of every symbol showed no open order" in people.out


@pytest.mark.asyncio
async def test_what_remains_is_told_at_the_deadline() -> None:
    """Cancels that are never carried out: exit code 4, and the orders that are open."""
    async with Simulator() as exchange:
        (order_id,) = exchange.rest("LTCBTC")
        exchange.faults.inject(Fault(FaultKind.UNKNOWN_503), method="DELETE", times=None)
        ran = await run(exchange, "cancel-all", "LTCBTC", "--deadline", "1")
        assert ran.code == ExitCode.UNKNOWN
        assert f"LTCBTC {order_id}" in ran.out
        assert "1 orders were open when last read" in ran.err


def test_unknown_outweighs_not_sent_outweighs_refused() -> None:
    """One code for a batch: the one that asks for most care."""
    codes = [ExitCode.DONE, ExitCode.REFUSED, ExitCode.NOT_SENT, ExitCode.UNKNOWN]
    assert [worst(codes[: count + 1]) for count in range(4)] == codes
    assert worst([]) is ExitCode.DONE

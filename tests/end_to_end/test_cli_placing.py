"""``papi place``, ``papi modify`` and ``papi orders`` of every product."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import fields
from decimal import Decimal
from typing import Any, get_args

import pytest

from binance_papi_async.cli import ExitCode
from binance_papi_async.cli.exit_code import exit_code_of_place
from binance_papi_async.cli.placing import OrderTerms, told_order
from binance_papi_async.cli.products import PRODUCTS, ProductName
from binance_papi_async.endpoints.margin_orders import NewMarginOrder
from binance_papi_async.endpoints.um_orders import ModifyUmOrder
from binance_papi_async.enums import OrderType, Side
from binance_papi_async.errors import (
    NotSentError,
    RefusedError,
    ReplyTimeoutError,
    UnknownOutcomeError,
)
from binance_papi_async.outcome import AlreadyClosed, Evidence, NotSent, Refused, Unknown
from binance_papi_async.place_outcome import Modified, NotModified, NotPlaced, Placed
from binance_papi_async.simulator import Fault, FaultKind, Simulator
from tests.end_to_end.test_cli import Ran, papi, started

NOBODY = ("--base-url", "http://127.0.0.1:9")
MARGIN = "LTCBTC SELL --type LIMIT --quantity 1 --price 0.02 --time-in-force GTC"

# Of each product: what is typed, and the call it comes to, written by hand from the pages.
CALLS: dict[ProductName, tuple[str, str, str, int]] = {
    "margin": (
        (
            "LTCBTC buy --type limit --quantity 1.50 --price 0.0200 --time-in-force gtc"
            " --side-effect-type margin_buy --auto-repay-at-cancel=false --client-order-id mine"
        ),
        "POST /papi/v1/margin/order",
        (
            "symbol=LTCBTC&side=BUY&type=LIMIT&quantity=1.50&price=0.0200&newClientOrderId=mine"
            "&sideEffectType=MARGIN_BUY&timeInForce=GTC&autoRepayAtCancel=false"
        ),
        1,
    ),
    "margin-oco": (
        "LTCBTC SELL --quantity 1 --price 0.03 --stop-price 0.01 --client-order-id mine",
        "POST /papi/v1/margin/order/oco",
        "symbol=LTCBTC&side=SELL&quantity=1&price=0.03&stopPrice=0.01&listClientOrderId=mine",
        2,
    ),
    "um": (
        (
            "BTCUSDT BUY --type LIMIT --quantity 1 --price 9000 --time-in-force GTD"
            " --good-till-date 1900000000000 --reduce-only --client-order-id mine"
        ),
        "POST /papi/v1/um/order",
        (
            "symbol=BTCUSDT&side=BUY&timeInForce=GTD&quantity=1&price=9000&reduceOnly=true"
            "&goodTillDate=1900000000000&type=LIMIT&newClientOrderId=mine"
        ),
        1,
    ),
    "cm": (
        "BTCUSD_PERP BUY --type LIMIT --quantity 1 --price-match queue --time-in-force GTC",
        "POST /papi/v1/cm/order",
        "symbol=BTCUSD_PERP&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&priceMatch=QUEUE",
        1,
    ),
    "um-algo": (
        "BTCUSDT SELL --type STOP_MARKET --quantity 1 --trigger-price 8000 --client-order-id mine",
        "POST /papi/v1/um/algo/order",
        (
            "symbol=BTCUSDT&side=SELL&quantity=1&algoType=CONDITIONAL&type=STOP_MARKET"
            "&triggerPrice=8000&clientAlgoId=mine"
        ),
        1,
    ),
    "cm-conditional": (
        "BTCUSD_PERP SELL --type STOP_MARKET --quantity 1 --stop-price 8000 --client-order-id mine",
        "POST /papi/v1/cm/conditional/order",
        (
            "symbol=BTCUSD_PERP&side=SELL&strategyType=STOP_MARKET&quantity=1"
            "&newClientStrategyId=mine&stopPrice=8000"
        ),
        1,
    ),
}
OTHER: dict[ProductName, str] = {
    "margin": "BNBBTC",
    "margin-oco": "BNBBTC",
    "um": "ETHUSDT",
    "um-algo": "ETHUSDT",
    "cm": "ETHUSD_PERP",
    "cm-conditional": "ETHUSD_PERP",
}
"""Symbols without orders."""

# What a command is told wrong, and what it says about it. No exchange is asked.
WRONG_USE = (
    ("place LTCBTC", "--side requires an argument"),
    ("place LTCBTC BUY", "'type'"),
    ("place ltcbtc BUY --type MARKET --quantity 1", "symbol must be capitals"),
    ("place LTCBTC BYU --type MARKET --quantity 1", "side must be BUY or SELL, not BYU"),
    ("place LTCBTC BUY --type MARKET --quantity one", "quantity must be a number, not one"),
    ("place LTCBTC BUY --type MARKET --quantity nan", "quantity must be a number, not NaN"),
    ("place LTCBTC BUY --type LIMIT --quantity 1 --price 1", "needs time_in_force"),
    ("place BTCUSDT BUY --product um --stop-price 1", "NewUmOrder has no stop_price"),
    ("place LTCBTC BUY --product spot", "--product"),
    ("place LTCBTC BUY --api-secret=hunter22", "Unknown option: --api-secret."),
    (f"place {MARGIN} --deadline 0", "--deadline must be above zero"),
    (f"place {MARGIN} --valid-for 0", "--valid-for must be above zero"),
    (f"place {MARGIN} --recv-window 60001", "recv_window"),
    ("place BTCUSDT BUY --product um --good-till-date soon", "good_till_date must be a whole"),
    ("modify BTCUSDT BUY --quantity 1 --order-id 1 --price 1", "--product"),
    ("modify LTCBTC BUY --product margin --quantity 1", "--product"),
    ("modify BTCUSDT BUY --product um --quantity 1 --price 1", "one of the two"),
    ("modify BTCUSDT BUY --product um --quantity 1 --order-id 1.5", "order_id must be a whole"),
    ("modify BTCUSDT BUY --product cm --quantity 1 --order-id 1", "price"),
    ("orders ltcbtc --product margin-oco", "symbol must be capitals"),
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
    assert err.count("\n") == 1
    assert "hunter22" not in err


@pytest.mark.parametrize("product", CALLS)
def test_a_dry_run_shows_what_would_be_sent(product: ProductName) -> None:
    """Without a key, without an exchange; the call to the letter."""
    typed, endpoint, query, orders = CALLS[product]
    rehearsed = ("place", *typed.split(), "--product", product, "--dry-run")
    ran = papi(*rehearsed, "--json", *NOBODY, env={})
    assert (ran.code, ran.err) == (ExitCode.DONE, "")
    assert json.loads(ran.out) == {
        "endpoint": endpoint,
        "query": query,
        "weight": 1,
        "orders": orders,
    }


def test_a_dry_run_of_a_change_shows_it() -> None:
    """For people: a row for each parameter."""
    typed = "BTCUSDT BUY --product um --order-id 28 --quantity 2.0 --price 9001"
    ran = papi("modify", *typed.split(), "--dry-run", *NOBODY, env={})
    assert [line.split(maxsplit=1) for line in ran.out.splitlines()[1:7]] == [
        ["symbol", "BTCUSDT"],
        ["orderId", "28"],
        ["side", "BUY"],
        ["quantity", "2.0"],
        ["price", "9001"],
        ["weight", "1"],
    ]
    assert ran.out.splitlines()[0].endswith("PUT /papi/v1/um/order")
    assert (ran.code, ran.err) == (ExitCode.DONE, "")


def test_a_dry_run_says_that_an_id_will_be_made_up() -> None:
    """None is shown, as another one would be sent."""
    ran = papi("place", *MARGIN.split(), "--dry-run", *NOBODY, env={})
    assert "newClientOrderId  made up when it is sent\n" in ran.out


def test_every_parameter_of_every_order_has_an_option() -> None:
    """But for what the command takes under a name of its own, and what has one value only."""
    options = {each.name for each in fields(OrderTerms)}
    assert set(PRODUCTS) == set(get_args(ProductName)) == set(CALLS)
    for kind in PRODUCTS.values():
        names = {each.name for each in kind.place.endpoint.parameters}
        own = {"symbol", "side", "strategy_type", kind.place.id_field, *kind.fixed}
        assert names - options - own == set()


@asynccontextmanager
async def funded(**options: Any) -> AsyncGenerator[Simulator, None]:
    """An exchange with an account that can pay for what is placed here."""
    async with Simulator(**options) as exchange:
        for asset in ("LTC", "BTC", "USDT"):
            exchange.deposit(asset, 100_000)
        yield exchange


async def run(exchange: Simulator, *arguments: str) -> Ran:
    """A command beside an exchange of this process."""
    async with started(*arguments, "--base-url", exchange.base_url) as (_, ended):
        ran: Ran = await ended()
    return ran


def told(ran: Ran) -> dict[str, Any]:
    """The object a command wrote."""
    (line,) = ran.out.splitlines()
    said: dict[str, Any] = json.loads(line)
    return said


@pytest.mark.asyncio
@pytest.mark.parametrize("product", CALLS)
async def test_an_order_of_every_product_is_placed_and_listed(product: ProductName) -> None:
    """Its outcome names it, and ``papi orders`` shows it, of its symbol alone."""
    symbol, side, *terms = CALLS[product][0].split()
    if product == "um":  # nothing to reduce
        terms.remove("--reduce-only")
    async with funded() as exchange:
        placed = await run(exchange, "place", symbol, side, *terms, "--product", product, "--json")
        said = told(placed)
        assert (placed.code, placed.err) == (ExitCode.DONE, "")
        assert (said["outcome"], said["product"], said["symbol"]) == ("placed", product, symbol)
        assert (said["evidence"], said["error"]) == ("reply", None)
        assert said["clientOrderId"] == "mine" or said["clientOrderId"].startswith("papi-")
        assert isinstance(said["orderId"], int)
        listed = await run(exchange, "orders", symbol, "--product", product, "--json")
        row = told(listed)
        assert said["orderId"] in (
            *(row.get("orderListId"), row.get("algoId"), row.get("strategyId")),
            row.get("orderId") if product in ("margin", "um", "cm") else None,
        )
        people = await run(exchange, "orders", symbol, "--product", product)
        head, first = people.out.splitlines()
        assert head.startswith("order id")
        assert first.split()[:2] == [str(said["orderId"]), said["clientOrderId"]]
        others = await run(exchange, "orders", OTHER[product], "--product", product, "--json")
        assert (others.code, others.out) == (ExitCode.DONE, "")


@pytest.mark.asyncio
async def test_a_place_whose_answer_is_lost_is_asked_about() -> None:
    """It was carried out, and the connection ended: the order is found by its id, and nothing is resent."""
    async with funded() as exchange:
        exchange.faults.inject(Fault(FaultKind.CLOSE, "after"), method="POST")
        ran = await run(exchange, "place", *MARGIN.split(), "--json")
        (order,) = exchange.book.open_orders()
        assert (ran.code, ran.err) == (ExitCode.DONE, "")
        assert told(ran) == {
            "outcome": "placed",
            "product": "margin",
            "symbol": "LTCBTC",
            "orderId": order.order_id,
            "clientOrderId": order.client_order_id,
            "evidence": "query",
            "status": "NEW",
            "price": "0.02000000",
            "origQty": "1.00000000",
            "executedQty": "0.00000000",
            "error": None,
        }
        assert len(exchange.truth.arrivals("POST")) == 1


@pytest.mark.asyncio
async def test_a_place_that_never_arrived_is_proven_not_to_be() -> None:
    """A short window makes the proof a matter of a second: exit code 3, and that it may be placed again."""
    async with funded() as exchange:
        exchange.faults.inject(Fault(FaultKind.CLOSE), method="POST")
        ran = await run(exchange, "place", *MARGIN.split(), "--recv-window", "300")
        assert ran.code == ExitCode.NOT_SENT
        assert ran.out.startswith("outcome          not placed\n")
        assert "it never was, and never will be: placing it again is safe" in ran.err
        assert exchange.book.orders("LTCBTC") == []


@pytest.mark.asyncio
async def test_a_place_is_sent_again_if_that_is_asked_for() -> None:
    """After the proof, under the same id."""
    async with funded() as exchange:
        exchange.faults.inject(Fault(FaultKind.CLOSE), method="POST")
        terms = (*MARGIN.split(), "--client-order-id", "mine", "--recv-window", "300")
        ran = await run(exchange, "place", *terms, "--valid-for", "8", "--resend", "--json")
        assert (ran.code, told(ran)["outcome"]) == (ExitCode.DONE, "placed")
        assert [each.client_order_id for each in exchange.book.orders("LTCBTC")] == ["mine"]
        assert len(exchange.truth.arrivals("POST")) == 2


@pytest.mark.asyncio
async def test_a_place_nobody_knows_about_is_unknown() -> None:
    """Every read is lost until the deadline: exit code 4, the id to look it up by, and how."""
    async with funded() as exchange:
        exchange.faults.inject(Fault(FaultKind.CLOSE, "after"), method="POST")
        for path in ("order", "openOrders"):
            exchange.faults.inject(
                Fault(FaultKind.CLOSE), path=f"/papi/v1/margin/{path}", method="GET", times=None
            )
        ran = await run(exchange, "place", *MARGIN.split(), "--deadline", "0.5", "--json")
        (order,) = exchange.book.open_orders()
        assert (ran.code, ran.err.count("\n")) == (ExitCode.UNKNOWN, 1)
        assert (told(ran)["outcome"], told(ran)["orderId"]) == ("unknown", None)
        assert told(ran)["clientOrderId"] == order.client_order_id
        assert "look before trying again: papi orders LTCBTC --product margin" in ran.err


@pytest.mark.asyncio
async def test_an_id_that_is_taken_is_refused() -> None:
    """Exit code 1; the exchange's word."""
    async with funded() as exchange:
        exchange.rest("LTCBTC", client_order_ids=["mine"])
        ran = await run(exchange, "place", *MARGIN.split(), "--client-order-id", "mine", "--json")
        assert (ran.code, told(ran)["outcome"]) == (ExitCode.REFUSED, "refused")
        assert "DuplicateOrderError" in ran.err
        assert len(exchange.book.orders("LTCBTC")) == 1


@pytest.mark.asyncio
async def test_a_place_with_no_room_in_the_limit_is_not_sent() -> None:
    """Its price would be old by the time there is: exit code 3, and no POST."""
    async with funded(clock=lambda: 1_800_000_000.0) as exchange:
        exchange.foreign_usage(5997)
        ran = await run(exchange, "place", *MARGIN.split(), "--valid-for", "0.3", "--json")
        assert (ran.code, told(ran)["outcome"]) == (ExitCode.NOT_SENT, "not_sent")
        assert exchange.truth.arrivals("POST") == []


@pytest.mark.asyncio
async def test_a_change_tells_what_became_of_it() -> None:
    """Changed; and once it has filled, there is nothing to change: exit code 1, with what it shows."""
    async with funded() as exchange:
        (order_id,) = exchange.rest("BTCUSDT", product="um", price=9000)
        change = f"modify BTCUSDT SELL --product um --order-id {order_id} --quantity 2 --json"
        ran = await run(exchange, *change.split(), "--price", "9001")
        assert (ran.code, ran.err) == (ExitCode.DONE, "")
        said = told(ran)
        assert (said["outcome"], said["evidence"], said["orderId"]) == (
            "modified",
            "reply",
            order_id,
        )
        order = exchange.books["um"].order(order_id)
        assert order is not None
        assert (order.price, order.quantity) == (Decimal(9001), Decimal(2))
        exchange.fill(order_id)
        late = await run(exchange, *change.split(), "--price", "9002")
        assert (late.code, told(late)["outcome"]) == (ExitCode.REFUSED, "already_closed")
        assert told(late)["status"] == "FILLED"
        assert late.err == "papi: nothing was changed: the order was closed before\n"


@pytest.mark.asyncio
async def test_a_change_that_never_arrived_is_told() -> None:
    """The order rests as it was: exit code 3, and the order as it is."""
    async with funded() as exchange:
        (order_id,) = exchange.rest("BTCUSD_PERP", product="cm", price=9000)
        exchange.faults.inject(Fault(FaultKind.CLOSE), method="PUT")
        change = f"modify BTCUSD_PERP SELL --product cm --order-id {order_id} --quantity 2"
        ran = await run(
            exchange, *change.split(), "--price", "9001", "--recv-window", "300", "--json"
        )
        said = told(ran)
        assert (ran.code, said["outcome"]) == (ExitCode.NOT_SENT, "not_modified")
        assert (said["status"], said["price"][:4]) == ("NEW", "9000")


ORDER = NewMarginOrder(
    symbol="LTCBTC",
    side=Side.BUY,
    type=OrderType.MARKET,
    quantity=Decimal(1),
    new_client_order_id="mine",
)
CHANGE = ModifyUmOrder(
    symbol="BTCUSDT", order_id=28, side=Side.BUY, quantity=Decimal(2), price=Decimal(3)
)
LOST = ReplyTimeoutError("silence")

# Every outcome, its word, and the code a command ends with.
OUTCOMES: tuple[tuple[Any, str, ExitCode], ...] = (
    (Placed(ORDER, None, Evidence.REPLY), "placed", ExitCode.DONE),
    (NotPlaced(ORDER, LOST), "not_placed", ExitCode.NOT_SENT),
    (Refused(ORDER, RefusedError("no")), "refused", ExitCode.REFUSED),
    (NotSent(ORDER, NotSentError("no connection")), "not_sent", ExitCode.NOT_SENT),
    (Unknown(ORDER, UnknownOutcomeError("silence")), "unknown", ExitCode.UNKNOWN),
    (Modified(CHANGE, None, Evidence.REPLY), "modified", ExitCode.DONE),
    (NotModified(CHANGE, None, LOST), "not_modified", ExitCode.NOT_SENT),
    (AlreadyClosed(CHANGE, None), "already_closed", ExitCode.REFUSED),
)


@pytest.mark.parametrize(("outcome", "word", "code"), OUTCOMES, ids=[row[1] for row in OUTCOMES])
def test_every_outcome_has_its_word_and_its_code(outcome: Any, word: str, code: ExitCode) -> None:
    """And names the order by what it was asked for, where nothing more is known."""
    said = told_order(outcome)
    assert (said.outcome, exit_code_of_place(outcome)) == (word, code)
    if outcome.request is ORDER:
        assert (said.product, said.symbol, said.client_order_id) == ("margin", "LTCBTC", "mine")
    else:
        assert (said.product, said.symbol, said.order_id) == ("um", "BTCUSDT", 28)

"""What a user types and what the checkers infer: read by mypy and pyright, never run.

A line with ``type: ignore`` is wrong on purpose; mypy objects if it is not.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, assert_type

from binance_papi_async import (
    CancelAllMarginOrders,
    CanceledMarginOrder,
    CanceledMarginOrderList,
    CancelMarginOrder,
    CancelMarginOrderList,
    HmacKey,
    MarginOrder,
    MarginOrderList,
    MarginTrade,
    MarginTrades,
    NewMarginOcoReply,
    NewMarginOrder,
    NewMarginOrderReply,
    OpenMarginOrders,
    OrderStatus,
    OrderType,
    PapiClient,
    PapiError,
    Ping,
    QueryMarginOrder,
    RefusedError,
    Request,
    ServerError,
    ServerTime,
    Side,
    UnknownOutcomeError,
)


async def opening() -> None:
    async with PapiClient(HmacKey("key", "secret")) as papi:
        assert_type(papi, PapiClient)
    async with PapiClient.from_env(recv_window=3000, timeout=2.0) as papi:
        assert_type(papi, PapiClient)


async def sending_values(papi: PapiClient) -> None:
    cancel = CancelMarginOrder(symbol="LTCBTC", order_id=28)
    assert_type(cancel, CancelMarginOrder)
    assert_type(cancel.symbol, str)
    assert_type(cancel.order_id, int | None)
    assert_type(cancel.weight, int)
    assert_type(await papi.send(cancel), CanceledMarginOrder)
    assert_type(await papi.send(cancel, timeout=0.5, max_wait=0.0), CanceledMarginOrder)
    assert_type(await papi.send(QueryMarginOrder(symbol="LTCBTC", order_id=28)), MarginOrder)
    assert_type(await papi.send(OpenMarginOrders(symbol="LTCBTC")), list[MarginOrder])
    assert_type(await papi.send(MarginTrades(symbol="LTCBTC", limit=10)), list[MarginTrade])
    assert_type(
        await papi.send(CancelAllMarginOrders(symbol="LTCBTC")),
        list[CanceledMarginOrder | CanceledMarginOrderList],
    )
    assert_type(
        await papi.send(CancelMarginOrderList(symbol="LTCBTC", order_list_id=1)),
        CanceledMarginOrderList,
    )


async def calling_methods(papi: PapiClient) -> None:
    canceled = await papi.margin.cancel_order(symbol="LTCBTC", order_id=28)
    assert_type(canceled, CanceledMarginOrder)
    assert_type(canceled.executed_qty, Decimal)
    assert_type(canceled.status, OrderStatus)
    assert_type(await papi.margin.order(symbol="LTCBTC", order_id=28), MarginOrder)
    assert_type(await papi.margin.open_orders(symbol="LTCBTC"), list[MarginOrder])
    assert_type(await papi.margin.all_orders(symbol="LTCBTC", limit=500), list[MarginOrder])
    assert_type(await papi.margin.order_list(order_list_id=1), MarginOrderList)
    assert_type(await papi.general.time(), ServerTime)
    placed = await papi.margin.new_order(
        symbol="LTCBTC", side=Side.BUY, type=OrderType.MARKET, quantity=Decimal("0.1")
    )
    assert_type(placed, NewMarginOrderReply)
    placed_list = await papi.margin.new_oco(
        symbol="LTCBTC",
        side=Side.SELL,
        quantity=Decimal(1),
        price=Decimal("0.02"),
        stop_price=Decimal("0.01"),
    )
    assert_type(placed_list, NewMarginOcoReply)


async def one_of_several(papi: PapiClient, request: Request[MarginOrder]) -> None:
    assert_type(await papi.send(request), MarginOrder)
    requests: list[Request[Any]] = [Ping(), CancelMarginOrder(symbol="LTCBTC", order_id=28)]
    for each in requests:
        await papi.send(each)


async def errors(papi: PapiClient) -> None:
    try:
        await papi.margin.cancel_order(symbol="LTCBTC", order_id=28)
    except RefusedError as error:
        assert_type(error.code, int | None)
        assert_type(error.message, str)
    except ServerError as error:
        assert_type(error.status, int | None)
        unknown: UnknownOutcomeError = error
        print(unknown)
    except PapiError as error:
        assert_type(error.request, Request[Any] | None)


async def wrong(papi: PapiClient) -> None:
    CancelMarginOrder("LTCBTC", 28)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    CancelMarginOrder(order_id=28)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    CancelMarginOrder(symbol="LTCBTC", order_id="28")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    CancelMarginOrder(symbol="LTCBTC", orderId=28)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    CancelMarginOrder(symbol="LTCBTC", order_id=28).symbol = "BNBBTC"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    NewMarginOrder(symbol="LTCBTC", side="BYU", type=OrderType.MARKET)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    NewMarginOrder(symbol="LTCBTC", side=Side.BUY, type=OrderType.LIMIT, price=0.1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await papi.margin.cancel_order(order_id=28)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await papi.margin.cancel_order(symbol="LTCBTC", order_id="28")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await papi.send("LTCBTC")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    papi.margin.cancel_order(symbol="LTCBTC", order_id=28)  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]

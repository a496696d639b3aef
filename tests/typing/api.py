"""What a user types and what the checkers infer: read by mypy and pyright, never run.

A line with ``type: ignore`` is wrong on purpose; mypy objects if it is not.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any, TypeVar, assert_never, assert_type

import binance_papi_async
from binance_papi_async import (
    AlreadyClosed,
    CancelAllMarginOrders,
    Canceled,
    CanceledCmOrder,
    CanceledMarginOrder,
    CanceledMarginOrderList,
    CanceledUmOrder,
    CancelMarginOrder,
    CancelMarginOrderList,
    CancelRequest,
    CancelUmOrder,
    Closed,
    CmOrder,
    CmTrade,
    Done,
    Empty,
    Evidence,
    FuturesOrderType,
    FuturesTimeInForce,
    HmacKey,
    MarginOrder,
    MarginOrderList,
    MarginTrade,
    MarginTrades,
    ModifiedCmOrder,
    ModifiedUmOrder,
    NewCmOrderReply,
    NewMarginOcoReply,
    NewMarginOrder,
    NewMarginOrderReply,
    NewUmOrderReply,
    NotSent,
    NotSentError,
    OpenMarginOrders,
    OrderLike,
    OrderStatus,
    OrderType,
    Outcome,
    Outcomes,
    PapiClient,
    PapiError,
    Ping,
    QueryCmOrder,
    QueryMarginOrder,
    QueryUmOrder,
    ReadOrderLike,
    Refused,
    RefusedError,
    Request,
    SendOutcome,
    ServerError,
    ServerTime,
    Side,
    TimeInForce,
    TradeLike,
    Triggered,
    UmAlgoOrder,
    UmForceOrder,
    UmOrder,
    UmTrade,
    Unknown,
    UnknownOutcomeError,
    client_order_id_of,
)

R = TypeVar("R")


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
    assert_type(canceled.executed_qty, Decimal | None)
    assert_type(canceled.status, OrderStatus | None)
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
        assert_type(await papi.send(each), Any)


async def one_or_another(
    papi: PapiClient,
    query: QueryMarginOrder | QueryUmOrder | QueryCmOrder,
    cancel: CancelMarginOrder | CancelUmOrder,
    mixed: CancelMarginOrder | QueryUmOrder | OpenMarginOrders | Ping,
    general: Request[MarginOrder] | Request[UmOrder],
) -> MarginOrder | UmOrder | CmOrder:
    assert_type(await papi.send(query), MarginOrder | UmOrder | CmOrder)
    assert_type(await papi.send(cancel, timeout=0.5), CanceledMarginOrder | CanceledUmOrder)
    assert_type(await papi.send(mixed), CanceledMarginOrder | UmOrder | list[MarginOrder] | Empty)
    assert_type(await papi.send(general), MarginOrder | UmOrder)
    assert_type(await papi.with_options(max_wait=0.2).send(general), MarginOrder | UmOrder)
    return await papi.send(query)


async def where_less_is_wanted(papi: PapiClient, query: QueryMarginOrder | QueryUmOrder) -> None:
    print(await papi.send(query))
    anything: object = await papi.send(QueryMarginOrder(symbol="LTCBTC", order_id=28))
    print(anything)
    cancel = CancelMarginOrder(symbol="LTCBTC", order_id=28)
    both = await asyncio.gather(papi.send(cancel), papi.send(OpenMarginOrders(symbol="LTCBTC")))
    assert_type(both, tuple[CanceledMarginOrder, list[MarginOrder]])
    async with asyncio.TaskGroup() as group:
        task = group.create_task(papi.send(cancel))
    assert_type(await task, CanceledMarginOrder)


async def generically(papi: PapiClient, request: Request[R]) -> R:
    return await papi.send(request)


async def cancelling(papi: PapiClient) -> None:
    request = CancelMarginOrder(symbol="LTCBTC", order_id=28)
    outcome = await papi.cancel(request, deadline=2.0, urgent=True)
    assert_type(outcome, Outcome[CanceledMarginOrder | MarginOrder])
    match outcome:
        case Canceled(order=order, evidence=evidence):
            assert_type(order, CanceledMarginOrder | MarginOrder)
            assert_type(evidence, Evidence)
        case AlreadyClosed(order=closed):
            assert_type(closed, CanceledMarginOrder | MarginOrder)
        case Closed(error=how):
            assert_type(how, PapiError | None)
        case Triggered(order=triggered, placed=placed):
            assert_type(triggered, CanceledMarginOrder | MarginOrder)
            assert_type(placed, CancelRequest[Any, Any] | None)
        case Refused(error=refused):
            assert_type(refused, RefusedError)
        case NotSent(error=not_sent):
            assert_type(not_sent, NotSentError)
        case Unknown(error=unknown):
            assert_type(unknown, PapiError)
        case _:
            assert_never(outcome)
    outcomes = await papi.cancel_many([request, request], on_outcome=print)
    assert_type(outcomes, Outcomes[CanceledMarginOrder | MarginOrder])
    assert_type(outcomes.canceled, list[Canceled[CanceledMarginOrder | MarginOrder]])
    assert_type(outcomes.unknown, list[Unknown])
    assert_type(outcomes[0], Outcome[CanceledMarginOrder | MarginOrder])
    async for each in papi.cancel_as_completed([request]):
        assert_type(each, Outcome[CanceledMarginOrder | MarginOrder])
    lists = await papi.cancel(CancelMarginOrderList(symbol="LTCBTC", order_list_id=1))
    assert_type(lists, Outcome[CanceledMarginOrderList | MarginOrderList])
    um = await papi.cancel_many([CancelUmOrder(symbol="BTCUSDT", order_id=1)])
    assert_type(um, Outcomes[CanceledUmOrder | UmOrder])
    mixed: list[CancelRequest[Any, Any]] = [
        request,
        CancelUmOrder(symbol="BTCUSDT", order_id=1),
    ]
    assert_type(await papi.cancel_many(mixed), Outcomes[Any])
    report = await papi.cancel_all(["LTCBTC"])
    assert_type(report.is_proven, bool)
    assert_type(report.remaining, tuple[MarginOrder, ...])
    assert_type(papi.in_flight, tuple[Request[Any], ...])
    assert_type(papi.unresolved, tuple[Unknown, ...])


async def paging(papi: PapiClient) -> None:
    assert_type(papi.margin.iter_trades(symbol="LTCBTC"), AsyncIterator[MarginTrade])
    async for trade in papi.margin.iter_trades(symbol="LTCBTC", start_time=0):
        assert_type(trade, MarginTrade)


async def sending_all(papi: PapiClient) -> None:
    outcomes = await papi.send_all([OpenMarginOrders(symbol="LTCBTC")])
    assert_type(outcomes, list[SendOutcome[list[MarginOrder]]])
    for outcome in outcomes:
        match outcome:
            case Done(reply=reply):
                assert_type(reply, list[MarginOrder])
            case Refused() | NotSent() | Unknown():
                assert_type(outcome.request, Request[Any])
            case _:
                assert_never(outcome)


def one_view_of_orders(
    read: MarginOrder | UmOrder | CmOrder | UmForceOrder,
    placed: NewMarginOrderReply | NewUmOrderReply | NewCmOrderReply,
    changed: ModifiedUmOrder | ModifiedCmOrder,
    canceled: CanceledMarginOrder | CanceledUmOrder | CanceledCmOrder,
    trade: MarginTrade | UmTrade | CmTrade,
) -> None:
    orders: list[OrderLike] = [read, placed, changed, canceled]
    for order in orders:
        assert_type(order.symbol, str | None)
        assert_type(order.order_id, int | None)
        assert_type(client_order_id_of(order), str | None)
        assert_type(order.status, OrderStatus | None)
        assert_type(order.side, Side | None)
        assert_type(order.type, OrderType | FuturesOrderType | None)
        assert_type(order.time_in_force, TimeInForce | FuturesTimeInForce | None)
        assert_type(order.price, Decimal | None)
        assert_type(order.orig_qty, Decimal | None)
        assert_type(order.executed_qty, Decimal | None)
    shown: ReadOrderLike = read
    assert_type(shown.symbol, str)
    assert_type(shown.order_id, int)
    assert_type(shown.client_order_id, str)
    assert_type(shown.status, OrderStatus)
    assert_type(shown.time, int | None)
    assert_type(shown.update_time, int | None)
    fill: TradeLike = trade
    assert_type(fill.id, int)
    assert_type(fill.symbol, str)
    assert_type(fill.order_id, int)
    assert_type(fill.price, Decimal)
    assert_type(fill.qty, Decimal)
    assert_type(fill.commission, Decimal)
    assert_type(fill.commission_asset, str)
    assert_type(fill.time, int)
    assert_type(fill.is_buyer, bool)
    assert_type(fill.is_maker, bool)


async def what_is_read_is_alike(papi: PapiClient) -> list[ReadOrderLike]:
    found: list[ReadOrderLike] = [
        *await papi.margin.open_orders(symbol="LTCBTC"),
        *await papi.um.open_orders(),
        *await papi.cm.all_orders(symbol="BTCUSD_PERP"),
        await papi.um.open_order(symbol="BTCUSDT", order_id=1),
        await papi.cm.order(symbol="BTCUSD_PERP", order_id=1),
    ]
    request: QueryMarginOrder | QueryUmOrder = QueryUmOrder(symbol="BTCUSDT", order_id=1)
    one: OrderLike = await papi.send(request)
    assert one.order_id is not None
    async for trade in papi.um.iter_trades(symbol="BTCUSDT"):
        fill: TradeLike = trade
        print(fill.is_maker)
    return found


def not_alike(order: UmAlgoOrder, frozen: OrderLike) -> None:
    view: OrderLike = order  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    frozen.price = Decimal(1)  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    print(view)


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
    binance_papi_async.QueryUmOrders  # type: ignore[attr-defined]  # noqa: B018  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    CancelMarginOrder("LTCBTC", 28)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    CancelMarginOrder(order_id=28)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    CancelMarginOrder(symbol="LTCBTC", order_id="28")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    CancelMarginOrder(symbol="LTCBTC", orderId=28)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    CancelMarginOrder(symbol="LTCBTC", order_id=28).symbol = "BNBBTC"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    NewMarginOrder(symbol="LTCBTC", side="BYU", type=OrderType.MARKET)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    NewMarginOrder(symbol="LTCBTC", side=Side.BUY, type=OrderType.LIMIT, price=0.1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await papi.margin.cancel_order(order_id=28)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await papi.margin.cancel_order(symbol="LTCBTC", order_id="28")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await papi.send("LTCBTC")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    papi.margin.cancel_order(symbol="LTCBTC", order_id=28)  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]

from __future__ import annotations

from decimal import Decimal
from types import UnionType
from typing import Any, get_args, get_origin

import pytest

from binance_papi_async import PapiClient
from binance_papi_async.declaring.request import ENDPOINTS, Request
from binance_papi_async.endpoints.account import (
    CollectAllAssets,
    CollectAsset,
    NegativeBalanceExchangeRecords,
    NegativeBalanceInterestHistory,
    QueryAccount,
    QueryAutoRepayFutures,
    QueryBalances,
    RepayFuturesNegativeBalance,
    SetAutoRepayFutures,
    TransferBnb,
)
from binance_papi_async.endpoints.cm_account import (
    CmIncomeHistory,
    QueryCmAccount,
    QueryCmAdlQuantile,
    QueryCmCommissionRate,
    QueryCmLeverageBrackets,
    QueryCmPositionMode,
    QueryCmPositionRisk,
    SetCmLeverage,
    SetCmPositionMode,
)
from binance_papi_async.endpoints.cm_conditional import (
    AllCmConditionalOrders,
    CancelAllCmConditionalOrders,
    CancelCmConditionalOrder,
    NewCmConditionalOrder,
    OpenCmConditionalOrders,
    QueryCmConditionalOrder,
    QueryOpenCmConditionalOrder,
)
from binance_papi_async.endpoints.cm_orders import (
    AllCmOrders,
    CancelAllCmOrders,
    CancelCmOrder,
    CmForceOrders,
    CmOrderAmendments,
    CmTrades,
    ModifyCmOrder,
    NewCmOrder,
    OpenCmOrders,
    QueryCmOrder,
    QueryOpenCmOrder,
)
from binance_papi_async.endpoints.general import Ping, QueryOrderRateLimits, QueryServerTime
from binance_papi_async.endpoints.margin_loans import (
    BorrowMargin,
    MarginForceOrders,
    MarginInterestHistory,
    MarginLoanRecords,
    MarginRepayRecords,
    QueryMaxBorrowable,
    QueryMaxWithdraw,
    RepayMargin,
    RepayMarginDebt,
)
from binance_papi_async.endpoints.margin_orders import (
    AllMarginOrderLists,
    AllMarginOrders,
    CancelAllMarginOrders,
    CancelMarginOrder,
    CancelMarginOrderList,
    MarginTrades,
    NewMarginOco,
    NewMarginOrder,
    OpenMarginOrderLists,
    OpenMarginOrders,
    QueryMarginOrder,
    QueryMarginOrderList,
)
from binance_papi_async.endpoints.um_account import (
    QueryUmAccount,
    QueryUmAccountConfig,
    QueryUmAccountV2,
    QueryUmAdlQuantile,
    QueryUmCommissionRate,
    QueryUmFeeBurn,
    QueryUmLeverageBrackets,
    QueryUmPositionMode,
    QueryUmPositionRisk,
    QueryUmSymbolConfig,
    QueryUmTradingStatus,
    SetUmFeeBurn,
    SetUmLeverage,
    SetUmPositionMode,
    SignUmTradfiContract,
)
from binance_papi_async.endpoints.um_algo import (
    AllUmAlgoOrders,
    CancelAllUmAlgoOrders,
    CancelUmAlgoOrder,
    NewUmAlgoOrder,
    OpenUmAlgoOrders,
    QueryUmAlgoOrder,
)
from binance_papi_async.endpoints.um_history import (
    QueryUmIncomeDownloadId,
    QueryUmIncomeDownloadLink,
    QueryUmOrderDownloadId,
    QueryUmOrderDownloadLink,
    QueryUmTradeDownloadId,
    QueryUmTradeDownloadLink,
    UmIncomeHistory,
)
from binance_papi_async.endpoints.um_orders import (
    AllUmOrders,
    CancelAllUmOrders,
    CancelUmOrder,
    ModifyUmOrder,
    NewUmOrder,
    OpenUmOrders,
    QueryOpenUmOrder,
    QueryUmOrder,
    UmForceOrders,
    UmOrderAmendments,
    UmTrades,
)
from binance_papi_async.endpoints.user_stream import (
    CloseListenKey,
    CreateListenKey,
    KeepListenKeyAlive,
)
from binance_papi_async.enums import (
    AlgoType,
    AutoCloseType,
    FuturesOrderType,
    FuturesTimeInForce,
    FutureType,
    IncomeType,
    OrderType,
    Side,
    StrategyType,
    TimeInForce,
    TransferSide,
)
from binance_papi_async.simulator import CANNED, Simulator, held_clock, run_held
from binance_papi_async.simulator.calls.routes import ROUTES

ONE, TWO = Decimal(1), Decimal(2)
M, U, C = "LTCBTC", "BTCUSDT", "BTCUSD_PERP"
OPEN, FILLED = "open", "filled"
BUY = Side.BUY
GTC = FuturesTimeInForce.GTC
LIMIT = FuturesOrderType.LIMIT
WEEK = 7 * 86_400_000

REQUESTS: list[Request[Any]] = [
    Ping(),
    QueryServerTime(),
    QueryOrderRateLimits(),
    CreateListenKey(),
    KeepListenKeyAlive(),
    CloseListenKey(),
    QueryAccount(),
    QueryBalances(),
    QueryBalances(asset="USDT"),
    CollectAsset(asset="USDT"),
    CollectAsset(asset="USDT", amount=ONE, future_type=FutureType.UM),
    CollectAllAssets(),
    TransferBnb(amount=ONE, transfer_side=TransferSide.TO_UM),
    TransferBnb(amount=ONE, transfer_side=TransferSide.FROM_UM),
    NegativeBalanceInterestHistory(asset="USDT", size=5),
    NegativeBalanceExchangeRecords(start_time=1, end_time=WEEK),
    RepayFuturesNegativeBalance(),
    QueryAutoRepayFutures(),
    SetAutoRepayFutures(auto_repay=False),
    BorrowMargin(asset="BTC", amount=ONE),
    RepayMargin(asset="BTC", amount=ONE),
    RepayMarginDebt(asset="BTC", specify_repay_assets="USDT,BTC"),
    RepayMarginDebt(asset="BTC", amount=ONE),
    MarginLoanRecords(asset="BTC", start_time=0, size=10, current=1),
    MarginLoanRecords(asset="BTC", tx_id=100_000_001),
    MarginRepayRecords(asset="BTC", start_time=0, archived=False),
    MarginInterestHistory(asset="BNB", current=2),
    MarginForceOrders(size=100),
    QueryMaxBorrowable(asset="BTC"),
    QueryMaxWithdraw(asset="BTC"),
    NewMarginOrder(
        symbol=M,
        side=BUY,
        type=OrderType.LIMIT,
        time_in_force=TimeInForce.GTC,
        quantity=ONE,
        price=ONE,
    ),
    QueryMarginOrder(symbol=M, orig_client_order_id=OPEN),
    OpenMarginOrders(symbol=M),
    CancelMarginOrder(symbol=M, orig_client_order_id=OPEN),
    CancelAllMarginOrders(symbol=M),
    AllMarginOrders(symbol=M),
    MarginTrades(symbol=M),
    NewMarginOco(symbol=M, side=Side.SELL, quantity=ONE, price=TWO, stop_price=ONE),
    QueryMarginOrderList(order_list_id=0),
    OpenMarginOrderLists(),
    AllMarginOrderLists(),
    CancelMarginOrderList(symbol=M, order_list_id=0),
    NewUmOrder(symbol=U, side=BUY, type=LIMIT, time_in_force=GTC, quantity=ONE, price=ONE),
    NewUmOrder(symbol=U, side=BUY, type=FuturesOrderType.MARKET, quantity=ONE),
    ModifyUmOrder(
        symbol=U, orig_client_order_id=OPEN, side=BUY, quantity=TWO, price=TWO, modify_id=5
    ),
    CancelUmOrder(symbol=U, orig_client_order_id=OPEN),
    CancelAllUmOrders(symbol=U),
    QueryUmOrder(symbol=U, orig_client_order_id=FILLED),
    QueryOpenUmOrder(symbol=U, orig_client_order_id=OPEN),
    OpenUmOrders(symbol=U),
    OpenUmOrders(),
    AllUmOrders(symbol=U, limit=1000),
    UmOrderAmendments(symbol=U, orig_client_order_id=OPEN),
    UmForceOrders(auto_close_type=AutoCloseType.ADL),
    UmForceOrders(symbol="ETHUSDT", limit=100),
    UmTrades(symbol=U),
    NewUmAlgoOrder(
        symbol=U,
        side=BUY,
        algo_type=AlgoType.CONDITIONAL,
        type=StrategyType.TRAILING_STOP_MARKET,
        quantity=ONE,
        callback_rate=Decimal(20),
        activate_price=ONE,
    ),
    CancelUmAlgoOrder(client_algo_id=OPEN),
    CancelAllUmAlgoOrders(symbol=U),
    QueryUmAlgoOrder(client_algo_id=FILLED),
    OpenUmAlgoOrders(symbol=U, algo_type=AlgoType.CONDITIONAL),
    OpenUmAlgoOrders(),
    AllUmAlgoOrders(symbol=U),
    QueryUmAccount(),
    QueryUmAccountV2(),
    QueryUmAccountConfig(),
    QueryUmSymbolConfig(),
    QueryUmSymbolConfig(symbol="ETHUSDT"),
    QueryUmPositionRisk(),
    QueryUmPositionRisk(symbol=U),
    QueryUmAdlQuantile(symbol=U),
    QueryUmPositionMode(),
    SetUmPositionMode(dual_side_position=True),
    SetUmLeverage(symbol=U, leverage=5),
    QueryUmLeverageBrackets(symbol=U),
    QueryUmCommissionRate(symbol=U),
    QueryUmTradingStatus(),
    QueryUmTradingStatus(symbol=U),
    QueryUmFeeBurn(),
    SetUmFeeBurn(fee_burn=False),
    SignUmTradfiContract(),
    UmIncomeHistory(income_type=IncomeType.API_REBATE),
    QueryUmIncomeDownloadId(start_time=0, end_time=WEEK),
    QueryUmIncomeDownloadLink(download_id="7"),
    QueryUmOrderDownloadId(start_time=0, end_time=WEEK),
    QueryUmOrderDownloadLink(download_id="7"),
    QueryUmTradeDownloadId(start_time=0, end_time=WEEK),
    QueryUmTradeDownloadLink(download_id="7"),
    NewCmOrder(symbol=C, side=BUY, type=LIMIT, time_in_force=GTC, quantity=ONE, price=ONE),
    ModifyCmOrder(symbol=C, orig_client_order_id=OPEN, side=BUY, quantity=TWO, price=TWO),
    CancelCmOrder(symbol=C, orig_client_order_id=OPEN),
    CancelAllCmOrders(symbol=C),
    QueryCmOrder(symbol=C, orig_client_order_id=FILLED),
    QueryOpenCmOrder(symbol=C, orig_client_order_id=OPEN),
    OpenCmOrders(symbol=C),
    OpenCmOrders(pair="BTCUSD"),
    AllCmOrders(symbol=C, limit=100),
    AllCmOrders(pair="BTCUSD"),
    CmOrderAmendments(symbol=C, orig_client_order_id=OPEN, limit=100),
    CmTrades(symbol=C),
    CmTrades(pair="BTCUSD"),
    CmForceOrders(),
    CmForceOrders(symbol=C),
    NewCmConditionalOrder(
        symbol=C, side=BUY, strategy_type=StrategyType.STOP_MARKET, quantity=ONE, stop_price=ONE
    ),
    CancelCmConditionalOrder(symbol=C, new_client_strategy_id=OPEN),
    CancelAllCmConditionalOrders(symbol=C),
    QueryCmConditionalOrder(symbol=C, new_client_strategy_id=FILLED),
    QueryOpenCmConditionalOrder(symbol=C, new_client_strategy_id=OPEN),
    OpenCmConditionalOrders(symbol=C),
    OpenCmConditionalOrders(),
    AllCmConditionalOrders(symbol=C),
    AllCmConditionalOrders(),
    QueryCmAccount(),
    QueryCmPositionRisk(),
    QueryCmPositionRisk(pair="BTCUSD", margin_asset="BTC"),
    QueryCmAdlQuantile(symbol=C),
    QueryCmCommissionRate(symbol=C),
    CmIncomeHistory(symbol=C, income_type=IncomeType.TRANSFER),
    QueryCmLeverageBrackets(symbol=C),
    SetCmLeverage(symbol=C, leverage=125),
    QueryCmPositionMode(),
    SetCmPositionMode(dual_side_position=True),
]
WITHOUT_ORDERS = (SetUmPositionMode, SetCmPositionMode)
"""Refused while anything is open."""


async def something_of_everything(exchange: Simulator, papi: PapiClient) -> None:
    """Balances, loans, and of each kind of order one that is open and one that is not."""
    exchange.deposit("USDT", 100)
    exchange.deposit("USDT", 10, "um")
    await papi.margin.borrow(asset="BTC", amount=TWO)
    await papi.margin.repay(asset="BTC", amount=ONE)
    exchange.rest(M, client_order_ids=[OPEN, FILLED])
    exchange.rest(U, side="BUY", product="um", client_order_ids=[OPEN, FILLED])
    exchange.rest(C, side="BUY", product="cm", client_order_ids=[OPEN, FILLED])
    for book, symbol in zip(exchange.books.values(), (M, U, C), strict=True):
        filled = book.find(symbol, None, FILLED)
        assert filled is not None
        exchange.fill(filled.order_id)
    await papi.margin.new_oco(symbol=M, side=Side.SELL, quantity=ONE, price=TWO, stop_price=ONE)
    await papi.um.modify_order(
        symbol=U, orig_client_order_id=OPEN, side=BUY, quantity=TWO, price=ONE
    )
    await papi.cm.modify_order(
        symbol=C, orig_client_order_id=OPEN, side=BUY, quantity=TWO, price=ONE
    )
    for name in (OPEN, FILLED):
        algo = await papi.um.new_algo_order(
            symbol=U,
            side=BUY,
            algo_type=AlgoType.CONDITIONAL,
            type=StrategyType.STOP,
            time_in_force=GTC,
            quantity=ONE,
            price=ONE,
            trigger_price=ONE,
            client_algo_id=name,
        )
        strategy = await papi.cm.new_conditional_order(
            symbol=C,
            side=BUY,
            strategy_type=StrategyType.TAKE_PROFIT_MARKET,
            quantity=ONE,
            stop_price=TWO,
            new_client_strategy_id=name,
        )
        if name == FILLED:
            assert algo.algo_id is not None
            assert strategy.strategy_id is not None
            exchange.trigger(algo.algo_id)
            exchange.trigger(strategy.strategy_id)
    await papi.user_stream.create_listen_key()


def is_a(reply: object, kind: Any) -> bool:
    """Whether a reply is of the type its endpoint declares; a list needs a row to show it."""
    if get_origin(kind) is list:
        (row,) = get_args(kind)
        return isinstance(reply, list) and bool(reply) and all(is_a(each, row) for each in reply)
    if isinstance(kind, UnionType):
        return any(is_a(reply, each) for each in get_args(kind))
    return isinstance(reply, get_origin(kind) or kind)


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: type(request).__name__)
def test_every_endpoint_is_answered(request_: Request[Any]) -> None:
    """Through the real client, with the typed reply that the request class promises."""

    async def main() -> None:
        exchange = Simulator(clock=held_clock())
        async with exchange.in_process_client() as papi:
            if isinstance(request_, WITHOUT_ORDERS):
                exchange._account.futures["um"].is_hedged = isinstance(request_, SetCmPositionMode)
            else:
                await something_of_everything(exchange, papi)
            before = exchange.limits.weight.used("127.0.0.1", exchange.clock())
            reply = await papi.send(request_)
            charged = exchange.limits.weight.used("127.0.0.1", exchange.clock()) - before
        assert charged == request_.weight
        kind = request_.endpoint.reply
        assert is_a(reply, kind), reply

    run_held(main)


def test_the_table_is_whole() -> None:
    """Every request class is in it, and every endpoint has a route."""
    assert {type(request) for request in REQUESTS} == set(ENDPOINTS.values())
    assert set(ROUTES) == set(ENDPOINTS)


def test_what_is_canned_says_so() -> None:
    """The public table names endpoints that are declared, and all of them reads but one."""
    assert set(CANNED) <= set(ENDPOINTS)
    assert [path for verb, path in CANNED if verb != "GET"] == ["/papi/v1/um/stock/contract"]

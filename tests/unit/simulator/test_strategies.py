"""Small strategies, one a product: what a user would test on this exchange."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from decimal import Decimal
from typing import Any

from binance_papi_async.enums import (
    AlgoStatus,
    AlgoType,
    FuturesOrderType,
    FuturesTimeInForce,
    OrderStatus,
    OrderType,
    PositionSide,
    Side,
    StrategyStatus,
    StrategyType,
    TimeInForce,
    TransferSide,
)
from binance_papi_async.simulator import Simulator, held_clock, run_held

D = Decimal
GTC = FuturesTimeInForce.GTC
LIMIT, MARKET = FuturesOrderType.LIMIT, FuturesOrderType.MARKET


def play(strategy: Callable[[Simulator, Any], Coroutine[Any, Any, None]]) -> None:
    """Run a strategy on a held clock, inside the process."""

    async def main() -> None:
        exchange = Simulator(clock=held_clock())
        async with exchange.in_process_client() as papi:
            await strategy(exchange, papi)

    run_held(main)


async def balance(papi: Any, asset: str) -> tuple[Any, Any]:
    """What is free and what is locked."""
    (found,) = await papi.account.balances(asset=asset)
    return found.cross_margin_free, found.cross_margin_locked


def test_margin_from_order_to_balance() -> None:
    """Place, partly fill, see balances move, cancel the rest, list the trades."""

    async def strategy(exchange: Simulator, papi: Any) -> None:
        exchange.deposit("USDT", "1000")
        order = await papi.margin.new_order(
            symbol="BTCUSDT",
            side=Side.BUY,
            type=OrderType.LIMIT,
            time_in_force=TimeInForce.GTC,
            quantity=D(2),
            price=D(100),
        )
        assert await balance(papi, "USDT") == (800, 200)
        exchange.fill(order.order_id, "0.5", price="90")
        assert await balance(papi, "BTC") == (D("0.5"), 0)
        assert await balance(papi, "USDT") == (805, 150)
        gone = await papi.margin.cancel_order(symbol="BTCUSDT", order_id=order.order_id)
        assert gone.executed_qty == D("0.5")
        assert await balance(papi, "USDT") == (955, 0)
        assert (await papi.margin.max_withdraw(asset="USDT")).amount == 955
        (trade,) = await papi.margin.trades(symbol="BTCUSDT")
        assert (trade.order_id, trade.price, trade.qty) == (order.order_id, 90, D("0.5"))
        assert exchange.truth.executions(order.order_id) == 1

    play(strategy)


def test_a_loan_is_borrowed_sold_and_repaid() -> None:
    """A short by margin: what is owed stays owed until it is repaid, and equity knows it."""

    async def strategy(exchange: Simulator, papi: Any) -> None:
        exchange.deposit("USDT", 100)
        borrowed = await papi.margin.borrow(asset="BTC", amount=D(1))
        (order_id,) = exchange.rest("BTCUSDT", price="50")
        assert await balance(papi, "BTC") == (0, 1)
        exchange.fill(order_id)
        exchange.book.last_prices["BTCUSDT"] = D(40)
        assert (await papi.account.account()).account_equity == 110
        assert await balance(papi, "USDT") == (150, 0)
        (loans,) = (await papi.margin.loan_records(asset="BTC", tx_id=borrowed.tran_id)).rows
        assert loans.principal == 1
        await papi.margin.new_order(
            symbol="BTCUSDT", side=Side.BUY, type=OrderType.MARKET, quantity=D(1)
        )
        await papi.margin.repay(asset="BTC", amount=D("0.4"))
        assert (await papi.margin.repay_debt(asset="BTC")).amount == D("0.6")
        repaid = (await papi.margin.repay_records(asset="BTC", start_time=0, size=1)).rows
        assert [each.amount for each in repaid] == [D("0.6")]
        assert await balance(papi, "BTC") == (0, 0)
        assert await balance(papi, "USDT") == (110, 0)

    play(strategy)


def test_um_from_order_to_profit() -> None:
    """A position opens at its average price, gains with the market, and is closed for its profit."""

    async def strategy(exchange: Simulator, papi: Any) -> None:
        exchange.deposit("USDT", 1000, "um")
        await papi.um.set_leverage(symbol="BTCUSDT", leverage=10)
        order = await papi.um.new_order(
            symbol="BTCUSDT",
            side=Side.BUY,
            type=LIMIT,
            time_in_force=GTC,
            quantity=D(3),
            price=D(100),
        )
        exchange.fill(order.order_id, 1)
        exchange.fill(order.order_id, 1, price=110)
        exchange.books["um"].last_prices["BTCUSDT"] = D(120)
        (risk,) = await papi.um.position_risk(symbol="BTCUSDT")
        assert (risk.position_amt, risk.entry_price, risk.unrealized_profit) == (2, 105, 30)
        assert (risk.mark_price, risk.notional, risk.leverage) == (120, 240, 10)
        account = await papi.um.account()
        assert account.assets[0].position_initial_margin == 24
        assert account.assets[0].open_order_initial_margin == 10
        seen = await papi.um.order(symbol="BTCUSDT", order_id=order.order_id)
        assert (seen.avg_price, seen.cum_quote) == (105, 210)
        assert seen.status is OrderStatus.PARTIALLY_FILLED
        await papi.um.cancel_order(symbol="BTCUSDT", order_id=order.order_id)
        closed = await papi.um.new_order(
            symbol="BTCUSDT", side=Side.SELL, type=MARKET, quantity=D(2), reduce_only=True
        )
        assert closed.status is OrderStatus.NEW
        trades = await papi.um.trades(symbol="BTCUSDT")
        assert [each.realized_pnl for each in trades] == [0, 0, 30]
        (usdt,) = await papi.account.balances(asset="USDT")
        assert (usdt.um_wallet_balance, usdt.um_unrealized_pnl) == (1030, 0)
        assert (await papi.account.account()).account_equity == 1030

    play(strategy)


def test_cm_from_order_to_profit() -> None:
    """Contracts of 100 USD: the average price is harmonic, and the profit is in the coin."""

    async def strategy(exchange: Simulator, papi: Any) -> None:
        exchange.deposit("BTC", 1, "cm")
        order = await papi.cm.new_order(
            symbol="BTCUSD_PERP",
            side=Side.SELL,
            type=LIMIT,
            time_in_force=GTC,
            quantity=D(30),
            price=D(40_000),
        )
        exchange.fill(order.order_id, 10)
        exchange.fill(order.order_id, 10, price=50_000)
        (position,) = (await papi.cm.account()).positions
        assert position.position_amt == -20
        assert position.entry_price is not None
        assert round(position.entry_price, 4) == D("44444.4444")
        seen = await papi.cm.order(symbol="BTCUSD_PERP", order_id=order.order_id)
        assert (seen.cum_base, round(seen.avg_price, 4)) == (D("0.045"), D("44444.4444"))
        exchange.books["cm"].last_prices["BTCUSD_PERP"] = D(40_000)
        (risk,) = await papi.cm.position_risk(pair="BTCUSD")
        assert (risk.unrealized_profit, risk.notional_value) == (D("0.005"), D("-0.05"))
        await papi.cm.cancel_order(symbol="BTCUSD_PERP", order_id=order.order_id)
        await papi.cm.new_order(symbol="BTCUSD_PERP", side=Side.BUY, type=MARKET, quantity=D(20))
        trades = await papi.cm.trades(symbol="BTCUSD_PERP")
        assert [each.realized_pnl for each in trades] == [0, 0, D("0.005")]
        (btc,) = await papi.account.balances(asset="BTC")
        assert btc.cm_wallet_balance == D("1.005")

    play(strategy)


def test_a_position_may_turn_and_grow() -> None:
    """A fill past zero closes the old position and opens the new one at its own price."""

    async def strategy(exchange: Simulator, papi: Any) -> None:
        for side, quantity, price in (("BUY", 2, 100), ("SELL", 1, 110), ("SELL", 3, 90)):
            (order_id,) = exchange.rest(
                "ETHUSDT", product="um", side=side, quantity=str(quantity), price=str(price)
            )
            exchange.fill(order_id)
        (risk,) = await papi.um.position_risk(symbol="ETHUSDT")
        assert (risk.position_amt, risk.entry_price) == (-2, 90)
        trades = await papi.um.trades(symbol="ETHUSDT")
        assert [each.realized_pnl for each in trades] == [0, 10, -10]
        (usdt,) = (await papi.um.account_v2()).assets
        assert usdt.cross_wallet_balance == 0

    play(strategy)


def test_hedge_mode_has_two_positions() -> None:
    """A long and a short one, each closed by orders of its side."""

    async def strategy(exchange: Simulator, papi: Any) -> None:
        for family in (papi.um, papi.cm):
            await family.set_position_mode(dual_side_position=True)
        for side, position in ((Side.BUY, PositionSide.LONG), (Side.SELL, PositionSide.SHORT)):
            await papi.um.new_order(
                symbol="BTCUSDT", side=side, position_side=position, type=MARKET, quantity=D(2)
            )
            await papi.cm.new_order(
                symbol="ETHUSD_PERP", side=side, position_side=position, type=MARKET, quantity=D(2)
            )
        await papi.um.new_order(
            symbol="BTCUSDT",
            side=Side.SELL,
            position_side=PositionSide.LONG,
            type=MARKET,
            quantity=D(1),
        )
        um = await papi.um.position_risk(symbol="BTCUSDT")
        assert [(each.position_side, each.position_amt) for each in um] == [
            (PositionSide.BOTH, 0),
            (PositionSide.LONG, 1),
            (PositionSide.SHORT, -2),
        ]
        cm = await papi.cm.position_risk()
        assert [each.position_amt for each in cm] == [2, -2]

    play(strategy)


def test_an_algo_order_places_its_order_when_it_fires() -> None:
    """A stop that closes the position: it waits, fires, and the position is gone."""

    async def strategy(exchange: Simulator, papi: Any) -> None:
        exchange.books["um"].last_prices["BTCUSDT"] = D(100)
        await papi.um.new_order(symbol="BTCUSDT", side=Side.BUY, type=MARKET, quantity=D(2))
        stop = await papi.um.new_algo_order(
            symbol="BTCUSDT",
            side=Side.SELL,
            algo_type=AlgoType.CONDITIONAL,
            type=StrategyType.STOP_MARKET,
            trigger_price=D(90),
            close_position=True,
        )
        (waiting,) = await papi.um.open_algo_orders(symbol="BTCUSDT")
        assert waiting.algo_status is AlgoStatus.NEW
        exchange.trigger(stop.algo_id)
        assert await papi.um.open_algo_orders() == []
        fired = await papi.um.algo_order(algo_id=stop.algo_id)
        assert (fired.algo_status, fired.actual_price) == (AlgoStatus.FINISHED, 90)
        placed = await papi.um.order(symbol="BTCUSDT", order_id=int(str(fired.actual_order_id)))
        assert (placed.orig_type, placed.reduce_only) == (FuturesOrderType.STOP_MARKET, True)
        (risk,) = await papi.um.position_risk(symbol="BTCUSDT")
        assert risk.position_amt == 0
        again = await papi.um.new_algo_order(
            symbol="BTCUSDT",
            side=Side.SELL,
            algo_type=AlgoType.CONDITIONAL,
            type=StrategyType.TAKE_PROFIT_MARKET,
            trigger_price=D(110),
            close_position=True,
        )
        assert exchange.trigger(again.algo_id).status is AlgoStatus.REJECTED

    play(strategy)


def test_a_conditional_order_of_cm() -> None:
    """It is read as open while it waits, as history after; what it placed can be filled."""

    async def strategy(exchange: Simulator, papi: Any) -> None:
        placed = await papi.cm.new_conditional_order(
            symbol="BTCUSD_PERP",
            side=Side.BUY,
            strategy_type=StrategyType.STOP,
            quantity=D(5),
            price=D(50_000),
            stop_price=D(49_000),
        )
        name = {"symbol": "BTCUSD_PERP", "strategy_id": placed.strategy_id}
        waiting = await papi.cm.open_conditional_order(**name)
        assert waiting.strategy_status is StrategyStatus.NEW
        fired = exchange.trigger(placed.strategy_id)
        assert fired.order_id is not None
        history = await papi.cm.conditional_order(**name)
        assert history.strategy_status is StrategyStatus.TRIGGERED
        assert (history.order_id, history.status) == (fired.order_id, OrderStatus.NEW)
        exchange.fill(fired.order_id, price="50000")
        (row,) = await papi.cm.all_conditional_orders(symbol="BTCUSD_PERP")
        assert row.strategy_status is StrategyStatus.FINISHED
        trailing = await papi.cm.new_conditional_order(
            symbol="BTCUSD_PERP",
            side=Side.BUY,
            strategy_type=StrategyType.TRAILING_STOP_MARKET,
            callback_rate=D("0.3"),
            activation_price=D(60_000),
        )
        assert (trailing.price_rate, trailing.activate_price) == (D("0.3"), 60_000)
        assert exchange.trigger(trailing.strategy_id).status is AlgoStatus.EXPIRED

    play(strategy)


def test_money_is_moved_between_wallets() -> None:
    """Collections, BNB, and what a futures wallet owes."""

    async def strategy(exchange: Simulator, papi: Any) -> None:
        exchange.deposit("USDT", 10, "um")
        exchange.deposit("BNB", 5)
        exchange.deposit("BTC", "-1", "cm")
        exchange.deposit("BTC", 3)
        exchange.deposit("ETH", "-2", "um")
        exchange.deposit("ETH", 3)
        (owing,) = await papi.account.balances(asset="ETH")
        assert (owing.negative_balance, owing.total_wallet_balance) == (2, 1)
        await papi.account.repay_futures_negative_balance()
        assert await balance(papi, "BTC") == (2, 0)
        assert await balance(papi, "ETH") == (1, 0)
        await papi.account.collect_all_assets()
        assert await balance(papi, "USDT") == (10, 0)
        await papi.account.transfer_bnb(amount=D(2), transfer_side=TransferSide.TO_UM)
        assert await balance(papi, "BNB") == (3, 0)
        await papi.account.collect_all_assets()
        assert await balance(papi, "BNB") == (3, 0)
        worth = await papi.account.account()
        assert worth.account_equity == 10
        exchange.books["um"].last_prices["BNBUSDT"] = D(100)
        assert (await papi.account.account()).account_equity == 510

    play(strategy)


def test_stale_reads_show_balances_as_they_were() -> None:
    """Positions, balances and waiting orders lag as orders do."""

    async def strategy(exchange: Simulator, papi: Any) -> None:
        exchange.deposit("USDT", 10)
        await asyncio.sleep(10)
        exchange.deposit("USDT", 5)
        await papi.um.new_order(symbol="BTCUSDT", side=Side.BUY, type=MARKET, quantity=D(2))
        await papi.margin.borrow(asset="BTC", amount=D(1))
        algo = await papi.um.new_algo_order(
            symbol="BTCUSDT",
            side=Side.SELL,
            algo_type=AlgoType.CONDITIONAL,
            type=StrategyType.STOP_MARKET,
            quantity=D(2),
            trigger_price=D(1),
        )
        exchange.faults.stale_reads(5)
        assert await balance(papi, "USDT") == (10, 0)
        (risk,) = await papi.um.position_risk(symbol="BTCUSDT")
        assert risk.position_amt == 0
        assert await papi.um.open_algo_orders() == []
        assert (await papi.margin.loan_records(asset="BTC", start_time=0)).rows == []
        await asyncio.sleep(5)
        assert (await papi.um.open_algo_orders())[0].algo_id == algo.algo_id
        assert await balance(papi, "USDT") == (15, 0)

    play(strategy)

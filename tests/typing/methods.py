"""Not run, only type-checked: what checkers infer of every method's reply.

``tests/test_methods.py`` sees to it that no method is missing.
"""

from __future__ import annotations

from decimal import Decimal
from typing import assert_type

from binance_papi_async import (
    Acknowledgement,
    AlgoType,
    AutoRepayFutures,
    Balance,
    CanceledCmConditionalOrder,
    CanceledCmOrder,
    CanceledMarginOrder,
    CanceledMarginOrderList,
    CanceledUmAlgoOrder,
    CanceledUmOrder,
    CmAccount,
    CmAdlQuantile,
    CmCommissionRate,
    CmConditionalOrder,
    CmIncome,
    CmLeverage,
    CmLeverageBrackets,
    CmOrder,
    CmOrderAmendment,
    CmPositionMode,
    CmPositionRisk,
    CmTrade,
    Confirmation,
    Empty,
    FuturesOrderType,
    FuturesTimeInForce,
    ListenKey,
    MarginForceOrder,
    MarginInterest,
    MarginLoan,
    MarginOrder,
    MarginOrderList,
    MarginRepayment,
    MarginTrade,
    MaxBorrowable,
    MaxWithdraw,
    ModifiedCmOrder,
    ModifiedUmOrder,
    NegativeBalanceExchanges,
    NegativeBalanceInterest,
    NewCmConditionalOrderReply,
    NewCmOrderReply,
    NewMarginOcoReply,
    NewMarginOrderReply,
    NewUmAlgoOrderReply,
    NewUmOrderReply,
    OrderType,
    PapiClient,
    PortfolioAccount,
    RateLimit,
    RepaidDebt,
    Rows,
    ServerTime,
    Side,
    StrategyType,
    Transaction,
    TransferSide,
    UmAccount,
    UmAccountConfig,
    UmAccountV2,
    UmAdlQuantile,
    UmAlgoOrder,
    UmCommissionRate,
    UmDownloadId,
    UmDownloadLink,
    UmFeeBurn,
    UmForceOrder,
    UmIncome,
    UmLeverage,
    UmLeverageBrackets,
    UmOrder,
    UmOrderAmendment,
    UmPositionMode,
    UmPositionRisk,
    UmSymbolConfig,
    UmTrade,
    UmTradingStatus,
)


async def methods(papi: PapiClient) -> None:  # noqa: PLR0915 - one line each
    """Every method of every family."""
    assert_type(await papi.margin.all_order_lists(), list[MarginOrderList])
    assert_type(await papi.margin.all_orders(symbol="X"), list[MarginOrder])
    assert_type(await papi.margin.borrow(asset="X", amount=Decimal(1)), Transaction)
    assert_type(
        await papi.margin.cancel_all_orders(symbol="X"),
        list[CanceledMarginOrder | CanceledMarginOrderList],
    )
    assert_type(await papi.margin.cancel_order(symbol="X", order_id=1), CanceledMarginOrder)
    assert_type(
        await papi.margin.cancel_order_list(symbol="X", order_list_id=1), CanceledMarginOrderList
    )
    assert_type(await papi.margin.force_orders(), Rows[MarginForceOrder])
    assert_type(await papi.margin.interest_history(), Rows[MarginInterest])
    assert_type(await papi.margin.loan_records(asset="X", start_time=1), Rows[MarginLoan])
    assert_type(await papi.margin.max_borrowable(asset="X"), MaxBorrowable)
    assert_type(await papi.margin.max_withdraw(asset="X"), MaxWithdraw)
    assert_type(
        await papi.margin.new_oco(
            symbol="X", side=Side.BUY, quantity=Decimal(1), price=Decimal(1), stop_price=Decimal(1)
        ),
        NewMarginOcoReply,
    )
    assert_type(
        await papi.margin.new_order(symbol="X", side=Side.BUY, type=OrderType.LIMIT),
        NewMarginOrderReply,
    )
    assert_type(await papi.margin.open_order_lists(), list[MarginOrderList])
    assert_type(await papi.margin.open_orders(symbol="X"), list[MarginOrder])
    assert_type(await papi.margin.order(symbol="X", order_id=1), MarginOrder)
    assert_type(await papi.margin.order_list(order_list_id=1), MarginOrderList)
    assert_type(await papi.margin.repay(asset="X", amount=Decimal(1)), Transaction)
    assert_type(await papi.margin.repay_debt(asset="X"), RepaidDebt)
    assert_type(await papi.margin.repay_records(asset="X", start_time=1), Rows[MarginRepayment])
    assert_type(await papi.margin.trades(symbol="X"), list[MarginTrade])
    assert_type(await papi.um.account(), UmAccount)
    assert_type(await papi.um.account_config(), UmAccountConfig)
    assert_type(await papi.um.account_v2(), UmAccountV2)
    assert_type(await papi.um.adl_quantile(), list[UmAdlQuantile])
    assert_type(await papi.um.algo_order(algo_id=1), UmAlgoOrder)
    assert_type(await papi.um.all_algo_orders(symbol="X"), list[UmAlgoOrder])
    assert_type(await papi.um.all_orders(symbol="X"), list[UmOrder])
    assert_type(await papi.um.cancel_algo_order(algo_id=1), CanceledUmAlgoOrder)
    assert_type(await papi.um.cancel_all_algo_orders(symbol="X"), Acknowledgement)
    assert_type(await papi.um.cancel_all_orders(symbol="X"), Acknowledgement)
    assert_type(await papi.um.cancel_order(symbol="X", order_id=1), CanceledUmOrder)
    assert_type(await papi.um.commission_rate(symbol="X"), UmCommissionRate)
    assert_type(await papi.um.fee_burn(), UmFeeBurn)
    assert_type(await papi.um.force_orders(), list[UmForceOrder])
    assert_type(await papi.um.income(), list[UmIncome])
    assert_type(await papi.um.income_download_id(start_time=1, end_time=1), UmDownloadId)
    assert_type(await papi.um.income_download_link(download_id="X"), UmDownloadLink)
    assert_type(await papi.um.leverage_brackets(), list[UmLeverageBrackets])
    assert_type(
        await papi.um.modify_order(
            symbol="X", side=Side.BUY, quantity=Decimal(1), order_id=1, price=Decimal(1)
        ),
        ModifiedUmOrder,
    )
    assert_type(
        await papi.um.new_algo_order(
            symbol="X", side=Side.BUY, algo_type=AlgoType.CONDITIONAL, type=StrategyType.STOP
        ),
        NewUmAlgoOrderReply,
    )
    assert_type(
        await papi.um.new_order(
            symbol="X",
            side=Side.BUY,
            type=FuturesOrderType.LIMIT,
            time_in_force=FuturesTimeInForce.GTC,
            quantity=Decimal(1),
            price=Decimal(1),
        ),
        NewUmOrderReply,
    )
    assert_type(await papi.um.open_algo_orders(), list[UmAlgoOrder])
    assert_type(await papi.um.open_order(symbol="X", order_id=1), UmOrder)
    assert_type(await papi.um.open_orders(), list[UmOrder])
    assert_type(await papi.um.order(symbol="X", order_id=1), UmOrder)
    assert_type(await papi.um.order_amendments(symbol="X", order_id=1), list[UmOrderAmendment])
    assert_type(await papi.um.order_download_id(start_time=1, end_time=1), UmDownloadId)
    assert_type(await papi.um.order_download_link(download_id="X"), UmDownloadLink)
    assert_type(await papi.um.position_mode(), UmPositionMode)
    assert_type(await papi.um.position_risk(), list[UmPositionRisk])
    assert_type(await papi.um.set_fee_burn(fee_burn=True), Acknowledgement)
    assert_type(await papi.um.set_leverage(symbol="X", leverage=1), UmLeverage)
    assert_type(await papi.um.set_position_mode(dual_side_position=True), Acknowledgement)
    assert_type(await papi.um.sign_tradfi_contract(), Acknowledgement)
    assert_type(await papi.um.symbol_config(), list[UmSymbolConfig])
    assert_type(await papi.um.trade_download_id(start_time=1, end_time=1), UmDownloadId)
    assert_type(await papi.um.trade_download_link(download_id="X"), UmDownloadLink)
    assert_type(await papi.um.trades(symbol="X"), list[UmTrade])
    assert_type(await papi.um.trading_status(), UmTradingStatus)
    assert_type(await papi.cm.account(), CmAccount)
    assert_type(await papi.cm.adl_quantile(), list[CmAdlQuantile])
    assert_type(await papi.cm.all_conditional_orders(), list[CmConditionalOrder])
    assert_type(await papi.cm.all_orders(symbol="X"), list[CmOrder])
    assert_type(await papi.cm.cancel_all_conditional_orders(symbol="X"), Acknowledgement)
    assert_type(await papi.cm.cancel_all_orders(symbol="X"), Acknowledgement)
    assert_type(
        await papi.cm.cancel_conditional_order(symbol="X", strategy_id=1),
        CanceledCmConditionalOrder,
    )
    assert_type(await papi.cm.cancel_order(symbol="X", order_id=1), CanceledCmOrder)
    assert_type(await papi.cm.commission_rate(symbol="X"), CmCommissionRate)
    assert_type(await papi.cm.conditional_order(symbol="X", strategy_id=1), CmConditionalOrder)
    assert_type(await papi.cm.force_orders(), list[CmOrder])
    assert_type(await papi.cm.income(), list[CmIncome])
    assert_type(await papi.cm.leverage_brackets(), list[CmLeverageBrackets])
    assert_type(
        await papi.cm.modify_order(
            symbol="X", side=Side.BUY, quantity=Decimal(1), order_id=1, price=Decimal(1)
        ),
        ModifiedCmOrder,
    )
    assert_type(
        await papi.cm.new_conditional_order(
            symbol="X",
            side=Side.BUY,
            strategy_type=StrategyType.STOP,
            quantity=Decimal(1),
            price=Decimal(1),
            stop_price=Decimal(1),
        ),
        NewCmConditionalOrderReply,
    )
    assert_type(
        await papi.cm.new_order(
            symbol="X",
            side=Side.BUY,
            type=FuturesOrderType.LIMIT,
            time_in_force=FuturesTimeInForce.GTC,
            quantity=Decimal(1),
            price=Decimal(1),
        ),
        NewCmOrderReply,
    )
    assert_type(await papi.cm.open_conditional_order(symbol="X", strategy_id=1), CmConditionalOrder)
    assert_type(await papi.cm.open_conditional_orders(), list[CmConditionalOrder])
    assert_type(await papi.cm.open_order(symbol="X", order_id=1), CmOrder)
    assert_type(await papi.cm.open_orders(), list[CmOrder])
    assert_type(await papi.cm.order(symbol="X", order_id=1), CmOrder)
    assert_type(await papi.cm.order_amendments(symbol="X", order_id=1), list[CmOrderAmendment])
    assert_type(await papi.cm.position_mode(), CmPositionMode)
    assert_type(await papi.cm.position_risk(), list[CmPositionRisk])
    assert_type(await papi.cm.set_leverage(symbol="X", leverage=1), CmLeverage)
    assert_type(await papi.cm.set_position_mode(dual_side_position=True), Acknowledgement)
    assert_type(await papi.cm.trades(symbol="X"), list[CmTrade])
    assert_type(await papi.account.account(), PortfolioAccount)
    assert_type(await papi.account.auto_repay_futures(), AutoRepayFutures)
    assert_type(await papi.account.balances(), list[Balance])
    assert_type(await papi.account.collect_all_assets(), Confirmation)
    assert_type(await papi.account.collect_asset(asset="X"), Confirmation)
    assert_type(
        await papi.account.negative_balance_exchange_records(start_time=1, end_time=1),
        NegativeBalanceExchanges,
    )
    assert_type(
        await papi.account.negative_balance_interest_history(), list[NegativeBalanceInterest]
    )
    assert_type(await papi.account.repay_futures_negative_balance(), Confirmation)
    assert_type(await papi.account.set_auto_repay_futures(auto_repay=True), Confirmation)
    assert_type(
        await papi.account.transfer_bnb(amount=Decimal(1), transfer_side=TransferSide.TO_UM),
        Transaction,
    )
    assert_type(await papi.user_stream.close_listen_key(), Empty)
    assert_type(await papi.user_stream.create_listen_key(), ListenKey)
    assert_type(await papi.user_stream.keep_listen_key_alive(), Empty)
    assert_type(await papi.general.order_rate_limits(), list[RateLimit])
    assert_type(await papi.general.ping(), Empty)
    assert_type(await papi.general.time(), ServerTime)

"""UM, the futures margined in stablecoins, as one family of methods.

Pure declarations.
"""

from __future__ import annotations

from binance_papi_async.declaring.calls import Call, Namespace
from binance_papi_async.declaring.paging import WEEK_MS, Pages, by_id, by_time
from binance_papi_async.endpoints import um_account, um_algo, um_history, um_orders


class Um(Namespace):
    """``papi.um``"""

    new_order = Call(um_orders.NewUmOrder)
    modify_order = Call(um_orders.ModifyUmOrder)
    cancel_order = Call(um_orders.CancelUmOrder)
    cancel_all_orders = Call(um_orders.CancelAllUmOrders)
    order = Call(um_orders.QueryUmOrder)
    open_order = Call(um_orders.QueryOpenUmOrder)
    open_orders = Call(um_orders.OpenUmOrders)
    all_orders = Call(um_orders.AllUmOrders)
    order_amendments = Call(um_orders.UmOrderAmendments)
    force_orders = Call(um_orders.UmForceOrders)
    trades = Call(um_orders.UmTrades)

    new_algo_order = Call(um_algo.NewUmAlgoOrder)
    cancel_algo_order = Call(um_algo.CancelUmAlgoOrder)
    cancel_all_algo_orders = Call(um_algo.CancelAllUmAlgoOrders)
    algo_order = Call(um_algo.QueryUmAlgoOrder)
    open_algo_orders = Call(um_algo.OpenUmAlgoOrders)
    all_algo_orders = Call(um_algo.AllUmAlgoOrders)

    account = Call(um_account.QueryUmAccount)
    account_v2 = Call(um_account.QueryUmAccountV2)
    account_config = Call(um_account.QueryUmAccountConfig)
    symbol_config = Call(um_account.QueryUmSymbolConfig)
    position_risk = Call(um_account.QueryUmPositionRisk)
    adl_quantile = Call(um_account.QueryUmAdlQuantile)
    position_mode = Call(um_account.QueryUmPositionMode)
    set_position_mode = Call(um_account.SetUmPositionMode)
    set_leverage = Call(um_account.SetUmLeverage)
    leverage_brackets = Call(um_account.QueryUmLeverageBrackets)
    commission_rate = Call(um_account.QueryUmCommissionRate)
    trading_status = Call(um_account.QueryUmTradingStatus)
    fee_burn = Call(um_account.QueryUmFeeBurn)
    set_fee_burn = Call(um_account.SetUmFeeBurn)
    sign_tradfi_contract = Call(um_account.SignUmTradfiContract)

    income = Call(um_history.UmIncomeHistory)
    income_download_id = Call(um_history.QueryUmIncomeDownloadId)
    income_download_link = Call(um_history.QueryUmIncomeDownloadLink)
    order_download_id = Call(um_history.QueryUmOrderDownloadId)
    order_download_link = Call(um_history.QueryUmOrderDownloadLink)
    trade_download_id = Call(um_history.QueryUmTradeDownloadId)
    trade_download_link = Call(um_history.QueryUmTradeDownloadLink)

    # By id alone the exchange may still look back 7 days only: what starts by time goes on by time.
    iter_all_orders = Pages(
        um_orders.AllUmOrders,
        by_id(
            "order_id",
            "order_id",
            "time",
            window_ms=WEEK_MS,
            default_ms=WEEK_MS,
            goes_on_by_id=False,
        ),
    )
    iter_trades = Pages(
        um_orders.UmTrades,
        by_id("from_id", "id", "time", window_ms=WEEK_MS, default_ms=WEEK_MS, goes_on_by_id=False),
    )
    iter_all_algo_orders = Pages(
        um_algo.AllUmAlgoOrders,
        by_id(
            "algo_id",
            "algo_id",
            "create_time",
            window_ms=WEEK_MS,
            default_ms=WEEK_MS,
            goes_on_by_id=False,
        ),
    )
    iter_order_amendments = Pages(um_orders.UmOrderAmendments, by_time("time", "amendment_id"))
    # No longest range is documented for these two, but a default: that is never too long.
    iter_force_orders = Pages(
        um_orders.UmForceOrders,
        by_time("time", "order_id", window_ms=WEEK_MS, default_ms=WEEK_MS),
    )
    iter_income = Pages(
        um_history.UmIncomeHistory, by_time("time", window_ms=WEEK_MS, default_ms=WEEK_MS)
    )

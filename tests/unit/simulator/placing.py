"""What can be placed, product by product, typed by hand from the pages: for tests of all alike."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from binance_papi_async.simulator import Fate


class Placing(NamedTuple):
    """How one product places, and what names what was placed."""

    kind: str
    """As ``Fate.kind`` says it."""
    path: str
    parameters: dict[str, Any]
    new_id: str
    """Parameter under which a client id is given."""
    duplicate: int
    """Code of the second order under an id."""
    cancel_path: str
    cancel_id: str
    """Parameter under which a cancel names the client id."""

    def under(self, client_id: str) -> dict[str, Any]:
        """The parameters of a placement under that id."""
        return self.parameters | {self.new_id: client_id}

    def cancel(self, client_id: str) -> dict[str, Any]:
        """The parameters of its cancel."""
        symbol = {} if self.kind == "um_algo" else {"symbol": self.parameters["symbol"]}
        return symbol | {self.cancel_id: client_id}

    def own(self, fates: list[Fate]) -> list[Fate]:
        """Those of this kind."""
        return [fate for fate in fates if fate.kind == self.kind]


_LIMIT = {"side": "SELL", "type": "LIMIT", "timeInForce": "GTC", "quantity": 2, "price": 3}
_STOP = {"symbol": "BTCUSDT", "side": "SELL", "type": "STOP_MARKET", "quantity": 1}
_CONDITIONAL = {"symbol": "BTCUSD_PERP", "side": "SELL", "strategyType": "STOP_MARKET"}

PLACINGS: Final = (
    Placing(
        kind="margin",
        path="margin/order",
        parameters=_LIMIT | {"symbol": "LTCBTC"},
        new_id="newClientOrderId",
        duplicate=-2010,
        cancel_path="margin/order",
        cancel_id="origClientOrderId",
    ),
    Placing(
        kind="margin_list",
        path="margin/order/oco",
        parameters={"symbol": "LTCBTC", "side": "SELL", "quantity": 1, "price": 3, "stopPrice": 1},
        new_id="listClientOrderId",
        duplicate=-2010,
        cancel_path="margin/orderList",
        cancel_id="listClientOrderId",
    ),
    Placing(
        kind="um",
        path="um/order",
        parameters=_LIMIT | {"symbol": "BTCUSDT"},
        new_id="newClientOrderId",
        duplicate=-4116,
        cancel_path="um/order",
        cancel_id="origClientOrderId",
    ),
    Placing(
        kind="cm",
        path="cm/order",
        parameters=_LIMIT | {"symbol": "BTCUSD_PERP"},
        new_id="newClientOrderId",
        duplicate=-4116,
        cancel_path="cm/order",
        cancel_id="origClientOrderId",
    ),
    Placing(
        kind="um_algo",
        path="um/algo/order",
        parameters=_STOP | {"algoType": "CONDITIONAL", "triggerPrice": 2},
        new_id="clientAlgoId",
        duplicate=-4116,
        cancel_path="um/algo/order",
        cancel_id="clientAlgoId",
    ),
    Placing(
        kind="cm_conditional",
        path="cm/conditional/order",
        parameters=_CONDITIONAL | {"quantity": 1, "stopPrice": 2},
        new_id="newClientStrategyId",
        duplicate=-4116,
        cancel_path="cm/conditional/order",
        cancel_id="newClientStrategyId",
    ),
)


def kind_of(placing: Placing) -> str:
    """For the names of tests."""
    return placing.kind

"""Which orders have borne a client id: by the exchange's id, per product and symbol, and bounded."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from binance_papi_async import CancelMarginOrder, CancelUmOrder
from binance_papi_async.deciding.steps import Ask, Sent
from binance_papi_async.errors import ConnectionLostError
from binance_papi_async.placing import bearers as module
from binance_papi_async.placing.bearers import Bearers
from binance_papi_async.placing.client_ids import ClientIds
from binance_papi_async.placing.placement import Placement
from tests.unit.placing.test_placement import OURS_MS, REQUEST, order

MINE = CancelMarginOrder(symbol="LTCBTC", orig_client_order_id="mine")


def shown(order_id: int | None) -> Any:
    """What a reply shows of an order."""
    return SimpleNamespace(order_id=order_id)


def test_a_name_is_remembered_with_those_who_bore_it() -> None:
    """The last eight of them."""
    bearers = Bearers()
    assert bearers.of(MINE) == ()
    for order_id in range(1, 11):
        bearers.note(MINE, shown(order_id))
    assert bearers.of(MINE) == tuple(("LTCBTC", order_id) for order_id in range(3, 11))


def test_another_product_has_names_of_its_own() -> None:
    """UM may have an order of the same name."""
    bearers = Bearers()
    bearers.note(MINE, shown(1))
    assert bearers.of(CancelUmOrder(symbol="LTCBTC", orig_client_order_id="mine")) == ()


def test_what_does_not_say_the_exchanges_id_is_not_noted() -> None:
    """Nothing could be told by it."""
    bearers = Bearers()
    bearers.note(MINE, shown(None))
    assert bearers.of(MINE) == ()


def test_names_are_bounded(monkeypatch: Any) -> None:
    """The one that was used longest ago is forgotten first."""
    monkeypatch.setattr(module, "MOST_NAMES", 2)
    bearers = Bearers()
    for name in ("a", "b", "a", "c"):
        bearers.note(CancelMarginOrder(symbol="LTCBTC", orig_client_order_id=name), shown(1))
    assert bearers.of(CancelMarginOrder(symbol="LTCBTC", orig_client_order_id="b")) == ()
    assert len(bearers.of(CancelMarginOrder(symbol="LTCBTC", orig_client_order_id="a"))) == 2


def test_an_earlier_bearer_is_not_ours_whatever_its_time_says() -> None:
    """Within the uncertainty of the clock, the exchange's id tells."""
    placement = Placement(REQUEST, proof_age=6.0, borne_by=[("LTCBTC", 28)])
    placement.failed(ConnectionLostError("lost"))
    sent = Sent(1000.0, 1000.01)
    assert placement.read(order(time=OURS_MS), sent, 0.1) == Ask(how="open")
    other = order(time=OURS_MS, order_id=29)
    assert not isinstance(placement.read(other, sent, 0.2), Ask)


def test_only_the_callers_own_ids_are_remembered() -> None:
    """Ours are never used again."""
    ids = ClientIds()
    made = ids.named(REQUEST.under("x").under("mine"))
    assert ids.bearers(ids.next()) is None
    remembered = ids.bearers("mine")
    assert remembered is not None
    ids.note(made, order())
    assert remembered.of(MINE) == (("LTCBTC", 28),)
    ids.note(made, order(client_order_id="another", order_id=29))
    ids.note(MINE, order())
    ids.note(REQUEST.under(ids.next()), order())
    assert remembered.of(MINE) == (("LTCBTC", 28),)

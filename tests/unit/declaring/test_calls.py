from __future__ import annotations

import inspect
from typing import Any

import pytest

from binance_papi_async.declaring.calls import Call, Namespace
from binance_papi_async.declaring.request import Request
from binance_papi_async.endpoints.acknowledgements import Empty
from binance_papi_async.endpoints.general import General, Ping
from binance_papi_async.endpoints.margin_orders import CancelMarginOrder, MarginOrders

FAMILIES = (General, MarginOrders)
CALLS = [
    pytest.param(family, name, call, id=f"{family.__name__}.{name}")
    for family in FAMILIES
    for name, call in vars(family).items()
    if isinstance(call, Call)
]


class Recorder:
    """A sender that answers at once, and keeps what it was given."""

    def __init__(self, reply: Any = None) -> None:
        self.reply = reply
        self.sent: list[Request[Any]] = []

    def __repr__(self) -> str:
        return "<Recorder>"

    async def send(self, request: Request[Any], /) -> Any:
        """Keep the request, return the reply."""
        self.sent.append(request)
        return self.reply

    def timestamp_ms(self) -> int:
        """A time of no importance."""
        return 1_700_000_000_000


@pytest.mark.asyncio
async def test_a_call_sends_its_request_and_returns_the_reply() -> None:
    """The method is the request class, sent."""
    reply = object()
    sender = Recorder(reply)
    assert await MarginOrders(sender).cancel_order(symbol="LTCBTC", order_id=28) is reply
    assert sender.sent == [CancelMarginOrder(symbol="LTCBTC", order_id=28)]


@pytest.mark.asyncio
async def test_a_call_without_parameters_sends_its_request() -> None:
    """``papi.general.ping()`` needs nothing."""
    sender = Recorder(Empty())
    assert await General(sender).ping() == Empty()
    assert sender.sent == [Ping()]


def test_a_wrong_call_fails_where_it_is_made() -> None:
    """A request that cannot be is refused at once, not when it is awaited, and nothing is sent."""
    sender = Recorder()
    with pytest.raises(ValueError, match="name the order"):
        _ = MarginOrders(sender).cancel_order(symbol="LTCBTC")
    with pytest.raises(TypeError, match="order_id must be of type int"):
        _ = MarginOrders(sender).cancel_order(symbol="LTCBTC", order_id="28")  # type: ignore[arg-type]
    assert sender.sent == []


@pytest.mark.parametrize(("family", "name", "call"), CALLS)
def test_a_method_has_the_signature_of_its_request(
    family: type[Namespace], name: str, call: Call[Any, Any]
) -> None:
    """``help()`` and editors show the parameters, all of them by name."""
    method = getattr(family(Recorder()), name)
    shown = inspect.signature(method)
    assert shown == inspect.signature(call.request)
    fields: tuple[str, ...] = getattr(call.request, "__struct_fields__")  # noqa: B009 - a callable to mypy
    assert tuple(shown.parameters) == fields
    assert {each.kind for each in shown.parameters.values()} <= {inspect.Parameter.KEYWORD_ONLY}


@pytest.mark.parametrize(("family", "name", "call"), CALLS)
def test_a_method_has_the_name_and_docstring_it_is_known_by(
    family: type[Namespace], name: str, call: Call[Any, Any]
) -> None:
    """The name of the attribute, the words of the request."""
    method = getattr(family(Recorder()), name)
    assert method.__name__ == name
    assert method.__doc__ == call.__doc__ == call.request.__doc__
    assert method.__doc__


@pytest.mark.parametrize(("family", "name", "call"), CALLS)
def test_on_the_class_a_call_is_itself(
    family: type[Namespace], name: str, call: Call[Any, Any]
) -> None:
    """``MarginOrders.cancel_order`` knows which request it makes."""
    assert getattr(family, name) is call


def test_a_family_shows_whose_it_is() -> None:
    """So two accounts in one process are told apart."""
    assert repr(MarginOrders(Recorder())) == "<MarginOrders of <Recorder>>"


def test_a_method_shows_its_family_and_its_name() -> None:
    """Taken from the class or from an object of it."""
    assert repr(MarginOrders.cancel_order) == "<Call MarginOrders.cancel_order>"
    assert "MarginOrders.cancel_order" in repr(MarginOrders(Recorder()).cancel_order)


def test_a_method_is_made_once_per_namespace() -> None:
    """Asked again, the same function; another sender has its own."""
    first, second = MarginOrders(Recorder()), MarginOrders(Recorder())
    assert first.cancel_order is first.cancel_order
    assert first.cancel_order is not second.cancel_order


@pytest.mark.asyncio
async def test_two_namespaces_do_not_share_a_sender() -> None:
    """A method sends through the namespace it was taken from."""
    one, other = Recorder(), Recorder()
    first, second = General(one), General(other)
    await first.ping()
    await second.ping()
    await second.ping()
    assert (len(one.sent), len(other.sent)) == (1, 2)

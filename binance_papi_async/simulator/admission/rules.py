"""What a call of each endpoint must and may say.

Names, vocabularies and bounds follow from the request class; the tables here say what a
class does not, from the endpoints' pages. The tables of the tests, typed by hand, hold both to account.
Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Final, NamedTuple

from binance_papi_async.declaring.parameters import Parameter
from binance_papi_async.declaring.request import Request
from binance_papi_async.endpoints import account, cm, general, margin, um, user_stream

DECLARING: Final = (account, cm, general, margin, um, user_stream)
"""Imported for what they declare in ``ENDPOINTS``."""
Place = tuple[str, str]
"""Verb and path."""
Words = Mapping[str, Collection[str]]
"""What a parameter may say."""
Bounds = tuple[float | Decimal | None, float | Decimal | None]
"""Least and most a number may be."""

_CALLBACK_RATES: Final[Mapping[Place, Bounds]] = {
    ("POST", "/papi/v1/um/algo/order"): (Decimal("0.1"), Decimal(20)),
    ("POST", "/papi/v1/cm/conditional/order"): (Decimal("0.1"), Decimal(5)),
}
_REFUSED_BY_HANDLER: Final = frozenset({"leverage"})
"""Bounds that have an error code of their own."""


class Rules(NamedTuple):
    """What one endpoint demands of its parameters, by the exchange's names of them."""

    mandatory: tuple[str, ...]
    known: frozenset[str]
    words: Words
    """What a parameter may say, if not anything."""
    bounds: Mapping[str, Bounds]
    """What lies outside is refused: a simulator's choice, the real answer is not documented."""
    max_days: int | None
    """Longest range from ``startTime`` to ``endTime``."""


@cache
def rules_of(request: type[Request[Any]]) -> Rules:
    """The rules of a request class, and those it does not know of."""
    place = request.endpoint.verb, request.endpoint.path
    parameters = request.endpoint.parameters
    bounds = {each.wire_name: found for each in parameters if (found := _bounds(each))}
    if place in _CALLBACK_RATES:
        bounds["callbackRate"] = _CALLBACK_RATES[place]
    return Rules(
        mandatory=tuple(each.wire_name for each in parameters if each.is_required),
        known=frozenset(each.wire_name for each in parameters),
        words={each.wire_name: each.words for each in parameters if each.words},
        bounds=bounds,
        max_days=request.endpoint.max_days,
    )


def _bounds(parameter: Parameter) -> Bounds | None:
    declared = parameter.bounds
    if declared is None or parameter.wire_name in _REFUSED_BY_HANDLER:
        return None
    return None if declared.ge is declared.le is None else (declared.ge, declared.le)

"""What a call is charged: by the rule of its request class, whatever was sent. Pure."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from inspect import getattr_static
from types import SimpleNamespace
from typing import Any

from binance_papi_async.declaring.request import Request
from binance_papi_async.simulator.admission.parameters import read_parameters
from binance_papi_async.simulator.refusal import Refusal
from binance_papi_async.simulator.visit import Visit


def weight_of(request: type[Request[Any]] | None, visit: Visit) -> int:
    """The weight of a call; 1 if nobody declared it, or if its parameters cannot be read."""
    if request is None:
        return 1
    endpoint, rule = request.endpoint, _rule(request)
    if rule is None:
        return endpoint.weight
    try:
        sent = read_parameters(visit.query, visit.body)
    except Refusal:
        return 1
    # Not an instance of the class, which would refuse to be one of a call that is to be refused.
    seen = {each.name: sent.get(each.wire_name) for each in endpoint.parameters}
    return rule(SimpleNamespace(endpoint=endpoint, **seen))


@cache
def _rule(request: type[Request[Any]]) -> Callable[[Any], int] | None:
    """How the parameters decide, None if all calls of the class are charged the same."""
    own: property = getattr_static(request, "weight")
    return None if own is getattr_static(Request, "weight") else own.fget

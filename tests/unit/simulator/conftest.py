"""An exchange on a clock that the test moves, and a hand that signs raw requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlencode

import msgspec
import pytest

from binance_papi_async.simulator import Exchange

START = 1_700_000_040.25
"""A quarter of a second into a minute's 0th second by the exchange's clock."""


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        """Epoch seconds."""
        return self.now


class Answered(NamedTuple):
    """An answer, its body decoded."""

    status: int
    headers: Any
    json: Any


@pytest.fixture
def clock() -> Clock:
    """A clock that the test moves."""
    return Clock()


@pytest.fixture
def exchange(clock: Clock) -> Exchange:
    """An exchange with the documented limits."""
    return Exchange(clock=clock)


@pytest.fixture
def sign(exchange: Exchange, clock: Clock) -> Callable[..., str]:
    """Writes parameters as a signed query."""

    def query(**parameters: object) -> str:
        text = urlencode({"timestamp": int(clock.now * 1000)} | parameters)
        return f"{text}&signature={exchange.key.sign(text.encode())}"

    return query


@pytest.fixture
def ask(exchange: Exchange, sign: Callable[..., str]) -> Callable[..., Answered]:
    """Sends a signed request the whole way."""

    def send(verb: str, path: str, **parameters: object) -> Answered:
        headers = {"X-MBX-APIKEY": exchange.key.api_key}
        target = f"/papi/v1/{path}?{sign(**parameters)}"
        answer = exchange.execute(exchange.receive(verb, target, headers))
        try:
            body = msgspec.json.decode(answer.body)
        except msgspec.DecodeError:
            body = answer.body
        return Answered(answer.status, answer.headers, body)

    return send

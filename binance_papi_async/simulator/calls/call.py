"""What a handler is given: the parameters as they were sent, and the account they act on.

Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, TypeVar

from binance_papi_async.simulator.world.account import Account
from binance_papi_async.simulator.world.book import Book

E = TypeVar("E", bound=StrEnum)


class Call(NamedTuple):
    """One call whose sender has been checked."""

    account: Account
    parameters: Mapping[str, str]
    """As sent, percent-decoded."""
    now: float
    as_of: float | None = None
    """Answer a read from the state at that time; None is now."""

    @property
    def book(self) -> Book:
        """The margin orders of the account."""
        return self.account.book

    def text(self, name: str) -> str | None:
        """A parameter, None if it was not sent."""
        return self.parameters.get(name)

    def number(self, name: str) -> int | None:
        """A whole number."""
        text = self.parameters.get(name)
        return None if text is None else int(text)

    def decimal(self, name: str) -> Decimal | None:
        """A decimal number."""
        text = self.parameters.get(name)
        return None if text is None else Decimal(text)

    def flag(self, name: str) -> bool:
        """A yes or no; no, if it was not sent."""
        return self.parameters.get(name) == "true"

    def word(self, name: str, kind: type[E]) -> E | None:
        """A word of a vocabulary."""
        text = self.parameters.get(name)
        return None if text is None else kind(text)

    def client_id(self, name: str) -> str:
        """A client id, made up if none was sent."""
        return self.parameters.get(name) or self.account.made_up_id()


Handler = Callable[[Call], object]
"""Carries a call out; what it returns is answered as JSON. It may raise ``Refusal``."""
Weight = int | Callable[[Mapping[str, str]], int]
"""What a call is charged, from its parameters where it depends on them."""


class Route(NamedTuple):
    """How one endpoint is served."""

    handler: Handler
    weight: Weight
    mandatory: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    words: Mapping[str, tuple[str, ...]] = {}
    """What a parameter may say, where that is not the same at every endpoint."""
    bounds: Mapping[str, tuple[Decimal, Decimal]] = {}
    """Least and most a number may be."""
    max_days: int | None = None
    """Longest range from ``startTime`` to ``endTime``."""


def by_presence(name: str, weight_with: int, weight_without: int) -> Weight:
    """A weight that depends on whether a parameter is sent."""
    return lambda parameters: weight_with if name in parameters else weight_without


def up_to(most: int) -> Mapping[str, tuple[Decimal, Decimal]]:
    """Bounds of ``limit``."""
    return {"limit": (Decimal(1), Decimal(most))}


Routes = dict[tuple[str, str], Route]
"""By verb and path."""

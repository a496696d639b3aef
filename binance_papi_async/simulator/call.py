"""What a handler is given: the parameters as they were sent, and the account they act on.

Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import StrEnum
from random import Random
from string import ascii_letters, digits
from typing import Final, NamedTuple, TypeVar

from binance_papi_async.simulator.book import Book
from binance_papi_async.simulator.quota import Windows
from binance_papi_async.simulator.truth import Truth

E = TypeVar("E", bound=StrEnum)


class Account:
    """The one account of the exchange, and what its handlers share."""

    ID: Final = "account"

    def __init__(self, book: Book, truth: Truth, order_limits: Windows, *, seed: int) -> None:
        self.book = book
        self.truth = truth
        self.order_limits = order_limits
        self._random = Random(seed)  # noqa: S311 - names, not secrets

    def made_up_id(self) -> str:
        """A client id as the exchange makes one up: 22 letters and digits."""
        return "".join(self._random.choices(ascii_letters + digits, k=22))


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
        """The orders of the account."""
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


Routes = dict[tuple[str, str], Route]
"""By verb and path."""

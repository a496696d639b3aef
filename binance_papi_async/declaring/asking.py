"""Requests as a checker sees them, so that it infers what ``send(one or another)`` replies with.

Of ``Request[R]`` mypy takes the one ``R`` that fits all members of a union: their common base, which says nothing.
Of a function with overloads it takes each member for itself and unites the replies, but only where
no overload takes the whole union: ``Asks`` is exact in its reply, so it takes none;
``Request[R]`` does, and answers with a union, which sends mypy on to the members.
Where less is wanted than the reply, as by ``print``, the second overload gives that.
Pure, and never run.
"""

from __future__ import annotations

from types import CoroutineType
from typing import Never, Protocol, TypeAlias, TypeVar

R = TypeVar("R")


class Asks(Protocol[R]):
    """Any request, with exactly this reply."""

    @property
    def _replies_with(self) -> list[R]: ...


Sending: TypeAlias = "CoroutineType[object, Never, R] | CoroutineType[None, Never, R]"
"""What a call of ``send`` is before it is awaited, twice, so that it is a union."""

"""Requests that place an order or change one, and know which requests read it.

Pure: nothing here reads a clock, a socket or a key.
"""

from __future__ import annotations

from typing import Any, ClassVar, Generic, Self, TypeGuard, TypeVar

from msgspec.structs import replace

from binance_papi_async.declaring.request import CancelRequest, Request

R_co = TypeVar("R_co", covariant=True)
S_co = TypeVar("S_co", covariant=True)


class PlaceRequest(Request[R_co], Generic[R_co, S_co]):
    """A request that places an order, or a list of them, under an id of the caller's choice.

    ``R_co`` is the reply, ``S_co`` what a read of the order replies with.
    """

    id_field: ClassVar[str]
    """Name of the parameter that is the id of the caller's choice."""
    id_length: ClassVar[int] = 36
    """How long that may be: signs."""

    @property
    def client_id(self) -> str | None:
        """The id of the caller's choice, whatever this endpoint calls it."""
        client_id: str | None = getattr(self, self.id_field)
        return client_id

    def under(self, client_id: str) -> Self:
        """The same, under that id."""
        return replace(self, **{self.id_field: client_id})

    def to_cancel(self) -> CancelRequest[Any, S_co]:
        """The cancel of what this places, by its client id: it also names the order, and knows how to read it."""
        raise NotImplementedError


class ModifyRequest(Request[R_co], Generic[R_co, S_co]):
    """A request that changes price and quantity of an open order.

    ``R_co`` is the reply, ``S_co`` what a read of the order replies with.
    """

    def to_cancel(self) -> CancelRequest[Any, S_co]:
        """The cancel of what this changes: it also names the order, and knows how to read it."""
        raise NotImplementedError

    def is_done(self, state: Any) -> bool | None:
        """Whether what a read or a reply shows has the price and the quantity this asks for; None if that cannot be told."""
        raise NotImplementedError


def places(request: object) -> TypeGuard[PlaceRequest[Any, Any]]:
    """Whether that is a request that places an order."""
    return isinstance(request, PlaceRequest)


def modifies(request: object) -> TypeGuard[ModifyRequest[Any, Any]]:
    """Whether that is a request that changes an order."""
    return isinstance(request, ModifyRequest)

"""Request classes as methods: ``papi.margin.cancel_order(symbol=..., order_id=...)``."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Coroutine
from typing import Any, Generic, ParamSpec, Protocol, Self, TypeVar, overload

from binance_papi_async.declaring.request import Request, misspelling

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class Sender(Protocol):
    """Whoever can carry a request to the exchange: the client, or a test."""

    async def send(self, request: Request[R], /) -> R:
        """Send, and return the typed reply."""
        ...

    def timestamp_ms(self) -> int:
        """The exchange's time now, ms since 1970."""
        ...


class Namespace:
    """A family of endpoints, as methods of a sender."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._send = sender.send
        self._timestamp_ms = sender.timestamp_ms

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._sender!r}>"


def method_of(namespace: Namespace, name: str) -> str:
    """``papi.user_stream.create_listen_key``, as a caller writes it."""
    family = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(namespace).__name__).lower()
    return f"papi.{family}.{name}"


class Call(Generic[P, R_co]):
    """A request class as a method: same parameters, same reply, same docstring."""

    def __init__(self, request: Callable[P, Request[R_co]], /) -> None:
        self.request = request
        self.__doc__ = request.__doc__

    def __set_name__(self, owner: type, name: str, /) -> None:
        self._name = name
        self._path = f"{owner.__name__}.{name}"

    def __repr__(self) -> str:
        return f"<Call {self._path}>"

    @overload
    def __get__(self, namespace: None, owner: type, /) -> Self: ...
    @overload
    def __get__(
        self, namespace: Namespace, owner: type, /
    ) -> Callable[P, Coroutine[Any, Any, R_co]]: ...
    def __get__(
        self, namespace: Namespace | None, owner: type, /
    ) -> Self | Callable[P, Coroutine[Any, Any, R_co]]:
        if namespace is None:
            return self
        request, name, send = self.request, self._name, namespace._send  # noqa: SLF001 - the two are one idea

        def call(*args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, R_co]:
            try:
                made = request(*args, **kwargs)
            except TypeError as error:
                if misspelling(request, kwargs) is None:
                    raise
                raise TypeError(f"{method_of(namespace, name)}: {error}") from None
            return send(made)

        call.__name__, call.__qualname__, call.__doc__ = self._name, self._path, self.__doc__
        call.__signature__ = inspect.signature(request)  # type: ignore[attr-defined]
        namespace.__dict__[self._name] = call  # asked once; afterwards a plain attribute
        return call

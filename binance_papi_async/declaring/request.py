"""What one call to the exchange is: an endpoint, its parameters and the type of its reply.

Pure: nothing here reads a clock, a socket or a key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Hashable, Iterable
from datetime import datetime
from difflib import get_close_matches
from functools import cached_property
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Final,
    Generic,
    Literal,
    TypeVar,
    dataclass_transform,
    get_args,
)

from msgspec import Struct, StructMeta, field
from msgspec.structs import force_setattr

from binance_papi_async.declaring.parameters import (
    Parameter,
    Symbol,
    check_text,
    milliseconds,
    parameters,
)
from binance_papi_async.declaring.reading import Json, reader, undeclared

R_co = TypeVar("R_co", covariant=True)
RequestT = TypeVar("RequestT", bound="type[Request[Any]]")
Verb = Literal["GET", "POST", "PUT", "DELETE"]
Security = Literal["open", "keyed", "signed"]
"""``open``: anybody may ask; ``keyed``: the API key goes along; ``signed``: key, time and signature."""
Lane = Literal["urgent", "cancel", "resolve", "order", "read"]
"""Who waits for whom when weight is scarce: whoever stands first here goes first."""

PAGES: Final = (
    "https://developers.binance.com/en/docs/catalog/"
    "advanced-trading-derivatives-trading-portfolio-margin/api/rest-api/"
)
"""Where every page of the Portfolio Margin documentation begins, as of 2026-10-23."""
ORDER_REPLY_BYTES: Final = 1 << 20
"""Largest reply of a call that changes something."""
READ_REPLY_BYTES: Final = 16 << 20
"""Largest reply of a read: a list of 5,000 open orders is about 3 MB."""


_Check = tuple[str, type[Any], Container[Any] | None, Callable[[Parameter, Any], None], Parameter]
"""Name and type of a parameter, which values of that type need no look, who looks, and itself."""


def _look(parameter: Parameter) -> Callable[[Parameter, Any], None]:
    return check_text if parameter.type is str else Parameter.check


class Endpoint:
    """Where a request class sends, what a call costs, and how its two sides are coded.

    What needs the class's annotations is worked out at first use: importing declares over a hundred of these.
    """

    def __init__(  # noqa: PLR0913 - a declaration has as many facts as the exchange's page
        self,
        request: type[Request[Any]],
        verb: Verb,
        path: str,
        *,
        page: str | None,
        weight: int,
        orders: int,
        security: Security,
        decode: Callable[[bytes], Any] | None,
        max_days: int | None,
    ) -> None:
        self.request = request
        self.verb: Verb = verb
        self.path = path
        self.page = page and PAGES + page
        """Address of the page that describes it; None if none is known."""
        self.weight = weight
        """Request weight charged to the IP."""
        self.orders = orders
        """Orders charged to the account; zero unless the call places one."""
        self.security: Security = security
        self.is_change = verb != "GET" and security == "signed"
        """Whether it changes something of the account."""
        self.lane: Lane = _lane(verb, orders, security)
        """The limiter lane a call waits in unless told otherwise."""
        self.max_reply_bytes = READ_REPLY_BYTES if verb == "GET" else ORDER_REPLY_BYTES
        self.max_days = max_days
        """Longest range from ``start_time`` to ``end_time``; None if none is documented."""
        self._decode = decode

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """Every parameter, in declaration order."""
        return parameters(self.request)

    @cached_property
    def checks(self) -> tuple[_Check, ...]:
        """Of each parameter what making a request needs, at hand: every cancel is made."""
        return tuple(
            (each.name, each.type, each.known, _look(each), each) for each in self.parameters
        )

    @cached_property
    def moments(self) -> tuple[str, ...]:
        """Names of the parameters that may be given as a datetime."""
        return tuple(each.name for each in self.parameters if each.is_moment)

    @cached_property
    def reply(self) -> Any:
        """Type of the reply: the ``MarginOrder`` of ``class QueryMarginOrder(OrderRef[MarginOrder])``."""
        base, *_ = self.request.__dict__["__orig_bases__"]
        reply, *_ = get_args(base)
        return reply

    @cached_property
    def decode(self) -> Callable[[bytes], Any]:
        """Read a reply's body by the rules of ``declaring.reading``; raises one of its ``UNREADABLE``."""
        return self._decode or reader(self.reply)

    def undeclared(self, body: bytes) -> Json:
        """What a reply's body says beyond the reply's fields: by name; of a list, row by row."""
        return undeclared(self.reply, body)

    def __repr__(self) -> str:
        return f"<{self.verb} {self.path}>"


class _RequestMeta(StructMeta):
    """Makes parameters keyword-only in every request; msgspec does not inherit ``kw_only``."""

    def __new__(
        mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], /, **config: Any
    ) -> _RequestMeta:
        config.setdefault("kw_only", True)
        return super().__new__(mcls, name, bases, namespace, **config)

    if not TYPE_CHECKING:  # pragma: no branch - a checker sees the parameters themselves

        def __call__(cls, /, *positional: Any, **parameters: Any) -> Any:
            """Make a request; a parameter it does not have is named, with the one that was meant."""
            try:
                return _make(cls, *positional, **parameters)
            except TypeError:
                if positional:
                    names = ", ".join(f"{name}=..." for name in cls.__struct_fields__)
                    raise TypeError(
                        f"{cls.__name__} takes no positional parameters, but {names}"
                    ) from None
                misspelt = misspelling(cls, parameters)
                if misspelt is None:
                    raise
                raise TypeError(f"{cls.__name__} has {misspelt}") from None


_make: Final = StructMeta.__call__


def misspelling(request: Any, given: Iterable[str]) -> str | None:
    """``no orderId: did you mean order_id?``, None if a request has all parameters that were given."""
    names: tuple[str, ...] = request.__struct_fields__
    return unknown_name(given, names)


def unknown_name(given: Iterable[str], names: Iterable[str]) -> str | None:
    """``no orderId: did you mean order_id?``, None if every name is one of ``names``."""
    known = list(names)
    wrong = next((each for each in given if each not in known), None)
    if wrong is None:
        return None
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", wrong).lower()
    meant = get_close_matches(snake, known, n=1)
    way_out = f"did you mean {meant[0]}?" if meant else f"it takes {', '.join(known) or 'nothing'}"
    return f"no {wrong}: {way_out}"


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class Request(Struct, Generic[R_co], metaclass=_RequestMeta, frozen=True, rename="camel"):
    """Base of every request. ``R_co`` is what the exchange replies with.

    A value: frozen, comparable, hashable, checked when it is made.
    A parameter that the exchange would refuse raises ValueError, one of a wrong type TypeError,
    before any weight is spent.
    """

    if TYPE_CHECKING:

        @property
        def _replies_with(
            self,
        ) -> list[R_co]: ...  # a list is exact in what it holds: see ``asking``

    endpoint: ClassVar[Endpoint]
    elsewhere: ClassVar[str] = ""
    """Where to look for what this does not find, said in the error."""

    def __post_init__(self) -> None:
        endpoint = self.endpoint
        if endpoint.moments:
            self._turn_into_milliseconds()
        for name, kind, known, look, parameter in endpoint.checks:
            value = getattr(self, name)
            if value is None:
                if parameter.is_required:
                    raise TypeError(f"{name} is required")
            elif type(value) is not kind:
                parameter.check(value)
            elif known is not None and value not in known:
                look(parameter, value)

    def _turn_into_milliseconds(self) -> None:
        for name in self.endpoint.moments:
            moment = getattr(self, name)
            if isinstance(moment, datetime):
                force_setattr(self, name, milliseconds(name, moment))

    @property
    def weight(self) -> int:
        """Weight this call is charged. Overridden where it depends on a parameter."""
        return self.endpoint.weight

    def query(self) -> str:
        """Parameters as the exchange reads them, percent-encoded, absent ones left out."""
        pairs: list[str] = []
        for parameter in self.endpoint.parameters:
            value = getattr(self, parameter.name)
            if value is not None:
                pairs.append(f"{parameter.wire_name}={parameter.text(value)}")
        return "&".join(pairs)


S_co = TypeVar("S_co", covariant=True)
Fate = Literal["open", "canceled", "closed", "ended", "triggered", "pending", "unclear"]
"""Where an order is: open, cancelled, closed in another way, closed and its parts tell how, no more but what it
placed lives, on its way somewhere, or in a state that nobody has heard of."""


class CancelRequest(Request[R_co], Generic[R_co, S_co]):
    """A request that cancels one thing, and knows which requests read it.

    ``R_co`` is the reply of the cancel, ``S_co`` what a read of the thing replies with.
    """

    @property
    def key(self) -> Hashable:
        """Names the thing: two requests with one key cancel the same."""
        raise NotImplementedError

    def state(self) -> Request[S_co]:
        """The request that reads what this cancels, open or not."""
        raise NotImplementedError

    def open_states(self) -> Request[list[S_co]]:
        """The request that reads everything open where this is open."""
        raise NotImplementedError

    @property
    def is_reusable(self) -> bool:
        """Whether what names the thing may name another one later: an id of the caller's choice."""
        raise NotImplementedError

    def by_id(self, state: Any) -> CancelRequest[R_co, S_co]:
        """The same, naming what a read showed by the exchange's own id."""
        raise NotImplementedError

    def said(self, reply: Any) -> Fate | None:
        """What the reply to this cancel says became of the thing; None if it names another, or none."""
        return self.fate(reply) if self.key in self.keys_of(reply) else None

    def parts(self, state: Any) -> list[Request[Any]]:
        """The requests that read the parts of a thing whose fate is ``ended``, which tell how."""
        raise NotImplementedError

    def with_parts(self, state: Any, parts: list[Any]) -> Any:
        """What a read showed, and its parts, as one."""
        raise NotImplementedError

    def placed_by(self, state: Any) -> CancelRequest[Any, Any] | None:  # noqa: ARG002 - for those that trigger
        """The cancel of the order that a triggered one has placed, None if that is not told."""
        return None

    def ends(self) -> Request[list[S_co]] | None:
        """The request that reads many at once, closed ones too, from this one on; None if there is none."""
        return None

    @staticmethod
    def placed_at_ms(state: Any) -> int | None:
        """When what a read replied with was placed, ms since 1970, if the reply says so."""
        raise NotImplementedError

    @staticmethod
    def keys_of(state: Any) -> tuple[Hashable, ...]:
        """Every key that names what a read replied with."""
        raise NotImplementedError

    @staticmethod
    def fate(state: Any) -> Fate:
        """Whether what a read replied with is open, and if not, how it ended."""
        raise NotImplementedError

    @staticmethod
    def changed_at_ms(state: Any) -> int | None:
        """When what a read replied with last changed, ms since 1970, if the reply says so."""
        raise NotImplementedError


class CancelAllRequest(Request[R_co], Generic[R_co, S_co]):
    """A request that cancels everything open of a symbol, and knows how to read and to cancel it singly.

    ``R_co`` is the reply of the cancel, ``S_co`` what a read shows of one of them.
    """

    product: ClassVar[str]
    """Whose orders these are: ``margin``, ``um``, ``cm``, ``um algo`` or ``cm conditional``."""
    symbol: Symbol

    @property
    def place(self) -> str:
        """What is emptied: ``um BTCUSDT``; of margin the symbol alone."""
        return self.symbol if self.product == "margin" else f"{self.product} {self.symbol}"

    def open_states(self) -> Request[list[S_co]]:
        """The request that reads everything this would cancel."""
        raise NotImplementedError

    def single(self, state: Any) -> CancelRequest[Any, S_co]:
        """The cancel of one of them alone, as a read or a reply shows it."""
        raise NotImplementedError

    @staticmethod
    def named(reply: Any) -> list[Any] | None:  # noqa: ARG004 - for those whose reply says more
        """What the reply says was canceled, one by one; None if it says only that it was done."""
        return None


ENDPOINTS: Final[dict[tuple[Verb, str], type[Request[Any]]]] = {}
"""Every request class by verb and path: read by the simulator, the docs and the tests."""


def endpoint(  # noqa: PLR0913 - a declaration has as many facts as the exchange's page
    verb: Verb,
    path: str,
    *,
    page: str | None = None,
    weight: int = 1,
    orders: int = 0,
    security: Security = "signed",
    decode: Callable[[bytes], Any] | None = None,
    max_days: int | None = None,
) -> Callable[[RequestT], RequestT]:
    """Declare which endpoint a request class calls, and what a call costs.

    ``page`` is the address of its page below ``PAGES``.
    ``weight`` is the request weight charged to the IP, ``orders`` what the account's order limit is charged.
    ``decode`` reads replies whose shape a type alone cannot tell.
    ``max_days`` is the longest range of time it takes.
    """

    def declare(cls: RequestT) -> RequestT:
        if ENDPOINTS.setdefault((verb, path), cls) is not cls:
            raise TypeError(f"{verb} {path} is declared twice")
        cls.endpoint = Endpoint(
            cls,
            verb,
            path,
            page=page,
            weight=weight,
            orders=orders,
            security=security,
            decode=decode,
            max_days=max_days,
        )
        return cls

    return declare


def _lane(verb: Verb, orders: int, security: Security) -> Lane:
    if verb == "DELETE" and security == "signed":
        return "cancel"
    return "order" if orders else "read"

"""Everything that can go wrong between a client and the exchange, as values.

What an answer means for the order, executed or not, is the PAPI general page's word unless said
otherwise; combinations that the documents rule out cannot be made.
Pure.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Literal, NamedTuple

from msgspec import Struct

Point = Literal["before", "after"]
"""``before``: the request is not carried out; ``after``: it is, and then the fault strikes."""


class Delivery(StrEnum):
    """How a door hands an answer over."""

    WHOLE = "whole"
    CLOSE = "close"
    """No byte, the connection ends in good order."""
    RESET = "reset"
    """No byte, the connection is reset."""
    SILENCE = "silence"
    """No byte, the connection stays open."""
    CUT_HEAD = "cut_head"
    """The first bytes of the head, then the end."""
    CUT_BODY = "cut_body"
    """The head and the first bytes of the body, then the end."""
    GARBAGE = "garbage"
    """Bytes that are not HTTP, then the end."""
    STRAY = "stray"
    """The whole answer, and after it bytes that belong to no request."""

    @property
    def has_head(self) -> bool:
        """Whether the client gets to see a status."""
        return self in (Delivery.WHOLE, Delivery.CUT_BODY, Delivery.STRAY)


class FaultKind(StrEnum):
    """What goes wrong."""

    DELAY = "delay"
    CLOSE = "close"
    RESET = "reset"
    SILENCE = "silence"
    CUT_HEAD = "cut_head"
    CUT_BODY = "cut_body"
    GARBAGE = "garbage"
    STRAY = "stray"
    BROKEN_JSON = "broken_json"
    EMPTY_202 = "empty_202"
    HTML_200 = "html_200"
    OTHER_ORDER_200 = "other_order_200"
    UNKNOWN_503 = "unknown_503"
    UNAVAILABLE_503 = "unavailable_503"
    UNAVAILABLE_503_TEXT = "unavailable_503_text"
    DISCONNECTED_503 = "disconnected_503"
    THROTTLED_503 = "throttled_503"
    ERROR_500 = "error_500"
    BAD_GATEWAY_502 = "bad_gateway_502"
    GATEWAY_TIMEOUT_504 = "gateway_timeout_504"
    TIMEOUT_408 = "timeout_408"
    UNKNOWN_400 = "unknown_400"
    UNEXPECTED_400 = "unexpected_400"
    TIMEOUT_400 = "timeout_400"
    FIREWALL_403 = "firewall_403"
    LIMITED_429 = "limited_429"
    ORDERS_429 = "orders_429"
    BANNED_418 = "banned_418"
    TIMESTAMP = "timestamp"
    ENGINE_TIMESTAMP = "engine_timestamp"


DELIVERIES: Final = {
    FaultKind(delivery.value): delivery for delivery in Delivery if delivery is not Delivery.WHOLE
}
"""Faults of delivery."""


class FaultAnswer(NamedTuple):
    """What the exchange, or somebody in front of it, answers instead."""

    status: int
    body: str
    """``{until}`` stands for the end of a ban in epoch ms, ``{target}`` for the address asked for."""
    is_executed: bool | None = None
    """Whether the documents say it was: False is never, None is nobody knows."""
    is_counted: bool = True
    """Whether the weight is charged."""

    @property
    def is_page(self) -> bool:
        """Whether it is HTML, from a machine in front of the exchange, which knows no counts."""
        return self.body.startswith("<")


def _error(code: int, message: str) -> str:
    return f'{{"code":{code},"msg":"{message}"}}'


def _page(title: str, text: str = "") -> str:
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{text}</body></html>"


ANSWERS: Final[dict[FaultKind, FaultAnswer]] = {
    FaultKind.BROKEN_JSON: FaultAnswer(200, '{"symbol":"LTCBTC","orderId":28,"origCl'),
    FaultKind.EMPTY_202: FaultAnswer(202, ""),
    FaultKind.HTML_200: FaultAnswer(200, _page("Just a moment...")),
    FaultKind.OTHER_ORDER_200: FaultAnswer(
        200,
        '{"symbol":"LTCBTC","orderId":28,"origClientOrderId":"myOrder1",'
        '"clientOrderId":"cancelMyOrder1","price":"1.00000000","origQty":"10.00000000",'
        '"executedQty":"8.00000000","cummulativeQuoteQty":"8.00000000","status":"CANCELED",'
        '"timeInForce":"GTC","type":"LIMIT","side":"SELL"}',
    ),
    FaultKind.UNKNOWN_503: FaultAnswer(
        503,
        _error(-1000, "Unknown error, please check your request or try again later."),
    ),
    FaultKind.UNAVAILABLE_503: FaultAnswer(
        503, '{"msg":"Service Unavailable."}', is_executed=False, is_counted=False
    ),
    FaultKind.UNAVAILABLE_503_TEXT: FaultAnswer(
        503, "Service Unavailable.", is_executed=False, is_counted=False
    ),
    FaultKind.DISCONNECTED_503: FaultAnswer(
        503,
        _error(-1001, "Internal error; unable to process your request. Please try again."),
        is_executed=False,
    ),
    FaultKind.THROTTLED_503: FaultAnswer(
        503,
        _error(
            -1008,
            "Request throttled by system-level protection. "
            "Reduce-only/close-position orders are exempt. Please try again.",
        ),
        is_executed=False,
        is_counted=False,
    ),
    FaultKind.ERROR_500: FaultAnswer(500, "Request occur unknown error."),
    FaultKind.BAD_GATEWAY_502: FaultAnswer(502, _page("502 Bad Gateway")),
    FaultKind.GATEWAY_TIMEOUT_504: FaultAnswer(504, _page("504 Gateway Time-out")),
    FaultKind.TIMEOUT_408: FaultAnswer(
        408,
        _error(
            -1007,
            "Timeout waiting for response from backend server. "
            "Send status unknown; execution status unknown.",
        ),
    ),
    FaultKind.UNKNOWN_400: FaultAnswer(
        400, _error(-1000, "An unknown error occurred while processing the request.")
    ),
    FaultKind.UNEXPECTED_400: FaultAnswer(
        400,
        _error(
            -1006,
            "An unexpected response was received from the message bus. Execution status unknown.",
        ),
    ),
    FaultKind.TIMEOUT_400: FaultAnswer(
        400,
        _error(
            -1007,
            "Timeout waiting for response from backend server. "
            "Send status unknown; execution status unknown.",
        ),
    ),
    FaultKind.FIREWALL_403: FaultAnswer(
        403,
        _page("403 Forbidden", "<p>The request {target} was blocked.</p>"),
        is_executed=False,
        is_counted=False,
    ),
    FaultKind.LIMITED_429: FaultAnswer(
        429,
        _error(-1003, "Too many requests; current limit is 6000 requests per 1 MINUTE."),
        is_executed=False,
    ),
    FaultKind.ORDERS_429: FaultAnswer(
        429,
        _error(-1015, "Too many new orders; current limit is 1200 orders per 1 MINUTE."),
        is_executed=False,
    ),
    FaultKind.BANNED_418: FaultAnswer(
        418,
        _error(
            -1003,
            "Way too much request weight used; IP banned until {until}. "
            "Please use WebSocket Streams for live updates to avoid bans.",
        ),
        is_executed=False,
        is_counted=False,
    ),
    FaultKind.TIMESTAMP: FaultAnswer(
        400,
        _error(-1021, "Timestamp for this request is outside of the recvWindow."),
        is_executed=False,
    ),
    FaultKind.ENGINE_TIMESTAMP: FaultAnswer(
        400,
        _error(-5028, "Timestamp for this request is outside of the ME recvWindow."),
        is_executed=False,
    ),
}
"""Faults of answering. Texts without a source on the PAPI pages are stand-ins for their kind.

``OTHER_ORDER_200`` is the whole answer to a cancel of another order, the documented example's.
"""

WAITING_KINDS: Final = (FaultKind.LIMITED_429, FaultKind.ORDERS_429, FaultKind.BANNED_418)
"""Answers that say how long to wait."""


class Fault(Struct, frozen=True):
    """One thing that goes wrong with one call.

    ``Fault(FaultKind.CLOSE, "after")``: the request is carried out, then the connection ends
    without an answer.
    ValueError for a combination that the exchange documents as impossible, such as an overload
    answer to a request that was carried out.
    """

    kind: FaultKind
    point: Point = "before"
    seconds: float = 0.0
    """Waited before carrying out (``before``) or before answering (``after``)."""
    cut: int = 20
    """Bytes of the head or the body that still arrive, for ``CUT_HEAD`` and ``CUT_BODY``."""
    retry_after: int = 1
    """Seconds to wait, for ``LIMITED_429``, ``ORDERS_429`` and ``BANNED_418``.

    Only said, not enforced: the next call is answered as if nothing had been.
    """

    def __post_init__(self) -> None:
        if self.point not in ("before", "after"):
            raise ValueError(f'a fault strikes "before" or "after" execution, not {self.point!r}')
        if self.seconds < 0 or self.cut < 0 or self.retry_after < 0:
            raise ValueError("seconds, cut and retry_after cannot be below zero")
        if self.kind is FaultKind.DELAY and not self.seconds:
            raise ValueError("a delay needs seconds")
        answer = self.answer
        if self.point == "after" and answer is not None and answer.is_executed is False:
            raise ValueError(
                f"{self.kind} is documented as not executed: it can strike only before execution"
            )

    @property
    def name(self) -> str:
        """Kind and point, for the names of tests."""
        return f"{self.kind}-{self.point}"

    @property
    def answer(self) -> FaultAnswer | None:
        """What is answered instead, None if the fault is of another sort."""
        return ANSWERS.get(self.kind)

    @property
    def delivery(self) -> Delivery:
        """How the answer is handed over."""
        return DELIVERIES.get(self.kind, Delivery.WHOLE)

    @property
    def prevents_execution(self) -> bool:
        """Whether the request is not carried out because of it."""
        return self.point == "before" and self.kind is not FaultKind.DELAY


def _all_faults() -> tuple[Fault, ...]:
    never = {kind for kind, answer in ANSWERS.items() if answer.is_executed is False}
    points: tuple[Point, ...] = ("before", "after")
    return tuple(
        Fault(kind, point, seconds=0.05 if kind is FaultKind.DELAY else 0.0)
        for kind in FaultKind
        for point in points
        if point == "before" or kind not in never
    )


FAULTS: Final = _all_faults()
"""Every fault at every point it can strike, for test matrices: see ``Fault.name``."""

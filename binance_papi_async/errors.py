"""Every error answers one question: did it happen?

::

    PapiError
      NotSentError            nothing left this process; send again at will
        LimitedError          no budget within max_wait, or the pool is closed after a 429
        BannedError           the exchange banned this IP
        ConnectError          no connection could be opened
        JournalError          the flight log cannot be opened or written
      RefusedError            the exchange said no; nothing changed
        UnknownOrderError     no open order under that id
        DuplicateOrderError   an open order has that client id
        TimestampError        the timestamp lay outside the window
        AuthenticationError   key, signature or permission
        RateLimitedError      429 or 418
        BlockedError          a machine in front of the exchange lets nothing of this IP through
        UnavailableError      overloaded or down, documented as not executed; back off and resend
      UnknownOutcomeError     it left, and no answer tells what became of it
        ReplyTimeoutError     no reply in time
        ConnectionLostError   the connection ended before the reply did
        ServerError           an answer that is neither a yes nor a no
        ReplyDecodeError      a reply that cannot be read
      IncompleteHistoryError  rows of a history that its endpoint cannot be asked for

Pure: which status, code and text means which class is the table at the end of this file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from binance_papi_async.declaring.request import Request


class PapiError(Exception):
    """Base of every error of this package."""

    request: Request[Any] | None = None
    """The request it is about; set by the client."""


class NotSentError(PapiError):
    """Nothing left this process: sending again is safe."""


Lacking: TypeAlias = Literal["weight", "orders", "connection", "closed"]
"""What a request lacks: weight of the IP, orders of the account, a connection, or that anything is sent at all."""


class LimitedError(NotSentError):
    """No budget within ``max_wait``, or nothing is sent yet after a 429 or a firewall's 403."""

    retry_after: float | None
    """Seconds until budget is expected; None if unknown."""
    lacking: Lacking | None
    """What was lacking: ``closed`` is after a 429 or a firewall's 403."""
    window: float | None
    """Where orders were lacking: the seconds of the window that has none left."""

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        lacking: Lacking | None = None,
        window: float | None = None,
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.lacking = lacking
        self.window = window


class BannedError(NotSentError):
    """The exchange banned this IP (418); sending before the end prolongs the ban."""

    until: float | None
    """End of the ban, epoch seconds by the exchange's clock."""

    def __init__(self, message: str, *, until: float | None = None) -> None:
        super().__init__(message)
        self.until = until


class ConnectError(NotSentError):
    """No connection could be opened, so no byte of the request was written."""

    def __init__(self, message: str) -> None:
        way_out = next((hint for words, hint in _CONNECT_HINTS if words in message), "")
        super().__init__(message if way_out in message else f"{message}; {way_out}")


class JournalError(NotSentError):
    """The journal cannot be opened, or what is about to leave cannot be written there, so it stays here."""

    path: str
    """Of the journal."""

    def __init__(self, message: str, *, path: str = "") -> None:
        super().__init__(message)
        self.path = path


_TRUST: Final = (
    "if you trust it, PapiClient(ssl=ssl.create_default_context(cafile=FILE)), "
    "or --ca-file FILE of the command line"
)
_CONNECT_HINTS: Final = (
    ("self-signed certificate", _TRUST),
    ("self signed certificate", _TRUST),
    ("unable to get local issuer certificate", _TRUST),
    ("WRONG_VERSION_NUMBER", "that port speaks no TLS: should base_url begin with http://?"),
)
"""What TLS says in which trouble, and the way out."""


class _AnsweredError(PapiError):
    """The exchange answered; the evidence is in the attributes."""

    status: int | None
    """HTTP status of the answer."""
    code: int | None
    """The exchange's error code, None if the body had none."""
    message: str
    """The exchange's own words."""

    def __init__(
        self, text: str, *, status: int | None = None, code: int | None = None, message: str = ""
    ) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.message = message


class RefusedError(_AnsweredError):
    """The exchange said no; nothing changed there."""


class UnknownOrderError(RefusedError):
    """No open order under that id: filled, cancelled, expired, never placed, or another symbol's.

    It does not say that a cancel failed: a cancel that was sent twice, or whose reply was lost, ends here too.
    Read the order to learn which.
    """


class DuplicateOrderError(RefusedError):
    """An open order has that client id already."""


class TimestampError(RefusedError):
    """The signed timestamp was too old for ``recvWindow``, or more than a second ahead."""

    signed_at: float = 0.0
    """When it was signed, by the local monotonic clock."""


class AuthenticationError(RefusedError):
    """The key, its signature or its permissions were not accepted; the message says what to look at."""

    def __init__(
        self, text: str, *, status: int | None = None, code: int | None = None, message: str = ""
    ) -> None:
        way_out = _KEY_HINTS.get(code)
        super().__init__(
            f"{text}; {way_out}" if way_out else text,
            status=status,
            code=code,
            message=message,
        )


_KEY_HINTS: Final[Mapping[int | None, str]] = {
    -1022: (
        "the secret (BINANCE_API_SECRET), or the private key, does not belong to this API key or was copied in part"
    ),
    -2014: "the API key (BINANCE_API_KEY) is not whole, or holds something else: copy it once more",
    -2015: (
        "look at the API key (BINANCE_API_KEY), at its permissions (reading, Portfolio Margin trading) and at its "
        "list of IPs; a key made before Portfolio Margin was opened has to be made anew"
    ),
}
"""What a code says about a key, and what to look at."""


class RateLimitedError(RefusedError):
    """A limit was passed (429), or the IP was banned for ignoring that (418)."""

    retry_after: float | None = None
    """Seconds the exchange asked to wait, from ``Retry-After``, in seconds or as a date; the client waits for its minute
    to turn, too, and no longer than three days."""
    until: float | None = None
    """End of a ban, epoch seconds, from the answer's text."""
    window: float | None = None
    """Seconds of the window in which there were too many orders (-1015), from the answer's text."""
    limit: int | None = None
    """How many orders it allows, from the same."""

    @property
    def is_ban(self) -> bool:
        """Whether the IP was banned, rather than told to wait."""
        return self.status == 418


class BlockedError(RefusedError):
    """A machine in front of the exchange refuses this IP: a firewall (403), or for legal reasons (451).

    After a 403 the client sends nothing for a while, longer each time in a row.
    """

    @property
    def is_passing(self) -> bool:
        """Whether waiting may help."""
        return self.status == 403


class UnavailableError(RefusedError):
    """Overloaded or down; documented as not executed and not counted. Back off and send again."""


class UnknownOutcomeError(PapiError):
    """It left, and no answer tells what became of it: ask before sending again."""


class ReplyTimeoutError(UnknownOutcomeError):
    """No complete reply arrived in time."""


class ConnectionLostError(UnknownOutcomeError):
    """The connection ended after bytes of the request may have left and before the reply was whole."""


class ServerError(_AnsweredError, UnknownOutcomeError):
    """The exchange answered, but neither yes nor no: it may or may not have carried the request out."""


class ReplyDecodeError(UnknownOutcomeError):
    """The reply could not be read: not JSON, not of the documented shape, or too large."""

    status: int | None
    body: bytes
    """What arrived, cut at the reply limit."""

    def __init__(self, message: str, *, status: int | None = None, body: bytes = b"") -> None:
        super().__init__(message)
        self.status = status
        self.body = body


class IncompleteHistoryError(PapiError):
    """More rows of one millisecond than a page holds, and no way to ask for the others.

    Iterating raises it rather than leave a gap: what was told before is whole up to ``at_ms``.
    """

    at_ms: int | None
    """Their time, ms since 1970."""
    rows: tuple[Any, ...]
    """As many of them as the exchange tells."""

    def __init__(
        self, message: str, *, at_ms: int | None = None, rows: tuple[Any, ...] = ()
    ) -> None:
        super().__init__(message)
        self.at_ms = at_ms
        self.rows = rows


class _Rule(NamedTuple):
    """One row: an answer of this code whose text contains this is an error of this class."""

    code: int
    text: str
    error: type[RefusedError | ServerError]


# Codes and texts: PAPI error page of 2026-05-28 unless a row says otherwise.
# A code that no row names falls back to its HTTP status, see `error_class`.
RULES: Final = (
    _Rule(-1000, "", ServerError),  # unclassified failure while handling the request
    _Rule(-1001, "", UnavailableError),  # internal fault, request not handled, may be resent
    _Rule(-1002, "", AuthenticationError),  # caller may not run this request
    _Rule(-1003, "", RateLimitedError),
    _Rule(-1006, "", ServerError),  # odd answer inside the exchange
    _Rule(-1007, "", ServerError),  # backend gave no answer in time
    _Rule(-1008, "", UnavailableError),  # overload protection, not counted
    _Rule(-1010, "Unknown order", UnknownOrderError),
    _Rule(-1010, "Check origClOrdId", RefusedError),
    _Rule(-1010, "may not place or cancel", RefusedError),
    _Rule(-1010, "action is disabled", RefusedError),
    _Rule(-1010, "Market is closed", RefusedError),
    _Rule(-1010, "", ServerError),  # the meaning is in the text, and this text is not known
    _Rule(-1015, "", RateLimitedError),
    _Rule(-1021, "", TimestampError),
    _Rule(-1022, "", AuthenticationError),
    _Rule(-2010, "Duplicate order", DuplicateOrderError),
    _Rule(-2011, "Unknown order", UnknownOrderError),
    _Rule(-2011, "Check origClOrdId", RefusedError),
    _Rule(-2011, "may not place or cancel", RefusedError),
    _Rule(-2011, "action is disabled", RefusedError),
    _Rule(-2011, "Market is closed", RefusedError),
    _Rule(-2011, "", ServerError),  # any other text: read the order
    _Rule(-2013, "", UnknownOrderError),
    _Rule(-2014, "", AuthenticationError),
    _Rule(-2015, "", AuthenticationError),
    _Rule(-2023, "", ServerError),  # account is being liquidated, which may cancel the order itself
    _Rule(-2026, "archived", UnknownOrderError),  # spot: unfilled, and over 90 days ago
    _Rule(-3000, "", ServerError),  # classic margin: internal fault
    _Rule(-3044, "", ServerError),  # classic margin: system busy
    _Rule(-4116, "", DuplicateOrderError),  # client order id already open
    _Rule(-4117, "", ServerError),  # stop order is being triggered
    _Rule(-4188, "", TimestampError),  # older twin of -5028
    _Rule(-5028, "", TimestampError),  # too old when it reached the matching engine
    _Rule(-5041, "", ServerError),  # account queue timed out
    _Rule(51068, "", ServerError),  # margin liquidation in progress
    _Rule(51998, "", ServerError),  # system busy; the page does not say whether it ran
    _Rule(51999, "", ServerError),  # unclassified system fault
)

NOT_EXECUTED_503: Final = "Service Unavailable."
"""The text of the 503 that means down: not executed, not counted."""


def _by_code(rules: tuple[_Rule, ...]) -> dict[int, list[_Rule]]:
    """Rules by absolute code: codes above 50000 arrive positive and are listed either way."""
    table: dict[int, list[_Rule]] = {}
    for rule in rules:
        known = table.setdefault(abs(rule.code), [])
        if any(other.text in rule.text for other in known):
            raise ValueError(f"the rule for {rule.code} {rule.text!r} is never reached")
        known.append(rule)
    return table


_RULES_BY_CODE: Final = _by_code(RULES)


def error_class(status: int, code: int | None, message: str) -> type[RefusedError | ServerError]:
    """Class of the error that an answer with this HTTP status, code and text is."""
    if status in (418, 429):
        return RateLimitedError
    named = _named(code, message)
    if status >= 500:
        # Every 5xx may have been carried out, but for three kinds of 503 documented as not executed.
        is_down = named is UnavailableError or (code is None and NOT_EXECUTED_503 in message)
        return UnavailableError if status == 503 and is_down else ServerError
    if named is not None:
        return named
    if status == 401:
        return AuthenticationError
    if status in (403, 451) and code is None:
        return BlockedError
    if status == 408 or status < 300:
        return ServerError
    return RefusedError  # 4xx is the caller's fault; a redirect is not followed


def _named(code: int | None, message: str) -> type[RefusedError | ServerError] | None:
    if code is None:
        return None
    rules = _RULES_BY_CODE.get(abs(code), [])
    return next((rule.error for rule in rules if rule.text in message), None)


_BRANCHES: Final[Mapping[str, type[PapiError]]] = {
    "not_sent": NotSentError,
    "refused": RefusedError,
    "unknown": UnknownOutcomeError,
}
_EVIDENCE: Final = (
    *("status", "code", "message", "retry_after", "until", "at_ms"),
    *("lacking", "window", "limit"),
)


def error_to_builtins(error: PapiError) -> dict[str, Any]:
    """An error in words and numbers: did it happen (``branch``), its class, its text and the evidence.

    The body of a reply that cannot be read, and rows, stay behind.
    """
    branch = next((name for name, base in _BRANCHES.items() if isinstance(error, base)), "other")
    evidence = {name: getattr(error, name) for name in _EVIDENCE if hasattr(error, name)}
    return {"branch": branch, "kind": type(error).__name__, "text": str(error), **evidence}


def error_from_builtins(told: Mapping[str, Any]) -> PapiError:
    """The error that ``error_to_builtins`` told; ValueError if there is none of that kind."""
    kind = _kinds(PapiError).get(told["kind"])
    if kind is None:
        raise ValueError(f"{told['kind']!r} is no kind of PapiError")
    error = kind(told["text"])
    error.args = (told["text"],)  # as it was: a constructor may add a way out to it
    for name in _EVIDENCE:
        if name in told:
            setattr(error, name, told[name])
    return error


def _kinds(base: type[PapiError]) -> dict[str, type[PapiError]]:
    """A class and all its descendants, by name."""
    kinds = {base.__name__: base}
    for each in base.__subclasses__():
        kinds |= _kinds(each)
    return kinds

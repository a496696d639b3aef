from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from binance_papi_async import errors
from binance_papi_async.endpoints.margin_orders import CancelMarginOrder
from binance_papi_async.errors import (
    RULES,
    AuthenticationError,
    BannedError,
    BlockedError,
    ConnectError,
    ConnectionLostError,
    DuplicateOrderError,
    IncompleteHistoryError,
    JournalError,
    LimitedError,
    NotSentError,
    PapiError,
    RateLimitedError,
    RefusedError,
    ReplyDecodeError,
    ReplyTimeoutError,
    ServerError,
    TimestampError,
    UnavailableError,
    UnknownOrderError,
    UnknownOutcomeError,
    error_class,
)

ANSWERS: dict[type[PapiError], type[PapiError]] = {
    LimitedError: NotSentError,
    BannedError: NotSentError,
    ConnectError: NotSentError,
    JournalError: NotSentError,
    UnknownOrderError: RefusedError,
    DuplicateOrderError: RefusedError,
    TimestampError: RefusedError,
    AuthenticationError: RefusedError,
    RateLimitedError: RefusedError,
    BlockedError: RefusedError,
    UnavailableError: RefusedError,
    ReplyTimeoutError: UnknownOutcomeError,
    ConnectionLostError: UnknownOutcomeError,
    ServerError: UnknownOutcomeError,
    ReplyDecodeError: UnknownOutcomeError,
}
BRANCHES: tuple[type[PapiError], ...] = (NotSentError, RefusedError, UnknownOutcomeError)
"""Did it happen? No, refused, or nobody knows."""


def _public_errors() -> set[type[PapiError]]:
    return {
        each
        for name, each in vars(errors).items()
        if isinstance(each, type) and issubclass(each, PapiError) and not name.startswith("_")
    }


def test_the_tree_is_the_one_in_the_docstring() -> None:
    """No class is missing from the drawing, none from the table above."""
    drawn = {word for word in (errors.__doc__ or "").split() if word.endswith("Error")}
    assert drawn == {each.__name__ for each in _public_errors()}
    assert _public_errors() == {PapiError, IncompleteHistoryError, *BRANCHES, *ANSWERS}


@pytest.mark.parametrize(("error", "branch"), ANSWERS.items(), ids=lambda each: each.__name__)
def test_an_error_answers_whether_it_happened(
    error: type[PapiError], branch: type[PapiError]
) -> None:
    """Every error is in exactly one of the three branches."""
    assert [each for each in BRANCHES if issubclass(error, each)] == [branch]


def test_only_what_left_unanswered_is_unknown() -> None:
    """The base itself is in none of the branches, and a branch not in another."""
    assert not issubclass(PapiError, BRANCHES)
    for branch in BRANCHES:
        assert [each for each in BRANCHES if issubclass(branch, each)] == [branch]


def _with_everything() -> list[PapiError]:
    """One of each error, every attribute set."""
    limited = RateLimitedError("text", status=429, code=-1003, message="words")
    limited.retry_after, limited.until = 3.5, 1659146400.0
    every: list[PapiError] = [
        PapiError("text"),
        NotSentError("text"),
        LimitedError("text", retry_after=2.5),
        BannedError("text", until=1659146400.0),
        ConnectError("text"),
        JournalError("text", path="/log"),
        limited,
        *(
            each("text", status=400, code=-2011, message="words")
            for each in (
                RefusedError,
                UnknownOrderError,
                TimestampError,
                AuthenticationError,
                BlockedError,
                DuplicateOrderError,
                UnavailableError,
                ServerError,
            )
        ),
        IncompleteHistoryError("text", at_ms=1, rows=(1,)),
        UnknownOutcomeError("text"),
        ReplyTimeoutError("text"),
        ConnectionLostError("text"),
        ReplyDecodeError("text", status=200, body=b"{"),
    ]
    for each in every:
        each.request = CancelMarginOrder(symbol="LTCBTC", order_id=28)
    return every


each_error = pytest.mark.parametrize(
    "error", _with_everything(), ids=lambda each: type(each).__name__
)


def test_one_of_each_is_there() -> None:
    """The list of samples is complete."""
    assert {type(each) for each in _with_everything()} == _public_errors()


@each_error
@pytest.mark.parametrize(
    "twin_of",
    [
        pytest.param(lambda error: pickle.loads(pickle.dumps(error)), id="pickle"),  # noqa: S301 - our own
        pytest.param(copy.copy, id="copy"),
        pytest.param(copy.deepcopy, id="deepcopy"),
    ],
)
def test_an_error_keeps_its_evidence_when_it_is_copied(error: PapiError, twin_of: Any) -> None:
    """Sent to another process or copied, an error is of the same class and says the same."""
    twin = twin_of(error)
    assert type(twin) is type(error)
    assert str(twin) == str(error) == "text"
    assert vars(twin) == vars(error)
    assert twin.request == CancelMarginOrder(symbol="LTCBTC", order_id=28)


def test_an_error_without_evidence_says_so() -> None:
    """What is not known is None, and the exchange's words are empty."""
    refused, undecodable = RefusedError("text"), ReplyDecodeError("text")
    assert (refused.status, refused.code, refused.message) == (None, None, "")
    assert (undecodable.status, undecodable.body) == (None, b"")
    assert LimitedError("text").retry_after is None
    assert BannedError("text").until is None
    limited = RateLimitedError("text")
    assert (limited.retry_after, limited.until) == (None, None)
    assert PapiError("text").request is None


# What an error answer of a cancel says of the order, as the exchange documents each code.
UNKNOWN = (-1000, -1006, -1007, -2023, -3000, -3044, -4117, -5041, 51068, 51998, 51999)
NOT_EXECUTED = (
    *(-1001, -1002, -1003, -1004, -1005, -1008, -1011, -1013, -1014, -1015, -1016, -1020, -1021),
    *(-1022, -1023, -1099, -1100, -1101, -1102, -1103, -1104, -1105, -1106, -1108, -1109, -1110),
    *(-1111, -1118, -1119, -1121, -1128, -1130, -1131, -1135, -1145, -1151, -1182, -1194, -2014),
    *(-2015, -2039, -3001, -3003, -3004, -3007, -3021, -3022, -3026, -3028, -3999, -4015, -4032),
    *(-4084, -4188, -5028, 51122),
)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("code", UNKNOWN)
def test_a_code_that_settles_nothing_is_an_unknown_outcome(code: int, sign: int) -> None:
    """Documented as undecided, whichever sign the exchange gives the code."""
    assert error_class(400, sign * code, "words") is ServerError


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("code", NOT_EXECUTED)
def test_a_code_that_says_no_is_a_refusal(code: int, sign: int) -> None:
    """Documented as not executed, whichever sign the exchange gives the code."""
    kind = error_class(400, sign * code, "words")
    assert issubclass(kind, RefusedError)
    assert not issubclass(kind, UnknownOutcomeError)


@pytest.mark.parametrize(
    ("code", "message", "error"),
    [
        (-1002, "You are not authorized to execute this request.", AuthenticationError),
        (-1003, "Too many requests; current limit is 6000.", RateLimitedError),
        (-1015, "Too many new orders.", RateLimitedError),
        (-1021, "Timestamp for this request is outside of the recvWindow.", TimestampError),
        (-5028, "Timestamp for this request is outside of the ME recvWindow.", TimestampError),
        (-4188, "Timestamp for this request is outside of the ME recvWindow.", TimestampError),
        (-1022, "Signature for this request is not valid.", AuthenticationError),
        (-2014, "API-key format invalid.", AuthenticationError),
        (-2015, "Invalid API-key, IP, or permissions for action.", AuthenticationError),
        (-2010, "Duplicate order sent.", DuplicateOrderError),
        (-2010, "Account has insufficient balance for requested action.", RefusedError),
        (-4116, "ClientOrderId is duplicated.", DuplicateOrderError),
        (-2011, "Unknown order sent.", UnknownOrderError),
        (-2011, "Check origClOrdId failed", RefusedError),
        (-2011, "This account may not place or cancel orders.", RefusedError),
        (-2011, "This action is disabled on this account.", RefusedError),
        (-2011, "Market is closed.", RefusedError),
        (-2011, "CANCEL_REJECTED", ServerError),
        (-2011, "", ServerError),
        (-1010, "Unknown order sent.", UnknownOrderError),
        (-1010, "Check origClOrdId failed", RefusedError),
        (-1010, "This account may not place or cancel orders.", RefusedError),
        (-1010, "This action is disabled on this account.", RefusedError),
        (-1010, "Market is closed.", RefusedError),
        (-1010, "ERROR_MSG_RECEIVED.", ServerError),
        (-2013, "Order does not exist.", UnknownOrderError),
        (-1001, "Internal error; unable to process your request.", UnavailableError),
        (-1008, "Request throttled by system-level protection.", UnavailableError),
        (-1121, "Invalid symbol.", RefusedError),
        (-9999, "A code of tomorrow.", RefusedError),
    ],
)
def test_code_and_text_say_which_error(code: int, message: str, error: type[PapiError]) -> None:
    """The exchange's codes with the texts it sends beside them."""
    assert error_class(400, code, message) is error


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.code} {rule.text}")
def test_every_rule_is_reached(rule: errors._Rule) -> None:
    """An answer of a rule's code that contains its text is its error."""
    assert error_class(400, rule.code, f"so {rule.text}.") is rule.error


def test_a_rule_that_repeats_another_is_refused() -> None:
    """The same code and text twice: the second could never apply."""
    rules = (errors._Rule(-1, "no", RefusedError), errors._Rule(-1, "no", ServerError))
    with pytest.raises(ValueError, match=r"the rule for -1 'no' is never reached"):
        errors._by_code(rules)


@pytest.mark.parametrize("text", ["", "rder"])
def test_a_rule_behind_a_wider_one_is_refused(text: str) -> None:
    """A rule whose text contains an earlier rule's can never apply."""
    rules = (errors._Rule(-1, text, RefusedError), errors._Rule(-1, "Unknown order", ServerError))
    with pytest.raises(ValueError, match=r"the rule for -1 'Unknown order' is never reached"):
        errors._by_code(rules)


def test_a_code_listed_with_both_signs_is_refused() -> None:
    """Codes are compared without their sign, so the second could never apply."""
    rules = (errors._Rule(51000, "", RefusedError), errors._Rule(-51000, "", ServerError))
    with pytest.raises(ValueError, match=r"the rule for -51000 '' is never reached"):
        errors._by_code(rules)


def test_a_wider_rule_may_follow_a_narrower_one() -> None:
    """The order of the rows is the order of the questions."""
    rules = (errors._Rule(-1, "Unknown order", RefusedError), errors._Rule(-1, "", ServerError))
    assert errors._by_code(rules) == {1: list(rules)}


@pytest.mark.parametrize(
    ("status", "code", "message", "error"),
    [
        (429, -1003, "", RateLimitedError),
        (429, None, "<html>", RateLimitedError),
        (429, -1000, "", RateLimitedError),
        (418, -1003, "", RateLimitedError),
        (418, None, "", RateLimitedError),
        (401, None, "", AuthenticationError),
        (401, -9999, "", AuthenticationError),
        (403, None, "<html>", BlockedError),
        (451, None, "", BlockedError),
        (403, -1121, "Invalid symbol.", RefusedError),
        (404, None, "<html>", RefusedError),
        (408, None, "", ServerError),
        (408, -1007, "", ServerError),
        (400, None, "", RefusedError),
        (101, None, "", ServerError),
        (200, -9999, "", ServerError),
        (200, -2011, "Unknown order sent.", UnknownOrderError),
        (302, None, "", RefusedError),
        (304, None, "", RefusedError),
        (500, None, "Request occur unknown error.", ServerError),
        (500, -1121, "Invalid symbol.", ServerError),
        (500, -2011, "Unknown order sent.", ServerError),
        (500, -1021, "", ServerError),
        (502, None, "<html>", ServerError),
        (503, None, "Unknown error, please check your request or try again later.", ServerError),
        (503, None, "Service Unavailable.", UnavailableError),
        (503, None, "service unavailable", ServerError),
        (503, -1000, "Service Unavailable.", ServerError),
        (503, -1001, "Internal error; unable to process your request.", UnavailableError),
        (503, -1008, "Request throttled by system-level protection.", UnavailableError),
        (503, -1007, "", ServerError),
        (504, None, "", ServerError),
        (599, None, "", ServerError),
    ],
)
def test_the_status_decides_where_the_code_does_not(
    status: int, code: int | None, message: str, error: type[PapiError]
) -> None:
    """HTTP status before code, but for the 503s that are documented as not executed."""
    assert error_class(status, code, message) is error

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from binance_papi_async.wire.message import Answer, Outgoing, without_signature


def _outgoing() -> Outgoing:
    return Outgoing(
        "DELETE",
        "/papi/v1/margin/order?symbol=LTCBTC&signature=c8db",
        api_key="key that opens nothing",
        max_reply_bytes=1024,
    )


def test_an_outgoing_shows_where_it_goes_and_not_what_it_says() -> None:
    """Neither the signature nor the API key can be read from its repr or str."""
    outgoing = _outgoing()
    assert repr(outgoing) == "<Outgoing DELETE /papi/v1/margin/order>"
    assert str(outgoing) == repr(outgoing)


def test_an_outgoing_knows_its_path() -> None:
    """The path is the target without its query, also where there is none."""
    assert _outgoing().path == "/papi/v1/margin/order"
    assert Outgoing("GET", "/papi/v1/ping", api_key=None, max_reply_bytes=1).path == "/papi/v1/ping"


def test_an_outgoing_has_not_left() -> None:
    """Until a transport says otherwise, nothing of it left this process."""
    assert _outgoing().has_left is False


def test_an_outgoing_takes_no_other_attribute() -> None:
    """A slip of the pen in ``has_left`` cannot go unnoticed."""
    with pytest.raises(AttributeError):
        setattr(_outgoing(), "has_left_", True)  # noqa: B010 - mypy would see the plain one


def test_an_answer_shows_its_size() -> None:
    """The repr of an answer holds no body, which may be megabytes or echo a signature."""
    assert repr(Answer(200, {"Date": "today"}, b"signature=c8db")) == "<Answer 200, 14 bytes>"


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("no such thing", "no such thing"),
        ("a=1&signature=c8db", "a=1&signature (removed)"),
        ("signature=c8db&a=1", "signature (removed)&a=1"),
        ('<a href="/p?a=1&signature=c8db">', '<a href="/p?a=1&signature (removed)">'),
        ("<a href='/p?signature=c8db'>", "<a href='/p?signature (removed)'>"),
        ("<b>signature=c8db</b>", "<b>signature (removed)</b>"),
        ("signature=c8db is wrong", "signature (removed) is wrong"),
        ("Signature=c8db", "signature (removed)"),
        ("signature%3Dc8db", "signature (removed)"),
        ("signature%3dc8db", "signature (removed)"),
        ("signature=ab%2Bc%3D%3D", "signature (removed)"),
        ("signature=ab+c/d==", "signature (removed)"),
        ("signature=a&signature=b", "signature (removed)&signature (removed)"),
        ("signature=", "signature (removed)"),
        ("Signature for this request is not valid.", "Signature for this request is not valid."),
    ],
)
def test_signatures_are_cut_out_of_text(text: str, cut: str) -> None:
    """Every spelling of ``signature=`` in an address goes, and the words around it stay."""
    assert without_signature(text) == cut


@pytest.mark.parametrize(
    "text",
    [
        "signature%253D{}",
        "signature&#61;{}",
        "signature&#x3D;{}",
        "signature\\u003d{}",
        '"signature":"{}"',
        "signature = {}",
    ],
)
def test_escaped_signatures_are_cut_out_of_text(text: str) -> None:
    """Pages escape what they echo: HTML entities, JSON escapes, percent signs twice."""
    assert "c8db" not in without_signature(text.format("c8db" * 16))


@settings(deadline=None)
@given(
    before=st.text(),
    after=st.text(alphabet="&\"'< "),
    secret=st.text("0123456789abcdef", min_size=64, max_size=64),
)
def test_no_signature_survives_in_any_text(before: str, after: str, secret: str) -> None:
    """Whatever stands around it, a signature is gone, and cutting twice changes nothing more."""
    assume(secret not in before)
    cut = without_signature(f"{before}&signature={secret}{after}")
    assert secret not in cut
    assert without_signature(cut) == cut

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import ValidationError, json

from binance_papi_async import enums
from binance_papi_async.enums import OpenEnum, OrderStatus, OrderType, Side

ALL = tuple(
    each for each in OpenEnum.__subclasses__() if each.__module__.startswith(enums.__name__)
)
WORDS = st.text(min_size=1).filter(lambda word: word not in set(OrderType))

each_enum = pytest.mark.parametrize("enum", ALL, ids=lambda enum: enum.__name__)


def test_every_vocabulary_is_open() -> None:
    """All enums of the package are open, and there are 30 of them."""
    named = {name for name, each in vars(enums).items() if isinstance(each, type(OpenEnum))}
    assert named - {"OpenEnum", "StrEnum"} == {enum.__name__ for enum in ALL}
    assert len(ALL) == 30


@each_enum
def test_a_known_word_is_its_own_text(enum: type[OpenEnum]) -> None:
    """The name in Python, the value and the text on the wire are one."""
    for member in enum:
        assert member.name == member.value == str(member) == f"{member}"


@each_enum
def test_a_known_word_decodes_to_its_member(enum: type[OpenEnum]) -> None:
    """The member itself comes out of a reply."""
    for member in enum:
        assert json.decode(json.encode(member), type=enum) is member


@each_enum
def test_an_unknown_word_decodes(enum: type[OpenEnum]) -> None:
    """A word the exchange invented yesterday is a value of the type, not an error."""
    word = json.decode(b'"NEW_WORD"', type=enum)
    assert type(word) is enum
    assert word == "NEW_WORD"


def test_an_unknown_word_is_no_member() -> None:
    """A new word does not enter the vocabulary."""
    before = list(Side)
    assert Side("SIDEWAYS") not in before
    assert list(Side) == before == [Side.BUY, Side.SELL]
    assert "SIDEWAYS" not in Side.__members__


@settings(deadline=None)
@given(WORDS)
def test_an_unknown_word_is_as_good_as_its_text(word: str) -> None:
    """It compares, hashes, prints, encodes and serves as a key like its text."""
    unknown = OrderType(word)
    assert unknown == OrderType(word) == word
    assert hash(unknown) == hash(word)
    assert {unknown: 1}[OrderType(word)] == 1
    assert str(unknown) == f"{unknown}" == unknown.name == unknown.value == word


@settings(deadline=None)
@given(WORDS)
def test_an_unknown_word_goes_through_json(word: str) -> None:
    """What was decoded can be encoded again."""
    unknown = OrderType(word)
    assert json.decode(json.encode(unknown), type=OrderType) == unknown


def test_different_unknown_words_differ() -> None:
    """Two new words are two values, and neither is a known one."""
    assert OrderType("A") != OrderType("B")
    assert OrderType("A") not in set(OrderType)


@pytest.mark.parametrize("word", [Side.BUY, Side("SIDEWAYS")])
def test_a_word_can_be_copied_and_pickled(word: Side) -> None:
    """Known or not, copies are equal and of the same type."""
    for twin in (copy.copy(word), copy.deepcopy(word), pickle.loads(pickle.dumps(word))):  # noqa: S301 - our own
        assert twin == word
        assert type(twin) is Side


def test_an_unknown_word_shows_its_type() -> None:
    """The repr looks like that of a member."""
    assert repr(Side("SIDEWAYS")) == "<Side.SIDEWAYS: 'SIDEWAYS'>"


@pytest.mark.parametrize("value", ["", 1, None, 1.5, b"BUY", ["BUY"]])
def test_only_text_is_a_word(value: Any) -> None:
    """A value that is no text, or a blank one, is refused, as by any enum."""
    with pytest.raises(ValueError, match="is not a valid Side"):
        Side(value)


def test_only_json_text_decodes() -> None:
    """A number in a reply is no word."""
    with pytest.raises(ValidationError):
        json.decode(b"1", type=Side)


@pytest.mark.parametrize(
    ("status", "is_closed"),
    [
        (OrderStatus.NEW, False),
        (OrderStatus.PARTIALLY_FILLED, False),
        (OrderStatus.FILLED, True),
        (OrderStatus.CANCELED, True),
        (OrderStatus.PENDING_CANCEL, False),
        (OrderStatus.REJECTED, True),
        (OrderStatus.EXPIRED, True),
        (OrderStatus.EXPIRED_IN_MATCH, True),
        (OrderStatus("NEW_WORD"), False),
    ],
)
def test_a_closed_order_can_neither_fill_nor_be_cancelled(
    status: OrderStatus, *, is_closed: bool
) -> None:
    """``is_closed`` for each status; an unknown one is not claimed to be closed."""
    assert status.is_closed is is_closed


def test_every_status_is_in_the_table_above() -> None:
    """A status that is added must be decided on."""
    assert len(OrderStatus) == 8

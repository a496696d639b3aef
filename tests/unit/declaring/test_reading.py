"""A reply is read at once where it is as declared, and part by part where it is not."""

from __future__ import annotations

import logging
from decimal import Decimal
from typing import Any, ClassVar, Generic, TypeVar

import pytest
from msgspec import Struct, ValidationError, json

from binance_papi_async.declaring.reading import (
    UNREADABLE,
    IncompleteList,
    Text,
    one_or_many,
    reader,
    rows,
    undeclared,
)
from binance_papi_async.endpoints.acknowledgements import Acknowledgement, Confirmation, Empty
from binance_papi_async.enums import Side

T = TypeVar("T")


class Leg(Struct, frozen=True):
    """A row."""

    id: int


class Thing(Struct, frozen=True, rename="camel", kw_only=True):
    """A field of every kind."""

    order_id: int
    name: Text | None = None
    side: Side | None = None
    price: Decimal | None = None
    is_on: bool | None = None
    either: str | int | None = None
    note: str | None = None
    legs: list[Leg] = []


class Book(Struct, frozen=True, rename="camel"):
    """Rows by name."""

    by_name: dict[str, list[Leg]]


class Named(Struct, frozen=True):
    """An order by one of two ids."""

    id: int | None
    client: Text | None
    named_by: ClassVar = ("id", "client")


class Page(Struct, Generic[T], frozen=True):
    """A page of anything."""

    rows: list[T]


def _thing(**said: object) -> Any:
    return reader(Thing)(json.encode({"orderId": 1, **said}))


@pytest.mark.parametrize(
    ("wire_name", "name", "said", "read"),
    [
        ("orderId", "order_id", "28", 28),
        ("name", "name", 28, "28"),
        ("name", "name", -28, "-28"),
        ("name", "name", 2.5, None),
        ("name", "name", "", None),
        ("name", "name", ["x"], None),
        ("side", "side", 1, None),
        ("side", "side", "", None),
        ("side", "side", "NEWS", Side("NEWS")),
        ("price", "price", "", None),
        ("price", "price", "many", None),
        ("price", "price", 2, Decimal(2)),
        ("isOn", "is_on", "true", True),
        ("isOn", "is_on", "yes", None),
        ("isOn", "is_on", 1, None),
        ("either", "either", {}, None),
        ("note", "note", "", ""),
    ],
)
def test_a_field_is_read_as_far_as_it_can_be(
    wire_name: str, name: str, said: object, read: object
) -> None:
    """A number as text, text as a number; what makes no sense is None, and takes nothing along."""
    assert _thing(**{wire_name: said, "x": 1}) == Thing(**{"order_id": 1, name: read})  # type: ignore[arg-type]


@pytest.mark.parametrize("said", [{}, {"orderId": None}, {"orderId": ""}])
def test_what_is_promised_must_be_there(said: dict[str, object]) -> None:
    """Absent, null or blank: the error names the field."""
    with pytest.raises(ValidationError, match=r"^Object missing required field `orderId`$"):
        reader(Thing)(json.encode(said))


@pytest.mark.parametrize("said", ["many", 2.5, True, "2.0", [1]])
def test_what_is_promised_must_be_readable(said: object) -> None:
    """An id is whole: 2.0 is nobody's."""
    with pytest.raises(ValidationError, match=r"^`orderId` cannot be read: "):
        _thing(orderId=said)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b'{"orderId":' + b"[" * 10**5])
def test_bytes_that_are_no_object_are_none(body: bytes) -> None:
    """Whatever they are, the error is one of those that are known."""
    with pytest.raises(UNREADABLE):
        reader(Thing)(body)


def test_text_in_another_encoding_is_none() -> None:
    """And the rest is read."""
    assert reader(Thing)(b'{"orderId":1,"name":"\xff","price":"2"}') == Thing(
        order_id=1, price=Decimal(2)
    )


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ({"id": 5}, Named(5, None)),
        ({"client": "a"}, Named(None, "a")),
        ({"id": "many", "client": "a"}, Named(None, "a")),
        ({"id": "5", "client": ""}, Named(5, None)),
    ],
)
def test_one_id_is_enough(said: dict[str, object], read: Named) -> None:
    """The other is None."""
    assert reader(Named)(json.encode(said)) == read


@pytest.mark.parametrize("said", [{}, {"id": ""}, {"id": [], "client": ""}, {"code": 0}])
def test_without_an_id_an_order_is_none(said: dict[str, object]) -> None:
    """An error body that came with status 200 has none."""
    with pytest.raises(ValidationError, match=r"^Object has none of id, client$"):
        reader(Named)(json.encode(said))


@pytest.mark.parametrize("kind", [Acknowledgement, Confirmation, Empty])
@pytest.mark.parametrize("code", [-1000, "-1000", 50017, "later", []])
def test_a_code_is_never_passed_over(kind: type, code: object) -> None:
    """It could be that of an error."""
    with pytest.raises(ValidationError, match=r"^`code` cannot be read: "):
        reader(kind)(json.encode({"code": code, "msg": "an error"}))


def test_a_missing_code_is_none() -> None:
    """Where success is told in a word; also where the word is a number."""
    assert reader(Confirmation)(b'{"msg":5}') == Confirmation("5")
    assert reader(Confirmation)(b'{"msg":5,"code":""}') == Confirmation("5")


# Lists.


def test_a_bad_row_never_loses_the_others() -> None:
    """It is left out, and told; rows that need help get it."""
    found = reader(list[Leg])(b'[{"id":1}, {"id":"2"}, {"id" : null}, 7]')
    assert found == [Leg(1), Leg(2)]
    assert isinstance(found, IncompleteList)
    assert found.unreadable == (b'{"id" : null}', b"7")


def test_a_list_that_could_be_read_is_a_plain_one() -> None:
    """Nothing is missing in it."""
    assert type(reader(list[Leg])(b'[{"id":"1"}]')) is list
    assert type(reader(list[Leg])(b"[]")) is list


@pytest.mark.parametrize("body", [b"[7]", b"[{}, null]", b"{}", b"["])
def test_a_list_of_nothing_readable_is_none(body: bytes) -> None:
    """It must not pass for an empty one."""
    with pytest.raises(UNREADABLE):
        reader(list[Leg])(body)


def test_lists_inside_are_read_row_by_row() -> None:
    """Below a field, a name, and in a page."""
    legs: list[object] = [{"id": 1}, {}]
    thing = _thing(legs=legs)
    assert (thing.legs, thing.legs.unreadable) == ([Leg(1)], (b"{}",))
    book = reader(Book)(json.encode({"byName": {"a": legs, "b": []}}))
    assert book == Book({"a": [Leg(1)], "b": []})
    assert book.by_name["a"].unreadable == (b"{}",)
    page = reader(Page[Leg])(json.encode({"rows": legs}))
    assert (page.rows, page.rows.unreadable) == ([Leg(1)], (b"{}",))


def test_a_list_that_is_none_is_told() -> None:
    """Where a field holds no list, or one without a readable row; absent it is just empty."""
    assert _thing(legs=5).legs.unreadable == (b"5",)
    assert _thing(legs=[{}]).legs.unreadable == (b"[{}]",)
    assert type(_thing(legs=None).legs) is list
    assert reader(Thing)(b'{"orderId":"1"}').legs == []


def test_a_row_may_come_without_its_list() -> None:
    """Either way it is a list."""
    read = one_or_many(Leg)
    assert read(b'[{"id":1}]') == read(b' {"id":1}') == [Leg(1)]
    with pytest.raises(UNREADABLE):
        read(b"")


def test_what_is_left_out_is_warned_of_once(caplog: pytest.LogCaptureFixture) -> None:
    """By the package's logger, without a word of the body."""

    class Once(Struct):
        """Of this test alone."""

        id: int

    read = rows(reader(Once), "Once")
    with caplog.at_level(logging.WARNING, logger="binance_papi_async"):
        for _ in range(3):
            read(b'[{"id":1},{"id":"secret"}]')
    assert [record.name for record in caplog.records] == ["binance_papi_async"]
    assert caplog.messages[0].startswith("rows of Once were left out, they cannot be read: `id`")
    assert "secret" not in caplog.text


# What no field holds.


@pytest.mark.parametrize(
    ("kind", "body", "rest"),
    [
        (Thing, b'{"orderId":1,"new":1.50,"NEW":[1]}', {"new": Decimal("1.50"), "NEW": [1]}),
        (Thing, b'{"orderId":1,"note":null,"either":""}', {}),
        (Thing, b'{"orderId":1,"legs":[{"id":1},{"id":2}]}', {}),
        (Thing, b'{"legs":[{"id":1},{"x":2}]}', {"legs": [{}, {"x": 2}]}),
        (Book, b'{"byName":{"a":[{"x":2}],"b":[]}}', {"byName": {"a": [{"x": 2}]}}),
        (list[Leg], b'[{"id":1,"x":2},{"id":1}]', [{"x": 2}, {}]),
        (list[Leg | Named], b'[{"id":1,"client":2,"x":3}]', [{"x": 3}]),
        (list[Leg], b'{"id":1,"x":2}', {"x": 2}),
        (Page[Leg], b'{"rows":[{"id":1}],"total":1}', {"total": 1}),
        (Leg, b"5", None),
    ],
)
def test_what_no_field_holds_can_be_had(kind: Any, body: bytes, rest: object) -> None:
    """By name, of a list row by row; of what is inside a field only what is new there."""
    assert undeclared(kind, body) == rest

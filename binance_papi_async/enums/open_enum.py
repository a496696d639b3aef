"""A vocabulary of the exchange, open to words it has not invented yet.

Pure: nothing here reads a clock, a socket or a key.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class OpenEnum(StrEnum):
    """Known words as members; an unknown word becomes a value of the same type.

    An exchange adds order types and statuses without notice.
    A reply that carries a new one must still decode, and the new word must be readable.
    An unknown word compares and hashes by its text, and is no member: ``word in list(Enum)`` is false.
    A blank is no word.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str) or not value:
            return None
        if value == "CANCELLED" and "CANCELED" in cls.__members__:
            return cls.__members__["CANCELED"]  # the exchange writes both
        word = str.__new__(cls, value)
        word._name_ = value
        word._value_ = value
        return word

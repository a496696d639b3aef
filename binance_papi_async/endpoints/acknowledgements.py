"""Replies that say nothing but that it was done.

Pure declarations.
An error body that comes with status 200 is none of them: its code is no success.
The code is read as a number or as text: the exchange has written both.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

SuccessCode = Annotated[int, Meta(ge=0, le=299)]


class Acknowledgement(Struct, frozen=True):
    """Done, with a code."""

    code: SuccessCode
    """200."""
    msg: str | None = None


class Confirmation(Struct, frozen=True):
    """Done, in a word."""

    msg: str
    """``success``."""
    code: SuccessCode | None = None
    """Not documented of these; an error has one."""


class Empty(Struct, frozen=True):
    """Done, and not a word."""

    code: SuccessCode | None = None
    """Not documented of these; an error has one."""

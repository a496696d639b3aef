"""A no of the exchange, as it travels from the rule that says it to the door.

Texts and codes: PAPI error page, where a line does not say otherwise. Pure.
"""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 - the exchange's answer, not a failure of this code
    """The exchange refuses; nothing changed."""

    def __init__(self, code: int, message: str, *, status: int = 400) -> None:
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message
        self.status = status
        """HTTP status."""


def mandatory(name: str) -> Refusal:
    """A mandatory parameter is missing, empty or malformed."""
    return Refusal(
        -1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."
    )


def one_of(first: str, second: str) -> Refusal:
    """Neither of two parameters of which one must be sent."""
    return Refusal(-1102, f"Param '{first}' or '{second}' must be sent, but both were empty/null!")


def illegal(name: str, legal: str) -> Refusal:
    """A parameter holds characters its type does not have."""
    return Refusal(
        -1100, f"Illegal characters found in parameter '{name}'; legal range is '{legal}'."
    )


def unknown_symbol() -> Refusal:
    """A symbol that the product does not have."""
    return Refusal(-1121, "Invalid symbol.")


def not_wanted(name: str) -> Refusal:
    """A parameter that this kind of order does not take."""
    return Refusal(-1106, f"Parameter '{name}' sent when not required.")


def invalid(name: str) -> Refusal:
    """A value outside what the parameter allows."""
    return Refusal(-1130, f"Data sent for parameter '{name}' is not valid.")


def duplicate_order() -> Refusal:
    """A client id that an open margin order or list has."""
    return Refusal(-2010, "Duplicate order sent.")


def duplicated_client_id() -> Refusal:
    """A client id that an open futures order has: the futures' own code, PAPI's page lists none."""
    return Refusal(-4116, "ClientOrderId is duplicated.")


def unknown_to_cancel() -> Refusal:
    """No open order under that id: filled, cancelled, expired, never placed, another symbol's."""
    return Refusal(-2011, "Unknown order sent.")


def unknown_to_query(what: str = "Order") -> Refusal:
    """Nothing was ever placed under that id."""
    return Refusal(-2013, f"{what} does not exist.")

"""Prices and quantities that fit a symbol's filters, rounded only in the direction that is asked for.

The filters come from exchange information, which is another API: there is none under ``/papi``.
``GET /api/v3/exchangeInfo`` has those of margin symbols, ``/fapi/v1/exchangeInfo`` UM's, ``/dapi/v1/exchangeInfo`` CM's.
Here are ``PRICE_FILTER``, ``LOT_SIZE``, ``MARKET_LOT_SIZE``, ``MIN_NOTIONAL`` and ``NOTIONAL``;
what depends on the market or on the account, as ``PERCENT_PRICE``, only the exchange knows.
Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, Inexact
from typing import Any, Final, Literal

from msgspec import Struct

Direction = Literal["up", "down"]
Product = Literal["margin", "um", "cm"]

ZERO: Final = Decimal(0)
_EXACT: Final = Context(prec=200, traps=[Inexact])
_MOST_DIGITS: Final = 20
"""Before the point, as the exchange reads a number (-1100), and twice as many after it: so all here is exact."""
_ROUNDING: Final[Mapping[Direction, Context]] = {
    "up": Context(prec=40, rounding=ROUND_CEILING),
    "down": Context(prec=40, rounding=ROUND_FLOOR),
}


class Grid(Struct, frozen=True, kw_only=True):
    """The values one filter allows: from a least to a most one, in steps. None is no such rule."""

    name: str
    """The filter's, for errors: ``PRICE_FILTER``."""
    step: Decimal | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    origin: Decimal = ZERO
    """Where the steps are counted from."""

    def stepped(self, value: Decimal, direction: Direction) -> Decimal:
        """The nearest step in that direction, wherever it lies."""
        if self.step is None:
            return _plain(value)
        steps, rest = _EXACT.divmod(_EXACT.subtract(value, self.origin), self.step)
        if rest > 0 and direction == "up":
            steps += 1
        elif rest < 0 and direction == "down":  # divmod rounds to zero
            steps -= 1
        return _plain(_EXACT.fma(steps, self.step, self.origin))

    def check(self, what: str, value: Decimal) -> None:
        """ValueError if a value is between two steps, or outside; it says which rule, and what would fit."""
        if self.stepped(value, "down") != value:
            raise ValueError(
                f"{what} {value:f} is between two steps of {self.name}: "
                f"{self.stepped(value, 'down'):f} and {self.stepped(value, 'up'):f} fit"
            )
        if value <= 0 or (self.least is not None and value < self.least):
            least = self.stepped(self.least or self.step or ZERO, "up")
            raise ValueError(
                f"{what} {value:f} is too small for {self.name}: the least that fits is {least:f}"
            )
        if self.most is not None and value > self.most:
            most = self.stepped(self.most, "down")
            raise ValueError(
                f"{what} {value:f} is too large for {self.name}: the most that fits is {most:f}"
            )


class Worth(Struct, frozen=True, kw_only=True):
    """What an order must be worth in the quote asset at least, and may be at most. None is no such rule."""

    name: str
    """The filter's, for errors: ``NOTIONAL``."""
    least: Decimal | None = None
    most: Decimal | None = None
    market_least: Decimal | None = None
    """For ``MARKET`` orders, as is the next."""
    market_most: Decimal | None = None

    def check(self, quantity: Decimal, price: Decimal, grid: Grid, *, is_market: bool) -> None:
        """ValueError if the quantity is worth too little or too much; it says which would not be."""
        least = self.market_least if is_market else self.least
        most = self.market_most if is_market else self.most
        worth = _EXACT.multiply(quantity, price)
        said = f"quantity {quantity:f} at a price of {price:f} is worth {_plain(worth):f}"
        if least is not None and worth < least:
            fits = grid.stepped(_ROUNDING["up"].divide(least, price), "up")
            raise ValueError(
                f"{said}, less than the {least:f} of {self.name}: "
                f"at that price the least that fits is {fits:f}"
            )
        if most is not None and worth > most:
            fits = grid.stepped(_ROUNDING["down"].divide(most, price), "down")
            raise ValueError(
                f"{said}, more than the {most:f} of {self.name}: "
                f"at that price the most that fits is {fits:f}"
            )


class Filters(Struct, frozen=True, kw_only=True):
    """The filters of one symbol: as the exchange lists them, see ``of``, or as you give them."""

    price: Grid = Grid(name="PRICE_FILTER")
    quantity: Grid = Grid(name="LOT_SIZE")
    market_quantity: Grid = Grid(name="MARKET_LOT_SIZE")
    """For ``MARKET`` orders, beside ``quantity``."""
    worth: tuple[Worth, ...] = ()

    @classmethod
    def of(cls, filters: Iterable[Mapping[str, Any]], *, product: Product) -> Filters:
        """Read the ``filters`` of a symbol in exchange information; those of other kinds are left out.

        Steps are counted from zero for margin symbols, as spot's page of filters says,
        and from the least value for UM and CM, as the futures' pages say.
        A value of 0 is no rule. ValueError for a filter that lacks a field,
        TypeError for a number that was read as a float.
        """
        if product not in ("margin", "um", "cm"):
            raise ValueError(f'product is "margin", "um" or "cm", not {product!r}')
        found: dict[str, Mapping[str, Any]] = {
            str(each.get("filterType")): each for each in filters
        }
        is_from_least = product != "margin"
        return cls(
            price=_grid(found, "PRICE_FILTER", ("tickSize", "minPrice", "maxPrice"), is_from_least),
            quantity=_grid(found, "LOT_SIZE", _QUANTITY, is_from_least),
            market_quantity=_grid(found, "MARKET_LOT_SIZE", _QUANTITY, is_from_least),
            worth=tuple(_worth(each) for each in found.values() if each["filterType"] in _WORTH),
        )

    def fit_price(self, price: Decimal, *, direction: Direction) -> Decimal:
        """The nearest allowed price that is not above it (``down``), or not below it (``up``).

        ValueError if none is, which says which rule and what would fit; TypeError for what is no Decimal.
        """
        fitting = self.price.stepped(_checked("price", price, direction), direction)
        self.price.check("price", fitting)
        return fitting

    def fit_quantity(
        self,
        quantity: Decimal,
        *,
        direction: Direction,
        price: Decimal | None = None,
        is_market: bool = False,
    ) -> Decimal:
        """The nearest allowed quantity that is not above it (``down``), or not below it (``up``).

        With a price, also what the order is worth is checked: for a ``MARKET`` order, the price you expect.
        ValueError if none is, which says which rule and what would fit; TypeError for what is no Decimal.
        """
        has_own_steps = is_market and self.market_quantity.step is not None
        grid = self.market_quantity if has_own_steps else self.quantity
        fitting = grid.stepped(_checked("quantity", quantity, direction), direction)
        self.quantity.check("quantity", fitting)
        if is_market:
            self.market_quantity.check("quantity", fitting)
        if price is not None:
            at = _checked("price", price, direction)
            if at <= 0:
                raise ValueError(
                    f"price must be above zero to tell what an order is worth, not {at}"
                )
            for rule in self.worth:
                rule.check(fitting, at, grid, is_market=is_market)
        return fitting


_QUANTITY: Final = ("stepSize", "minQty", "maxQty")
_WORTH: Final = ("MIN_NOTIONAL", "NOTIONAL")


def _grid(
    found: Mapping[str, Mapping[str, Any]],
    kind: str,
    fields: tuple[str, str, str],
    is_from_least: bool,  # noqa: FBT001 - one call a line
) -> Grid:
    if kind not in found:
        return Grid(name=kind)
    step, least, most = (_number(found[kind], field) for field in fields)
    origin = least if is_from_least and least is not None else ZERO
    return Grid(name=kind, step=step, least=least, most=most, origin=origin)


def _worth(told: Mapping[str, Any]) -> Worth:
    """UM's ``MIN_NOTIONAL`` says ``notional``, spot's ``minNotional``, and which rule is for ``MARKET`` orders too."""
    least = _number(told, "notional" if "notional" in told else "minNotional")
    most = _number(told, "maxNotional") if "maxNotional" in told else None
    is_least_for_market = told.get("applyMinToMarket", told.get("applyToMarket", True))
    return Worth(
        name=told["filterType"],
        least=least,
        most=most,
        market_least=least if is_least_for_market else None,
        market_most=most if told.get("applyMaxToMarket", True) else None,
    )


def _number(told: Mapping[str, Any], field: str) -> Decimal | None:
    """A number of a filter; None of a 0, which is no rule."""
    kind = told["filterType"]
    if field not in told:
        raise ValueError(
            f"{kind} has no {field}: hand in the filters as exchange information has them"
        )
    value = told[field]
    if not isinstance(value, str | Decimal):
        raise TypeError(
            f"{field} of {kind} is {value!r}: hand it in as the exchange writes it, as text, or as a Decimal"
        )
    return _checked(f"{field} of {kind}", Decimal(value), "down") or None


def _checked(what: str, value: Any, direction: Direction) -> Decimal:
    """A number that can be reckoned with exactly, and a direction that is one."""
    if direction not in ("up", "down"):
        raise ValueError(f'direction is "up" or "down", not {direction!r}')
    if not isinstance(value, Decimal):
        raise TypeError(f"{what} must be a Decimal, not {value!r}: write Decimal({str(value)!r})")
    exponent = value.as_tuple().exponent
    if (
        not isinstance(exponent, int)
        or value.adjusted() >= _MOST_DIGITS
        or exponent < -2 * _MOST_DIGITS
    ):
        raise ValueError(f"{what} {value} is no number that an exchange could take")
    return value


def _plain(value: Decimal) -> Decimal:
    """The same without zeros at the end, and without an exponent."""
    short = value.normalize(_EXACT)
    return (
        short.quantize(Decimal(1), context=_EXACT) if short == short.to_integral_value() else short
    )

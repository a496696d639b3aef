"""Leaves no open margin order on some symbols, and proves it by a read that shows none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from msgspec import Struct

from binance_papi_async.cancelling.sweep import CancelMany, Sweep
from binance_papi_async.cancelling.terms import Terms
from binance_papi_async.endpoints.margin_orders import CancelMarginOrder
from binance_papi_async.endpoints.margin_replies import CanceledMarginOrder, MarginOrder
from binance_papi_async.errors import PapiError
from binance_papi_async.outcome import Outcome, Outcomes


class CancelAllReport(Struct, frozen=True, kw_only=True):
    """What became of every order that was seen, and what is still open."""

    outcomes: Outcomes[CanceledMarginOrder | MarginOrder]
    """One for every order seen open."""
    remaining: tuple[MarginOrder, ...]
    """Orders that the last read of their symbol showed open, and that no answer has closed since."""
    unproven: dict[str, PapiError]
    """Symbols without a read that shows none open, and what stood in the way, if it is not ``remaining``."""

    def __repr__(self) -> str:
        remaining = f"{len(self.remaining)} remaining; " if self.remaining else ""
        proven = "proven" if self.is_proven else " ".join(["unproven", *self.unproven])
        return f"<CancelAllReport: {self.outcomes!r}; {remaining}{proven}>"

    @property
    def is_proven(self) -> bool:
        """Whether, for every symbol, a read after the last cancel showed no open order."""
        return not self.remaining and not self.unproven


class CancelEverything:
    """Reads, cancels the cheaper way, reads again, symbol by symbol at the same time."""

    def __init__(
        self,
        symbols: Iterable[str],
        terms: Terms,
        cancel_many: CancelMany,
        *,
        spawn: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]],
    ) -> None:
        if isinstance(symbols, str):
            raise TypeError(f"symbols is a list of symbols: [{symbols!r}]")
        self.is_abandoned = False
        self._sweeps = {
            sweep: spawn(sweep.run())
            for sweep in (Sweep(symbol, terms, cancel_many) for symbol in dict.fromkeys(symbols))
        }

    @property
    def in_doubt(self) -> list[CancelMarginOrder]:
        """Orders that a cancel of all may have closed."""
        return [request for sweep in self._sweeps for request in sweep.in_doubt]

    async def wait(self) -> CancelAllReport:
        """Until every symbol is proven empty, or time is up."""
        if self._sweeps:
            await asyncio.wait(self._sweeps.values())
        for task in self._sweeps.values():
            if not task.cancelled():
                task.exception()  # of several, one is raised, and none is left unlooked at
        for task in self._sweeps.values():
            task.result()
        return self.report()

    def report(self) -> CancelAllReport:
        """What is known by now."""
        return CancelAllReport(
            outcomes=Outcomes(self.outcomes(), weight=sum(sweep.weight for sweep in self._sweeps)),
            remaining=tuple(order for sweep in self._sweeps for order in sweep.remaining),
            unproven={
                sweep.symbol: sweep.error for sweep in self._sweeps if sweep.error is not None
            },
        )

    def outcomes(self) -> list[Outcome[Any]]:
        """One for every order seen open."""
        return [outcome for sweep in self._sweeps for outcome in sweep.outcomes()]

    def abandon(self) -> None:
        """The caller is gone: cancel no more, and wait for what is out."""
        self.is_abandoned = True
        for sweep, task in self._sweeps.items():
            if not sweep.abandon():
                task.cancel()

    def give_up(self) -> None:
        """The client is closed."""
        for sweep, task in self._sweeps.items():
            if not task.done():
                sweep.give_up()

"""Orders that wait for a price before they are placed: algo orders of UM, conditional orders of CM.

No price is watched: the test says when a trigger fires.
Pure: the clock is given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal

from msgspec import Struct, structs

from binance_papi_async.enums import AlgoStatus, StrategyType, WorkingType
from binance_papi_async.simulator.refusal import duplicated_client_id
from binance_papi_async.simulator.world.book import Ids
from binance_papi_async.simulator.world.orders import ZERO, Draft
from binance_papi_async.simulator.world.timeline import Timeline

KINDS_WITH_PRICE = frozenset({StrategyType.STOP, StrategyType.TAKE_PROFIT})
"""What they place is a LIMIT order; the others place MARKET orders."""


class WaitingDraft(Struct, frozen=True, kw_only=True):
    """An order that is to wait, as somebody wants it."""

    kind: StrategyType
    order: Draft
    """What it places when its trigger fires; its client id is the client's id of both."""
    trigger_price: Decimal = ZERO
    working_type: WorkingType = WorkingType.CONTRACT_PRICE
    price_protect: bool = False
    close_position: bool = False
    activate_price: Decimal | None = None
    callback_rate: Decimal | None = None


class Waiting(WaitingDraft, frozen=True, kw_only=True):
    """One version of an order that waits, or once waited."""

    waiting_id: int
    placed_at: float
    changed_at: float
    status: AlgoStatus = AlgoStatus.NEW
    order_id: int | None = None
    """The order it placed."""
    triggered_at: float = 0.0

    @property
    def symbol(self) -> str:
        """Symbol of the order it places."""
        return self.order.symbol

    @property
    def client_id(self) -> str:
        """The client's id."""
        return self.order.client_order_id

    @property
    def is_open(self) -> bool:
        """Whether it still waits."""
        return self.status is AlgoStatus.NEW


class Triggers:
    """Every order of one product that waits, or once waited."""

    def __init__(self, clock: Callable[[], float], ids: Ids) -> None:
        self._clock = clock
        self._ids = ids
        self._timelines: dict[int, Timeline[Waiting | None]] = {}
        self._under: defaultdict[str, list[int]] = defaultdict(list)
        self._open: dict[int, None] = {}

    def get(self, waiting_id: int, *, as_of: float | None = None) -> Waiting | None:
        """The order of that id, None if it was never placed."""
        timeline = self._timelines.get(waiting_id)
        return None if timeline is None else timeline.at(as_of)

    def all(self, symbol: str | None = None, *, as_of: float | None = None) -> list[Waiting]:
        """Every order of a symbol, or of all, whatever became of it, oldest first."""
        found = (timeline.at(as_of) for timeline in self._timelines.values())
        return [each for each in found if each is not None and symbol in (None, each.symbol)]

    def open(self, symbol: str | None = None, *, as_of: float | None = None) -> list[Waiting]:
        """Orders that wait, of a symbol or of all, oldest first."""
        if as_of is None:
            now = (self._timelines[number].last for number in self._open)
            return [each for each in now if each is not None and symbol in (None, each.symbol)]
        return [each for each in self.all(symbol, as_of=as_of) if each.is_open]

    def find(
        self, waiting_id: int | None, client_id: str | None, *, as_of: float | None = None
    ) -> Waiting | None:
        """The order a caller names by id, by client id (the newest that has it), or by both."""
        if waiting_id is None:
            return next(reversed(self.under(client_id or "", as_of=as_of)), None)
        named = self.get(waiting_id, as_of=as_of)
        if named is None or client_id not in (None, named.client_id):
            return None
        return named

    def under(self, client_id: str, *, as_of: float | None = None) -> list[Waiting]:
        """Every order ever placed under a client's id, oldest first."""
        found = (self.get(number, as_of=as_of) for number in self._under.get(client_id, ()))
        return [each for each in found if each is not None]

    def check_client_id(self, client_id: str) -> None:
        """Refuse a client id that an order has that waits (documented: unique among open orders)."""
        if any(each.is_open for each in self.under(client_id)[-1:]):
            raise duplicated_client_id()

    def place(self, draft: WaitingDraft) -> Waiting:
        """Take an order in; its client id must be unique among those that wait."""
        self.check_client_id(draft.order.client_order_id)
        now = self._clock()
        waiting = Waiting(
            **structs.asdict(draft), waiting_id=self._ids.take(), placed_at=now, changed_at=now
        )
        timeline: Timeline[Waiting | None] = Timeline(None)
        timeline.add(now, waiting)
        self._timelines[waiting.waiting_id] = timeline
        self._under[waiting.client_id].append(waiting.waiting_id)
        self._open[waiting.waiting_id] = None
        return waiting

    def must_wait(self, waiting_id: int) -> Waiting:
        """An order that waits; ValueError, for a test that fires what cannot fire, if it does not."""
        waiting = self.get(waiting_id)
        if waiting is None:
            raise ValueError(f"no order {waiting_id} waits for a trigger")
        if not waiting.is_open:
            raise ValueError(f"order {waiting_id} is {waiting.status} already")
        return waiting

    def end(self, waiting: Waiting, status: AlgoStatus, order_id: int | None = None) -> Waiting:
        """Let an order wait no longer."""
        now = self._clock()
        changed = structs.replace(
            waiting,
            status=status,
            changed_at=now,
            order_id=order_id,
            triggered_at=waiting.triggered_at if order_id is None else now,
        )
        self._timelines[waiting.waiting_id].add(now, changed)
        del self._open[waiting.waiting_id]
        return changed

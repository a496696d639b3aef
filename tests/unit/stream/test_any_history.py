"""Whatever happens to the news on its way, what is known in the end is the truth."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any, Final, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from binance_papi_async.enums import CLOSED_STATUSES
from binance_papi_async.stream.account_events import Product
from binance_papi_async.stream.coverage import Coverage
from binance_papi_async.stream.duplicates import Duplicates
from binance_papi_async.stream.live_order import LiveOrder
from binance_papi_async.stream.standing import Key
from binance_papi_async.stream.state import Listing, Orders
from tests.unit.stream.telling import report, row, update

PRODUCTS: Final[tuple[Product, ...]] = ("margin", "um")
LAG_MS: Final = 1000
"""By which reads may lag."""
IDS: Final[tuple[Key, ...]] = (
    ("margin", "LTCBTC", 7),
    ("margin", "ETHBTC", 7),
    ("um", "BTCUSDT", 7),
    ("um", "LTCBTC", 7),
    ("margin", "LTCBTC", 8),
    ("um", "BTCUSDT", 8),
)
"""Few enough to be confused."""


class State(NamedTuple):
    """How an order truly stood from a moment on."""

    at: int
    key: Key
    status: str
    executed: int
    price: int

    @property
    def is_closed(self) -> bool:
        """Whether it can change no more."""
        return self.status in CLOSED_STATUSES

    @property
    def event(self) -> Any:
        """As the stream tells it."""
        product, symbol, order_id = self.key
        said: dict[str, Any] = {"p": str(self.price), "t": self.executed}
        tell = report if product == "margin" else update
        return tell(order_id, self.status, self.at, str(self.executed), symbol=symbol, **said)

    @property
    def row(self) -> Any:
        """As a read shows it."""
        product, symbol, order_id = self.key
        said = {"price": str(self.price)}
        executed = str(self.executed)
        return row(product, order_id, self.status, self.at, executed, symbol=symbol, **said)


def history(random: Random) -> list[State]:
    """What truly happened to some orders; several things in one millisecond, too, but to one order in order."""
    states: list[State] = []
    for key in random.sample(IDS, random.randint(1, len(IDS))):
        state = State(random.randint(1, 40), key, "NEW", 0, 5)
        states.append(state)
        while not state.is_closed and random.random() < 0.8:
            state = _next(state, random)
            states.append(state)
    return sorted(states, key=lambda state: state.at)


def _next(state: State, random: Random) -> State:
    at = state.at + random.choice((0, 1, 7))
    match random.choice(("fill", "fill", "amend", "end")):
        case "amend":  # in a millisecond of its own: a read cannot tell which of two came last
            return state._replace(at=at + 1, price=state.price + 1)
        case "fill" if state.executed < 9:
            executed = state.executed + random.randint(1, 10 - state.executed)
            word = "FILLED" if executed == 10 else "PARTIALLY_FILLED"
            return state._replace(at=at, executed=executed, status=word)
        case _:
            return state._replace(at=at, status=random.choice(("CANCELED", "EXPIRED")))


def truth_at(states: list[State], at: int) -> dict[Key, State]:
    """How each order stood at a moment."""
    return {state.key: state for state in states if state.at <= at}


def open_rows(truth: dict[Key, State], product: Product) -> list[Any]:
    """What a list of all open orders shows."""
    return [state.row for key, state in truth.items() if key[0] == product and not state.is_closed]


class News(NamedTuple):
    """One thing that is told: an event, or a reply to a read that was asked then, of one or of all open ones."""

    what: Any
    asked_at: int | None = None
    listing: Listing | None = None


def news(states: list[State], random: Random) -> list[News]:
    """Everything two sockets and some reads tell: some of it twice, some never, in any order or nearly in order."""
    told: list[News] = []
    for state in states:
        told += [News(state.event)] * random.choice((0, 1, 1, 2, 2, 3))
    for _ in range(random.randint(0, 6)):
        shown_at = random.randint(0, 80)
        shown = list(truth_at(states, shown_at).values())
        if shown:
            asked_at = shown_at + random.randint(0, LAG_MS)
            told.append(News(random.choice(shown).row, asked_at))
    for _ in range(random.randint(0, 2)):
        shown_at, product = random.randint(0, 80), random.choice(PRODUCTS)
        rows = open_rows(truth_at(states, shown_at), product)
        asked_at = shown_at + random.choice((-5, 0, LAG_MS - 5, LAG_MS))
        answered_at = max(asked_at, shown_at) + random.choice((0, 5))
        told.append(News(rows, asked_at, Listing(product, None, asked_at, answered_at)))
    if random.random() < 0.5:
        random.shuffle(told)
    return told


class Learner:
    """Learns, and looks after each step whether an order that was closed is open again."""

    def __init__(self, most_closed: int = 10_000) -> None:
        self.coverage = Coverage()
        self.coverage.up("a", 0)
        self.orders = Orders(self.coverage, most_closed)
        self.duplicates = Duplicates()
        self.duplicates.begin()
        self.closed: set[Key] = set()

    def learn(self, each: News) -> None:
        """As the stream will."""
        if each.asked_at is None and self.duplicates.is_one(each.what, 0.0):
            return
        if each.listing is not None:
            self.orders.learn_list(each.what, each.listing)
        else:
            self.orders.learn(each.what, each.asked_at)
        self.look()

    def read_all(self, truth: dict[Key, State], asked_at: int) -> None:
        """The lists of open orders, then those that are gone, one by one."""
        for product in PRODUCTS:
            listing = Listing(product, None, asked_at, asked_at)
            gone = self.orders.learn_list(open_rows(truth, product), listing)
            self.look()
            for key in gone:
                self.orders.learn(truth[key].row, asked_at)
                self.look()

    def look(self) -> None:
        """Nothing reopens."""
        is_open = self.open()
        assert not self.closed & is_open
        self.closed |= {
            key for key in IDS if (order := self.orders.get(*key)) is not None and not order.is_open
        } - self.orders._doubtful

    def open(self) -> set[Key]:
        """What is open as far as is known."""
        shown = (*self.orders.open("margin"), *self.orders.open("um"))
        return {(order.product, order.symbol, order.order_id) for order in shown}


def assert_equal(learner: Learner, truth: dict[Key, State]) -> None:
    """Open is what is open, and whatever is known of an order is true."""
    assert learner.open() == {key for key, state in truth.items() if not state.is_closed}
    for key, state in truth.items():
        order = learner.orders.get(*key)
        if order is None:
            assert state.is_closed  # nobody told of it, or it is forgotten
            continue
        assert isinstance(order, LiveOrder)
        if order.status is None:
            assert state.is_closed  # a list showed that, and nobody told how
            continue
        shown = (order.status, order.executed_qty, order.price)
        assert shown == (state.status, Decimal(state.executed), Decimal(state.price))


@settings(deadline=None, max_examples=200)
@given(st.randoms(use_true_random=False))
def test_the_end_is_the_truth_if_all_was_told(random: Random) -> None:
    """Any history, each event once at least, any order, twice, with late reads between."""
    states = history(random)
    learner = Learner()
    told = [*(News(state.event) for state in states), *news(states, random)]
    random.shuffle(told)
    for each in told:
        learner.learn(each)
    assert_equal(learner, truth_at(states, 99))
    assert learner.orders.conflicts == 0


@settings(deadline=None, max_examples=200)
@given(st.randoms(use_true_random=False))
def test_the_end_is_the_truth_after_a_repair_if_much_was_lost(random: Random) -> None:
    """What neither socket told is read; what comes late after that changes nothing."""
    states = history(random)
    learner = Learner()
    told = news(states, random)
    late = [each for each in told if random.random() < 0.3]
    for each in told:
        if each not in late:
            learner.learn(each)
    truth = truth_at(states, 99)
    learner.read_all(truth, 99 + LAG_MS)
    assert learner.orders.is_whole("margin")
    assert learner.orders.is_whole("um", "BTCUSDT")
    assert_equal(learner, truth)
    for each in (*late, *told):
        learner.learn(each)
    assert_equal(learner, truth)


@settings(deadline=None, max_examples=200)
@given(st.randoms(use_true_random=False))
def test_what_is_said_to_be_whole_shows_every_open_order(random: Random) -> None:
    """However few closed orders are remembered: a doubt ends by a read, and forgotten orders stay closed."""
    states = history(random)
    learner = Learner(most_closed=random.randint(0, 2))
    for each in news(states, random):
        learner.learn(each)
    truth = truth_at(states, 99)
    asked_at = random.choice((99 + LAG_MS, 9999))
    learner.read_all(truth, asked_at)  # the first may be too early to end every doubt
    assert asked_at < 9999 or learner.orders.is_whole("margin")
    for each in news(states, random):
        learner.learn(each)
        if learner.orders.is_whole("margin") and learner.orders.is_whole("um"):
            assert learner.open() == {key for key, state in truth.items() if not state.is_closed}

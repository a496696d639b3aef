"""What a user types to place, change and replace, and what the checkers infer: read by mypy and pyright, never run."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, assert_never, assert_type

from binance_papi_async import (
    AlreadyClosed,
    Canceled,
    CanceledMarginOrder,
    CancelMarginOrder,
    CancelRequest,
    Evidence,
    MarginOrder,
    Modified,
    ModifiedUmOrder,
    ModifyOutcome,
    ModifyUmOrder,
    NewMarginOrder,
    NewMarginOrderReply,
    NewUmOrder,
    NotModified,
    NotPlaced,
    NotSent,
    NotSentError,
    Outcome,
    PapiClient,
    PapiError,
    Placed,
    PlaceOutcome,
    PlaceOutcomes,
    PlaceRequest,
    Refused,
    RefusedError,
    Replaced,
    UmOrder,
    Unknown,
)
from binance_papi_async.outcome_json import encode


async def placing(papi: PapiClient, request: NewMarginOrder) -> None:
    outcome = await papi.place(request, deadline=2.0, valid_for=0.5, resend=True, recv_window=1000)
    assert_type(outcome, PlaceOutcome[NewMarginOrderReply | MarginOrder])
    match outcome:
        case Placed(order=order, evidence=evidence):
            assert_type(order, NewMarginOrderReply | MarginOrder)
            assert_type(evidence, Evidence)
            assert_type(outcome.to_cancel(), CancelRequest[Any, Any])
            assert_type(outcome.is_open, bool | None)
        case NotPlaced(error=lost):
            assert_type(lost, PapiError)
        case Refused(error=refused):
            assert_type(refused, RefusedError)
        case NotSent(error=not_sent):
            assert_type(not_sent, NotSentError)
        case Unknown(error=unknown):
            assert_type(unknown, PapiError)
        case _:
            assert_never(outcome)
    encode(outcome)


async def placing_many(papi: PapiClient, request: NewMarginOrder, um: NewUmOrder) -> None:
    outcomes = await papi.place_many([request], on_outcome=print)
    assert_type(outcomes, PlaceOutcomes[NewMarginOrderReply | MarginOrder])
    assert_type(outcomes.placed, list[Placed[NewMarginOrderReply | MarginOrder]])
    assert_type(outcomes.not_placed, list[NotPlaced])
    assert_type(
        papi.place_as_completed([request]),
        AsyncIterator[PlaceOutcome[NewMarginOrderReply | MarginOrder]],
    )
    mixed: list[PlaceRequest[Any, Any]] = [request, um]
    assert_type(await papi.place_many(mixed), PlaceOutcomes[Any])
    encode(outcomes)


async def changing(papi: PapiClient, request: ModifyUmOrder) -> None:
    outcome = await papi.modify(request, deadline=2.0)
    assert_type(outcome, ModifyOutcome[ModifiedUmOrder | UmOrder])
    match outcome:
        case Modified(order=order) | NotModified(order=order) | AlreadyClosed(order=order):
            assert_type(order, ModifiedUmOrder | UmOrder)
        case Refused() | NotSent() | Unknown():
            assert_type(outcome.error, RefusedError | NotSentError | PapiError)
        case _:
            assert_never(outcome)
    encode(outcome)


async def replacing(papi: PapiClient, cancel: CancelMarginOrder, place: NewMarginOrder) -> None:
    def rest_of_it(canceled: Canceled[CanceledMarginOrder | MarginOrder]) -> NewMarginOrder | None:
        return place if canceled.order.executed_qty == 0 else None

    replaced = await papi.replace(cancel, place)
    assert_type(
        replaced, Replaced[CanceledMarginOrder | MarginOrder, NewMarginOrderReply | MarginOrder]
    )
    assert_type(replaced.canceled, Outcome[CanceledMarginOrder | MarginOrder])
    assert_type(replaced.placed, PlaceOutcome[NewMarginOrderReply | MarginOrder] | None)
    await papi.replace(cancel, rest_of_it)
    await papi.replace_many([(cancel, place), (cancel, place)])
    stopped = await papi.stop_placing(margin=["LTCBTC"])
    assert_type(stopped.is_proven, bool)
    assert_type(stopped.unresolved, tuple[Unknown, ...])


async def wrong(papi: PapiClient, request: NewMarginOrder, cancel: CancelMarginOrder) -> None:
    await papi.place(cancel)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await papi.modify(request)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await papi.cancel(request)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

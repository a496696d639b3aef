"""The simulated exchange: what a call that arrives is answered, and what it changes.

Two steps, so that a door can wait in between: ``receive`` when a call arrives, ``execute`` when it
is carried out. The order of the checks is that of ``_answer`` and ``_checked``.
Pure: the clock is given; bytes and waiting are the doors'.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from email.utils import formatdate
from math import floor
from typing import Any, cast

from msgspec import json

from binance_papi_async.declaring.request import ENDPOINTS, Request, Verb
from binance_papi_async.simulator.admission.credentials import (
    SIMULATED_API_KEY,
    SIMULATED_SECRET,
    Credentials,
)
from binance_papi_async.simulator.admission.gate import check_gate
from binance_papi_async.simulator.admission.quota import Limited, Limits
from binance_papi_async.simulator.admission.weights import weight_of
from binance_papi_async.simulator.calls.call import Call
from binance_papi_async.simulator.calls.routes import ROUTES
from binance_papi_async.simulator.faulting.faults import (
    ANSWERS,
    WAITING_KINDS,
    Fault,
    FaultAnswer,
    FaultKind,
)
from binance_papi_async.simulator.faulting.script import FaultScript
from binance_papi_async.simulator.refusal import Refusal
from binance_papi_async.simulator.scripting import Scripting
from binance_papi_async.simulator.visit import Visit, client_order_id_of, order_id_of
from binance_papi_async.simulator.world.account import Account
from binance_papi_async.simulator.world.truth import HOME_IP, Arrival, Truth
from binance_papi_async.wire.codec import ORDER_COUNT_HEADER, WEIGHT_HEADER
from binance_papi_async.wire.message import Answer
from binance_papi_async.wire.signing import HmacKey

JSON_TYPE = "application/json;charset=UTF-8"
HTML_TYPE = "text/html"
TEXT_TYPE = "text/plain"


class Exchange(Scripting):
    """A Portfolio Margin exchange with one account, on a clock of the caller's.

    ``clock`` returns epoch seconds. Limits are the documented ones unless said otherwise;
    ``ban_after`` is how many calls after the first 429 of a window are let off with another 429,
    the next is a ban (418): a simulator's choice, the documents only say "repeatedly".
    ``seed`` decides the client ids the exchange makes up. ``keep`` bounds the truth log.
    """

    def __init__(  # noqa: PLR0913 - the rules of an exchange
        self,
        *,
        clock: Callable[[], float],
        weight_limit: int = 6000,
        order_limit: int = 1200,
        interval: float = 60.0,
        ban_after: int = 5,
        seed: int = 0,
        keep: int | None = None,
    ) -> None:
        self._clock, self._stepped = clock, 0.0
        self.limits = Limits(
            weight_limit=weight_limit,
            order_limit=order_limit,
            interval=interval,
            ban_after=ban_after,
        )
        self.truth = Truth(self.limits.weight, keep=keep)
        self.faults = FaultScript(self.clock)
        self.key = HmacKey(SIMULATED_API_KEY, SIMULATED_SECRET)
        """A key of the account, ready for a client."""
        self._credentials = Credentials()
        super().__init__(Account(self.clock, self.truth, self.limits.orders, seed=seed))

    def clock(self) -> float:
        """The exchange's time, epoch seconds."""
        return self._clock() + self._stepped

    def step_clock(self, seconds: float) -> None:
        """Let the exchange's clock jump ahead, back below zero; the minutes it counts in go with it."""
        self._stepped += seconds

    def add_key(
        self, api_key: str, *, secret: str | None = None, public_key_pem: str | bytes | None = None
    ) -> None:
        """Open another key of the account: HMAC with a secret, RSA or Ed25519 with a public key."""
        self._credentials.add(api_key, secret=secret, public_key_pem=public_key_pem)

    def foreign_usage(self, weight: int, *, ip: str = HOME_IP) -> None:
        """Charge weight that somebody else behind the same IP used just now."""
        self.limits.weight.add(ip, self.clock(), weight)

    def receive(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        ip: str = HOME_IP,
        *,
        body: str = "",
    ) -> Visit:
        """Note that a call arrived, and decide what will go wrong with it.

        ``target`` is path and query as received, still percent-encoded; ``body`` a form.
        """
        path, _, query = target.partition("?")
        sent = f"{query}&{body}" if body else query
        order_id = order_id_of(sent)
        client_id = client_order_id_of(method, sent)
        self.truth.record_arrival(Arrival(self.clock(), method, path, order_id, client_id))
        fault = self.faults.draw(method, path, order_id, client_id)
        delay, delay_after = self.faults.delays(method, path, order_id)
        seconds = 0.0 if fault is None else fault.seconds
        is_before = fault is not None and fault.point == "before"
        return Visit(
            method=method,
            path=path,
            query=query,
            body=body,
            headers=headers,
            ip=ip,
            fault=fault,
            delay=delay + seconds * is_before,
            delay_after=delay_after + seconds * (not is_before),
        )

    def execute(self, visit: Visit) -> Answer:
        """Carry a call out, and say what is answered; what the fault says where there is one."""
        now = self.clock()
        if self.faults.foreign_usage is not None:
            self.faults.foreign_usage.accrue(self.limits.weight, visit.ip, now)
        fault = visit.fault
        if fault is not None and fault.prevents_execution:
            answer = self._instead(visit, fault, now)
        else:
            answer = self._answer(visit, now)
            if fault is not None and fault.answer is not None:
                answer = self._faulty(visit, fault, fault.answer, now)
        self.truth.record_answer(answer.status if visit.delivery.has_head else None)
        return answer

    def _answer(self, visit: Visit, now: float) -> Answer:
        """Ban, weight, route, and then what the route's own checks and handler say."""
        request = _declared(visit)
        headers: dict[str, str] = {}
        try:
            self.limits.check_ban(visit.ip, now)
            self.limits.charge_weight(visit.ip, now, weight_of(request, visit))
            result = self._checked(visit, now, request)
        except Refusal as refusal:
            body = json.encode({"code": refusal.code, "msg": refusal.message})
            if isinstance(refusal, Limited):
                headers["Retry-After"] = str(refusal.retry_after)
            return self._reply(visit.ip, now, refusal.status, body, headers=headers)
        if request is not None and request.endpoint.orders:
            count = self.limits.orders.add(Account.ID, now, request.endpoint.orders)
            headers[ORDER_COUNT_HEADER] = str(count)
        return self._reply(visit.ip, now, 200, json.encode(result), headers=headers)

    def _checked(self, visit: Visit, now: float, request: type[Request[Any]] | None) -> object:
        """Reply to a call that has a handler, a key, good parameters, a good time and signature."""
        if request is None:
            raise Refusal(
                -5000, f"Path {visit.path!a}, Method {visit.method} is invalid", status=404
            )
        handler = ROUTES.get((visit.method, visit.path))
        if handler is None:
            raise Refusal(-1020, f"{visit.method} {visit.path} is not simulated yet.", status=501)
        parameters = check_gate(visit, now, request, self._credentials)
        self.limits.check_orders(Account.ID, now, request.endpoint.orders)
        is_stale = visit.method == "GET" and self.faults.stale_by > 0
        as_of = now - self.faults.stale_by if is_stale else None
        return handler(Call(self._account, parameters, now, as_of))

    def _instead(self, visit: Visit, fault: Fault, now: float) -> Answer:
        """The answer of a call that a fault kept from being carried out.

        A delivery that needs an answer to spoil spoils the 503 of unknown outcome.
        """
        answer = fault.answer or ANSWERS[FaultKind.UNKNOWN_503]
        if answer.is_counted:
            self.limits.weight.add(visit.ip, now, weight_of(_declared(visit), visit))
        return self._faulty(visit, fault, answer, now)

    def _faulty(self, visit: Visit, fault: Fault, answer: FaultAnswer, now: float) -> Answer:
        headers: dict[str, str] = {}
        if fault.kind in WAITING_KINDS:
            headers["Retry-After"] = str(fault.retry_after)
        until = str(floor((now + fault.retry_after) * 1000))
        body = answer.body.replace("{until}", until).replace("{target}", visit.target)
        return self._reply(
            visit.ip,
            now,
            answer.status,
            body.encode(),
            headers=headers,
            content_type=_content_type(answer),
            is_counted=not answer.is_page,
        )

    def _reply(  # noqa: PLR0913 - an answer has as many parts
        self,
        ip: str,
        now: float,
        status: int,
        body: bytes,
        *,
        headers: dict[str, str],
        content_type: str = JSON_TYPE,
        is_counted: bool = True,
    ) -> Answer:
        """An answer with the headers every answer has; pages from in front know no counts."""
        dates = self.faults.dates
        error = 0.0 if dates is None else dates.error(is_page=not is_counted)
        headers["Content-Type"] = content_type
        headers["Date"] = formatdate(floor(now + error), usegmt=True)
        if is_counted:
            headers[WEIGHT_HEADER] = str(self.limits.weight.used(ip, now))
        return Answer(status, headers, body)


def _declared(visit: Visit) -> type[Request[Any]] | None:
    """Return what sends such a call, None for a path or a verb that nobody declared."""
    return ENDPOINTS.get((cast("Verb", visit.method), visit.path))


def _content_type(answer: FaultAnswer) -> str:
    if answer.is_page:
        return HTML_TYPE
    return JSON_TYPE if answer.body.startswith("{") else TEXT_TYPE

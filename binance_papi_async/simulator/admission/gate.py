"""Who may pass to a handler: key, parameters, recvWindow, timestamp, signature, in this order.

Rules of time and signing: PAPI general page, the inequality itself from spot's.
Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from binance_papi_async.declaring.request import Request
from binance_papi_async.simulator.admission.credentials import Credentials, check_signature
from binance_papi_async.simulator.admission.parameters import check_parameters, read_parameters
from binance_papi_async.simulator.admission.rules import rules_of
from binance_papi_async.simulator.refusal import Refusal, mandatory, unknown_symbol
from binance_papi_async.simulator.visit import Visit

DEFAULT_RECV_WINDOW_MS: Final = 5_000
MAX_RECV_WINDOW_MS: Final = 60_000
AHEAD_MS: Final = 1_000
"""A timestamp must be less than this ahead."""


def check_gate(
    visit: Visit, now: float, request: type[Request[Any]], credentials: Credentials
) -> Mapping[str, str]:
    """The parameters of a call that may pass; ``Refusal`` otherwise."""
    security, verifier = request.endpoint.security, None
    if security != "open":
        verifier = credentials.check_key(visit.headers.get("X-MBX-APIKEY"))
    parameters = read_parameters(visit.query, visit.body)
    check_parameters(rules_of(request), parameters, security)
    if verifier is not None and security == "signed":
        _check_time(parameters, now)
        check_signature(verifier, *signed_text(visit.query, visit.body))
    # Lists of open orders; other calls are refused for reasons of their own.
    if visit.path.endswith(("/openOrders", "/openAlgoOrders")):
        _check_symbol(visit.path.split("/")[3], parameters.get("symbol", ""))
    return parameters


def _check_symbol(product: str, symbol: str) -> None:
    """By its form: a CM contract is ``BTCUSD_PERP``, which no other product has, and margin has none with a date."""
    is_contract = "_" in symbol
    is_unknown = {
        "margin": is_contract,
        "um": symbol.endswith("_PERP"),
        "cm": not is_contract,
    }.get(product, False)
    if symbol and is_unknown:
        raise unknown_symbol()


def _check_time(parameters: Mapping[str, str], now: float) -> None:
    """``timestamp < serverTime + 1000 and serverTime - timestamp <= recvWindow``, else -1021."""
    recv_window = int(parameters.get("recvWindow", DEFAULT_RECV_WINDOW_MS))
    if recv_window > MAX_RECV_WINDOW_MS:
        # Classic margin's code; PAPI's own is not documented.
        raise Refusal(-1131, f"recvWindow must be less than {MAX_RECV_WINDOW_MS}.")
    if recv_window == 0:
        raise mandatory("recvWindow")
    timestamp, server_time = int(parameters["timestamp"]), int(now * 1000)
    if timestamp >= server_time + AHEAD_MS:
        raise Refusal(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")
    if server_time - timestamp > recv_window:
        raise Refusal(-1021, "Timestamp for this request is outside of the recvWindow.")


def signed_text(query: str, body: str) -> tuple[bytes, str]:
    """What was signed, raw as received, and the signature, which comes last (documented).

    Query and body are signed as one text with nothing in between.
    A signature that is not the last parameter is taken with what follows it, so it cannot be right.
    """
    if "signature=" in body:
        text, signature = _split(body)
        return (query + text).encode(errors="surrogateescape"), signature
    text, signature = _split(query)
    return (text + body).encode(errors="surrogateescape"), signature


def _split(text: str) -> tuple[str, str]:
    before, _, signature = text.rpartition("signature=")
    return before.removesuffix("&"), signature

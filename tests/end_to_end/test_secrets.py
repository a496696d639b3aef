"""Neither the secret nor a signature shows: not in a log, a repr, an error or a traceback."""

from __future__ import annotations

import asyncio
import logging
import traceback

import pytest

from binance_papi_async import CancelMarginOrder, PapiClient, PapiError
from binance_papi_async.simulator import FAULTS, SIMULATED_SECRET, Fault, Simulator

pytestmark = pytest.mark.asyncio
CANCEL = CancelMarginOrder(symbol="LTCBTC", order_id=28)


def everything_said(error: BaseException) -> str:
    """The error as anybody may print it, and the locals of every frame it came through."""
    lines = [repr(error), str(error), *traceback.format_exception(error)]
    chain: BaseException | None = error
    while chain is not None:
        for frame, _ in traceback.walk_tb(chain.__traceback__):
            name = frame.f_code.co_filename
            if "binance_papi_async" in name and "simulator" not in name:
                lines += [f"{key}={value!r}" for key, value in frame.f_locals.items()]
        lines.append(repr(vars(chain)))
        chain = chain.__cause__ or chain.__context__
    return "\n".join(lines)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_no_secret_shows_whatever_goes_wrong(
    fault: Fault, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every fault, with all logging at DEBUG and asyncio in its debug mode."""
    caplog.set_level(logging.DEBUG)
    asyncio.get_running_loop().set_debug(True)
    said = []
    async with Simulator() as exchange, exchange.client(timeout=1.0) as papi:
        exchange.rest_seed_order()
        exchange.faults.inject(fault, method="DELETE", times=None)
        try:
            said.append(repr(await papi.send(CANCEL)))
        except PapiError as error:
            said.append(everything_said(error))
        said += [repr(papi), repr(exchange.key), repr(papi.limits), str(vars(papi))]
    asyncio.get_running_loop().set_debug(False)
    captured = capfd.readouterr()
    text = "\n".join([*said, caplog.text, captured.out, captured.err])
    assert "MarginOrder(symbol='LTCBTC'" in text, "something was said at all"
    assert SIMULATED_SECRET not in text
    assert "signature=" not in text.lower()
    assert "signature%3d" not in text.lower()


@pytest.mark.parametrize("slip", [" {}", "{} ", "{}\n", "\t{}", "{}\u200b"])
async def test_a_secret_with_stray_white_space_is_not_shown(
    slip: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused; neither what is said nor any frame of ours holds it, nor the environment."""
    monkeypatch.setenv("BINANCE_API_KEY", "k" * 64)
    monkeypatch.setenv("BINANCE_API_SECRET", slip.format(SIMULATED_SECRET))
    with pytest.raises(ValueError, match=r"^secret holds white space") as raised:
        PapiClient.from_env()
    assert SIMULATED_SECRET not in everything_said(raised.value)


async def test_a_proxy_s_password_is_not_shown_whatever_is_refused() -> None:
    """No frame of ours holds what the client was made with."""
    proxy = "http://user:open-sesame@127.0.0.1:3128"
    with pytest.raises(ValueError, match="recv_window") as raised:
        PapiClient(proxy=proxy, recv_window=0)
    assert "sesame" not in everything_said(raised.value)
    papi = PapiClient(proxy=proxy)
    assert "sesame" not in repr(papi) + repr(vars(papi)) + repr(papi._transport)

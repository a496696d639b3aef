"""Messages with a way out: what a caller is told who slips, to the letter."""

from __future__ import annotations

from typing import Any

import pytest

from binance_papi_async import (
    CancelMarginOrder,
    ConnectError,
    Ed25519Key,
    HmacKey,
    NotSent,
    NotSentError,
    PapiClient,
    Ping,
    QueryServerTime,
)
from binance_papi_async.errors import AuthenticationError
from binance_papi_async.options import explained, scheme_hint
from binance_papi_async.simulator import Simulator

ONE_KEY = "PapiClient takes one key: PapiClient(HmacKey(api_key, secret)), or PapiClient.from_env()"
CLIENT: Any = PapiClient
CANCEL: Any = CancelMarginOrder
NOTHING: Any = Ping


@pytest.mark.parametrize(
    ("positional", "options", "message"),
    [
        (("key",), {}, f"{ONE_KEY}; not str"),
        (("key", "secret"), {}, ONE_KEY),
        ((), {"api_key": "key"}, ONE_KEY),
        ((), {"api_key": "key", "api_secret": "secret"}, ONE_KEY),
        ((), {"recvWindow": 5000}, "PapiClient has no recvWindow: did you mean recv_window?"),
        ((), {"time_out": 5}, "PapiClient has no time_out: did you mean timeout?"),
    ],
)
def test_a_client_called_as_others_are(
    positional: tuple[str, ...], options: dict[str, Any], message: str
) -> None:
    """One key, and the options by their names; no word of the secret is repeated."""
    with pytest.raises(TypeError) as caught:
        CLIENT(*positional, **options)
    assert str(caught.value) == message


def test_a_word_nobody_knows_is_told_all_there_are() -> None:
    """Where none is near."""

    class Small:
        @explained
        def __init__(self, key: object = None, *, size: int = 0) -> None:
            self.key, self.size = key, size

    assert Small(1, size=2).size == 2
    with pytest.raises(TypeError, match=r"^PapiClient has no qqq: it takes key, size$"):
        Small(qqq=1)  # type: ignore[call-arg]


def test_a_misspelt_parameter_of_a_class() -> None:
    """The class, and what was meant."""
    with pytest.raises(TypeError) as caught:
        CANCEL(symbol="LTCBTC", orderId=28)
    assert str(caught.value) == "CancelMarginOrder has no orderId: did you mean order_id?"
    with pytest.raises(TypeError) as caught:
        CANCEL("LTCBTC", 28)
    assert str(caught.value) == (
        "CancelMarginOrder takes no positional parameters, but symbol=..., order_id=..., "
        "orig_client_order_id=..., new_client_order_id=..."
    )
    with pytest.raises(TypeError, match=r"^Ping has no symbol: it takes nothing$"):
        NOTHING(symbol="LTCBTC")
    with pytest.raises(TypeError, match="symbol"):
        CANCEL(order_id=28)


@pytest.mark.asyncio
async def test_a_misspelt_parameter_of_a_method() -> None:
    """The method, the class, and what was meant."""
    async with Simulator() as exchange, exchange.client() as papi:
        margin: Any = papi.margin
        with pytest.raises(TypeError) as caught:
            await margin.cancel_order(symbol="LTCBTC", orderId=28)
        assert str(caught.value) == (
            "papi.margin.cancel_order: CancelMarginOrder has no orderId: did you mean order_id?"
        )
        with pytest.raises(TypeError, match=r"^order_id must be of type int, not str$"):
            await margin.cancel_order(symbol="LTCBTC", order_id="28")
        stream: Any = papi.user_stream
        with pytest.raises(TypeError, match=r"^papi\.user_stream\.create_listen_key: Create"):
            await stream.create_listen_key(key=1)


@pytest.mark.asyncio
async def test_a_closed_client_says_that_it_is_closed() -> None:
    """And not that it has to be entered."""
    async with Simulator() as exchange:
        papi = exchange.client()
        async with papi:
            pass
        with pytest.raises(NotSentError, match=r"^this client is closed: make another$"):
            await papi.send(Ping())
        outcome = await papi.cancel(CANCEL(symbol="LTCBTC", order_id=28))
        assert isinstance(outcome, NotSent)
        assert str(outcome.error) == "this client is closed: make another"


@pytest.mark.parametrize(
    ("words", "way_out"),
    [
        (
            "certificate verify failed: self-signed certificate",
            (
                "; if you trust it, PapiClient(ssl=ssl.create_default_context(cafile=FILE)), "
                "or --ca-file FILE of the command line"
            ),
        ),
        (
            "[SSL: WRONG_VERSION_NUMBER]",
            "; that port speaks no TLS: should base_url begin with http://?",
        ),
        ("Connect call failed", ""),
    ],
)
def test_a_strange_certificate_and_a_strange_port(words: str, way_out: str) -> None:
    """What TLS says, and what can be done about it; said once."""
    error = ConnectError(words)
    assert str(error) == words + way_out
    assert str(ConnectError(str(error))) == str(error)


@pytest.mark.parametrize(
    ("base_url", "hint"),
    [
        ("http://localhost:1", "; does that port speak https? base_url begins with http://"),
        ("https://localhost:1", ""),
    ],
)
def test_http_to_an_https_port(base_url: str, hint: str) -> None:
    """It hangs up without a word."""
    assert scheme_hint(base_url) == hint


@pytest.mark.asyncio
async def test_whoever_hangs_up_on_http_may_speak_https() -> None:
    """Said when a client is entered, where every call would fail."""
    import asyncio

    from binance_papi_async import ConnectionLostError

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(ConnectionLostError, match=r"does that port speak https\? ") as caught:
            await PapiClient(base_url=f"http://127.0.0.1:{port}").open()
    assert caught.value.request == QueryServerTime()


@pytest.mark.parametrize(
    ("code", "way_out"),
    [
        (
            -1022,
            (
                "; the secret (BINANCE_API_SECRET), or the private key, does not belong to this API key "
                "or was copied in part"
            ),
        ),
        (
            -2014,
            "; the API key (BINANCE_API_KEY) is not whole, or holds something else: copy it once more",
        ),
        (
            -2015,
            (
                "; look at the API key (BINANCE_API_KEY), at its permissions (reading, Portfolio Margin trading) "
                "and at its list of IPs; a key made before Portfolio Margin was opened has to be made anew"
            ),
        ),
        (-1002, ""),
    ],
)
def test_a_key_that_was_not_accepted(code: int, way_out: str) -> None:
    """Which variable, which permission, which list; the exchange's own words stay as they are."""
    error = AuthenticationError("no", status=401, code=code, message="theirs")
    assert str(error) == f"no{way_out}"
    assert error.message == "theirs"


@pytest.mark.parametrize(
    ("pem", "message"),
    [
        (
            "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
            (
                "the private key is in OpenSSH's own format: make an RSA key PEM by "
                "ssh-keygen -p -m PKCS8 -f FILE, or make a new key by openssl genpkey -algorithm ed25519"
            ),
        ),
        (
            r"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
            (
                "the private key holds \\n as two characters where a line should end: pass "
                'text.replace("\\\\n", "\\n"), or the path of the file'
            ),
        ),
    ],
)
def test_a_private_key_of_another_form(pem: str, message: str) -> None:
    """What it is, and how to get one that can be read; nothing of it is shown."""
    with pytest.raises(ValueError, match="key") as caught:
        Ed25519Key("apiKey", pem)
    assert str(caught.value) == message
    assert "AAAA" not in str(caught.value)


@pytest.mark.parametrize("end", ["\n", r"\n", "\r\n"])
def test_a_key_pasted_with_its_line_break(end: str) -> None:
    """Both spellings of it."""
    for name, given in (("api_key", (f"key{end}", "secret")), ("secret", ("key", f"secret{end}"))):
        with pytest.raises(ValueError, match="line break") as caught:
            HmacKey(*given)
        assert (
            str(caught.value)
            == f"{name} holds white space, a line break pasted with it: leave out the \\n"
        )

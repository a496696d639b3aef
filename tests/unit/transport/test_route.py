"""Which proxy: what is taken for one, what the environment names, and that no password shows."""

from __future__ import annotations

import traceback

import pytest

from binance_papi_async.transport.route import Proxy, proxy_of_environment

HOST = "papi.binance.com"


@pytest.mark.parametrize(
    ("url", "shown", "headers"),
    [
        ("http://proxy.example:3128", "http://proxy.example:3128", {}),
        ("http://proxy.example/", "http://proxy.example/", {}),
        ("HTTP://[::1]:3128", "HTTP://[::1]:3128", {}),
        ("http://u:p@[::1]:1", "http://[::1]:1", {"Proxy-Authorization": "Basic dTpw"}),
        ("http://u@h:1", "http://h:1", {"Proxy-Authorization": "Basic dTo="}),
        ("http://u:%40@h:1", "http://h:1", {"Proxy-Authorization": "Basic dTpA"}),
        ("http://u:a@b@h:1", "http://h:1", {"Proxy-Authorization": "Basic dTphQGI="}),
    ],
)
def test_a_proxy_is_an_address_and_what_it_wants_to_know(
    url: str, shown: str, headers: dict[str, str]
) -> None:
    """User and password go into a header, and out of the address."""
    proxy = Proxy(url)
    assert (proxy.url, proxy.headers) == (shown, headers)
    assert repr(proxy) == f"<Proxy {shown}>"


@pytest.mark.parametrize(
    "url",
    [
        "proxy.example:3128",
        "https://user:secret@proxy.example",
        "socks5://user:secret@proxy.example",
        "http://user:secret@proxy.example/path",
        "http://user:secret@proxy.example?query",
        "http://user:secret@proxy.example#fragment",
        "http://user:secret@proxy.example:99999",
        "http://user:sec ret@proxy.example",
        "http://user:secret@proxy.example\n",
        "http://",
    ],
)
def test_what_is_no_proxy_is_refused_and_not_shown(url: str) -> None:
    """Neither in the message nor in the locals of a frame that is ours."""
    with pytest.raises(ValueError, match=r"proxy is like|[Pp]ort") as raised:
        Proxy(url)
    said = "".join(traceback.format_exception(raised.value))
    said = said.replace(url, "") if "secret" not in url else said
    for frame, _ in traceback.walk_tb(raised.value.__traceback__):
        if "binance_papi_async" in frame.f_code.co_filename:
            said += repr(frame.f_locals)
    assert "secret" not in said
    assert "sec ret" not in said


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "http://a:1"}, "http://a:1"),
        ({"https_proxy": "http://a:1"}, "http://a:1"),
        ({"https_proxy": "http://a:1", "HTTPS_PROXY": "http://b:1"}, "http://a:1"),
        ({"HTTPS_PROXY": "a:1"}, "http://a:1"),
        ({"HTTPS_PROXY": ""}, None),
        ({"HTTP_PROXY": "http://a:1"}, None),
        ({"HTTPS_PROXY": "http://a:1", "NO_PROXY": "binance.com"}, None),
        ({"HTTPS_PROXY": "http://a:1", "NO_PROXY": ".binance.com"}, None),
        ({"HTTPS_PROXY": "http://a:1", "no_proxy": "x, PAPI.binance.com"}, None),
        ({"HTTPS_PROXY": "http://a:1", "NO_PROXY": "*"}, None),
        ({"HTTPS_PROXY": "http://a:1", "NO_PROXY": "api.binance.com,,nance.com"}, "http://a:1"),
    ],
)
def test_the_environment_names_a_proxy(environ: dict[str, str], expected: str | None) -> None:
    """As it does for other programs."""
    proxy = proxy_of_environment(HOST, environ)
    assert (proxy and proxy.url) == expected

"""What holds for every test: none reaches beyond this machine, none finds a key."""

from __future__ import annotations

import os
import socket
from ipaddress import ip_address
from typing import Any

import pytest


class NetworkUsedError(AssertionError):
    """A test asked for an address beyond this machine."""


def _is_here(host: object) -> bool:
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    try:
        return ip_address(host.decode() if isinstance(host, bytes) else str(host)).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let sockets reach this machine only."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any, /) -> None:
        if isinstance(address, tuple) and not _is_here(address[0]):
            raise NetworkUsedError(f"a test connects to {address[0]}")
        connect(self, address)

    def guarded_look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not _is_here(host):
            raise NetworkUsedError(f"a test looks up {host!r}")
        return look_up(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_look_up)


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the keys of whoever runs the tests."""
    for name in os.environ:
        if name.startswith("BINANCE_"):
            monkeypatch.delenv(name)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how much of each call the cancellation sweep of ``tests/contract`` covered.

    Here and not there: whoever hands out tests to workers loads only this file.
    """
    covered: dict[str, list[int]] = {}
    for report in terminalreporter.stats.get("passed", []):
        for name, value in getattr(report, "user_properties", ()):
            if name == "await points" and report.when == "call":
                what, _, points = str(value).rpartition(": ")
                covered.setdefault(what, []).append(int(points))
    if covered:
        terminalreporter.section("await points at which a call was cancelled")
    for what, each in sorted(covered.items()):
        terminalreporter.line(
            f"{what}: {min(each)} to {max(each)} await points in each of {len(each)} sweeps"
        )

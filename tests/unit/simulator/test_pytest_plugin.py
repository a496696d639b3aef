from __future__ import annotations

import sys
from typing import Any, cast

import pytest

from binance_papi_async.simulator import pytest_plugin


def test_the_plugin_loads_without_pytest_asyncio(monkeypatch: pytest.MonkeyPatch) -> None:
    """It must not break the test sessions of people who do not use the fixture."""
    monkeypatch.setitem(sys.modules, "pytest_asyncio", None)
    fixture = cast("Any", pytest_plugin._fixture(pytest_plugin._served))
    assert fixture.name == "papi_simulator"

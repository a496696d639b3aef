"""The names a user types."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys

import pytest

import binance_papi_async
from binance_papi_async import endpoints
from binance_papi_async.declaring.request import ENDPOINTS

for _module in pkgutil.iter_modules(endpoints.__path__, f"{endpoints.__name__}."):
    importlib.import_module(_module.name)

REQUESTS = [
    request_class
    for request_class in ENDPOINTS.values()
    if request_class.__module__.startswith(endpoints.__name__)  # tests declare some of their own
]
NAMES: tuple[str, ...] = tuple(getattr(binance_papi_async, "__all__", ()))
NOT_IMPORTED = {
    "binance_papi_async.cli",
    "binance_papi_async.simulator",
    "cryptography",
    "cyclopts",
    "pytest",
    "rich",
    "uvloop",
}


def test_there_are_names() -> None:
    """The package says what it exports."""
    assert NAMES


def test_names_are_sorted() -> None:
    """``__all__`` holds constants, classes, the rest, each in order, and names nothing twice."""
    assert list(NAMES) == sorted(
        set(NAMES), key=lambda name: (not name.isupper(), not name[0].isupper(), name)
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_there_and_documented(name: str) -> None:
    """Every exported name can be imported and says what it is."""
    exported = getattr(binance_papi_async, name)
    if inspect.isclass(exported) or inspect.isroutine(exported):
        assert inspect.getdoc(exported)


@pytest.mark.parametrize("name", NAMES)
def test_what_it_can_do_is_documented(name: str) -> None:
    """Every public method an exported class brings along says what it does."""
    exported = getattr(binance_papi_async, name)
    methods = inspect.getmembers(exported, inspect.isroutine) if inspect.isclass(exported) else []
    undocumented = [
        method_name
        for method_name, method in methods
        if not method_name.startswith("_")
        and str(getattr(method, "__module__", "")).startswith(binance_papi_async.__name__)
        and not inspect.getdoc(method)
    ]
    assert undocumented == []


@pytest.mark.parametrize("request_class", REQUESTS, ids=lambda each: each.__name__)
def test_every_request_class_is_exported(request_class: type) -> None:
    """What can be asked of the exchange can be imported from the top."""
    assert request_class.__name__ in NAMES
    assert getattr(binance_papi_async, request_class.__name__) is request_class


@pytest.mark.parametrize("request_class", REQUESTS, ids=lambda each: each.__name__)
def test_every_request_class_is_documented(request_class: type) -> None:
    """A request says what it asks for in words of its own, not its base's."""
    assert request_class.__doc__


def test_importing_the_package_imports_no_more_than_it_needs() -> None:
    """The simulator, the command line and the extras stay away until they are asked for."""
    program = "import binance_papi_async, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert not NOT_IMPORTED.intersection(done.stdout.split())

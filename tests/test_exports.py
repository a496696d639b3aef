"""The names a user types.

``requests.py`` and ``replies.py`` are lists of what the endpoints declare; ``python -m tests.test_exports`` writes them anew.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, get_args, get_origin, get_type_hints

import pytest
from msgspec import Struct

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
PROMISED: Final = tuple(Path(__file__).with_name("promised_names.txt").read_text().split())
"""Whatever could once be imported from the top can be imported from there for good."""
DOOR: tuple[str, ...] = tuple(binance_papi_async.__all__)
NAMES: Final = tuple(dict.fromkeys((*DOOR, *PROMISED)))
NOT_IMPORTED = {
    "binance_papi_async.cli",
    "binance_papi_async.simulator",
    "cryptography",
    "cyclopts",
    "pytest",
    "rich",
    "uvloop",
}


def replies_of(kind: Any) -> Iterator[type]:
    """The structs a reply is made of."""
    origin = get_origin(kind) or kind
    if isinstance(origin, type) and issubclass(origin, Struct):
        yield origin
        for part in get_type_hints(origin).values():
            yield from replies_of(part)
    for part in get_args(kind):
        yield from replies_of(part)


REPLIES: Final = {reply for each in REQUESTS for reply in replies_of(each.endpoint.reply)}
LISTS: Final[dict[str, tuple[str, Iterable[type]]]] = {
    "requests": ("Every request class: what the exchange can be asked, and told to do.", REQUESTS),
    "replies": ("Everything the exchange replies with, and what that is made of.", REPLIES),
}


def list_of(title: str, classes: Iterable[type]) -> str:
    """A module that has all of them, sorted as the linter wants it."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for each in classes:
        places[each.__module__].append(each.__name__)
    imports = [
        f"from {place} import (\n{_lines(sorted(names, key=str.lower))})\n"
        for place, names in sorted(places.items())
    ]
    names = _lines(sorted(f'"{each.__name__}"' for each in classes))
    return (
        f'"""{title}\n\nWritten by ``python -m tests.test_exports``.\n"""\n\n'
        f"from __future__ import annotations\n\n{''.join(imports)}\n__all__ = [\n{names}]\n"
    )


def _lines(names: Iterable[str]) -> str:
    return "".join(f"    {name},\n" for name in names)


def _list_file(name: str) -> Path:
    return Path(binance_papi_async.__file__).with_name(f"{name}.py")


@pytest.mark.parametrize("name", LISTS)
def test_the_lists_name_everything(name: str) -> None:
    """Run ``python -m tests.test_exports`` when an endpoint has come, gone or changed its name."""
    assert _list_file(name).read_text() == list_of(*LISTS[name])


def test_the_door_is_small() -> None:
    """Completion and ``__all__`` show the names that most programs need."""
    assert dir(binance_papi_async) == list(DOOR)
    assert len(DOOR) <= 60


def test_names_are_sorted() -> None:
    """``__all__`` holds constants, classes, the rest, each in order, and names nothing twice."""
    assert list(DOOR) == sorted(
        set(DOOR), key=lambda name: (not name.isupper(), not name[0].isupper(), name)
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_promised_name_is_the_one_of_its_module(name: str) -> None:
    """There are no two of anything, from wherever it is imported."""
    exported = getattr(binance_papi_async, name)
    home = importlib.import_module(getattr(exported, "__module__", binance_papi_async.__name__))
    assert getattr(home, name, exported) is exported
    assert vars(binance_papi_async)[name] is exported


def test_a_name_that_is_nowhere_is_not_found() -> None:
    """What stands behind the door is no wider than its lists."""
    for name in ("Decimal", "orders", "UmOrders"):
        with pytest.raises(AttributeError, match=name):
            getattr(binance_papi_async, name)


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


if __name__ == "__main__":
    for _name, _list in LISTS.items():
        _list_file(_name).write_text(list_of(*_list))

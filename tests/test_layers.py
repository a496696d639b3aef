"""Imports point downwards, and what is called pure is pure.

The tables below are the architecture; a module that stands in none of them fails the test.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

import pytest

PACKAGE = "binance_papi_async"

LAYERS = (
    # From the bottom up. A module may import from its own row and from those above it here.
    ("version", "enums", "enums.*"),
    ("declaring", "declaring.asking", "declaring.parameters", "declaring.reading"),
    ("declaring.request",),
    (
        "declaring.calls",
        "declaring.orders",
        "declaring.paging",
        "errors",
    ),  # an error names the request it is about
    ("endpoints", "endpoints.*", "filters"),
    (
        *("outcome", "outcome_json", "place_outcome", "deciding.steps"),
        *(
            "cancelling.clearing",
            "cancelling.decision",
            "placing.amendment",
            "placing.bearers",
            "placing.placement",
        ),
    ),
    ("journal.line", "journal.reading"),
    (
        *("limits", "limits.bucket", "limits.closing", "limits.lanes"),
        *("limits.ledger", "limits.orders", "limits.others", "limits.scout"),
    ),
    (
        *("offset", "wire", "wire.*", "limits.shortage"),
        *("stream", "stream.account_events", "stream.events", "stream.futures_events"),
        *("stream.margin_events", "stream.trigger_events", "stream.standing"),
        *("stream.live_order", "stream.coverage", "stream.duplicates"),
        *("stream.lifeline", "stream.state"),
    ),
    ("transport.framing", "transport.inflating", "transport.route", "transport.whole"),
    ("clock", "transport", "transport.*"),
    ("limits.limiter", "limits.pool"),
    ("limits.gate",),
    ("journal", "journal.*"),
    ("sending", "sending.*"),
    ("deciding", "deciding.*"),
    ("cancelling", "cancelling.*"),
    ("placing", "placing.*"),
    ("options",),
    ("client", "calling", "trading"),
    ("", "requests", "replies"),  # the package's own doors
    ("cli", "cli.*"),
)
SHELL_SIMULATOR = (
    "simulator",
    "simulator.doors",
    "simulator.doors.*",
    "simulator.held",
    "simulator.pytest_plugin",
)
PURE_SIMULATOR = ("simulator.*",)  # every other file of it
ROOMS = {
    # Which other rooms of the simulator each may import from. A loose module is a room of its own.
    "refusal": (),
    "documented": (),
    "held": (),
    "world": ("refusal",),
    "faulting": ("world",),
    "visit": ("faulting",),
    "admission": ("refusal", "visit", "world"),
    "calls": ("refusal", "documented", "world", "admission"),
    "scripting": ("world",),
    "exchange": ("refusal", "world", "faulting", "visit", "admission", "calls", "scripting"),
    "doors": ("exchange", "faulting", "visit", "world"),
    "": ("admission", "calls", "doors", "exchange", "faulting", "held", "world"),
    "pytest_plugin": ("",),
}
WIRE = next(rank for rank, row in enumerate(LAYERS) if "wire.*" in row)
SHELL = next(rank for rank, row in enumerate(LAYERS) if "clock" in row)
CLI = len(LAYERS) - 1

IMPURE = {"aiohttp", "asyncio", "random", "socket", "ssl", "time"}
SEEDED = "random.Random"  # a generator made from a seed is a plain value; the module's own is not
DEPENDENCIES = {
    # Who may import them while the package is imported; everybody may not means anywhere.
    "msgspec": ("*",),
    "aiohttp": ("transport.*", "simulator.doors.server", "cli.benchmark.*"),
    "multidict": ("transport.*", "simulator.doors.*"),
    "yarl": ("transport.*", "simulator.doors.*", "cli.benchmark.*"),
    "pytest": ("simulator.pytest_plugin",),
    "pytest_asyncio": ("simulator.pytest_plugin",),
}
EXTRAS = {
    # Only inside functions: they come with an extra, and need not be installed.
    "cryptography": ("wire.signing", "simulator.*"),
    "cyclopts": ("cli.*",),
    "rich": ("cli.*",),
    "uvloop": ("cli.*", "client"),
}


class Import(NamedTuple):
    """One imported name, and where it stands."""

    target: str
    line: int
    is_lazy: bool = False
    """Inside a function, so not run when the module is imported."""
    is_for_types: bool = False
    """Read by checkers only: nothing need be there when it runs, but an arrow it is."""


def short_name(path: Path, package: Path) -> str:
    """``wire.codec`` of ``binance_papi_async/wire/codec.py``, "" of the package's own door."""
    parts = path.relative_to(package).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def package_sources() -> dict[str, str]:
    """Source of every module of the package, by short name."""
    package = Path(__file__).parent.parent / PACKAGE
    return {short_name(path, package): path.read_text() for path in package.rglob("*.py")}


def is_one_of(module: str, patterns: tuple[str, ...]) -> bool:
    """Whether a module stands in a row."""
    return any(fnmatch(module, pattern) for pattern in patterns)


def rank_of(module: str) -> int | None:
    """Row of LAYERS, or of what a part of the simulator may import; None if it is in no table."""
    if is_one_of(module, SHELL_SIMULATOR):
        return CLI - 1
    if is_one_of(module, PURE_SIMULATOR):
        return WIRE
    return next((rank for rank, row in enumerate(LAYERS) if is_one_of(module, row)), None)


def is_simulator(module: str) -> bool:
    """Whether a module is part of the stand-in exchange."""
    return module.partition(".")[0] == "simulator"


def room_of(module: str) -> str:
    """``world`` of ``simulator.world.book``, "" of the simulator's own door."""
    return module.partition(".")[2].partition(".")[0]


def is_pure(module: str) -> bool:
    """Whether a module works on plain values only."""
    rank = rank_of(module)
    return rank is not None and rank < SHELL


def imports(source: str, module: str, *, is_package: bool) -> list[Import]:
    """Everything a module imports, in functions and for checkers only included."""
    return list(_walk(ast.parse(source), module.split("."), Import("", 0), is_package=is_package))


def _walk(node: ast.AST, path: list[str], at: Import, *, is_package: bool) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        yield from (at._replace(target=alias.name, line=node.lineno) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = _base(node, path, is_package=is_package)
        for alias in node.names:
            yield at._replace(target=f"{base}.{alias.name}", line=node.lineno)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        at = at._replace(is_lazy=True)
    for child in ast.iter_child_nodes(node):
        here = at._replace(is_for_types=True) if _is_for_types(node, child) else at
        yield from _walk(child, path, here, is_package=is_package)


def _is_for_types(parent: ast.AST, child: ast.AST) -> bool:
    """Whether only checkers read it; what is already inside such a block stays so."""
    if not isinstance(parent, ast.If) or child not in parent.body:
        return False
    return ast.unparse(parent.test).removeprefix("typing.") == "TYPE_CHECKING"


def _base(node: ast.ImportFrom, path: list[str], *, is_package: bool) -> str:
    if not node.level:
        return node.module or ""
    here = [PACKAGE, *filter(None, path)]
    up = here[: len(here) - node.level + is_package]
    return ".".join([*up, *filter(None, [node.module])])


def violations(sources: Mapping[str, str]) -> list[str]:
    """Every import that breaks a rule, as a sentence with the place in front."""
    packages = {name.rpartition(".")[0] for name in sources}
    found = []
    for module, source in sorted(sources.items()):
        if rank_of(module) is None or (is_simulator(module) and room_of(module) not in ROOMS):
            found.append(f"{module}: stands in no table of tests/test_layers.py")
            continue
        for item in imports(source, module, is_package=module in packages):
            reason = _objection(module, item, sources)
            if reason:
                found.append(f"{module}:{item.line}: {reason}")
    return found


def _objection(module: str, item: Import, sources: Mapping[str, str]) -> str | None:
    root = item.target.partition(".")[0]
    if root == PACKAGE:
        return _objection_inside(module, _module_of(item.target, sources))
    if item.is_for_types:
        return None
    if root in IMPURE and is_pure(module) and item.target != SEEDED:
        return f"is pure and imports {root}"
    if root in sys.stdlib_module_names:
        return None
    if root in EXTRAS:
        if not item.is_lazy:
            return f"imports {root} outside a function: it comes with an extra"
        return None if is_one_of(module, EXTRAS[root]) else f"may not import {root}"
    return None if is_one_of(module, DEPENDENCIES.get(root, ())) else f"may not import {root}"


def _objection_inside(module: str, target: str) -> str | None:
    if is_simulator(target) and not (is_simulator(module) or rank_of(module) == CLI):
        return f"imports {target}: only the simulator, the command line and tests may"
    if is_simulator(module) and is_simulator(target):
        return _objection_between_rooms(room_of(module), room_of(target))
    mine, theirs = rank_of(module), rank_of(target)
    if mine is None or theirs is None or theirs <= mine:
        return None
    return f"imports {target}, which lies above it"


def _objection_between_rooms(mine: str, theirs: str) -> str | None:
    if theirs == mine or theirs in ROOMS[mine]:
        return None
    return f"imports from {theirs or 'the door'}, a room that {mine or 'the door'} does not know"


def _module_of(target: str, sources: Mapping[str, str]) -> str:
    """``wire.codec`` of ``binance_papi_async.wire.codec.prepare``."""
    name = target.removeprefix(PACKAGE).removeprefix(".")
    while name and name not in sources:
        name = name.rpartition(".")[0]
    return name


def cycle(sources: Mapping[str, str]) -> list[str]:
    """Modules that import each other in a ring, when imported or for types; or an empty list."""
    packages = {name.rpartition(".")[0] for name in sources}
    edges = {
        module: {
            _module_of(item.target, sources)
            for item in imports(source, module, is_package=module in packages)
            if item.target.partition(".")[0] == PACKAGE and not item.is_lazy
        }
        for module, source in sources.items()
    }
    done: set[str] = set()

    def visit(module: str, path: list[str]) -> list[str]:
        if module in path:
            return [*path[path.index(module) :], module]
        if module in done:
            return []
        found = next(filter(None, (visit(name, [*path, module]) for name in edges[module])), [])
        done.add(module)
        return found

    return next(filter(None, (visit(module, []) for module in sorted(edges))), [])


def test_imports_point_downwards() -> None:
    """Every import of the package obeys the tables above."""
    assert violations(package_sources()) == []


def test_modules_do_not_import_each_other_in_a_ring() -> None:
    """Within a row, too, some module comes first."""
    assert cycle(package_sources()) == []


@pytest.mark.parametrize(
    ("module", "source", "reason"),
    [
        (
            "declaring.request",
            "from binance_papi_async.declaring.calls import Call",
            "lies above it",
        ),
        ("declaring.request", "from binance_papi_async.declaring import calls", "lies above it"),
        ("declaring.request", "import binance_papi_async.declaring.calls", "lies above it"),
        ("declaring.request", "from . import calls", "lies above it"),
        ("declaring.request", "from .calls import Call", "lies above it"),
        ("wire.codec", "from ..client import PapiClient", "lies above it"),
        ("wire", "from .codec import time; from ..client import x", "lies above it"),
        (
            "declaring.request",
            "def later():\n    from binance_papi_async.declaring import calls",
            "lies above it",
        ),
        ("client", "from binance_papi_async import PapiClient", "lies above it"),
        ("simulator.world.book", "from binance_papi_async.clock import Clock", "lies above it"),
        ("simulator.doors.server", "from binance_papi_async.cli import main", "lies above it"),
        ("client", "from binance_papi_async.simulator.world import book", "only the simulator"),
        ("limits.bucket", "import time", "is pure"),
        ("endpoints.new", "from asyncio import sleep", "is pure"),
        ("simulator.world.new", "def roll():\n    import random", "is pure"),
        ("simulator.world.new", "from random import choice", "is pure"),
        ("client", "import aiohttp", "may not import aiohttp"),
        ("client", "import requests", "may not import requests"),
        ("limits.limiter", "from yarl import URL", "may not import yarl"),
        ("cli.demo", "import rich.table", "outside a function"),
        ("client", "def show():\n    import rich", "may not import rich"),
        ("client", "if TYPE_CHECKING:\n    pass\nelse:\n    import aiohttp", "may not import"),
        ("client", "if not TYPE_CHECKING:\n    import aiohttp", "may not import"),
        (
            "wire.codec",
            "if TYPE_CHECKING:\n    from binance_papi_async.client import PapiClient",
            "lies above it",
        ),
        (
            "limits.limiter",
            "from binance_papi_async.limits.gate import Gate",
            "lies above it",
        ),
        ("helpers", "", "stands in no table"),
        ("simulator.helpers", "", "stands in no table"),
        *(
            (
                f"simulator.{room}",
                f"from binance_papi_async.simulator.{other} import x",
                "does not know",
            )
            for room, other in [
                ("world.new", "admission"),
                ("world.new", "faulting.script"),
                ("faulting.new", "calls.call"),
                ("admission.new", "calls.call"),
                ("calls.new", "faulting.script"),
                ("exchange", "doors.server"),
            ]
        ),
        ("limits.helpers", "", "stands in no table"),
    ],
)
def test_a_wrong_import_is_found(module: str, source: str, reason: str) -> None:
    """Each rule objects to an import that breaks it."""
    known = dict.fromkeys(
        [
            "",
            "cli",
            "client",
            "clock",
            "declaring",
            "declaring.calls",
            "limits.gate",
            "simulator",
            "simulator.admission",
            "simulator.calls.call",
            "simulator.doors.server",
            "simulator.faulting.script",
            "simulator.world.book",
            "wire",
            "wire.codec",
        ],
        "",
    )
    assert [reason in found for found in violations(known | {module: source})] == [True]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("declaring.calls", "from binance_papi_async.declaring.request import Request"),
        (
            "errors",
            "if TYPE_CHECKING:\n    from binance_papi_async.declaring.request import Request",
        ),
        ("client", "if TYPE_CHECKING:\n    from aiohttp import ClientSession"),
        ("clock", "import asyncio, time"),
        ("transport.session", "import aiohttp"),
        ("simulator.doors.server", "from binance_papi_async.client import PapiClient"),
        ("simulator.calls.new", "from binance_papi_async.simulator.world import book"),
        ("cli.demo", "def demo():\n    import rich\n    from binance_papi_async import simulator"),
        ("simulator.faulting.faults", "from random import Random"),
        ("wire.signing", "def load():\n    from cryptography import x509"),
    ],
)
def test_a_right_import_is_not_objected_to(module: str, source: str) -> None:
    """What the tables allow passes."""
    known = dict.fromkeys(
        ["", "client", "declaring.request", "simulator", "simulator.world.book"], ""
    )
    assert violations(known | {module: source}) == []


@pytest.mark.parametrize("condition", ["", "if TYPE_CHECKING: "])
def test_a_ring_is_found(condition: str) -> None:
    """Two modules of one row that import each other, if only for types."""
    ring = {
        "": "",
        "client": f"{condition}from binance_papi_async.cancelling import cancel",
        "cancelling": "from binance_papi_async.client import PapiClient",
    }
    assert cycle(ring) == ["cancelling", "client", "cancelling"]

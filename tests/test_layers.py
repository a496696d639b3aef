"""Imports point downwards, and what is called pure is pure.

The tables below are the architecture; a module that stands in none of them fails the test.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

import pytest

PACKAGE = "binance_papi_async"

LAYERS = (
    # From the bottom up. A module may import from its own row and from those above it here.
    ("version", "enums", "enums.*", "errors"),
    ("declaring", "declaring.parameters"),
    ("declaring.request",),
    ("declaring.calls", "declaring.paging"),
    ("endpoints", "endpoints.*", "outcome", "cancelling.decision"),
    ("wire", "wire.*", "limits", "limits.bucket"),
    ("clock", "transport", "transport.*", "limits.gate", "limits.limiter"),
    ("client", "options", "sending", "sending.*", "cancelling", "cancelling.*"),
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
    is_lazy: bool
    """Inside a function, so not run when the module is imported."""


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


def is_pure(module: str) -> bool:
    """Whether a module works on plain values only."""
    rank = rank_of(module)
    return rank is not None and rank < SHELL


def imports(source: str, module: str, *, is_package: bool) -> list[Import]:
    """Everything a module imports when it runs, function-level imports included."""
    return list(_walk(ast.parse(source), module.split("."), is_package=is_package, is_lazy=False))


def _walk(node: ast.AST, path: list[str], *, is_package: bool, is_lazy: bool) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        yield from (Import(alias.name, node.lineno, is_lazy) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = _base(node, path, is_package=is_package)
        yield from (Import(f"{base}.{alias.name}", node.lineno, is_lazy) for alias in node.names)
    is_lazy |= isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    for child in _children_that_run(node):
        yield from _walk(child, path, is_package=is_package, is_lazy=is_lazy)


def _children_that_run(node: ast.AST) -> Iterable[ast.AST]:
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return node.orelse
    return ast.iter_child_nodes(node)


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
        if rank_of(module) is None:
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
    mine, theirs = rank_of(module), rank_of(target)
    if mine is None or theirs is None or theirs <= mine:
        return None
    return f"imports {target}, which lies above it"


def _module_of(target: str, sources: Mapping[str, str]) -> str:
    """``wire.codec`` of ``binance_papi_async.wire.codec.prepare``."""
    name = target.removeprefix(PACKAGE).removeprefix(".")
    while name and name not in sources:
        name = name.rpartition(".")[0]
    return name


def cycle(sources: Mapping[str, str]) -> list[str]:
    """Modules that import each other in a ring as they are imported, or an empty list."""
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
        ("simulator.new", "def roll():\n    import random", "is pure"),
        ("simulator.new", "from random import choice", "is pure"),
        ("client", "import aiohttp", "may not import aiohttp"),
        ("client", "import requests", "may not import requests"),
        ("limits.limiter", "from yarl import URL", "may not import yarl"),
        ("cli.demo", "import rich.table", "outside a function"),
        ("client", "def show():\n    import rich", "may not import rich"),
        ("client", "if TYPE_CHECKING:\n    pass\nelse:\n    import aiohttp", "may not import"),
        ("helpers", "", "stands in no table"),
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
            "simulator",
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
        ("clock", "import asyncio, time"),
        ("transport.session", "import aiohttp"),
        ("simulator.doors.server", "from binance_papi_async.client import PapiClient"),
        ("cli.demo", "def demo():\n    import rich\n    from binance_papi_async import simulator"),
        ("simulator.faults", "from random import Random"),
        ("wire.signing", "def load():\n    from cryptography import x509"),
    ],
)
def test_a_right_import_is_not_objected_to(module: str, source: str) -> None:
    """What the tables allow passes."""
    known = dict.fromkeys(["", "client", "declaring.request", "simulator"], "")
    assert violations(known | {module: source}) == []


def test_a_ring_is_found() -> None:
    """Two modules of one row that import each other."""
    ring = {
        "": "",
        "client": "from binance_papi_async.cancelling import cancel",
        "cancelling": "from binance_papi_async.client import PapiClient",
    }
    assert cycle(ring) == ["cancelling", "client", "cancelling"]

"""The picture of the house shows the house, and the tables about it name what is there."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import test_layers as layers
from tests.house import DOOR, PICTURE, arrows, floors, picture, plan_of, room_of

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / layers.PACKAGE


def patterns(table: object) -> Iterator[str]:
    """What a table names, whatever its shape: names stand in tuples."""
    if isinstance(table, str):
        yield table
    elif isinstance(table, tuple | dict):
        for row in table.values() if isinstance(table, dict) else table:
            yield from patterns(row)


TABLES = {
    name: [*patterns(table)]
    for name, table in vars(layers).items()
    if name.isupper() and isinstance(table, tuple | dict)
}


def measured(name: str) -> list[str]:
    """The files that ``.ci/run`` names in one of its two lists."""
    found = re.search(
        rf"^{name}=\((.*?)\)$", (ROOT / ".ci/run").read_text(), re.MULTILINE | re.DOTALL
    )
    assert found is not None
    return [pattern.strip("'") for pattern in found[1].split()]


def test_the_picture_is_of_today() -> None:
    """Run ``python -m tests.house`` when modules have come, gone or moved."""
    assert PICTURE.read_text() == picture(plan_of(layers.package_sources()))


def test_a_room_stands_on_what_it_imports() -> None:
    """Folders are rooms; what follows from other arrows is not drawn."""
    plan = plan_of(
        {
            "": "from binance_papi_async.client import PapiClient",
            "client": "from binance_papi_async.wire.codec import prepare; import asyncio",
            "wire": "",
            "wire.codec": "from ..errors import PapiError; from . import signing",
            "wire.signing": "",
            "errors": "",
            "simulator": "def client(): from binance_papi_async.client import PapiClient",
            "simulator.world.book": "from binance_papi_async.errors import PapiError",
        }
    )
    assert plan.modules["wire"] == ("wire", "wire.codec", "wire.signing")
    assert plan.below["client"] == {"wire", "errors"}
    assert arrows(plan) == [
        ("", "client"),
        ("client", "wire"),
        ("simulator", "client"),
        ("simulator.world", "errors"),
        ("wire", "errors"),
    ]
    floor = floors(plan)
    assert all(floor[upper] > floor[lower] for upper, lower in arrows(plan))
    assert f">{DOOR}<" in picture(plan)


@pytest.mark.parametrize("table", TABLES)
def test_a_table_of_layers_names_what_is_there(table: str) -> None:
    """A row about modules, or rooms of the simulator, that are gone misleads."""
    modules = layers.package_sources()
    rooms = {room_of(module).removeprefix("simulator.") for module in modules}
    gone = [each for each in TABLES[table] if not fnmatch.filter({*modules, *rooms}, each)]
    assert gone == []


def test_what_is_measured_is_there() -> None:
    """The files of which ``.ci/run`` asks every branch, and those of the simulator it leaves out."""
    assert [each for each in measured("pure") if not [*PACKAGE.glob(f"{each}.py")]] == []
    simulator = PACKAGE / "simulator"
    assert [each for each in measured("shell") if not [*simulator.glob(f"{each}.py")]] == []

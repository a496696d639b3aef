"""``docs/contributing.md`` names every place of an endpoint, a fault, an outcome; and what it names is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, get_args, get_origin

import pytest

from binance_papi_async import ENDPOINTS, ModifyOutcome, Outcome, Outcomes, PlaceOutcome
from binance_papi_async.endpoints import __name__ as endpoints_name
from binance_papi_async.simulator import Delivery, FaultKind
from binance_papi_async.simulator.faulting.faults import ANSWERS, DELIVERIES
from tests.test_docs import ROOT, method_names

PACKAGE: Final = ROOT / "binance_papi_async"
CONTRIBUTING: Final = ROOT / "docs/contributing.md"
PAGES: Final = (
    CONTRIBUTING,
    ROOT / "docs/explanation/architecture.md",
    ROOT / "docs/how-to/add-an-endpoint.md",
)
"""What tells about the tree."""


def names_of(union: object) -> list[str]:
    """The classes of a union, in its order."""
    return [(get_origin(each) or each).__name__ for each in get_args(union)]


OUTCOMES: Final = names_of(Outcome)
PLACE_OUTCOMES: Final = dict.fromkeys([*names_of(PlaceOutcome), *names_of(ModifyOutcome)])
NAMES: Final[dict[str, list[tuple[str, ...]]]] = {
    "An endpoint": [
        (request.__name__, request.endpoint.path, method_names()[request])
        for request in ENDPOINTS.values()
        if request.__module__.startswith(endpoints_name)  # tests declare some of their own
    ],
    "A fault": [(kind.name,) for kind in FaultKind],
    "An outcome": [(name,) for name in OUTCOMES],
    "An outcome of placing": [(name,) for name in PLACE_OUTCOMES],
}
"""What each section is about: every one of its kind, under all names it goes by."""


def found(path: str) -> Path | None:
    """A file or folder that a page names: from the root of the tree or of the package, or a test by its name."""
    if path.startswith("test_"):
        return next((ROOT / "tests").rglob(path), None)
    return next((base / path for base in (ROOT, PACKAGE) if (base / path).exists()), None)


def paths_of(text: str) -> Iterator[str]:
    """Files and folders that a page names, in its sentences and in what is to be typed."""
    typed = re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    for word in " ".join(re.findall(r"`([^`\n]+)`", text) + typed).split():
        if re.fullmatch(r"(?!/|\.venv/)[\w./-]*(\w/[\w./-]*|\.(py|md|csv|yml|toml|svg))", word):
            yield word


def places_of(section: str) -> list[str]:
    """The first cell of each row of a section's table."""
    (text,) = re.findall(
        rf"^## {section}\n(.*?)(?=^## |\Z)", CONTRIBUTING.read_text(), re.MULTILINE | re.DOTALL
    )
    return re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)


def text_of(place: Path) -> str:
    """What stands in a file, or in all files of a folder."""
    files = [place] if place.is_file() else sorted(place.glob("*.*"))
    return "\n".join(file.read_text() for file in files)


def missing(text: str, section: str) -> list[str]:
    """Those of a kind that a text does not name."""
    words = set(re.findall(r"[\w./-]+", text))
    return [names[0] for names in NAMES[section] if words.isdisjoint(names)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_names_is_there(page: Path) -> None:
    """Files and folders, from the root of the tree or of the package."""
    paths = set(paths_of(page.read_text()))
    assert sorted(path for path in paths if found(path) is None) == []


@pytest.mark.parametrize("section", NAMES)
def test_a_place_names_every_one(section: str) -> None:
    """Who adds one has to go there."""
    places = {place: found(place) for place in places_of(section)}
    assert places
    assert {place: missing(text_of(path), section) for place, path in places.items() if path} == {
        place: [] for place in places
    }


@pytest.mark.parametrize("section", NAMES)
def test_no_place_is_forgotten(section: str) -> None:
    """Whatever names every one, in the package and in the documentation, stands in the table."""
    listed = [found(place) for place in places_of(section)]
    files = [*PACKAGE.rglob("*.py"), *ROOT.glob("docs/**/*.md"), ROOT / "README.md"]
    others = [file for file in files if not {file, *file.parents}.intersection(listed)]
    assert [
        str(file.relative_to(ROOT)) for file in others if not missing(file.read_text(), section)
    ] == []


def test_every_fault_does_something() -> None:
    """A kind that neither delays nor answers nor delivers otherwise would be taken for another."""
    assert {FaultKind.DELAY, *ANSWERS, *DELIVERIES} == set(FaultKind)
    assert ANSWERS.keys().isdisjoint(DELIVERIES)


def test_the_doors_know_every_delivery() -> None:
    """A delivery that no door names is handed over whole."""
    doors = text_of(PACKAGE / "simulator/doors")
    assert [each for each in Delivery if f"Delivery.{each.name}" not in doors] == []


def test_every_outcome_is_counted_and_explained() -> None:
    """Under its own name, in the order of ``Outcome``."""
    snake = [re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower() for name in OUTCOMES]
    assert list(Outcomes[object](()).counts) == snake
    page = (ROOT / "docs/explanation/outcomes.md").read_text()
    table = page.partition("| Outcome |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == OUTCOMES

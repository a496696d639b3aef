"""What the documentation says is run, followed and compared.

Tables that repeat facts of the code stand between ``<!-- table: name -->`` and ``<!-- end -->``;
``python -m tests.test_docs`` writes them anew.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Final, NamedTuple

import pytest

from binance_papi_async import PapiClient, errors
from binance_papi_async.declaring.calls import Call, Namespace
from binance_papi_async.declaring.request import ENDPOINTS
from binance_papi_async.simulator import FAULTS, FaultKind
from binance_papi_async.simulator.faulting.faults import ANSWERS

ROOT: Final = Path(__file__).parent.parent
README: Final = ROOT / "README.md"
PAGES: Final = tuple(sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]))
MAY_NOT_RUN: Final = 0
"""How many Python blocks may be marked as not run."""
SET_UP: Final = (
    'python3 -m venv .venv && .venv/bin/pip install --quiet ".[cli]" && .venv/bin/papi demo',
    (
        'python3 -m venv .venv && .venv/bin/pip install --quiet ".[dev]" '
        "&& .venv/bin/python -m pytest --numprocesses=4"
    ),
)
"""The README's two lines for copying; ``.ci/run`` runs what the README has."""

_FENCE = re.compile(
    r"^(?P<comment><!-- not run: (?P<reason>.+?) -->\n+)?"
    r"(?P<indent> *)(?P<fence>```+)(?P<language>[^\n]*)\n(?P<body>.*?)^(?P=indent)(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)
_LINK = re.compile(r"\]\((?P<target>[^)\s]+)[^)]*\)")
_TABLE = re.compile(r"<!-- table: (?P<name>[a-z ]+) -->\n.*?<!-- end -->", re.DOTALL)


class Block(NamedTuple):
    """A fenced block of a page."""

    page: Path
    line: int
    """Where its first line of code stands in the page."""
    language: str
    source: str
    reason: str | None
    """Why it is not run, None if it is."""

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks_of(page: Path, text: str) -> Iterator[Block]:
    """Fenced blocks of a page, in order."""
    for found in _FENCE.finditer(text):
        line = text.count("\n", 0, found.start("body")) + 1
        source = dedent(found["body"])
        yield Block(page, line, found["language"].strip(), source, found["reason"])


def run(block: Block, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a block as the program it is: in a ``__main__`` of its own, and with no loop left behind."""
    program = ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", program)
    # The empty lines in front make a traceback name the page's line.
    source = "\n" * (block.line - 1) + block.source
    code = compile(source, str(block.page), "exec", dont_inherit=True)
    _no_loop_runs()
    exec(code, program.__dict__)  # noqa: S102 - our own pages
    _no_loop_runs()


def _no_loop_runs() -> None:
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()


BLOCKS: Final = [block for page in PAGES for block in blocks_of(page, page.read_text())]
PYTHON: Final = [block for block in BLOCKS if block.language == "python"]


@pytest.mark.parametrize("block", [each for each in PYTHON if not each.reason], ids=str)
def test_a_python_block_runs(block: Block, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a reader copies works as it stands, with no key and no network."""
    run(block, monkeypatch)


def test_few_blocks_are_not_run() -> None:
    """A block that is not run needs a reason, and there are not many of them."""
    not_run = [f"{block}: {block.reason}" for block in BLOCKS if block.reason]
    assert len(not_run) <= MAY_NOT_RUN, not_run


def test_python_is_always_called_python() -> None:
    """No block escapes being run by spelling its language another way."""
    others = [block for block in BLOCKS if block not in PYTHON]
    assert [str(block) for block in others if block.language.startswith(("py", "Py"))] == []
    assert [str(block) for block in others if not block.language] == []


def test_the_set_up_lines_are_in_the_readme() -> None:
    """The lines that the continuous integration takes from the README and runs are there, word for word."""
    lines = README.read_text().splitlines()
    assert [line for line in lines if line.startswith("python3 -m venv")] == list(SET_UP)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_lead_somewhere(page: Path) -> None:
    """A link to another page of ours leads to one that exists."""
    text = _FENCE.sub("", page.read_text())
    targets = [found["target"].partition("#")[0] for found in _LINK.finditer(text)]
    ours = [target for target in targets if target and not re.match(r"[a-z]+:", target)]
    assert [target for target in ours if not (page.parent / target).exists()] == []


def table_of_error_codes() -> str:
    """Every row of ``errors.RULES``, and the fallback below it."""
    rows = [
        f"| {rule.code} | {rule.text or 'any other' if _has_texts(rule.code) else 'any'} "
        f"| `{rule.error.__name__}` |"
        for rule in errors.RULES
    ]
    return "\n".join(["| Code | Text contains | Error |", "|---|---|---|", *rows])


def _has_texts(code: int) -> bool:
    return any(rule.text for rule in errors.RULES if rule.code == code)


def method_names() -> dict[object, str]:
    """``papi.margin.cancel_order`` of ``CancelMarginOrder``, and so with every request class."""
    families = {
        name: type(family)
        for name, family in vars(PapiClient()).items()
        if isinstance(family, Namespace)
    }
    return dict(method for name in sorted(families) for method in _methods_of(name, families))


def table_of_endpoints() -> str:
    """Every endpoint, the method that calls it, and what a call costs."""
    methods = method_names()
    places = list(methods)
    ours = [request for request in ENDPOINTS.values() if request in methods]  # not those of tests
    rows = [
        f"| `{methods[request]}` | `{request.__name__}` "
        f"| [`{request.endpoint.verb} {request.endpoint.path}`]({request.endpoint.page}) "
        f"| {'depends' if 'weight' in vars(request) else request.endpoint.weight} "
        f"| {request.endpoint.orders} |"
        for request in sorted(ours, key=places.index)
    ]
    head = ["| Method | Request class | Endpoint | Weight | Orders |", "|---|---|---|---|---|"]
    return "\n".join([*head, *rows])


def _methods_of(name: str, families: dict[str, type[Namespace]]) -> Iterator[tuple[object, str]]:
    """Request classes of a family, with the method that makes and sends one."""
    for kind in reversed(families[name].__mro__):
        for method, call in vars(kind).items():
            if isinstance(call, Call):
                yield call.request, f"papi.{name}.{method}"


def table_of_faults() -> str:
    """Every kind of fault, when it can strike, what is answered, and what the documents say of it."""
    head = ["| `FaultKind` | Strikes | Answer | Documented as |", "|---|---|---|---|"]
    return "\n".join([*head, *map(_fault_row, FaultKind)])


def _fault_row(kind: FaultKind) -> str:
    points = " or ".join(fault.point for fault in FAULTS if fault.kind is kind)
    answer = ANSWERS.get(kind)
    if answer is None:
        return f"| `{kind.name}` | {points} | | |"
    code = re.match(r'\{"code":(-\d+)', answer.body)
    told = f"{answer.status}, code {code[1]}" if code else f"{answer.status}"
    word = "not executed" if answer.is_executed is False else "unknown"
    return f"| `{kind.name}` | {points} | {told} | {word} |"


TABLES: Final[dict[str, Callable[[], str]]] = {
    "error codes": table_of_error_codes,
    "endpoints": table_of_endpoints,
    "faults": table_of_faults,
}


def with_tables(text: str) -> str:
    """A page with its tables as the code has them now."""
    return _TABLE.sub(
        lambda found: (
            f"<!-- table: {found['name']} -->\n\n{TABLES[found['name']]()}\n\n<!-- end -->"
        ),
        text,
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_tables_say_what_the_code_says(page: Path) -> None:
    """Run ``python -m tests.test_docs`` when the code has changed."""
    text = page.read_text()
    assert text == with_tables(text)


def test_every_table_is_on_a_page() -> None:
    """A table that can be written is also read somewhere."""
    on_pages = {found["name"] for page in PAGES for found in _TABLE.finditer(page.read_text())}
    assert on_pages == set(TABLES)


def test_a_failing_block_fails_with_its_place_in_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """A traceback leads to the line of the page."""
    (block,) = blocks_of(README, "# Title\n\n```python\nwrong = 0\n1 / wrong\n```\n")
    with pytest.raises(ZeroDivisionError) as caught:
        run(block, monkeypatch)
    last = caught.traceback[-1]
    assert (str(last.path), last.lineno + 1) == (str(README), 5)


def test_a_block_may_say_why_it_is_not_run() -> None:
    """The comment stands right before the block, and concerns this block only."""
    page = "<!-- not run: needs a phone -->\n```python\nring()\n```\n\n```python\npass\n```\n"
    assert [block.reason for block in blocks_of(README, page)] == ["needs a phone", None]


if __name__ == "__main__":
    for _page in PAGES:
        _page.write_text(with_tables(_page.read_text()))

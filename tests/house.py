"""Draws ``docs/explanation/house.svg``: the package's rooms, one above what it imports.

A room is a module or a folder of the package, or of its simulator. Everything comes from the imports
and from the tables of ``tests/test_layers.py``; ``python -m tests.house`` draws it anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from itertools import accumulate, groupby, pairwise
from pathlib import Path
from statistics import fmean
from typing import Final, NamedTuple, TypeAlias
from xml.sax.saxutils import escape

from tests import test_layers as layers

PICTURE: Final = Path(__file__).parent.parent / "docs" / "explanation" / "house.svg"
DOOR: Final = "package door"
"""What the room is called whose name is empty."""

_WIDTH, _HEIGHT = 132, 46
_ACROSS, _UP = 156, 84
"""From one room to the next, and from one floor to the next."""
_GAP = 0.5
"""Between the house and the simulator, in rooms."""
_SLIM = 0.12
"""Half of what a line takes up where it passes a floor, in rooms."""
_MARGIN = 24
_SWEEPS = 8
_LEGEND = (
    "A line leads down to what a room imports; what follows from other lines is left out.",
    "Green is the share of its modules that are pure: no clock, no socket, no chance.",
)


class Plan(NamedTuple):
    """What stands on what."""

    modules: Mapping[str, tuple[str, ...]]
    """Modules of each room."""
    below: Mapping[str, frozenset[str]]
    """Rooms that each room imports from, directly or not."""


def room_of(module: str) -> str:
    """``wire`` of ``wire.codec``, ``simulator.world`` of ``simulator.world.book``."""
    return ".".join(module.split(".")[: 1 + layers.is_simulator(module)])


def plan_of(sources: Mapping[str, str]) -> Plan:
    """The rooms of a package, and what each imports."""
    rooms = sorted(sources, key=room_of)
    modules = {room: tuple(sorted(group)) for room, group in groupby(rooms, room_of)}
    direct = {room: frozenset(_imported(modules[room], sources)) - {room} for room in modules}
    return Plan(modules, {room: _reached(room, direct) for room in modules})


def _imported(modules: Iterable[str], sources: Mapping[str, str]) -> set[str]:
    packages = {name.rpartition(".")[0] for name in sources}
    return {
        room_of(layers._module_of(item.target, sources))
        for module in modules
        for item in layers.imports(sources[module], module, is_package=module in packages)
        if item.target.partition(".")[0] == layers.PACKAGE
    }


def _reached(room: str, direct: Mapping[str, frozenset[str]]) -> frozenset[str]:
    found: set[str] = set()
    ahead = set(direct[room])
    while ahead:
        found |= ahead
        ahead = {further for each in ahead for further in direct[each]} - found
    return frozenset(found - {room})


def arrows(plan: Plan) -> list[tuple[str, str]]:
    """Each room with those it stands on, but for what follows from the other arrows."""
    return [
        (room, lower)
        for room in sorted(plan.modules)
        for lower in sorted(plan.below[room])
        if not any(lower in plan.below[each] for each in plan.below[room] - {lower})
    ]


def floors(plan: Plan) -> dict[str, int]:
    """The floor of each room: above all that it imports, and above the rows below its own."""

    @cache
    def floor(room: str) -> int:
        lower = {each for each in plan.below[room] if room not in plan.below[each]}
        return 1 + max(map(floor, lower | _rows_below(room, plan)), default=-1)

    return {room: floor(room) for room in plan.modules}


def _rows_below(room: str, plan: Plan) -> set[str]:
    """Rooms beside which it stands, in the house or in the simulator, whose row is lower, and which do not need it."""
    is_simulator = layers.is_simulator(room)
    beside = {each for each in plan.modules if layers.is_simulator(each) is is_simulator}
    lower = {each for each in beside if _rank(each, plan) < _rank(room, plan)}
    return {each for each in lower if room not in plan.below[each]}


def _rank(room: str, plan: Plan) -> int:
    return max(layers.rank_of(module) or 0 for module in plan.modules[room])


class Bend(NamedTuple):
    """Where the line from a room to one more than a floor below it passes a floor in between."""

    upper: str
    lower: str
    floor: int


Item: TypeAlias = str | Bend
"""What takes up room on a floor."""


class Drawing:
    """Where everything is: the house on the left, the simulator on the right; x counts in rooms."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.floors = floors(plan)
        self.lines = [self._line(*arrow) for arrow in arrows(plan)]
        self.x: dict[Item, float] = {}
        gap = self._add(0.0, is_simulator=False)
        self.width = self._add(gap + _GAP, is_simulator=True)
        for line in self.lines:
            self.x |= dict.fromkeys(set(line) - set(self.x), gap + (_GAP - 1) / 2)

    def floor_of(self, item: Item) -> int:
        """Counted from the ground."""
        return item.floor if isinstance(item, Bend) else self.floors[item]

    def _line(self, upper: str, lower: str) -> list[Item]:
        between = range(self.floors[upper] - 1, self.floors[lower], -1)
        return [upper, *(Bend(upper, lower, floor) for floor in between), lower]

    def _add(self, left: float, *, is_simulator: bool) -> float:
        """Place what belongs to one of the two from ``left`` on, and return where it ends."""
        inside = [line for line in self.lines if _is_inside(line, is_simulator=is_simulator)]
        rooms = {each for each in self.plan.modules if layers.is_simulator(each) is is_simulator}
        items = rooms.union(*inside)
        rows = [
            sorted((each for each in items if self.floor_of(each) == floor), key=str)
            for floor in range(max(self.floors.values()) + 1)
        ]
        x = _settled(rows, {pair for line in inside for pair in pairwise(line)})
        first = min(x.values())
        self.x |= {item: left + at - first for item, at in x.items()}
        return left + max(x.values()) - first + 1


def _is_inside(line: list[Item], *, is_simulator: bool) -> bool:
    return {layers.is_simulator(str(room)) for room in (line[0], line[-1])} == {is_simulator}


def _settled(rows: list[list[Item]], joined: Iterable[tuple[Item, Item]]) -> dict[Item, float]:
    """Where each item of a row comes to stand: as near as there is room to those it is joined to."""
    x = {item: place - len(row) / 2 for row in rows for place, item in enumerate(row)}
    near: dict[Item, list[Item]] = {item: [] for item in x}
    for upper, lower in sorted(joined, key=str):
        near[upper].append(lower)
        near[lower].append(upper)
    for _ in range(_SWEEPS):
        for row in (*rows, *reversed(rows)):
            wish = {item: fmean([x[each] for each in near[item]] or [0.0]) for item in row}
            row.sort(key=wish.__getitem__)
            x |= _spread(row, wish)
    return x


def _spread(row: list[Item], wish: Mapping[Item, float]) -> dict[Item, float]:
    """Places in the order of the row, nothing overlapping, the squares of what is missed the least."""
    starts = list(accumulate(map(_apart, row[:-1], row[1:]), initial=0.0))
    groups: list[list[float]] = []  # of items that touch: what each wants to be shifted by
    for item, start in zip(row, starts, strict=False):
        groups.append([wish[item] - start])
        while len(groups) > 1 and fmean(groups[-2]) > fmean(groups[-1]):
            groups[-2:] = [groups[-2] + groups[-1]]
    shifts = [fmean(group) for group in groups for _ in group]
    return {item: start + by for item, start, by in zip(row, starts, shifts, strict=False)}


def _apart(left: Item, right: Item) -> float:
    return sum(_SLIM if isinstance(each, Bend) else 0.5 for each in (left, right))


def picture(plan: Plan) -> str:
    """The SVG; its colours suit light and dark pages."""
    drawing = Drawing(plan)
    top = max(drawing.floors.values())

    def corner(item: Item) -> tuple[float, float]:
        return _MARGIN + drawing.x[item] * _ACROSS, _MARGIN + (top - drawing.floor_of(item)) * _UP

    width = 2 * _MARGIN + drawing.width * _ACROSS - (_ACROSS - _WIDTH)
    bottom = _MARGIN + top * _UP + _HEIGHT
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {bottom + 62}" '
        'font-family="sans-serif" font-size="11" text-anchor="middle" fill="#24313f">'
    )
    return "\n".join(
        [
            head,
            *(_curve([corner(item) for item in line]) for line in drawing.lines),
            *(_box(room, *corner(room), plan.modules[room]) for room in sorted(plan.modules)),
            *(
                f'<text x="{_MARGIN}" y="{bottom + below}" text-anchor="start" fill="#808080">{line}</text>'
                for below, line in zip((30, 48), _LEGEND, strict=True)
            ),
            "</svg>\n",
        ]
    )


def _curve(corners: list[tuple[float, float]]) -> str:
    """A line from under the first corner's room to the top of the last one's."""
    path = "M"
    for (x, y), (to_x, to_y) in pairwise((x + _WIDTH / 2, y) for x, y in corners):
        middle = (y + _HEIGHT + to_y) / 2
        path += (
            f"{x:.0f} {y + _HEIGHT:.0f}C{x:.0f} {middle:.0f} {to_x:.0f} {middle:.0f} "
            f"{to_x:.0f} {to_y:.0f}L"
        )
    return f'<path d="{path[:-1]}" fill="none" stroke="#8d99ae" stroke-width="1.2"/>'


def _box(room: str, x: float, y: float, modules: tuple[str, ...]) -> str:
    pure = sum(map(layers.is_pure, modules)) / len(modules)
    name = room.partition(".")[2] or room or DOOR
    many = f"{len(modules)} modules" if len(modules) > 1 else "one module"
    middle = x + _WIDTH / 2
    return (
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{_WIDTH}" height="{_HEIGHT}" rx="5" '
        'fill="#e8ecf2" stroke="#8d99ae"/>'
        f'<rect x="{x + 6:.0f}" y="{y + _HEIGHT - 8:.0f}" width="{(_WIDTH - 12) * pure:.0f}" height="3" '
        'fill="#2a9d8f"/>'
        f'<text x="{middle:.0f}" y="{y + 18:.0f}" font-size="13" font-weight="bold">{escape(name)}</text>'
        f'<text x="{middle:.0f}" y="{y + 33:.0f}">{many}</text>'
    )


if __name__ == "__main__":
    PICTURE.write_text(picture(plan_of(layers.package_sources())))

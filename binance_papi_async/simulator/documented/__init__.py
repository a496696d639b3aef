"""The replies that the exchange's pages show: one file for each family of ``papi``, as of the autumn of 2026.

Each is named by the class that sends the request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Final, TypeAlias

from msgspec import json

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | float | None"
FAMILIES: Final = ("margin", "um", "cm", "account", "user_stream", "general")


def examples(family: str) -> dict[str, Json]:
    """What the pages of a family show, by name of the request class; read anew each time."""
    found: dict[str, Json] = json.decode(files(__name__).joinpath(f"{family}.json").read_bytes())
    return found

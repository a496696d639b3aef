"""Where contestants meet: one stand-in, and a fresh process for every turn of every contestant."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal

import msgspec
from msgspec import Struct

from binance_papi_async.cli.benchmark.contestants import Contestant, Target
from binance_papi_async.cli.benchmark.load import Figures, Job, Measure

Scheme = Literal["plain", "tls"]
SETTLED: Final = {"MALLOC_MMAP_THRESHOLD_": str(32 << 20), "MALLOC_TRIM_THRESHOLD_": str(64 << 20)}
"""asyncio asks for 256 KiB before every read. A process that has never freed a block of that size
gets it from glibc as a fresh mapping each time, which costs more than all else of the floor;
one that has, does not. Left alone, it is chance which of the two a contestant gets."""
TURN_SECONDS: Final = 300
"""A contestant that takes longer is stuck."""


class TurnError(Exception):
    """A contestant failed."""


class Stand(Struct, frozen=True):
    """The stand-in that listens."""

    plain: Target
    tls: Target | None
    """None where extra ``crypto`` is not installed."""

    def target(self, scheme: Scheme) -> Target:
        """Where it listens for plain HTTP, or for TLS; raises TurnError if it does not."""
        if scheme == "plain":
            return self.plain
        if self.tls is None:
            raise TurnError('TLS needs an extra: pip install "binance-papi-async[crypto]"')
        return self.tls


class Turn(Struct, frozen=True):
    """One process of one contestant: what it measured."""

    contestant: str
    scheme: Scheme
    round: int
    figures: list[Figures]


@contextmanager
def stand_in(
    program: str = "binance_papi_async.cli.benchmark.stand_in",
) -> Generator[Stand]:
    """A stand-in exchange in a process of its own, for as long as the block runs."""
    with TemporaryDirectory() as folder:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and modules
            [sys.executable, "-m", program, folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(),
        )
        with process:
            assert process.stdout is not None  # noqa: S101 - for the checker
            line = process.stdout.readline()
            if not line:
                raise TurnError("the stand-in exchange did not start")
            plain, *tls = json.loads(line)
            yield Stand(
                Target(f"http://127.0.0.1:{plain}", None),
                Target(f"https://127.0.0.1:{tls[0]}", str(Path(folder, "ca.pem"))) if tls else None,
            )
            assert process.stdin is not None  # noqa: S101 - for the checker
            process.stdin.close()


def missing(contestant: Contestant) -> str | None:
    """The package a contestant needs and that is not installed."""
    package = contestant.package
    return package if package and find_spec(package) is None else None


def take_turn(  # noqa: PLR0913 - who, where, what, under which conditions, and which time
    stand: Stand,
    contestant: Contestant,
    scheme: Scheme,
    measures: Sequence[Measure],
    *,
    number: int = 1,
    program: str = "binance_papi_async.cli.benchmark.load",
    environment: Mapping[str, str] = SETTLED,
) -> Turn:
    """Run a contestant in a fresh process; raises TurnError if it fails."""
    job = Job(
        contestant,
        stand.target(scheme),
        stand.plain.base_url,
        [_fitted(each, contestant) for each in measures],
    )
    try:
        done = subprocess.run(  # noqa: S603 - the same
            [sys.executable, "-m", program],
            input=msgspec.json.encode(job),
            capture_output=True,
            timeout=TURN_SECONDS,
            check=False,
            env=_environment(**environment),
        )
    except subprocess.TimeoutExpired as error:
        raise TurnError(f"{contestant.name} did not end in {TURN_SECONDS} s") from error
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise TurnError(f"{contestant.name}: {' '.join(last) or done.returncode}")
    decode = msgspec.json.Decoder(Figures).decode
    return Turn(
        contestant.name, scheme, number, [decode(each) for each in done.stdout.splitlines()]
    )


def _fitted(measure: Measure, contestant: Contestant) -> Measure:
    """As many requests as a contestant of its speed gets."""
    if measure.kind != "load":
        return measure
    return msgspec.structs.replace(
        measure, requests=max(1, round(measure.requests * contestant.effort))
    )


def _environment(**more: str) -> dict[str, str]:
    """Ours, with the same import path."""
    return dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, sys.path)), **more)

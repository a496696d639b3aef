"""The journal as a client uses it."""

from __future__ import annotations

import gc
import os
import stat
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest
from msgspec import json

from binance_papi_async import CancelMarginOrder, Closed, NotSentError, Unknown
from binance_papi_async.errors import JournalError, ReplyTimeoutError, UnknownOutcomeError
from binance_papi_async.journal import Journal
from binance_papi_async.simulator import (
    SIMULATED_API_KEY,
    SIMULATED_SECRET,
    Fault,
    FaultKind,
    Simulator,
    held_clock,
    run_held,
)
from tests.unit.journal.changes import CHANGES

NAME: Final = "log"


def cancel(order_id: int) -> CancelMarginOrder:
    """One of many."""
    return CancelMarginOrder(symbol="LTCBTC", order_id=order_id)


def closed(order_id: int) -> Closed:
    """What became of it."""
    return Closed(cancel(order_id))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Of a journal that is not there yet."""
    return tmp_path / NAME


def opened(path: Path, **options: Any) -> Journal:
    """A journal whose clock ticks once a line."""
    return Journal(path, timestamp_ms=count(1000).__next__, **options)


def lines(path: Path) -> list[dict[str, Any]]:
    """What anybody reads in a journal."""
    found = [json.decode(line, type=dict[str, Any]) for line in path.read_bytes().splitlines()]
    for each in found:
        each.pop("crc")
    return found


def test_the_file_tells_what_left_and_what_became_of_it(path: Path) -> None:
    """Line by line, each JSON."""
    with opened(path) as journal:
        number = journal.begin(cancel(28))
        journal.end(number, closed(28))
    assert lines(path) == [
        {"journal": "binance_papi_async", "version": 1, "account": "", "next": 1},
        {
            "n": 1,
            "time": 1000,
            "left": {"endpoint": "DELETE /papi/v1/margin/order", "symbol": "LTCBTC", "orderId": 28},
        },
        {"n": 1, "time": 1001, "outcome": "closed"},
    ]


def test_a_journal_may_follow_another_clock(path: Path) -> None:
    """Its own is asked no more; and each line says how sure that is, and what was sent."""
    with opened(path) as journal:
        journal.follow(lambda: (5000, 7))
        journal.begin(cancel(1), recv_window=250)
        journal.begin_many([cancel(2)], recv_window=300)
        journal.end(2, closed(2))
    _, first, second, ended = lines(path)
    assert (first["time"], first["off"], first["recvWindow"]) == (5000, 7, 250)
    assert (second["time"], second["off"], second["recvWindow"]) == (5000, 7, 300)
    assert ended["time"] == 5000
    with opened(path) as journal:
        (entry,) = journal.unresolved
        assert (entry.left_at_ms, entry.off_ms, entry.recv_window) == (5000, 7, 250)


def test_what_is_forgotten_is_open_no_more(path: Path) -> None:
    """Nor for the next one, nor in the file that replaces this one."""
    with opened(path) as journal:
        journal.begin(cancel(1))
    with opened(path) as journal:
        journal.forget(1)
        assert journal.unresolved == ()
    with opened(path) as journal:
        assert journal.unresolved == ()
    assert lines(path)[2] == {"n": 1, "time": 1000, "outcome": "forgotten"}


def test_the_lines_on_the_page_are_lines(path: Path) -> None:
    """What the documentation shows of a file is read as one."""
    page = Path(__file__).parents[3] / "docs/how-to/survive-a-crash.md"
    shown = page.read_text().partition("```text\n")[2].partition("```")[0]
    path.write_text(shown)
    with opened(path, account="desk-1") as journal:
        assert (journal.unreadable, journal.unresolved) == ((), ())
    first = "".join(shown.splitlines(keepends=True)[:2])
    path.write_text(first)
    with opened(path, account="desk-1") as journal:
        assert [each.request for each in journal.unresolved] == [cancel(28)]


def test_what_is_begun_is_in_the_file_before_anything_leaves(path: Path) -> None:
    """No buffer keeps it back."""
    with opened(path) as journal:
        journal.begin(cancel(1))
        assert [each.get("n") for each in lines(path)] == [None, 1]
        assert list(journal.begin_many([cancel(2), cancel(3)])) == [2, 3]
        assert [each.get("n") for each in lines(path)] == [None, 1, 2, 3]


def test_what_has_no_outcome_is_unresolved_for_the_next_one(path: Path) -> None:
    """Until it is ended there; what this process begins itself is not among it."""
    with opened(path) as journal:
        first, second = journal.begin(cancel(1)), journal.begin(cancel(2))
        journal.end(second, closed(2))
        assert journal.unresolved == ()
    with opened(path) as journal:
        (entry,) = journal.unresolved
        assert (entry.number, entry.request, entry.left_at_ms) == (first, cancel(1), 1000)
        assert type(entry.outcome.error) is UnknownOutcomeError
        assert journal.begin(cancel(3)) == 3
        journal.end(entry.number, closed(1))
        assert journal.unresolved == ()
    with opened(path) as journal:
        assert [each.request for each in journal.unresolved] == [cancel(3)]


def test_what_nobody_knew_at_its_deadline_stays_open(path: Path) -> None:
    """The next one is told why."""
    with opened(path) as journal:
        journal.end(journal.begin(cancel(1)), Unknown(cancel(1), ReplyTimeoutError("silence")))
    for _ in range(2):
        with opened(path) as journal:
            (entry,) = journal.unresolved
            assert isinstance(entry.outcome.error, ReplyTimeoutError)
            assert str(entry.outcome.error) == "silence"


def test_every_request_that_changes_something_comes_back(path: Path) -> None:
    """Through the file, as it was."""
    with opened(path) as journal:
        journal.begin_many(CHANGES)
    with opened(path) as journal:
        assert [each.request for each in journal.unresolved] == CHANGES


def test_only_its_owner_reads_it(path: Path) -> None:
    """The file, its lock, the one before it."""
    umask = os.umask(0)
    try:
        with opened(path, max_bytes=1) as journal:
            journal.end(journal.begin(cancel(1)), closed(1))
    finally:
        os.umask(umask)
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    assert modes == {"log": 0o600, "log.1": 0o600, "log.lock": 0o600}


def test_nothing_secret_is_in_it(path: Path) -> None:
    """Neither key nor secret, nor a signature, of a client's cancels that work, are refused, and are in doubt."""

    async def main() -> None:
        exchange = Simulator(clock=held_clock())
        (order_id, silent) = exchange.rest("LTCBTC", 2)
        async with exchange.in_process_client() as papi:
            with opened(path) as journal:
                for request in (cancel(order_id), cancel(10**9), cancel(silent)):
                    if request.order_id == silent:
                        exchange.faults.inject(Fault(FaultKind.SILENCE), times=None)
                    journal.end(journal.begin(request), await papi.cancel(request, deadline=3.0))
            exchange.faults.clear()
            await papi.settle(5.0)

    run_held(main)
    text = path.read_text()
    assert [each["outcome"] for each in lines(path) if "outcome" in each] == [
        "canceled",
        "refused",
        "unknown",
    ]
    for secret in (SIMULATED_API_KEY, SIMULATED_SECRET, "signature", "simulated"):
        assert secret not in text


def test_one_path_is_for_one_journal_at_a_time(path: Path) -> None:
    """The second is told what to do; once the first is closed, it may."""
    with opened(path) as journal:
        journal.begin(cancel(1))
        with pytest.raises(JournalError) as caught:
            opened(path)
        assert str(caught.value).startswith(f"the journal {path} cannot be opened: ")
        assert str(caught.value).endswith(
            "; another process has it open, or another client: stop that one, or name a path for each"
        )
        assert caught.value.path == str(path)
        journal.begin(cancel(2))  # the first is not hurt
    with opened(path) as journal:
        assert len(journal.unresolved) == 2


def test_a_link_to_a_journal_is_that_journal(path: Path) -> None:
    """Locked under either name."""
    link = path.with_name("link")
    link.symlink_to(path)
    with opened(path), pytest.raises(JournalError, match="another process has it open"):
        opened(link)


def test_an_account_has_its_own(path: Path) -> None:
    """Orders are not looked for where they are not."""
    with opened(path, account="desk") as journal:
        journal.begin(cancel(1))
    with pytest.raises(
        JournalError, match="is of account 'desk', not 'hedge': name a path for each"
    ):
        opened(path, account="hedge")
    with opened(path, account="desk") as journal:
        assert len(journal.unresolved) == 1


def test_a_closed_journal_writes_nothing(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What is about to leave has to stay; an outcome is not lost to its caller."""
    journal = opened(path)
    number = journal.begin(cancel(1))
    journal.close()
    with pytest.raises(NotSentError, match=r"cannot be written: it is closed: open another$"):
        journal.begin(cancel(2))
    journal.end(number, closed(1))
    assert len(caplog.messages) == 1
    assert len(lines(path)) == 2


def test_a_torn_line_is_cut_off_and_told_once(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """At any of its bytes; what is written next is read again."""
    with opened(path) as journal:
        journal.begin(cancel(1))
        journal.begin(cancel(2))
    whole = path.read_bytes()
    last = whole.rindex(b"\n", 0, -1) + 1
    for end in range(last + 1, len(whole) - 1):
        path.write_bytes(whole[:end])
        caplog.clear()
        with opened(path) as journal:
            (message,) = caplog.messages
            assert (
                f"its last line was torn, which had not left, and is cut off: {whole[last:end]!r}"
                in message
            )
            journal.begin(cancel(3))
        with opened(path) as journal:
            assert [each.request for each in journal.unresolved] == [cancel(1), cancel(3)]
        assert len(caplog.messages) == 1


def test_a_line_that_lacks_only_its_end_counts(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It gets its end, so that the next one begins a line."""
    with opened(path) as journal:
        journal.begin(cancel(1))
    path.write_bytes(path.read_bytes()[:-1])
    with opened(path) as journal:
        journal.begin(cancel(2))
    with opened(path) as journal:
        assert [each.request for each in journal.unresolved] == [cancel(1), cancel(2)]
    assert caplog.messages == []


def test_an_empty_file_is_a_new_journal(path: Path) -> None:
    """So is one whose first line was torn."""
    for content in (b"", b'{"cr', b'{"crc":"01234567","jour'):
        path.write_bytes(content)
        with opened(path) as journal:
            assert journal.begin(cancel(1)) == 1
        assert [each.get("n") for each in lines(path)] == [None, 1]


def test_an_unreadable_line_is_told_at_every_opening(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It stays in the file, rotation and all, until somebody deletes it."""
    with opened(path) as journal:
        journal.begin_many([cancel(1), cancel(2)])
    path.write_bytes(path.read_bytes().replace(b'"orderId":1', b'"orderId":7'))
    for _ in range(2):
        caplog.clear()
        with opened(path, max_bytes=1) as journal:
            (unreadable,) = journal.unreadable
            assert '"orderId":7' in unreadable.text
            assert [each.request for each in journal.unresolved] == [cancel(2)]
            (message,) = caplog.messages
            assert message.startswith(
                f"journal {path}: lines cannot be read: {unreadable.line} (its "
            )
            journal.end(journal.begin(cancel(3)), closed(3))  # rotates
        assert path.with_name("log.1").exists()
    path.write_bytes(
        b"".join(each for each in path.read_bytes().splitlines(True) if b":7" not in each)
    )
    caplog.clear()
    with opened(path) as journal:
        assert (journal.unreadable, caplog.messages) == ((), [])


def test_a_file_of_something_else_is_left_alone(path: Path) -> None:
    """And its lock is free again."""
    path.write_text("[section]\n")
    for _ in range(2):
        with pytest.raises(JournalError, match="is no journal"):
            opened(path)
    assert path.read_text() == "[section]\n"


def test_its_size_is_bounded(path: Path) -> None:
    """What is open is carried over, with what is known of it; the file before it is kept, and only that one."""
    with opened(path, max_bytes=4096) as journal:
        first, second = journal.begin_many([cancel(1), cancel(2)])
        journal.end(second, Unknown(cancel(2), ReplyTimeoutError("silence")))
        for order_id in range(3, 300):
            journal.end(journal.begin(cancel(order_id)), closed(order_id))
            assert path.stat().st_size <= 4096
        assert sorted(each.name for each in path.parent.iterdir()) == ["log", "log.1", "log.lock"]
        assert path.with_name("log.1").stat().st_size < 4096 + 200
    with opened(path) as journal:
        assert [(each.number, type(each.outcome.error)) for each in journal.unresolved] == [
            (first, UnknownOutcomeError),
            (second, ReplyTimeoutError),
        ]
        assert journal.begin(cancel(0)) == 300


def test_of_what_has_ended_nothing_is_carried_over(path: Path) -> None:
    """Doubts neither."""
    with opened(path) as journal:
        number = journal.begin(cancel(1))
        journal.end(number, Unknown(cancel(1), ReplyTimeoutError("silence")))
        journal._rotates_at = 0
        journal.end(number, closed(1))
    assert [each.get("next") for each in lines(path)] == [2]


def test_it_is_not_made_anew_for_nothing(path: Path) -> None:
    """When all of it is open, it waits until twice that is written."""
    with opened(path, max_bytes=1) as journal:
        journal.begin_many(map(cancel, range(100)))
        journal.end(1, closed(1))
        inode, size = path.stat().st_ino, path.stat().st_size
        for number in range(2, 30):
            journal.end(number, closed(number))
        assert (path.stat().st_ino, path.stat().st_size > size) == (inode, True)


def test_the_disk_is_waited_for_only_if_asked(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it leaves; of an outcome never, for without it the record is only open."""
    synced: list[str] = []
    fsync = os.fsync

    def noted(descriptor: int) -> None:
        synced.append("x")
        fsync(descriptor)

    with opened(path) as never:
        monkeypatch.setattr(os, "fsync", noted)
        never.end(never.begin(cancel(1)), closed(1))
        assert synced == []
        never._rotates_at = 0
        never.end(never.begin(cancel(2)), closed(2))
        assert path.with_name("log.1").exists()
        assert synced == []
        never.sync()
        assert synced == ["x", "x"]  # the file, and its name
    with opened(path, fsync="always") as always:
        synced.clear()
        number = always.begin(cancel(1))
        assert synced == ["x"]
        always.begin_many(map(cancel, range(100)))
        assert synced == ["x", "x"]
        always.end(number, closed(1))
        assert synced == ["x", "x"]
        always._rotates_at = 0
        always.end(number + 1, closed(1))
        assert synced == ["x"] * 4  # the new file, and its name


def test_it_says_what_it_is(path: Path) -> None:
    """In a debugger."""
    with opened(path) as journal:
        journal.begin(cancel(1))
        assert repr(journal) == f"<Journal {path}: 1 open>"
        assert journal.path == str(path)


def test_the_time_is_the_wall_clock_unless_told(path: Path) -> None:
    """In ms since 1970, as the exchange counts."""
    with Journal(path) as journal:
        journal.begin(cancel(1))
    _, line = lines(path)
    assert abs(line["time"] - path.stat().st_mtime * 1000) < 10_000


def test_a_forgotten_one_is_told_of(path: Path) -> None:
    """As every file that is left open, and its lock is free again."""
    with pytest.warns(ResourceWarning, match="log"):  # noqa: PT031 - forgotten, then collected
        opened(path)
        gc.collect()
    opened(path).close()

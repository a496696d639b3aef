"""A file that is only ever appended to, by whole lines, or replaced as a whole.

What is appended is with the kernel, in one call, before ``append`` returns: a process that is killed loses
nothing of it, a machine that loses its power loses what was not synced.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Final
from weakref import WeakSet

from binance_papi_async.errors import JournalError
from binance_papi_async.journal.lock import locked, private

CLOSED: Final = "it is closed: open another"
FORKED: Final = "it was opened before the process was forked: open another, on a path of its own"
_NOT_OURS: Final = "name a path that this process may write"
_WAYS_OUT: Final = {
    errno.EAGAIN: "another process has it open, or another client: stop that one, or name a path for each",
    errno.ENOSPC: "free some space",
    errno.EDQUOT: "free some space, or ask for a larger quota",
    errno.EFBIG: "allow larger files (ulimit -f), or lower max_bytes",
    errno.EROFS: _NOT_OURS,
    errno.EACCES: _NOT_OURS,
    errno.EPERM: _NOT_OURS,
    errno.EISDIR: "name a regular file",
    errno.ENOENT: "its directory has to be there; and what is in use must not be moved or deleted",
}


class File:
    """Locked, open for appending, and readable by its owner alone. Whatever fails raises JournalError."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.size = 0
        """Bytes of whole lines."""
        self._gone = ""
        """Why nothing can be written any more."""
        self._is_torn = False
        try:
            self._lock = locked(f"{path}.lock")
        except OSError as error:
            raise self._error("opened", error) from error
        try:
            self._open()
        except OSError as error:
            self._lock.close()
            raise self._error("opened", error) from error
        _FILES.add(self)

    def content(self) -> bytes:
        """All that is in it."""
        try:
            return Path(self.path).read_bytes()
        except OSError as error:
            raise self._error("read", error) from error

    def append(self, lines: bytes, *, is_synced: bool = False) -> None:
        """Write all of it or nothing; ``is_synced``, and have it on the disk."""
        if self._gone:
            raise JournalError(
                f"the journal {self.path} cannot be written: {self._gone}", path=self.path
            )
        try:
            self._look()
            _write(self._file.fileno(), lines)
            if is_synced:
                os.fsync(self._file.fileno())
            self.size += len(lines)
        except BaseException as error:
            self._is_torn = True
            with suppress(
                OSError, ValueError
            ):  # or the next one begins with it; ValueError: closed
                self._mend()
            if isinstance(error, OSError):
                raise self._error("written", error) from error
            raise

    def cut(self, size: int) -> None:
        """Keep that much of it."""
        self.size, self._is_torn = size, True
        try:
            self._mend()
        except OSError as error:
            raise self._error("written", error) from error

    def replace(self, content: bytes, *, is_synced: bool = False) -> None:
        """Have this instead, at once: who dies on the way leaves the one or the other. The old one becomes ``.1``.

        ``is_synced``, and a loss of power, too, leaves the one or the other. It would write out all of the old
        one first, which took 6 to 40 ms for 16 MiB, so it is for those whose old one is on the disk already.
        """
        try:
            self._replace(content, is_synced=is_synced)
        except OSError as error:
            raise self._error("made anew", error) from error

    def sync(self) -> None:
        """Have all of it on the disk."""
        try:
            with FileIO(self.path, "r+") as file:  # our own may be replaced meanwhile
                os.fsync(file.fileno())
            _sync_directory(Path(self.path).parent)
        except OSError as error:
            raise self._error("synced", error) from error

    def close(self, gone: str = CLOSED) -> None:
        """Let another process have it."""
        self._gone = self._gone or gone
        self._file.close()
        self._lock.close()

    def _open(self) -> None:
        self._file = FileIO(self.path, "a", opener=private)
        found = os.fstat(self._file.fileno())
        if not stat.S_ISREG(found.st_mode):
            self._file.close()
            raise IsADirectoryError(errno.EISDIR, "it is none")
        self._inode, self.size = found.st_ino, found.st_size

    def _look(self) -> None:
        """Whether what is written here will be found there: it may have been moved away, or deleted."""
        inode = os.stat(self.path).st_ino  # noqa: PTH116 - on the way of every request
        if self._file.closed:  # it could not be replaced, or not opened again
            self._open()
        elif inode != self._inode:
            raise FileNotFoundError(errno.ENOENT, "another file has taken its place")
        if self._is_torn:
            self._mend()

    def _mend(self) -> None:
        """Cut off what was written of a line that could not be written whole."""
        os.ftruncate(self._file.fileno(), self.size)
        self._is_torn = False

    def _replace(self, content: bytes, *, is_synced: bool) -> None:
        here, fresh, old = Path(self.path), Path(f"{self.path}.new"), Path(f"{self.path}.1")
        _write_new(fresh, content, is_synced=is_synced)
        with suppress(OSError):  # not every file system has links, and only a reader misses it
            old.unlink(missing_ok=True)
            old.hardlink_to(here)
        self._file.close()  # Windows replaces no open file; `_look` opens it again if this fails
        fresh.replace(here)
        self._open()
        if is_synced:
            _sync_directory(here.parent)

    def _error(self, what: str, error: OSError) -> JournalError:
        sentence = f"the journal {self.path} cannot be {what}: {error.strerror or error}"
        way_out = _WAYS_OUT.get(error.errno or 0)
        return JournalError(f"{sentence}; {way_out}" if way_out else sentence, path=self.path)


def _write(descriptor: int, content: bytes) -> None:
    """All of it: a disk that is full takes a part first, and says why with the rest."""
    written = os.write(descriptor, content)
    while written < len(content):
        written += os.write(descriptor, content[written:])


def _write_new(path: Path, content: bytes, *, is_synced: bool) -> None:
    """A whole file, or an empty one."""
    with FileIO(str(path), "w", opener=private) as file:
        try:
            _write(file.fileno(), content)
            if is_synced:
                os.fsync(file.fileno())
        except OSError:
            os.ftruncate(file.fileno(), 0)  # room is scarce
            raise


def _sync_directory(path: Path) -> None:
    """Have on the disk which file bears which name."""
    if os.name == "posix":  # elsewhere a directory cannot be opened
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


_FILES: Final[WeakSet[File]] = WeakSet()


def _forked() -> None:
    """Close the child's copies, or they would hold the lock beyond the parent's death."""
    for file in _FILES:
        file.close(FORKED)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)

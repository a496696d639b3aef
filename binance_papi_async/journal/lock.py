"""One process at a time: a lock that the kernel frees when its holder dies, however that dies."""

from __future__ import annotations

import errno
import os
import sys
from io import FileIO

if sys.platform == "win32":
    import msvcrt

    def _lock_nowait(descriptor: int) -> None:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN)) from error

else:
    import fcntl

    def _lock_nowait(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def locked(path: str) -> FileIO:
    """A file that is locked until it is closed. Raises OSError, BlockingIOError if another holds it.

    It stays there when it is closed: whoever removed it could remove it under the next one, who holds it.
    """
    file = FileIO(path, "a", opener=private)
    try:
        _lock_nowait(file.fileno())
    except BaseException:
        file.close()
        raise
    return file


def private(path: str, flags: int) -> int:
    """Open a file that nobody but its owner may read."""
    return os.open(path, flags, 0o600)

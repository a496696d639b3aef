"""The flight log: what is about to leave, written before it leaves, and what became of it.

A process that is killed forgets nothing: whoever opens the same path next is told what may have left
and has no outcome.

``line`` is one record as a line and back, ``reading`` what the lines of a file come to, both pure;
``file`` is appended to or replaced, ``lock`` lets one process do so, ``journal`` is what a client calls.
"""

from binance_papi_async.journal.journal import Fsync, Journal
from binance_papi_async.journal.reading import Entry, Unreadable

__all__ = ["Entry", "Fsync", "Journal", "Unreadable"]

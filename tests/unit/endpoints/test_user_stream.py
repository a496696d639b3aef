from __future__ import annotations

import pytest
from msgspec import DecodeError

from binance_papi_async.endpoints.acknowledgements import Empty
from binance_papi_async.endpoints.user_stream import (
    CloseListenKey,
    CreateListenKey,
    KeepListenKeyAlive,
    ListenKey,
)
from tests.unit.endpoints.documented import EXAMPLES, read


def test_a_listen_key_is_not_shown() -> None:
    """It opens the stream to whoever has it."""
    reply = read(CreateListenKey, EXAMPLES[CreateListenKey])
    assert isinstance(reply, ListenKey)
    assert reply.listen_key.startswith("pqia91ma")
    assert "pqia" not in f"{reply} {reply!r}"


def test_an_answer_without_a_key_is_none() -> None:
    """Only creating one must say which."""
    with pytest.raises(DecodeError, match="listenKey"):
        read(CreateListenKey, {})
    assert read(KeepListenKeyAlive, {}) == read(CloseListenKey, {}) == Empty()

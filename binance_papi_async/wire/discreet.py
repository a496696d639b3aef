"""Errors without the frames that held a secret: whoever shows the locals of a traceback would show it.

Pure.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def discreet(function: Callable[P, R]) -> Callable[P, R]:
    """What the function raises, but without its frames, its arguments, and what that was raised from."""

    @wraps(function)
    def without_frames(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - raised below
            failure = error.with_traceback(None)
        del args, kwargs
        failure.__context__ = None
        raise failure from None

    return without_frames

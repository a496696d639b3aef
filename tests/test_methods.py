"""Every endpoint is a method, with the signature and the words an editor shows."""

from __future__ import annotations

import inspect
import pydoc
from collections import Counter
from pathlib import Path

import pytest

from binance_papi_async import ENDPOINTS, PapiClient
from binance_papi_async.declaring.calls import Call, Namespace

FAMILIES = ("margin", "um", "cm", "account", "user_stream", "general")


def methods() -> list[tuple[str, str]]:
    """Family and name of every method."""
    papi = PapiClient()
    return [
        (family, name)
        for family in FAMILIES
        for name in dir(type(getattr(papi, family)))
        if isinstance(inspect.getattr_static(type(getattr(papi, family)), name), Call)
    ]


METHODS = methods()


def test_every_endpoint_is_exactly_one_method() -> None:
    """None is missing, none has two names."""
    papi = PapiClient()
    requests = Counter(
        inspect.getattr_static(type(getattr(papi, family)), name).request
        for family, name in METHODS
    )
    assert requests == Counter(ENDPOINTS.values())


@pytest.mark.parametrize(("family", "name"), METHODS)
def test_an_editor_sees_parameters_and_words(family: str, name: str) -> None:
    """The signature is the request's, keyword by keyword; the docstring names the weight."""
    namespace: Namespace = getattr(PapiClient(), family)
    method = getattr(namespace, name)
    request = inspect.getattr_static(type(namespace), name).request
    parameters = inspect.signature(method).parameters
    assert list(parameters) == [each.name for each in request.endpoint.parameters]
    assert all(each.kind is inspect.Parameter.KEYWORD_ONLY for each in parameters.values())
    assert method.__doc__ == request.__doc__
    assert "Weight" in method.__doc__
    assert method.__name__ == name
    assert method.__doc__.split("\n")[0] in pydoc.render_doc(method)


def test_checkers_read_every_method() -> None:
    """``tests/typing/methods.py`` asserts the reply type of each."""
    text = Path(__file__).with_name("typing").joinpath("methods.py").read_text()
    assert [name for name in METHODS if f"papi.{'.'.join(name)}(" not in text] == []

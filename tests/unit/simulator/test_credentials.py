from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from binance_papi_async.simulator import Exchange
from binance_papi_async.simulator.admission.credentials import Credentials, check_signature
from binance_papi_async.simulator.refusal import Refusal
from binance_papi_async.wire.signing import HmacKey, load_key


def private_pem(key: PrivateKeyTypes) -> bytes:
    """The private key as a user has it."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public_pem(key: PrivateKeyTypes) -> bytes:
    """The public key as the exchange has it."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize(
    "private_key",
    [rsa.generate_private_key(65537, 2048), ed25519.Ed25519PrivateKey.generate()],
    ids=["rsa", "ed25519"],
)
def test_public_keys_verify(private_key: PrivateKeyTypes) -> None:
    """RSA and Ed25519 signatures verify over exactly what was signed."""
    credentials = Credentials()
    credentials.add("mine", public_key_pem=public_pem(private_key).decode())
    verifier = credentials.check_key("mine")
    signature = load_key("mine", private_pem(private_key)).sign(b"a=1")
    check_signature(verifier, b"a=1", signature)
    for payload, wrong in ((b"a=2", signature), (b"a=1", "not base64"), (b"a=1", "YWJj")):
        with pytest.raises(Refusal, match="-1022"):
            check_signature(verifier, payload, wrong)


def test_a_second_secret() -> None:
    """Another HMAC key of the account verifies with its own secret."""
    credentials = Credentials()
    credentials.add("mine", secret="secret")
    assert credentials.check_key("mine")(b"a", HmacKey("mine", "secret").sign(b"a"))
    assert not credentials.check_key("mine")(b"a", HmacKey("mine", "other").sign(b"a"))
    assert not credentials.check_key("mine")(b"a", "\udcff")


def test_an_exchange_opens_further_keys(exchange: Exchange) -> None:
    """Another key of the account is served as the first is."""
    exchange.add_key("mine", secret="secret")
    text = f"timestamp={int(exchange.clock() * 1000)}"
    target = (
        f"/papi/v1/rateLimit/order?{text}&signature={HmacKey('mine', 'secret').sign(text.encode())}"
    )
    visit = exchange.receive("GET", target, {"X-MBX-APIKEY": "mine"})
    assert exchange.execute(visit).status == 200


def test_a_key_is_one_of_three_kinds() -> None:
    """Neither, both, or a public key of another kind is a mistake."""
    credentials = Credentials()
    with pytest.raises(ValueError, match="one of the two"):
        credentials.add("mine")
    with pytest.raises(ValueError, match="one of the two"):
        credentials.add("mine", secret="s", public_key_pem="p")
    with pytest.raises(ValueError, match="neither RSA nor Ed25519"):
        credentials.add("mine", public_key_pem=public_pem(ec.generate_private_key(ec.SECP256R1())))

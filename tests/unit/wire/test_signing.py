from __future__ import annotations

import base64
import hashlib
import hmac
import os
import shutil
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from binance_papi_async.wire.signing import (
    Ed25519Key,
    HmacKey,
    Key,
    PrivateKeySource,
    RsaKey,
    load_key,
)

API_KEY = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
# The exchange's own sample, from the spot documentation: the samples of the Portfolio Margin page do not verify.
SECRET = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
REST = "&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559"
PASSWORD = "correct horse"
PAYLOAD = b"symbol=LTCBTC&orderId=28&recvWindow=5000&timestamp=1499827319559"
OPENSSL = shutil.which("openssl")

AsymmetricKey = type[RsaKey] | type[Ed25519Key]


class Pair(NamedTuple):
    """A private key that opens nothing, as PEM, and its public half."""

    make: AsymmetricKey
    plain: bytes
    encrypted: bytes
    public: bytes


def _pem(
    private: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey,
    encryption: KeySerializationEncryption,
) -> bytes:
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


def _pair(make: AsymmetricKey, private: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> Pair:
    return Pair(
        make,
        _pem(private, NoEncryption()),
        _pem(private, BestAvailableEncryption(PASSWORD.encode())),
        private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    )


PAIRS = {
    "rsa": _pair(RsaKey, rsa.generate_private_key(public_exponent=65537, key_size=2048)),
    "ed25519": _pair(Ed25519Key, ed25519.Ed25519PrivateKey.generate()),
}
# What a test of OpenSSL's command line says to it, after the public key, the signature and the payload.
VERIFY: dict[str, Callable[[str, str, str], list[str]]] = {
    "rsa": lambda public, signature, payload: [
        *("dgst", "-sha256", "-verify", public, "-signature", signature, payload)
    ],
    "ed25519": lambda public, signature, payload: [
        *("pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", public),
        *("-sigfile", signature, "-in", payload),
    ],
}


@pytest.fixture(params=PAIRS)
def kind(request: pytest.FixtureRequest) -> str:
    """``rsa`` or ``ed25519``."""
    return str(request.param)


@pytest.fixture
def pair(kind: str) -> Pair:
    """The key pair of the kind."""
    return PAIRS[kind]


@pytest.fixture
def no_cryptography(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the extra ``crypto`` were not installed."""
    for name in ["cryptography", *sys.modules]:
        if name.partition(".")[0] == "cryptography":
            monkeypatch.setitem(sys.modules, name, None)


def _verified(kind: str, payload: bytes, signature: str, folder: Path) -> bool:
    """What OpenSSL says of a percent-encoded signature."""
    files = [folder / name for name in ("public", "signature", "payload")]
    contents = (PAIRS[kind].public, base64.b64decode(unquote(signature), validate=True), payload)
    for file, content in zip(files, contents, strict=True):
        file.write_bytes(content)
    assert OPENSSL
    arguments = VERIFY[kind](*map(str, files))
    done = subprocess.run([OPENSSL, *arguments], capture_output=True, check=False)
    return done.returncode == 0


@pytest.mark.parametrize(
    ("symbol", "signature"),
    [
        ("LTCBTC", "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"),
        (
            "%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96",
            "e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3",
        ),
    ],
)
def test_an_hmac_key_makes_the_published_signatures(symbol: str, signature: str) -> None:
    """The exchange's two samples come out of ``HmacKey`` as printed."""
    payload = f"symbol={symbol}{REST}".encode()
    assert HmacKey(API_KEY, SECRET).sign(payload) == signature


def test_an_hmac_key_signs_each_payload_for_itself() -> None:
    """A signature depends on the payload alone, not on what was signed before it."""
    key = HmacKey(API_KEY, SECRET)
    first = key.sign(PAYLOAD)
    assert key.sign(b"another") != first
    assert key.sign(PAYLOAD) == first


@pytest.mark.skipif(OPENSSL is None, reason="needs the openssl command")
def test_openssl_verifies_an_asymmetric_signature(kind: str, pair: Pair, tmp_path: Path) -> None:
    """The signatures of RSA and Ed25519 keys are what OpenSSL takes for such."""
    signature = pair.make(API_KEY, pair.plain).sign(PAYLOAD)
    assert _verified(kind, PAYLOAD, signature, tmp_path)


@pytest.mark.skipif(OPENSSL is None, reason="needs the openssl command")
def test_openssl_refuses_the_signature_of_another_payload(
    kind: str, pair: Pair, tmp_path: Path
) -> None:
    """One changed byte, and OpenSSL refuses: the test above can fail."""
    signature = pair.make(API_KEY, pair.plain).sign(PAYLOAD)
    assert not _verified(kind, PAYLOAD + b"0", signature, tmp_path)


def test_an_asymmetric_signature_is_percent_encoded_base64(pair: Pair) -> None:
    """A base64 signature goes into a query as it is: without ``+``, ``/``, ``=`` and line breaks."""
    key = pair.make(API_KEY, pair.plain)
    signatures = [key.sign(PAYLOAD + bytes([number])) for number in range(32)]
    assert not set("+/=\n ") & set("".join(signatures))
    assert {"%2B", "%2F", "%3D"} <= {s[at : at + 3] for s in signatures for at in range(len(s))}


def test_a_private_key_may_be_bytes_text_or_a_file(pair: Pair, tmp_path: Path) -> None:
    """PEM as bytes, PEM as text, a path and a path as text are the same key."""
    file = tmp_path / "key.pem"
    file.write_bytes(pair.plain)
    sources: list[PrivateKeySource] = [pair.plain, pair.plain.decode(), file, os.fspath(file)]
    expected = pair.make(API_KEY, sources[0]).sign(PAYLOAD)
    assert [pair.make(API_KEY, source).sign(PAYLOAD) for source in sources] == [expected] * 4


def test_a_private_key_may_have_a_password(pair: Pair) -> None:
    """The password opens the same key."""
    opened = pair.make(API_KEY, pair.encrypted, PASSWORD)
    assert opened.sign(PAYLOAD) == pair.make(API_KEY, pair.plain).sign(PAYLOAD)


def test_load_key_finds_out_the_kind(pair: Pair) -> None:
    """``load_key`` makes the key that fits the PEM."""
    key = load_key(API_KEY, pair.encrypted, PASSWORD)
    assert type(key) is pair.make
    assert key.api_key == API_KEY
    assert key.sign(PAYLOAD) == pair.make(API_KEY, pair.plain).sign(PAYLOAD)


def _one_byte_off(pem: bytes) -> bytes:
    lines = pem.splitlines()
    return b"\n".join([lines[0], b"AAAA" + lines[1][4:], *lines[2:]])


@pytest.mark.parametrize(
    ("source", "password"),
    [
        (lambda pair: pair.encrypted, "wrong"),
        (lambda pair: pair.encrypted, None),
        (lambda pair: pair.encrypted, ""),
        (lambda pair: pair.plain, PASSWORD),
        (lambda pair: _one_byte_off(pair.plain), None),
        (lambda pair: _one_byte_off(pair.plain).decode(), None),
        (lambda pair: pair.plain[:-40], None),
        (lambda pair: pair.public, None),
        (lambda pair: pair.plain[:0], None),
    ],
    ids=[
        "wrong password",
        "no password",
        "empty password",
        "needless password",
        "broken",
        "broken text",
        "cut off",
        "public",
        "empty",
    ],
)
def test_a_key_that_cannot_be_read_is_not_quoted(
    pair: Pair, source: Callable[[Pair], bytes | str], password: str | None
) -> None:
    """Whatever is wrong with a PEM, the error says what a PEM must be, and nothing of this one."""
    pem = source(pair)
    with pytest.raises(ValueError, match="must be PEM") as caught:
        pair.make(API_KEY, pem, password)
    shown = "".join(traceback.format_exception(caught.value))
    text = pem if isinstance(pem, str) else pem.decode()
    assert not [line for line in text.splitlines()[1:-1] if line in shown]
    assert PASSWORD not in shown
    assert caught.value.__suppress_context__, "the library's own words are not shown"


@pytest.mark.parametrize("times", [1, 100])
def test_a_key_without_its_frame_is_not_quoted(times: int) -> None:
    """The middle of a PEM alone, pasted without its first line, is not taken for a file and quoted."""
    body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC" * times
    with pytest.raises((ValueError, OSError)) as caught:
        RsaKey(API_KEY, body)
    assert body[:16] not in str(caught.value)


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    """A wrong path is the operating system's error, with the path in it."""
    with pytest.raises(FileNotFoundError, match=r"nowhere\.pem"):
        Ed25519Key(API_KEY, tmp_path / "nowhere.pem")


@pytest.mark.parametrize(
    ("make", "pem", "message"),
    [
        (RsaKey, PAIRS["ed25519"].plain, "this private key is Ed25519, not RSA"),
        (Ed25519Key, PAIRS["rsa"].plain, "this private key is RSA, not Ed25519"),
        (
            load_key,
            _pem(ec.generate_private_key(ec.SECP256R1()), NoEncryption()),
            "this private key is E.*, not Ed25519",
        ),
    ],
    ids=["ed25519 as rsa", "rsa as ed25519", "another kind"],
)
def test_a_key_of_another_kind_is_refused(
    make: Callable[[str, bytes], Key], pem: bytes, message: str
) -> None:
    """The error names the kind that was given and the kind that was asked for."""
    with pytest.raises(ValueError, match=message):
        make(API_KEY, pem)


def test_without_cryptography_the_extra_is_named(pair: Pair, no_cryptography: None) -> None:
    """Where the library is missing, the error says what to install."""
    with pytest.raises(ImportError, match=r"pip install \"binance-papi-async\[crypto\]\""):
        pair.make(API_KEY, pair.plain)


def test_without_cryptography_load_key_names_the_extra(no_cryptography: None) -> None:
    """``load_key`` says what to install, too."""
    with pytest.raises(ImportError, match=r"binance-papi-async\[crypto\]"):
        load_key(API_KEY, PAIRS["rsa"].plain)


def test_an_hmac_key_needs_no_cryptography(no_cryptography: None) -> None:
    """HMAC keys work without the extra."""
    assert len(HmacKey(API_KEY, SECRET).sign(PAYLOAD)) == 64


KEYS: list[Key] = [
    HmacKey(API_KEY, SECRET),
    *(pair.make(API_KEY, pair.plain) for pair in PAIRS.values()),
]


@pytest.mark.parametrize("key", KEYS, ids=lambda key: type(key).__name__)
def test_a_key_shows_four_characters_of_itself(key: Key) -> None:
    """The repr tells keys apart, and neither the API key nor the secret can be read from it."""
    assert repr(key) == f"{type(key).__name__}(vmPU...)"
    assert str(key) == repr(key)


@pytest.mark.parametrize(("api_key", "shown"), [("12345678", "..."), ("123456789", "1234...")])
def test_a_short_api_key_is_not_shown_at_all(api_key: str, shown: str) -> None:
    """Four characters of eight would be half of it."""
    assert repr(HmacKey(api_key, SECRET)) == f"HmacKey({shown})"


@pytest.mark.parametrize("key", KEYS, ids=lambda key: type(key).__name__)
def test_a_key_keeps_no_secret_in_plain_sight(key: Key) -> None:
    """A key has no ``__dict__``, and no attribute that is the secret's text."""
    assert not hasattr(key, "__dict__")
    slots: tuple[str, ...] = getattr(type(key), "__slots__", ())
    texts = [getattr(key, name) for name in slots if isinstance(getattr(key, name), str | bytes)]
    assert texts == [API_KEY]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        (" ", "white space"),
        (" key", "white space"),
        ("key\n", "white space"),
        ("ke\ty", "white space"),
        ("ke\u00a0y", "white space"),
        ("k\u00e9y", "a character no key has"),
        ("key\x00", "a character no key has"),
    ],
)
def test_a_key_with_a_slip_of_the_clipboard_is_refused(text: str, message: str) -> None:
    """Empty text and white space are found when the key is made; the error names which text, not what is in it."""
    with pytest.raises(ValueError, match=f"^api_key .*{message}"):
        HmacKey(text, SECRET)
    with pytest.raises(ValueError, match=f"^secret .*{message}"):
        HmacKey(API_KEY, text)


def locals_of(error: BaseException | None) -> str:
    """What the frames of ours hold that an error came through, and those that it came from."""
    held = ""
    while error is not None:
        for frame, _ in traceback.walk_tb(error.__traceback__):
            if "binance_papi_async" in frame.f_code.co_filename:
                held += repr(frame.f_locals)
        error = error.__cause__ or error.__context__
    return held


@pytest.mark.parametrize("text", [f" {SECRET}", f"{SECRET}\n", f"{SECRET[:9]} {SECRET[9:]}"])
def test_a_refused_secret_is_in_no_frame(text: str) -> None:
    """Whoever logs the locals of a traceback does not log the secret."""
    with pytest.raises(ValueError, match="white space") as raised:
        HmacKey(API_KEY, text)
    assert SECRET[:9] not in locals_of(raised.value)
    assert SECRET[9:] not in locals_of(raised.value)


@pytest.mark.parametrize("secret", [None, 5, b"bytes"])
def test_a_secret_is_text(secret: Any) -> None:
    """Anything else is told to be a mistake, without being shown."""
    with pytest.raises(TypeError, match=f"^secret is text, not {type(secret).__name__}"):
        HmacKey(API_KEY, secret)


def test_a_refused_private_key_is_in_no_frame(pair: Pair) -> None:
    """Nor is its password."""
    for make in (pair.make, load_key):
        with pytest.raises(ValueError, match="must be PEM") as raised:
            make(API_KEY, pair.encrypted, "sesame")
        held = locals_of(raised.value)
        assert "sesame" not in held
        assert pair.encrypted.splitlines()[1].decode() not in held


def test_an_asymmetric_key_needs_an_api_key(pair: Pair) -> None:
    """RSA and Ed25519 keys check the API key as well."""
    with pytest.raises(ValueError, match="api_key is empty"):
        pair.make("", pair.plain)


@given(secret=st.text("abcXYZ019-_", min_size=1, max_size=200), payload=st.binary(max_size=300))
@settings(deadline=None)
def test_an_hmac_key_signs_as_the_standard_library_does(secret: str, payload: bytes) -> None:
    """RFC 2104, secrets longer than a block included."""
    expected = hmac.new(secret.encode(), payload, hashlib.sha256).hexdigest()
    assert HmacKey("key", secret).sign(payload) == expected


def test_a_secret_longer_than_a_block_is_hashed_first() -> None:
    """RFC 2104, section 2."""
    secret = "s" * 65
    expected = hmac.new(secret.encode(), b"payload", hashlib.sha256).hexdigest()
    assert HmacKey("key", secret).sign(b"payload") == expected

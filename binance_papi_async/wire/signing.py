"""Keys, and the signatures they make.

Every key signs exactly the bytes it is given, which must be exactly the bytes that are sent:
percent-encode first, then sign. (Spot and margin answer -1022 to the other order since 2026-01-15.)
Pure: a key reads its file when it is made, and nothing afterwards.
"""

from __future__ import annotations

import hashlib
import os
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import quote

from binance_papi_async.wire.discreet import discreet

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

PrivateKeySource = bytes | str | os.PathLike[str]
"""PEM as bytes or text, or the path of a PEM file."""


_BLOCK_BYTES: Final = 64
_INNER_PAD: Final = bytes(byte ^ 0x36 for byte in range(256))
_OUTER_PAD: Final = bytes(byte ^ 0x5C for byte in range(256))


class Key(Protocol):
    """An API key that can sign."""

    @property
    def api_key(self) -> str:
        """What goes into the header ``X-MBX-APIKEY``."""
        ...

    def sign(self, payload: bytes) -> str:
        """The signature of ``payload``, percent-encoded."""
        ...


class HmacKey:
    """An API key with a shared secret: HMAC-SHA256, hexadecimal.

    The two keyed hashes of RFC 2104 are begun once and copied for every signature,
    which takes 0.5 us where ``hmac`` takes 0.8.
    """

    __slots__ = ("_inner", "_outer", "api_key")

    @discreet
    def __init__(self, api_key: str, secret: str) -> None:
        self.api_key = _checked("api_key", api_key)
        block = _checked("secret", secret).encode()
        if len(block) > _BLOCK_BYTES:
            block = hashlib.sha256(block).digest()
        block = block.ljust(_BLOCK_BYTES, b"\0")
        self._inner = hashlib.sha256(block.translate(_INNER_PAD))
        self._outer = hashlib.sha256(block.translate(_OUTER_PAD))

    def sign(self, payload: bytes) -> str:
        """The signature of ``payload``, percent-encoded."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(payload)
        outer.update(inner.digest())
        return outer.hexdigest()

    def __repr__(self) -> str:
        return f"HmacKey({_masked(self.api_key)})"


class RsaKey:
    """An API key with an RSA private key: RSASSA-PKCS1-v1_5 with SHA-256, base64. Needs extra ``crypto``."""

    __slots__ = ("_sign", "api_key")

    @discreet
    def __init__(
        self, api_key: str, private_key: PrivateKeySource, password: str | None = None
    ) -> None:
        self.api_key = _checked("api_key", api_key)
        self._sign = _rsa_signer(_load(private_key, password))

    def sign(self, payload: bytes) -> str:
        """The signature of ``payload``, percent-encoded."""
        return quote(b64encode(self._sign(payload)), safe="")

    def __repr__(self) -> str:
        return f"RsaKey({_masked(self.api_key)})"


class Ed25519Key:
    """An API key with an Ed25519 private key, base64. Needs extra ``crypto``.

    The Portfolio Margin page names only HMAC and RSA; the official connector signs this way for every product.
    """

    __slots__ = ("_sign", "api_key")

    @discreet
    def __init__(
        self, api_key: str, private_key: PrivateKeySource, password: str | None = None
    ) -> None:
        self.api_key = _checked("api_key", api_key)
        self._sign = _ed25519_signer(_load(private_key, password))

    def sign(self, payload: bytes) -> str:
        """The signature of ``payload``, percent-encoded."""
        return quote(b64encode(self._sign(payload)), safe="")

    def __repr__(self) -> str:
        return f"Ed25519Key({_masked(self.api_key)})"


@discreet
def load_key(api_key: str, private_key: PrivateKeySource, password: str | None = None) -> Key:
    """An ``RsaKey`` or an ``Ed25519Key``, whichever the private key is."""
    is_rsa = _kind(_load(private_key, password)) == "RSA"
    return (RsaKey if is_rsa else Ed25519Key)(api_key, private_key, password)


def _checked(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} is text, not {type(value).__name__}")
    if not value:
        raise ValueError(f"{name} is empty")
    if "\\n" in value or "\n" in value.strip(" "):
        raise ValueError(
            f"{name} holds white space, a line break pasted with it: leave out the \\n"
        )
    if not value.isascii() or not value.isprintable() or " " in value:
        raise ValueError(f"{name} holds white space or a character no key has: copy it once more")
    return value


def _masked(api_key: str) -> str:
    return f"{api_key[:4]}..." if len(api_key) > 8 else "..."  # noqa: PLR2004 - twice what is shown


def _load(source: PrivateKeySource, password: str | None) -> PrivateKeyTypes:
    try:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError as error:
        raise ImportError(
            "RSA and Ed25519 keys need the cryptography library: "
            'pip install "binance-papi-async[crypto]"'
        ) from error
    pem = _pem(source)
    if reason := _foreign(pem):
        raise ValueError(reason)
    try:
        return load_pem_private_key(pem, password.encode() if password else None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # Not chained: what the library says may quote the key.
        raise ValueError(
            "the private key cannot be read: it must be PEM (PKCS#8), with its password if it has one"
        ) from None


def _foreign(pem: bytes) -> str | None:
    """What a key is that is no PEM that can be read here, and how to get one."""
    if b"-----BEGIN OPENSSH PRIVATE KEY-----" in pem:
        return (
            "the private key is in OpenSSH's own format: make an RSA key PEM by "
            "ssh-keygen -p -m PKCS8 -f FILE, or make a new key by openssl genpkey -algorithm ed25519"
        )
    if b"\\n" in pem:
        return (
            "the private key holds \\n as two characters where a line should end: pass "
            'text.replace("\\\\n", "\\n"), or the path of the file'
        )
    return None


def _pem(source: PrivateKeySource) -> bytes:
    if isinstance(source, bytes):
        return source
    if not isinstance(source, str):
        return Path(source).read_bytes()
    if "-----BEGIN" in source:
        return source.encode()
    try:
        return Path(source).read_bytes()
    except OSError as error:
        # Not chained, and the path not named: it may be a key that was pasted without its first line.
        raise ValueError(f"the private key file cannot be read: {error.strerror}") from None


def _rsa_signer(private_key: PrivateKeyTypes) -> Callable[[bytes], bytes]:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256

    if not isinstance(private_key, RSAPrivateKey):
        raise ValueError(f"this private key is {_kind(private_key)}, not RSA")  # noqa: TRY004
    padding, digest = PKCS1v15(), SHA256()
    return lambda payload: private_key.sign(payload, padding, digest)


def _ed25519_signer(private_key: PrivateKeyTypes) -> Callable[[bytes], bytes]:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if not isinstance(private_key, Ed25519PrivateKey):
        raise ValueError(f"this private key is {_kind(private_key)}, not Ed25519")  # noqa: TRY004
    return private_key.sign


def _kind(private_key: Any) -> str:
    return type(private_key).__name__.strip("_").removesuffix("PrivateKey")

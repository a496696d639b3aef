"""The keys of the simulated account, and the check of what they signed.

Rules of signing: PAPI general page, spot's page for Ed25519. Pure.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable
from typing import Final
from urllib.parse import unquote

from binance_papi_async.simulator.refusal import Refusal

SIMULATED_API_KEY: Final = "simulatedApiKey".ljust(64, "0")
SIMULATED_SECRET: Final = "simulatedSecret".ljust(64, "0")
"""Good for nothing but the simulator."""

Verifier = Callable[[bytes, str], bool]
"""Whether a payload carries the right signature; the signature as it was sent, percent-encoded."""
_KEY_FORMAT = re.compile(r"[A-Za-z0-9]{64}")


class Credentials:
    """API keys of the one account, by what each verifies with."""

    def __init__(self) -> None:
        self._verifiers: dict[str, Verifier] = {}
        self.add(SIMULATED_API_KEY, secret=SIMULATED_SECRET)

    def add(
        self, api_key: str, *, secret: str | None = None, public_key_pem: str | bytes | None = None
    ) -> None:
        """Open another key: HMAC with its secret, RSA or Ed25519 with its public key."""
        if (secret is None) is (public_key_pem is None):
            raise ValueError("a key has a secret or a public_key_pem, one of the two")
        self._verifiers[api_key] = (
            _public_key_verifier(public_key_pem)
            if public_key_pem is not None
            else _hmac_verifier(secret or "")
        )

    def check_key(self, api_key: str | None) -> Verifier:
        """Who is asking; -2014 for what is no key, -2015 for a key nobody has.

        Status 401 goes with both.
        """
        verifier = self._verifiers.get(api_key or "")
        if verifier is not None:
            return verifier
        if _KEY_FORMAT.fullmatch(api_key or ""):
            raise Refusal(-2015, "Invalid API-key, IP, or permissions for action.", status=401)
        raise Refusal(-2014, "API-key format invalid.", status=401)


def check_signature(verifier: Verifier, payload: bytes, signature: str) -> None:
    """-1022 unless ``signature`` is that of exactly ``payload``."""
    if not verifier(payload, signature):
        raise Refusal(-1022, "Signature for this request is not valid.")


def _hmac_verifier(secret: str) -> Verifier:
    """HMAC-SHA256 in hexadecimal, letter case ignored."""

    def verify(payload: bytes, signature: str) -> bool:
        expected = hmac.new(secret.encode(), payload, hashlib.sha256).hexdigest()
        return hmac.compare_digest(
            expected.encode(), signature.lower().encode(errors="surrogateescape")
        )

    return verify


def _public_key_verifier(pem: str | bytes) -> Verifier:
    """RSA (PKCS#1 v1.5, SHA-256) or Ed25519, whichever the key is; base64, percent-encoded."""
    from cryptography.exceptions import InvalidSignature

    check = _public_key_check(pem.encode() if isinstance(pem, str) else pem)

    def verify(payload: bytes, signature: str) -> bool:
        try:
            check(b64decode(unquote(signature), validate=True), payload)
        except (Base64Error, ValueError, InvalidSignature):
            return False
        return True

    return verify


def _public_key_check(pem: bytes) -> Callable[[bytes, bytes], None]:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PublicKey,
    )
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    key = load_pem_public_key(pem)
    if isinstance(key, Ed25519PublicKey):
        return key.verify
    if isinstance(key, RSAPublicKey):
        return lambda signature, payload: key.verify(signature, payload, PKCS1v15(), SHA256())
    raise ValueError("the public key is neither RSA nor Ed25519")

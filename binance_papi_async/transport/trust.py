"""Whom TLS trusts: a certificate somebody vouches for, issued to the name asked for, over TLS 1.2 at least."""

from __future__ import annotations

from ssl import CERT_REQUIRED, SSLContext, TLSVersion
from typing import Any, Final

_ALLOWED: Final = (TLSVersion.TLSv1_2, TLSVersion.TLSv1_3, TLSVersion.MAXIMUM_SUPPORTED)


def checked_ssl(ssl: Any) -> SSLContext | None:
    """A context that verifies certificates and their names, or None for the default one."""
    if ssl is None:
        return None
    if not isinstance(ssl, SSLContext) or ssl.verify_mode is not CERT_REQUIRED:
        raise ValueError("ssl must be an SSLContext that verifies certificates")
    if not ssl.check_hostname:
        raise ValueError(
            "ssl must check whose name a certificate bears, or the key goes to anybody who has one: "
            "check_hostname = True"
        )
    if ssl.minimum_version not in _ALLOWED:
        raise ValueError(
            "ssl must not allow TLS below 1.2: minimum_version = ssl.TLSVersion.TLSv1_2"
        )
    return ssl

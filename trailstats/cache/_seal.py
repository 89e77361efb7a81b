"""The checksum that stands before each block of the cache."""

from __future__ import annotations

from hashlib import blake2b

SEAL = 8
"""Its length [bytes]."""


def seal_of(key: bytes, name: str, content: bytes) -> bytes:
    """Return a checksum that ties a block to its place: a sound block of another entry does not
    fit.
    """
    digest = blake2b(
        content,
        digest_size=SEAL,
        key=blake2b(key + name.encode(), digest_size=32).digest(),
    )
    return digest.digest()

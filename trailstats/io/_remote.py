"""Remote places such as ``s3://bucket/runs``, through fsspec."""

from __future__ import annotations

import os
import re
from importlib import import_module
from typing import IO, Any

from trailstats.boundary import open_regular
from trailstats.errors import MissingExtraError, ReadError

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")

_CHANGING = (
    "etag", "content-md5", "contentmd5", "md5hash", "md5", "checksum", "generation", "versionid",
    "mtime", "ctime",
    "ino", "modified", "lastmodified", "last_modified", "updated", "created",
)  # fmt: skip


def is_remote(source: object) -> bool:
    """Whether a source is an address with a protocol; drive letters are none."""
    return isinstance(source, str) and _ADDRESS.match(source) is not None


def open_file(address: str | os.PathLike[str]) -> IO[bytes]:
    """Open a file, here or remote, for reading; here only one that has an end.

    Raises
    ------
    OSError
        When it can't be opened, or is a pipe or a device.
    ReadError
        For a protocol that isn't known.
    MissingExtraError
        Without fsspec.
    """
    if not is_remote(address):
        return open_regular(address)
    system, path = file_system(str(address))
    try:
        stream: IO[bytes] = system.open(path, "rb")
    except OSError:
        raise
    except Exception as error:  # each protocol has its own exceptions
        raise OSError(f"{type(error).__name__}: {error}") from error
    return stream


def files(address: str) -> list[tuple[str, bool]]:
    """Return the files at an address, sorted by name, and whether each was named itself.

    Raises
    ------
    ReadError
        When there is nothing.
    MissingExtraError
        Without fsspec.
    """
    system, path = file_system(address)
    try:
        if system.isdir(path):
            inside = [
                name
                for name in system.find(path)
                if not _hidden(name[len(path) :])
            ]
            return [
                (system.unstrip_protocol(name), False) for name in sorted(inside)
            ]
        if system.exists(path):
            return [(address, True)]
    except Exception as error:  # each protocol has its own exceptions
        raise ReadError(
            f"can't be listed: {type(error).__name__}: {error}", path=address
        ) from None
    raise ReadError("no such file or folder", path=address)


def stamp(address: str) -> str:
    """Return what changes with a remote file; empty where its file system has neither a time nor
    a version.
    """
    try:
        system, path = file_system(address)
        info = {key.lower(): value for key, value in system.info(path).items()}
    # Each protocol has its own exceptions, and reading the file gives the reason.
    except Exception:
        return ""
    known = [f"{key}={info[key]}" for key in _CHANGING if info.get(key)]
    return f"{info.get('size')} {' '.join(known)}" if known else ""


def _hidden(name: str) -> bool:
    return any(part.startswith(".") for part in name.split("/")[:-1])


def file_system(address: str) -> tuple[Any, str]:
    try:
        url_to_fs = import_module("fsspec.core").url_to_fs
    except ImportError as error:
        raise MissingExtraError("fsspec", "remote") from error
    try:
        system, path = url_to_fs(address)
    except MissingExtraError:
        raise
    except (
        Exception
    ) as error:  # an unknown protocol, or one whose package is missing
        raise ReadError(f"can't be reached: {error}", path=address) from None
    return system, os.fspath(path)

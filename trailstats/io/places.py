"""Small files by their place, here or on an object store: read whole, written beside and moved."""

from __future__ import annotations

import secrets
from pathlib import Path

from trailstats.boundary import reason_of, shown
from trailstats.errors import TrailstatsError, WriteError
from trailstats.io._remote import file_system, is_remote
from trailstats.io.tables import write_atomically

__all__ = ["is_there", "place_in", "read_place", "write_place"]


def place_in(folder: str, *parts: str) -> str:
    """Return the place of something in a folder, here or remote."""
    return "/".join((folder.rstrip("/"), *parts))


def is_there(place: str) -> bool:
    """Whether a file lies at a place."""
    if not is_remote(place):
        return Path(place).is_file()
    system, path = file_system(place)
    try:
        return bool(system.isfile(path))
    except Exception:  # each protocol has its own exceptions
        return False


def read_place(place: str) -> bytes | None:
    """Return what lies at a place; None where nothing does, or it can't be read."""
    if not is_remote(place):
        try:
            return Path(place).read_bytes()
        except OSError:
            return None
    try:
        system, path = file_system(place)
        content: bytes = system.cat_file(path)
    except TrailstatsError:
        raise
    except Exception:  # each protocol has its own for what is not there
        return None
    return content


def write_place(place: str, content: bytes) -> None:
    """Write a file beside its place and move it there; folders on the way are made.

    Raises
    ------
    WriteError
        When the place can't be written to.
    """
    if not is_remote(place):
        path = Path(place)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WriteError(
                f"{shown(path.parent)}: can't be made: {reason_of(error)}"
            ) from error
        write_atomically(path, content)
        return
    system, path_there = file_system(place)
    folder, _, name = path_there.rpartition("/")
    # Readers of tables pass over what begins with a dot.
    beside = f"{folder}/.{name}.{secrets.token_hex(8)}"
    try:
        system.makedirs(folder, exist_ok=True)
        system.pipe_file(beside, content)
        system.mv(beside, path_there)
    except Exception as error:  # each protocol has its own exceptions
        what = f"{place}: can't be written: {type(error).__name__}: {error}"
        raise WriteError(what) from error

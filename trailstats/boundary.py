"""Where the world outside begins: files that may be anything, and errors that are none of ours.

Everything that reads, lists, recalls or measures passes through `reading`, and everything that
reads a profile, labels or a map through `configuring`: whatever goes wrong within leaves as a
`TrailstatsError` that names the place.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import IO

from trailstats.errors import (
    ConfigError,
    InternalError,
    ReadError,
    TrailstatsError,
)

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_MOST_TEXT = 1 << 24  # bytes of a profile or of labels; our choice

# A pipe without a writer is opened at once, and turned away.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
)


@contextmanager
def reading(place: str) -> Iterator[None]:
    """Let only errors of ours out, with the place where it is missing.

    Parameters
    ----------
    place : str
        The source as the user named it.

    Raises
    ------
    ReadError
        As it is, or for what the system refuses.
    InternalError
        For whatever else, also for want of memory.
    TrailstatsError
        As it is.
    """
    try:
        yield
    except ReadError as error:
        raise error.at(place) from error.__cause__
    except TrailstatsError:
        raise
    except OSError as error:
        raise ReadError(
            f"can't be read: {reason_of(error)}", path=place
        ) from error
    except MemoryError as error:
        raise InternalError("not enough memory for it", path=place) from error
    except Exception as error:
        message = f"unexpected {type(error).__name__}: {error}"
        raise InternalError(message, path=place) from error


@contextmanager
def configuring(place: str) -> Iterator[None]:
    """Let only errors of ours out of the reading of a profile, labels or a map.

    Raises
    ------
    ConfigError
        For whatever is no error of ours; the message begins with the place.
    TrailstatsError
        As it is.
    """
    try:
        yield
    except TrailstatsError:
        raise
    except OSError as error:
        raise ConfigError(
            f"{place}: can't be opened: {reason_of(error)}"
        ) from error
    except Exception as error:
        reason = str(error) or type(error).__name__
        raise ConfigError(f"{place}: can't be understood: {reason}") from error


def near(word: str, known: Iterable[str]) -> str:
    """Return a question for the known word that a mistyped one is closest to, or an empty text.

    Examples
    --------
    >>> from trailstats.boundary import near
    >>> near("hart_rate_max", ["mass", "heart_rate_max"])
    " (did you mean 'heart_rate_max'?)"
    """
    found = get_close_matches(word, list(known), n=1)
    return f" (did you mean {found[0]!r}?)" if found else ""


_REASONS = {
    errno.ENOENT: "there is no such file or folder",
    errno.EISDIR: "it is a folder, not a file",
    errno.ENOTDIR: "a part of the path is a file, not a folder",
    errno.EEXIST: "there is one of this name",
    errno.EACCES: "the system doesn't allow it",
    errno.EPERM: "the system doesn't allow it",
    errno.EROFS: "nothing can be written there",
    errno.ENOSPC: "the disk is full",
    errno.ENAMETOOLONG: "the name is too long",
    errno.ELOOP: "the link leads round in a circle",
    errno.EADDRINUSE: "it is in use",
}
"""What the system's refusals mean, for people."""


def reason_of(error: OSError) -> str:
    """Return why the system refused something, in plain words where they are known.

    Examples
    --------
    >>> import errno
    >>> from trailstats.boundary import reason_of
    >>> reason_of(OSError(errno.ENOSPC, "No space left on device"))
    'the disk is full'
    """
    return _REASONS.get(error.errno or 0) or error.strerror or str(error)


def shown(path: object) -> str:
    r"""Return a path as text that can be printed and encoded: bytes that are no UTF-8 are escaped.

    Examples
    --------
    >>> from trailstats.boundary import shown
    >>> shown("L\udce4ufe.gpx")
    'L\\xe4ufe.gpx'
    """
    text = (
        os.fsdecode(path) if isinstance(path, bytes | os.PathLike) else str(path)
    )
    return text if text.isascii() else _SURROGATE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    is_byte = 0xDC80 <= code <= 0xDCFF  # how Python keeps a byte that is no UTF-8
    return f"\\x{code - 0xDC00:02x}" if is_byte else f"\\u{code:04x}"


def open_regular(path: str | os.PathLike[str]) -> IO[bytes]:
    """Open a regular file for reading; what might block or never end is turned away.

    Raises
    ------
    OSError
        When it can't be opened, or is a pipe, a socket, a device or a folder; also for names that
        no file can have.
    """
    try:
        number = os.open(path, _FLAGS)
    except ValueError as error:  # a NUL in the name
        raise OSError(None, str(error)) from None
    try:
        mode = os.fstat(number).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, "Is a directory")
        if not stat.S_ISREG(mode):
            raise OSError(None, "it is a pipe or a device, not a file")
        return os.fdopen(number, "rb")
    except BaseException:
        os.close(number)
        raise


def size_of(stream: IO[bytes]) -> int:
    """Return the size of an open file now: one that grows is read so far."""
    return os.fstat(stream.fileno()).st_size


def read_text(path: str | os.PathLike[str], encoding: str = "utf-8") -> str:
    """Return the text of a small file.

    Raises
    ------
    OSError, UnicodeDecodeError
        When it can't be read; also when it has more than 16 MiB.
    """
    with open_regular(path) as stream:
        if size_of(stream) > _MOST_TEXT:
            raise OSError(None, f"it has more than {_MOST_TEXT} bytes")
        return stream.read(_MOST_TEXT).decode(encoding)


def without_controls(text: str) -> str:
    """Return a text without the control characters that XML can't hold."""
    return "".join(c for c in text if c >= " " or c in "\t\n").strip()

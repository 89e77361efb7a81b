"""One SQLite file of blocks by key, and what happens when it is damaged."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import warnings
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from trailstats.cache._seal import SEAL, seal_of
from trailstats.errors import ConfigError

Parts = dict[str, bytes]
"""The blocks of one analysis by name, or that of a failure."""

NAME = "measured-2.sqlite"
"""The file's name, with the version of its tables."""

MOST_BYTES = 4 << 30
"""Size above which a cache gives up what was used the longest ago [bytes]; our choice: some 80,000
activities.
"""

_PATIENCE = 30.0  # seconds that a process waits for another one's write
_TABLES = """
CREATE TABLE IF NOT EXISTS results (
  key BLOB PRIMARY KEY, seal BLOB, count INTEGER, size INTEGER, used INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS parts (
  key BLOB, number INTEGER, name TEXT, content BLOB, UNIQUE (key, number, name));
CREATE TABLE IF NOT EXISTS derived (
  key BLOB, number INTEGER, name TEXT, basis TEXT, content BLOB, UNIQUE (key, number, name));
CREATE TABLE IF NOT EXISTS places (
  place TEXT PRIMARY KEY, stamp TEXT, content BLOB, seal BLOB) WITHOUT ROWID;
"""


class CacheWarning(UserWarning):
    """The cache is damaged or can't be written; results are right, but the next run may have to
    compute them again.
    """


class Cache:
    """Blocks of bytes by the key of what they were computed from.

    Parameters
    ----------
    folder : path, optional
        Made when it is not there. Without one, a temporary store that vanishes with this object.

    Raises
    ------
    ConfigError
        When the folder can't be made or written to.

    Examples
    --------
    >>> store = Cache()
    >>> store.put(b"key", [{"head": b"42"}])
    True
    >>> store.part(b"key", 0, "head")
    b'42'
    """

    def __init__(self, folder: str | os.PathLike[str] | None = None) -> None:
        self.path = None if folder is None else Path(folder) / NAME
        self._lock = threading.RLock()
        self._full = False
        if self.path is None:
            self._connection = self._begin("")
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._connection = self._connect()
        except (OSError, sqlite3.OperationalError) as error:
            raise ConfigError(
                f"{folder}: no cache can be kept there: {error}"
            ) from error

    @property
    def lasting(self) -> bool:
        """Whether what is kept here outlives this object."""
        return self.path is not None

    def is_empty(self) -> bool:
        """Whether it holds no results."""
        with self._reading():
            row = self._connection.execute("SELECT 1 FROM results").fetchone()
            return row is None
        return True

    def count(self, key: bytes) -> int | None:
        """Return how many results a key has; None when it is not there."""
        with self._reading():
            row = self._connection.execute(
                "SELECT seal, count FROM results WHERE key = ?", (key,)
            ).fetchone()
            if row is not None and row[0] == seal_of(key, str(row[1]), b""):
                return int(row[1])
        return None

    def part(self, key: bytes, number: int, name: str) -> bytes | None:
        """Return one block of one result; None when it is not there or not sound."""
        return self.parts(key, number, (name,)).get(name)

    def parts(self, key: bytes, number: int, names: Sequence[str] = ()) -> Parts:
        """Return the blocks of one result that are there and sound, of all names by default."""
        which = f" AND name IN ({','.join('?' * len(names))})" if names else ""
        query = (
            f"SELECT name, content FROM parts WHERE key = ? AND number = ?{which}"
        )
        with self._reading():
            wanted = (key, number, *names)
            found = self._connection.execute(query, wanted).fetchall()
            return {
                name: block[SEAL:]
                for name, block in found
                if isinstance(block, bytes)
                and block[:SEAL] == seal_of(key, f"{number}{name}", block[SEAL:])
            }
        return {}

    def put(self, key: bytes, items: Sequence[Parts]) -> bool:
        """Keep the results of a key in place of those that were there; return whether that
        worked.
        """
        rows = [
            (key, number, name, seal_of(key, f"{number}{name}", block) + block)
            for number, parts in enumerate(items)
            for name, block in parts.items()
        ]
        head = (
            key,
            seal_of(key, str(len(items)), b""),
            len(items),
            sum(len(r[3]) for r in rows),
            int(time.time()),
        )
        with self._writing() as connection:
            connection.execute("DELETE FROM parts WHERE key = ?", (key,))
            connection.executemany("INSERT INTO parts VALUES (?, ?, ?, ?)", rows)
            connection.execute(
                "REPLACE INTO results VALUES (?, ?, ?, ?, ?)", head
            )
            return True
        return False

    def derived(
        self, key: bytes, number: int, name: str, basis: str
    ) -> bytes | None:
        """Return what was made of one result on a basis, such as limits and options; None when
        nothing was.
        """
        with self._reading():
            query = "SELECT content FROM derived WHERE key = ? AND number = ? AND name = ?"
            wanted = (key, number, name)
            row = self._connection.execute(
                f"{query} AND basis = ?", (*wanted, basis)
            ).fetchone()
            if row is not None and row[0][:SEAL] == seal_of(
                key, f"{number}{name}{basis}", row[0][SEAL:]
            ):
                return bytes(row[0][SEAL:])
        return None

    def put_derived(
        self, name: str, basis: str, blocks: Iterable[tuple[bytes, int, bytes]]
    ) -> None:
        """Keep what was made of results on a basis, in place of what was made on another: of each
        its key, its number and the block.
        """
        sealed = [
            (
                key,
                n,
                name,
                basis,
                seal_of(key, f"{n}{name}{basis}", block) + block,
            )
            for key, n, block in blocks
        ]
        if sealed:
            with self._writing() as connection:
                connection.executemany(
                    "REPLACE INTO derived VALUES (?, ?, ?, ?, ?)", sealed
                )

    def content(self, place: str, stamp: str) -> bytes | None:
        """Return the hash of what lay at a place when it had this stamp; None when that is not
        known.
        """
        with self._reading():
            query = (
                "SELECT content, seal FROM places WHERE place = ? AND stamp = ?"
            )
            row = self._connection.execute(query, (place, stamp)).fetchone()
            if row is not None and row[1] == seal_of(
                row[0], f"{place}\0{stamp}", b""
            ):
                return bytes(row[0])
        return None

    def note(self, places: Iterable[tuple[str, str, bytes]]) -> None:
        """Note the hash of what lies at each place, with its stamp."""
        rows = [
            (place, stamp, content, seal_of(content, f"{place}\0{stamp}", b""))
            for place, stamp, content in places
        ]
        if rows:
            with self._writing() as connection:
                connection.executemany(
                    "REPLACE INTO places VALUES (?, ?, ?, ?)", rows
                )

    def finish(self, used: Iterable[bytes], most_bytes: int = MOST_BYTES) -> None:
        """Note that results were used today, and give up what was used the longest ago where there
        is too much.
        """
        now = int(time.time())
        keep = set(used)
        with self._writing() as connection:
            stale = [
                (now, key)
                for (key,) in connection.execute(
                    "SELECT key FROM results WHERE used < ?", (now - 86400,)
                )
            ]
            connection.executemany(
                "UPDATE results SET used = ? WHERE key = ?",
                [s for s in stale if s[1] in keep],
            )
            if self._size() <= most_bytes:
                return
            parts = connection.execute(
                "SELECT key, size + coalesce((SELECT sum(length(content)) FROM derived "
                "WHERE derived.key = results.key), 0) FROM results ORDER BY used"
            ).fetchall()
            size = sum(part for _, part in parts)
            for key, part in parts:
                if size <= 0.9 * most_bytes:
                    break
                if key not in keep:
                    for table in ("parts", "derived", "results"):
                        connection.execute(
                            f"DELETE FROM {table} WHERE key = ?", (key,)
                        )
                    size -= part

    def _size(self) -> int:
        """Return the bytes in use, without looking at each result."""
        count, free, each = (
            self._connection.execute(f"PRAGMA {what}").fetchone()[0]
            for what in ("page_count", "freelist_count", "page_size")
        )
        return int((count - free) * each)

    def info(self) -> dict[str, object]:
        """Return where the cache lies, how much it holds, and the times of the first and the last
        use.
        """
        out: dict[str, object] = {
            "path": str(self.path or ""),
            "bytes": 0,
            "sources": 0,
            "activities": 0,
            "places": 0,
        }
        with self._reading():
            run = self._connection.execute
            out["sources"], out["activities"] = run(
                "SELECT count(*), coalesce(sum(count), 0) FROM results"
            ).fetchone()
            (out["places"],) = run("SELECT count(*) FROM places").fetchone()
            out["oldest"], out["newest"] = run(
                "SELECT min(used), max(used) FROM results"
            ).fetchone()
        if self.path is not None and self.path.exists():
            out["bytes"] = self.path.stat().st_size
        return out

    def clear(self) -> None:
        """Forget everything."""
        with self._writing() as connection:
            for table in ("results", "parts", "derived", "places"):
                connection.execute(f"DELETE FROM {table}")
        with self._reading():
            self._connection.execute("VACUUM")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _begin(self, address: str) -> sqlite3.Connection:
        # One connection serves all threads, one at a time; transactions are begun by hand.
        connection = sqlite3.connect(
            address,
            timeout=_PATIENCE,
            check_same_thread=False,
            isolation_level=None,
        )
        weakref.finalize(self, connection.close)
        try:
            connection.execute(
                f"PRAGMA journal_mode = {'WAL' if address else 'MEMORY'}"
            )
            # A crash of the machine may cost the last entries, never the order of the file.
            connection.execute(
                f"PRAGMA synchronous = {'NORMAL' if address else 'OFF'}"
            )
            connection.executescript(_TABLES)
            self._file = Path(address).stat().st_ino if address else 0
        except BaseException:
            connection.close()
            raise
        return connection

    def _connect(self) -> sqlite3.Connection:
        """Open the file; one that is no sound database is set aside."""
        try:
            return self._begin(str(self.path))
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            self._set_aside(error)
            return self._begin(str(self.path))

    def _set_aside(self, error: Exception) -> None:
        assert self.path is not None
        name = f"{self.path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
        warnings.warn(
            f"{self.path}: the cache is damaged ({error}); it is set aside as {name}",
            CacheWarning,
            4,
        )
        for suffix in ("-wal", "-shm"):
            with suppress(OSError):
                self.path.with_name(self.path.name + suffix).unlink()
        with suppress(OSError):
            self.path.replace(self.path.with_name(name))

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Run queries; a damaged file is set aside, and then nothing was found."""
        with self._lock:
            try:
                yield
            except sqlite3.OperationalError as error:
                self._complain("read", error)
            except sqlite3.DatabaseError as error:
                self._replace(error)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Run one transaction; where that fails, nothing was written."""
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self._connection
                except BaseException:
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
                    raise
                self._connection.execute("COMMIT")
            except sqlite3.OperationalError as error:
                self._complain("written", error)
            except sqlite3.DatabaseError as error:
                self._replace(error)

    def _complain(self, what: str, error: Exception) -> None:
        if not self._full:
            self._full = True
            name = (
                f"{self.path}: the cache"
                if self.lasting
                else "the temporary store"
            )
            warnings.warn(f"{name} can't be {what}: {error}", CacheWarning, 4)

    def _replace(self, error: Exception) -> None:
        if self.path is None:
            return
        self._connection.close()
        with suppress(OSError):
            # Where another process has set it aside already, a new one lies there.
            if self.path.stat().st_ino == self._file:
                self._set_aside(error)
        self._connection = self._connect()

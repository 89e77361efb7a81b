"""What the service keeps for those who have a token: their recordings, jobs and documents.

One SQLite file and a folder for each token. Of a token only its hash is kept.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.child import MEASURED
from trailstats.cache import Cache

State = Literal["queued", "running", "done", "failed"]

_TABLES = """
create table if not exists token (id text primary key, created text default current_timestamp);
create table if not exists job (
    id text primary key, owner text not null, state text not null, detail text not null,
    files integer not null, measured integer not null default 0,
    created text default current_timestamp
);
create table if not exists document (
    owner text, name text, content blob, primary key (owner, name)
);
"""


@dataclass(frozen=True)
class KeptJob:
    """A job as its owner sees it; `measured` counts recordings, which a zip may hold many of."""

    id: str
    state: State
    detail: str
    files: int
    measured: int = 0


class Keep:
    """The store, below one folder.

    Parameters
    ----------
    folder : Path
        Made where it is not there; nobody but the service's user may look into it.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        self._database = sqlite3.connect(
            folder / "keep.sqlite", isolation_level=None
        )
        self._database.executescript(_TABLES)

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def unfinished_jobs(self) -> list[tuple[str, str]]:
        """Return the owner and the name of each job that is not done, oldest first."""
        return self._database.execute(
            "select owner, id from job where state in ('queued', 'running') "
            "order by rowid"
        ).fetchall()

    def new_token(self) -> str:
        """Return a new token, which is shown this once."""
        token = secrets.token_urlsafe(32)
        self._database.execute(
            "insert into token (id) values (?)", [_id_of(token)]
        )
        return token

    def owner_of(self, token: str) -> str | None:
        """Return who has a token; None for an unknown one."""
        found = self._database.execute(
            "select id from token where id = ?", [_id_of(token)]
        ).fetchone()
        return found and str(found[0])

    def files_of(self, owner: str) -> Path:
        """Return the folder of someone's work: recordings lie in ``files`` in it, and beside them
        what was measured of them.
        """
        folder = self.folder / owner
        for name in ("files", MEASURED):
            (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    def measured_by(self, owner: str) -> int:
        """Return how many recordings of someone are measured."""
        cache = Cache(self.files_of(owner) / MEASURED)
        try:
            return int(str(cache.info()["sources"]))
        finally:
            cache.close()

    def new_job(self, owner: str, files: int) -> KeptJob:
        """Return a new job."""
        job = KeptJob(secrets.token_hex(8), "queued", "", files)
        self._database.execute(
            "insert into job (id, owner, state, detail, files) values (?, ?, ?, ?, ?)",
            [job.id, owner, job.state, job.detail, job.files],
        )
        return job

    def set_state(self, job: str, state: State, detail: str = "") -> None:
        """Say how far a job is."""
        self._database.execute(
            "update job set state = ?, detail = ? where id = ?",
            [state, detail, job],
        )

    def add_measured(self, job: str, count: int) -> None:
        """Count recordings that were measured for a job."""
        self._database.execute(
            "update job set measured = measured + ? where id = ?", [count, job]
        )

    def job(self, owner: str, job: str) -> KeptJob | None:
        """Return a job of someone's own."""
        found = self._database.execute(
            "select id, state, detail, files, measured from job where owner = ? and id = ?",
            [owner, job],
        ).fetchone()
        return KeptJob(*found) if found else None

    def put(self, job: str, name: str, content: bytes) -> None:
        """Keep a document of a job in place of the one before; nothing of a job that was forgotten
        meanwhile.
        """
        self._database.execute(
            "insert or replace into document select owner, ?, ? from job where id = ?",
            [name, content, job],
        )

    def bytes_of(self, owner: str) -> int:
        """Return the size of someone's recordings."""
        files = (self.files_of(owner) / "files").iterdir()
        return sum(path.stat().st_size for path in files)

    def unfinished(self, owner: str) -> int:
        """Return how many jobs of someone wait or are worked on."""
        found = self._database.execute(
            "select count(*) from job where owner = ? and state in ('queued', 'running')",
            [owner],
        ).fetchone()
        return int(found[0])

    def document(self, owner: str, name: str) -> bytes | None:
        """Return a document; None where no job is done yet."""
        found = self._database.execute(
            "select content from document where owner = ? and name = ?",
            [owner, name],
        ).fetchone()
        return found and bytes(found[0])

    def forget(self, owner: str) -> None:
        """Remove everything of someone, but the token."""
        for table in ("job", "document"):
            self._database.execute(
                f"delete from {table} where owner = ?", [owner]
            )
        shutil.rmtree(self.folder / owner, ignore_errors=True)


def _id_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()[:32]

"""Addresses for those who have a token: uploads become jobs, and documents of all that was ever
uploaded are there at any time.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections import defaultdict
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Request, Response, UploadFile
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel

from app.child import Job
from app.keep import Keep, State
from app.limits import Limits
from app.problems import HEADERS, Problem
from app.uploads import save
from app.work import Crew

DOCUMENTS = (Job.HISTORY, Job.CLAIMS)
"""What is made anew when recordings come."""

bearer = HTTPBearer(
    auto_error=False, description="From `python -m app --new-token`"
)


class JobState(BaseModel):
    """A job: how far it is, how many recordings had to be measured, and what went wrong."""

    id: str
    state: State
    detail: str
    files: int
    measured: int


class Rate:
    """So many requests a minute for each token; a bucket that fills again."""

    def __init__(self, per_minute: float) -> None:
        self.per_minute = per_minute
        self._held: dict[str, tuple[float, float]] = defaultdict(
            lambda: (per_minute, 0.0)
        )

    def take(self, owner: str, now: float) -> float:
        """Take one; return the seconds until the next may be taken, 0 where there was one."""
        left, since = self._held[owner]
        left = min(left + (now - since) * self.per_minute / 60.0, self.per_minute)
        if left < 1.0:
            self._held[owner] = (left, now)
            return (1.0 - left) * 60.0 / self.per_minute
        self._held[owner] = (left - 1.0, now)
        return 0.0


class Engine:
    """Jobs of those who have a token, one after the other for each."""

    def __init__(self, keep: Keep, crew: Crew, limits: Limits) -> None:
        self.keep, self.crew, self.limits = keep, crew, limits
        self.rate = Rate(limits.requests_per_minute)
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._tasks: dict[asyncio.Task[None], str] = {}

    def owner(self, token: str) -> str:
        """Return who has a token, and count the request.

        Raises
        ------
        Problem
            For an unknown token, or too many requests.
        """
        owner = self.keep.owner_of(token)
        if owner is None:
            raise Problem(
                401,
                "unknown_token",
                "a known token is needed",
                headers={"WWW-Authenticate": "Bearer"},
            )
        if wait := self.rate.take(owner, time.monotonic()):
            raise Problem(
                429,
                "too_many_requests",
                "too many requests a minute",
                headers={"Retry-After": str(int(wait) + 1)},
            )
        return owner

    async def start(self, owner: str, uploads: list[UploadFile]) -> JobState:
        """Keep recordings, and return the job that works on them.

        Raises
        ------
        Problem
            When as many jobs wait as may, or too much would be kept.
        """
        if self.keep.unfinished(owner) >= self.limits.kept_jobs:
            raise Problem(
                429,
                "too_many_jobs",
                f"{self.limits.kept_jobs} jobs are not done yet",
                headers={"Retry-After": "30"},
            )
        with tempfile.TemporaryDirectory(dir=self.keep.folder) as place:
            names = await save(uploads, Path(place), self.limits)
            come = sum((Path(place) / name).stat().st_size for name in names)
            if self.keep.bytes_of(owner) + come > self.limits.kept_bytes:
                raise Problem(
                    413,
                    "too_much_kept",
                    f"more than {self.limits.kept_bytes} bytes would be kept",
                )
            job = self.keep.new_job(owner, len(names))
            own = self.keep.files_of(owner) / "files"
            for name in names:
                # Under the job's name, so that nothing that was kept is replaced.
                shutil.move(Path(place) / name, own / f"{job.id}-{name}")
        self._begin(owner, job.id)
        return JobState(**asdict(job))

    def resume(self) -> None:
        """Go on with the jobs that a service before this one left."""
        for owner, job in self.keep.unfinished_jobs():
            self._begin(owner, job)

    def _begin(self, owner: str, job: str) -> None:
        task = asyncio.create_task(self._work(owner, job))
        self._tasks[task] = owner
        task.add_done_callback(self._tasks.pop)

    async def forget(self, owner: str) -> None:
        """Stop what is under way for someone, and remove everything but the token."""
        await self._stop(
            [t for t, whose in self._tasks.items() if whose == owner]
        )
        self.keep.forget(owner)

    async def _stop(self, tasks: list[asyncio.Task[None]]) -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self, owner: str, job: str) -> None:
        """Measure what came, and make every document of someone anew."""
        async with self._turns[owner]:
            self.keep.set_state(job, "running")
            try:
                await self._measure(owner, job)
                for kind in DOCUMENTS:
                    self.keep.put(job, kind, await self._do(kind, owner))
            except Problem as problem:
                self.keep.set_state(job, "failed", problem.detail)
            except OSError:
                self.keep.set_state(job, "failed", "what was kept is gone")
            except Exception:
                self.keep.set_state(job, "failed", "a fault of the service")
                raise
            else:
                self.keep.set_state(job, "done")

    async def _measure(self, owner: str, job: str) -> None:
        """Measure what is new, in as many pieces as it takes; give up, and keep the job's files no
        longer, when a piece adds nothing: one recording takes all its time.
        """
        before = self.keep.measured_by(owner)
        for _ in range(self.limits.pieces):
            try:
                await self._do(Job.MEASURE, owner)
            except Problem as problem:
                ended = problem
            else:
                ended = None
            found = self.keep.measured_by(owner)
            self.keep.add_measured(job, found - before)
            if ended is None:
                return
            if found == before:
                break
            before = found
        for path in (self.keep.files_of(owner) / "files").glob(f"{job}-*"):
            path.unlink(missing_ok=True)
        detail = f"{ended.detail}; the recordings of this job were not kept"
        raise Problem(ended.status, ended.code, detail)

    async def _do(self, kind: Job, owner: str) -> bytes:
        """Return what a job on everything that someone keeps gives."""
        folder = self.keep.files_of(owner)
        files = sorted(p.name for p in (folder / "files").iterdir())
        for left in ("result", "problem.json"):
            (folder / left).unlink(missing_ok=True)
        return await self.crew.do_in_turn(kind, folder, files)

    async def end(self) -> None:
        """Stop what is under way; the next service goes on with it."""
        await self._stop(list(self._tasks))
        self.keep.close()


async def _engine(request: Request) -> Engine:
    engine: Engine = request.app.state.engine
    return engine


TheEngine = Annotated[Engine, Depends(_engine)]
Token = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


async def _owner(engine: TheEngine, token: Token) -> str:
    return engine.owner(token.credentials if token else "")


Owner = Annotated[str, Depends(_owner)]
Recordings = Annotated[list[UploadFile], File(description="Recordings, or zips")]


def routes(problems: dict[int | str, dict[str, Any]]) -> APIRouter:
    """Return the addresses of a service that keeps."""
    router = APIRouter(prefix="/kept", responses=problems)

    @router.post("/recordings", status_code=202)
    async def add(owner: Owner, engine: TheEngine, files: Recordings) -> JobState:
        """Keep recordings and work on them; the answer says which job."""
        return await engine.start(owner, files)

    @router.get("/jobs/{job}")
    async def job_state(owner: Owner, engine: TheEngine, job: str) -> JobState:
        """Tell how far a job is."""
        found = engine.keep.job(owner, job)
        if found is None:
            raise Problem(404, "no_such_job", "there is no such job of yours")
        return JobState(**asdict(found))

    @router.delete("", status_code=204)
    async def forget(owner: Owner, engine: TheEngine) -> None:
        """Remove all recordings, jobs and documents of this token."""
        await engine.forget(owner)

    @router.get("/history", responses=_document(Job.HISTORY))
    async def kept_history(owner: Owner, engine: TheEngine) -> Response:
        """Return the history of everything that is kept."""
        return _answer(engine, owner, Job.HISTORY)

    @router.get("/claims", responses=_document(Job.CLAIMS))
    async def kept_claims(owner: Owner, engine: TheEngine) -> Response:
        """Return the answers to the claims from everything that is kept."""
        return _answer(engine, owner, Job.CLAIMS)

    return router


def _document(kind: Job) -> dict[int | str, dict[str, Any]]:
    schema = {"$ref": f"#/components/schemas/{kind.value}"}
    words = f"The document {kind.value!r} of all that is kept"
    content = {"application/json": {"schema": schema}}
    return {200: {"description": words, "content": content}}


def _answer(engine: Engine, owner: str, kind: Job) -> Response:
    content = engine.keep.document(owner, kind)
    if content is None:
        raise Problem(404, "nothing_yet", "no job is done yet")
    return Response(content, media_type="application/json", headers=HEADERS)

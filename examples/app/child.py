"""What a process does for one request: no web framework is loaded here, so that it starts at
once.
"""

from __future__ import annotations

import json
import os
import signal
from enum import StrEnum
from pathlib import Path

from app.limits import Limits


class Job(StrEnum):
    """What is asked for."""

    ANALYSIS = "analysis"
    HISTORY = "history"
    CLAIMS = "claims"
    REPORT = "report"
    MEASURE = "measure"
    """Nothing but measuring what is new in a folder that is kept."""


MEASURED = "measured"
"""Folder beside ``files`` where what was measured is kept, if it is there."""


def work(job: Job, folder: str, files: list[str], limits: Limits) -> None:
    """Do a job in this process and leave its result, or a problem, in the folder.

    Where the folder holds one named `MEASURED`, only files that are new are measured, and what was
    is kept there one by one: a process that is killed has not worked for nothing.
    """
    import resource

    from trailstats.errors import ReadError, TrailstatsError

    seconds = int(limits.work_seconds) + 1
    signal.setitimer(signal.ITIMER_PROF, limits.work_seconds)
    resource.setrlimit(
        resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes)
    )
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    place = Path(folder)
    os.chdir(
        place / "files"
    )  # documents name their sources as they were uploaded, not by a path of this machine
    try:
        result = _do(job, files, limits)
    except TrailstatsError as error:
        problem = {"code": error.code, "detail": str(error)}
        if isinstance(error, ReadError) and error.where():
            problem["where"] = error.where()
        _leave(place / "problem.json", json.dumps(problem).encode())
    except Exception as error:
        # What is wrong inside is for the log, not for the answer.
        _leave(
            place / "problem.json",
            json.dumps(
                {"code": "internal", "detail": "the work failed"}
            ).encode(),
        )
        raise SystemExit(f"{type(error).__name__}: {error}") from error
    else:
        _leave(place / "result", result)


def _leave(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: this process may be killed at any time."""
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.rename(path)


def _do(job: Job, files: list[str], limits: Limits) -> bytes:
    import trailstats as ts
    from trailstats.claims import claims_document

    reading = ts.ReadLimits(
        bytes=limits.unpacked_bytes,
        records=limits.records,
        members=limits.members,
    )
    if job is Job.ANALYSIS:
        if len(files) != 1:
            raise ts.ConfigError(
                "an analysis is of one file; ask for a history of several"
            )
        return _json(ts.analyze(files[0], limits=reading).to_dict())
    kept = Path("..", MEASURED)
    history = ts.analyze_folder(
        files,
        limits=reading,
        workers=1,
        cache=kept if kept.is_dir() else None,
    )
    if job is Job.MEASURE:
        return b""
    if job is Job.HISTORY:
        return _json(history.to_dict())
    if not history.analyses:
        found = "; ".join(
            f"{failure.source}: {failure.message}"
            for failure in history.failures[:3]
        )
        raise ts.ReadError(f"no activity could be read: {found}")
    claims, rules = ts.evaluate_claims(history), ts.check_plan(history)
    if job is Job.CLAIMS:
        return _json(claims_document(history, claims, rules))
    return ts.write_report(
        history, "../page.html", claims=claims, rules=rules
    ).read_bytes()


def _json(document: object) -> bytes:
    return json.dumps(document, allow_nan=False, ensure_ascii=False).encode()

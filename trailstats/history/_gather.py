"""Working through many sources: what a store has is recalled, the rest is measured and kept."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from trailstats.analysis import Options
from trailstats.boundary import reading, shown
from trailstats.cache import Cache, Parts
from trailstats.errors import ReadError, SchemaError
from trailstats.history._cadence import CadenceEvidence, own_cadence
from trailstats.history._chunks import Slot
from trailstats.history._pack import FAILURE, KEPT_AT_HAND, unpack_failure
from trailstats.history._progress import Step
from trailstats.history._stored import Stored
from trailstats.history._workers import (
    Engine,
    Job,
    Measured,
    key_of,
    measure_all,
    trusted,
)
from trailstats.io._remote import is_remote
from trailstats.io.containers import Failure, SourceRef, content_of, stamp_of
from trailstats.model.athlete import Athlete


@dataclass(frozen=True)
class Work:
    """How sources are worked through.

    Attributes
    ----------
    store : Cache
        Where results lie; a lasting one is asked first.
    engine : Engine
    progress : callable, optional
        Called with the number of sources done and their total.
    raising : bool
        Whether the first source found to fail is raised.
    """

    store: Cache
    engine: Engine
    progress: Step | None = None
    raising: bool = False


class Gathering:
    """What the sources of one call gave, in their order; results lie in a store."""

    def __init__(self, jobs: Sequence[Job], store: Cache) -> None:
        self.jobs = jobs
        self.store = store
        self.found: list[list[Stored | Failure]] = [[] for _ in jobs]
        self._notes: list[tuple[str, str, bytes]] = []
        self._used: set[bytes] = set()

    def recall(self) -> Iterator[int]:
        """Take what the store has, and yield the number of each job that it has."""
        if self.store.lasting and not self.store.is_empty():
            for number in range(len(self.jobs)):
                if self._is_recalled(number):
                    yield number

    def _is_recalled(self, number: int) -> bool:
        ref, options = self.jobs[number]
        try:
            with reading(str(ref)):
                content = self._content_hash(ref, options)
                if content is None:
                    return False
                key = key_of(content, ref, options)
                parts = [
                    self.store.parts(key, i, KEPT_AT_HAND)
                    for i in range(self.store.count(key) or 0)
                ]
                self._enter(number, key, parts)
        except (SchemaError, ReadError):
            return False  # measuring it gives the reason
        return bool(parts)

    def _content_hash(self, ref: SourceRef, options: Options) -> bytes | None:
        """Return the SHA-256 of a source: as noted for its stamp, else read from it; None where
        measuring is cheaper, or it can't be read.
        """
        place = _address(ref)
        stamp = stamp_of(ref)
        noted = self.store.content(place, stamp) if stamp else None
        if noted is not None:
            return noted
        if not stamp or is_remote(ref.path):
            return None  # fetching it twice costs more than measuring
        content = sha256(content_of(ref, options.limits)).digest()
        if stamp_of(ref) != stamp:
            return None
        if trusted(stamp):
            self._notes.append((place, stamp, content))
        return content

    def take(self, number: int, measured: Measured) -> None:
        """Keep what a job gave."""
        # Results that may be others next time have no key, and stay here.
        kept = bool(measured.key) and self.store.put(measured.key, measured.items)
        if kept and measured.stamp:
            place = _address(self.jobs[number][0])
            self._notes.append((place, measured.stamp, measured.content))
        parts: Sequence[Parts] = measured.items
        if kept:
            parts = [{k: p[k] for k in KEPT_AT_HAND if k in p} for p in parts]
        self._enter(number, measured.key, parts)

    def _enter(self, number: int, key: bytes, items: Sequence[Parts]) -> None:
        job = self.jobs[number]
        self.found[number] = [
            unpack_failure(parts[FAILURE], str(job[0]))
            if FAILURE in parts
            else Stored.of(job, Slot(self.store, key, i), parts)
            for i, parts in enumerate(items)
        ]
        self._used.add(key)

    def close(self) -> None:
        """Write what the next call needs."""
        if self.store.lasting:
            self.store.note(self._notes)
            self.store.finish(self._used)


def _address(ref: SourceRef) -> str:
    path = ref.path if is_remote(ref.path) else str(Path(ref.path).absolute())
    return shown("\0".join((path, *ref.members)))


def gathered(
    jobs: Sequence[Job], work: Work
) -> Generator[tuple[int, list[Stored | Failure]], None, None]:
    """Yield the number of each job and what its source gave, from the store or measured now: as
    they are done, each once.

    Raises
    ------
    ReadError
        For the first source found to fail, where that is asked for.
    """
    gathering = Gathering(jobs, work.store)
    left = set(range(len(jobs)))

    def done(number: int) -> tuple[int, list[Stored | Failure]]:
        left.discard(number)
        for item in gathering.found[number]:
            if work.raising and isinstance(item, Failure):
                raise ReadError(item.message, path=item.source)
        if work.progress is not None:
            work.progress(len(jobs) - len(left), len(jobs))
        return number, gathering.found[number]

    try:
        for number in gathering.recall():
            yield done(number)
        todo = sorted(left)
        results = measure_all([jobs[number] for number in todo], work.engine)
        with closing(results):
            for index, measured in results:
                gathering.take(todo[index], measured)
                yield done(todo[index])
    finally:
        gathering.close()


def gather(jobs: Sequence[Job], work: Work) -> list[list[Stored | Failure]]:
    """Return what each source gave, in their order; see `gathered`."""
    out: list[list[Stored | Failure]] = [[] for _ in jobs]
    with closing(gathered(jobs, work)) as results:
        for number, items in results:
            out[number] = items
    return out


def gather_with_own_cadence(
    jobs: Sequence[Job], work: Work
) -> list[list[Stored | Failure]]:
    """Return what each source gave; steps of recordings without a cadence by what the athlete's
    others show of it, unless the profile states one or too little was recorded. No file is needed
    for that.
    """
    out = gather(jobs, work)
    better = _athletes_with_cadence(jobs, out)
    for (_, options), items in zip(jobs, out, strict=True):
        athlete = better.get(id(options))
        if athlete is not None:
            items[:] = [
                replace(item, athlete=athlete)
                if isinstance(item, Stored) and item.cadence.wanted
                else item
                for item in items
            ]
    return out


def _athletes_with_cadence(
    jobs: Sequence[Job], found: Sequence[Sequence[Stored | Failure]]
) -> dict[int, Athlete]:
    """Return athletes with the cadence that their recordings show, by the identity of options
    without one.
    """
    known: dict[int, list[CadenceEvidence]] = {}
    options_by_id = {id(options): options for _, options in jobs}
    for (_, options), items in zip(jobs, found, strict=True):
        evidence = known.setdefault(id(options), [])
        evidence += [item.cadence for item in items if isinstance(item, Stored)]
    better = {}
    for key, evidence in known.items():
        options = options_by_id[key]
        cadence = own_cadence(evidence)
        if cadence is not None and options.athlete.cadence_at_3 is None:
            better[key] = replace(options.athlete, cadence_at_3=cadence)
    return better

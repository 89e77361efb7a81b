"""Analyses that lie in a store and are loaded one at a time, so that memory does not grow with
their number.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import overload

import pandas as pd

from trailstats import schema
from trailstats.analysis import judge
from trailstats.cache import Cache, Parts
from trailstats.errors import ReadError, SchemaError
from trailstats.history._cadence import CadenceEvidence, own_cadence
from trailstats.history._fingerprint import code_fingerprint, fingerprint
from trailstats.history._pack import (
    CADENCE,
    FAILURE,
    HEAD,
    START,
    TIMES,
    join_tables,
    pack_row,
    unpack,
    unpack_cadence,
    unpack_head,
    unpack_row,
    unpack_start,
    unpack_times,
)
from trailstats.history._progress import Step, lines
from trailstats.history._rows import activity_row
from trailstats.history._workers import (
    Job,
    Measured,
    Options,
    key_of,
    measure_all,
    measure_job,
    trusted,
)
from trailstats.io._remote import is_remote
from trailstats.io.containers import Failure, SourceRef, content_of, stamp_of
from trailstats.model.athlete import Athlete
from trailstats.model.limits import HeartRateLimits
from trailstats.model.results import TABLES_OF_ANALYSIS, Analysis
from trailstats.schema.arrays import Floats

__all__ = ["StoredAnalyses", "gather", "gather_with_own_cadence", "tables_in_parts"]


AT_A_TIME = 200  # judgement: some 5,000 segments


@dataclass(frozen=True)
class Stored:
    """One analysis, which lies in the store.

    Attributes
    ----------
    job : Job
        What it was measured from, to measure it anew should the store have lost it.
    store : Cache
    key : bytes
    number : int
        Among the results of the source.
    parts : Parts
        Blocks that are needed of each; all of them where the store could not take them.
    name : str
        The analysis's source: the file, and its number in it.
    start : pandas.Timestamp or None
    cadence : CadenceEvidence
    """

    job: Job
    store: Cache
    key: bytes
    number: int
    parts: Parts
    name: str
    start: pd.Timestamp | None
    cadence: CadenceEvidence

    def outline(self) -> Analysis:
        """Return the analysis with empty tables."""
        return unpack_head(
            self.blocks((HEAD,))[HEAD], self.parts[TIMES], str(self.job[0])
        )

    def blocks(self, names: Sequence[str]) -> Parts:
        """Return blocks by their names.

        Raises
        ------
        ReadError
            When the store has lost them and the source has changed or gone since.
        """
        if all(name in self.parts for name in names):
            return self.parts
        found = self.store.parts(self.key, self.number, names)
        if all(name in found for name in names):
            return found
        again = measure_job(self.job)
        if again.key != self.key or self.number >= len(again.items):
            raise ReadError("it has changed since it was analysed", path=self.name)
        self.store.put(again.key, again.items)
        return again.items[self.number]

    def whole(self) -> Analysis:
        """Return the analysis with its tables."""
        found = unpack(
            self.parts | self.blocks((HEAD, *TABLES_OF_ANALYSIS)), str(self.job[0])
        )
        assert isinstance(found, Analysis)
        return found


@dataclass(frozen=True, eq=False, repr=False)
class StoredAnalyses(Sequence[Analysis]):
    """A sequence of analyses, each loaded, and judged, when it is asked for."""

    places: Sequence[Stored]
    limits: HeartRateLimits | None = None
    athlete: Athlete | None = None

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, index: int) -> Analysis: ...
    @overload
    def __getitem__(self, index: slice) -> StoredAnalyses: ...
    def __getitem__(self, index: int | slice) -> Analysis | StoredAnalyses:
        """Load one analysis; a slice loads none."""
        if isinstance(index, slice):
            return replace(self, places=self.places[index])
        return self._judge(self.places[index].whole())

    def __reduce__(self) -> tuple[object, ...]:
        # A store does not travel; what is in it does.
        return tuple, (list(self),)

    def _judge(self, analysis: Analysis) -> Analysis:
        if self.limits is None or self.athlete is None:
            return analysis
        return judge(analysis, self.limits, self.athlete)

    def moving_times(self) -> Iterator[Floats]:
        """Yield the moving time at each heart rate of each."""
        for place in self.places:
            yield unpack_times(place.parts[TIMES]).moving

    def rows(self) -> list[dict[str, object]]:
        """Return the rows of ``schema.ACTIVITIES``; those judged before by the same limits lie in
        the store.
        """
        judged_by = fingerprint((self.limits, self.athlete, code_fingerprint()))
        out, new = [], []
        for place in self.places:
            row = unpack_row(
                place.store.row(place.key, place.number, judged_by),
                place.name,
                place.start,
            )
            if row is None:
                row = activity_row(self._judge(place.outline()))
                new.append((place.key, place.number, pack_row(row)))
            out.append(row)
        for store in {place.store for place in self.places if place.store.lasting}:
            store.put_rows(judged_by, new)
        return out

    def tables(self, table: schema.Table) -> Iterator[pd.DataFrame]:
        """Yield one table of each analysis."""
        for place in self.places:
            yield join_tables(
                [place.blocks((table.name,))[table.name]], table, [place.name]
            )

    def joined(self, table: schema.Table) -> pd.DataFrame:
        """Return one table of all analyses, one after the other."""
        blocks = [place.blocks((table.name,))[table.name] for place in self.places]
        return join_tables(blocks, table, [place.name for place in self.places])

    def in_order(self) -> StoredAnalyses:
        """Return the same analyses in order of start time."""
        return replace(
            self,
            places=sorted(
                self.places, key=lambda place: order_in_time(place.start, place.name)
            ),
        )

    def judged(self, limits: HeartRateLimits, athlete: Athlete) -> StoredAnalyses:
        """Return the same analyses, judged by these limits when they are loaded."""
        return replace(self, limits=limits, athlete=athlete)


def tables_in_parts(
    analyses: Sequence[Analysis], table: schema.Table
) -> Iterator[pd.DataFrame]:
    """Yield one table of all analyses, that of some after the other, so that memory doesn't grow
    with their number.
    """
    for at in range(0, len(analyses), AT_A_TIME):
        part = analyses[at : at + AT_A_TIME]
        if isinstance(part, StoredAnalyses):
            yield part.joined(table)
        else:
            yield pd.concat(
                [getattr(analysis, table.name) for analysis in part], ignore_index=True
            )


def order_in_time(start: pd.Timestamp | None, name: str) -> tuple[pd.Timestamp, str]:
    """Return what activities are sorted by; those without a start come last."""
    return start if start is not None else pd.Timestamp.max.tz_localize("UTC"), name


class Gathering:
    """What the sources of one call gave, in their order; results lie in a store.

    Parameters
    ----------
    jobs : sequence of Job
    store : Cache
        A lasting one is asked first.
    """

    def __init__(self, jobs: Sequence[Job], store: Cache) -> None:
        self.jobs, self.store = jobs, store
        self.found: list[list[Stored | Failure]] = [[] for _ in jobs]
        self._notes: list[tuple[str, str, bytes]] = []
        self._used: set[bytes] = set()

    def recall(self) -> Iterator[int]:
        """Take what the store has, and yield the number of each job that it has."""
        if self.store.lasting and not self.store.is_empty():
            yield from (
                number for number in range(len(self.jobs)) if self._recall(number)
            )

    def _recall(self, number: int) -> bool:
        ref, options = job = self.jobs[number]
        place, stamp = _place(ref), stamp_of(ref)
        content = self.store.content(place, stamp) if stamp else None
        if content is None:
            if not stamp or is_remote(ref.path):
                return False  # fetching it twice costs more than measuring
            try:
                content = sha256(content_of(ref, options.limits)).digest()
            except ReadError:
                return False
            if stamp_of(ref) != stamp:
                return False
            if trusted(stamp):
                self._notes.append((place, stamp, content))
        key = key_of(content, ref, options)
        items = [
            self.store.parts(key, i, _KEPT_HERE)
            for i in range(self.store.count(key) or 0)
        ]
        try:
            self.found[number] = [
                self._entry(job, key, i, parts) for i, parts in enumerate(items)
            ]
        except (SchemaError, KeyError):
            return False
        self._used.add(key)
        return bool(items)

    def take(self, number: int, measured: Measured) -> None:
        """Keep what a job gave."""
        # Results that may be others next time have no key, and stay here.
        kept = bool(measured.key) and self.store.put(measured.key, measured.items)
        if kept and measured.stamp:
            self._notes.append(
                (_place(self.jobs[number][0]), measured.stamp, measured.content)
            )
        self._used.add(measured.key)
        here = [
            {k: v for k, v in parts.items() if not kept or k in _KEPT_HERE}
            for parts in measured.items
        ]
        self.found[number] = [
            self._entry(self.jobs[number], measured.key, i, parts)
            for i, parts in enumerate(here)
        ]

    def close(self) -> None:
        """Write what the next call needs."""
        if self.store.lasting:
            self.store.note(self._notes)
            self.store.finish(self._used)

    def _entry(
        self, job: Job, key: bytes, number: int, parts: Parts
    ) -> Stored | Failure:
        if FAILURE in parts:
            failure = unpack(parts, str(job[0]))
            assert isinstance(failure, Failure)
            return failure
        unpack_times(parts[TIMES])
        name, start = unpack_start(parts[START], str(job[0]))
        return Stored(
            job,
            self.store,
            key,
            number,
            parts,
            name,
            start,
            unpack_cadence(parts[CADENCE]),
        )


_KEPT_HERE = (START, TIMES, CADENCE, FAILURE)


def _place(ref: SourceRef) -> str:
    path = ref.path if is_remote(ref.path) else str(Path(ref.path).absolute())
    return "\0".join((path, *ref.members))


def gather(
    jobs: Sequence[Job],
    store: Cache,
    *,
    workers: int | None = None,
    executor: Executor | None = None,
    time_limit: float | None = None,
    progress: Step | bool = False,
    raising: bool = False,
) -> list[list[Stored | Failure]]:
    """Return what each source gave, from the store or measured now.

    Raises
    ------
    ReadError
        With ``raising``, for the first source found to fail.
    """
    gathering = Gathering(jobs, store)
    show = lines(sys.stderr) if progress is True else progress
    done = 0

    def step(number: int) -> None:
        nonlocal done
        done += 1
        for item in gathering.found[number]:
            if raising and isinstance(item, Failure):
                raise ReadError(item.message, path=item.source)
        if show:
            show(done, len(jobs))

    try:
        left = set(range(len(jobs)))
        for number in gathering.recall():
            left.discard(number)
            step(number)
        todo = sorted(left)
        engine = measure_all(
            [jobs[i] for i in todo],
            workers=workers,
            executor=executor,
            time_limit=time_limit,
        )
        with closing(engine):
            for place, measured in engine:
                gathering.take(todo[place], measured)
                step(todo[place])
    finally:
        gathering.close()
    return gathering.found


def gather_with_own_cadence(
    jobs: Sequence[Job],
    owners: Sequence[str],
    store: Cache,
    *,
    workers: int | None = None,
    executor: Executor | None = None,
    time_limit: float | None = None,
    progress: Step | bool = False,
    raising: bool = False,
) -> list[list[Stored | Failure]]:
    """Return what each source gave; steps of recordings without a cadence by what those with one
    tell of it.

    The former are measured a second time, unless the profile states a cadence or too little was
    recorded.

    Parameters
    ----------
    jobs : sequence of Job
    owners : sequence of str
        Whose each source is.
    store : Cache
    workers, executor, time_limit, progress, raising
        As in `gather`.
    """
    measure = partial(
        gather, store=store, workers=workers, executor=executor, time_limit=time_limit
    )
    show = lines(sys.stderr) if progress is True else progress
    out = measure(jobs, progress=show, raising=raising)
    told: dict[str, list[CadenceEvidence]] = {name: [] for name in owners}
    for name, items in zip(owners, out, strict=True):
        told[name] += [item.cadence for item in items if isinstance(item, Stored)]
    own = {name: own_cadence(evidence) for name, evidence in told.items()}
    better: dict[str, Options] = {}
    for (_, options), name in zip(jobs, owners, strict=True):
        if (
            name not in better
            and own[name] is not None
            and options.athlete.cadence_at_3 is None
        ):
            better[name] = replace(
                options, athlete=replace(options.athlete, cadence_at_3=own[name])
            )
    again = [
        number
        for number, items in enumerate(out)
        if owners[number] in better
        and any(isinstance(item, Stored) and item.cadence.wanted for item in items)
    ]

    def step(done: int, total: int) -> None:
        if show:
            show(len(jobs) + done, len(jobs) + total)

    found = measure(
        [(jobs[number][0], better[owners[number]]) for number in again], progress=step
    )
    for number, items in zip(again, found, strict=True):
        # What was read before is not lost by a failure now.
        if all(isinstance(item, Stored) for item in items):
            out[number] = items
    return out

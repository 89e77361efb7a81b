"""Analyses that lie in a store and are loaded one at a time, so that memory does not grow with
their number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Any, overload

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats import schema
from trailstats.analysis import judge, own_results, refit
from trailstats.analysis._even_ground import EvenGround
from trailstats.analysis.recording import Recording
from trailstats.arrays import Floats, Ints
from trailstats.cache import Cache, Parts
from trailstats.errors import ReadError
from trailstats.history._cadence import CadenceEvidence
from trailstats.history._chunks import Joined, Slot, columns_in_chunks
from trailstats.history._code import code_fingerprint
from trailstats.history._motion import (
    MOTION,
    OWN,
    impact_of_own,
    pack_own,
    unpack_motion,
    unpack_own,
)
from trailstats.history._pack import (
    CADENCE,
    HEAD,
    START,
    TIMES,
    frame_of_columns,
    join_columns,
    pack,
    pack_row,
    unpack,
    unpack_cadence,
    unpack_head,
    unpack_row,
    unpack_start,
    unpack_times,
)
from trailstats.history._rows import activity_row
from trailstats.history._ways import WAY, pack_way
from trailstats.history._workers import Job, measure_job
from trailstats.model.athlete import Athlete
from trailstats.model.fingerprint import fingerprint
from trailstats.model.limits import HeartRateLimits
from trailstats.model.results import TABLES_OF_ANALYSIS, Analysis

# One athlete, or two, stand for thousands of analyses.
_spelled = lru_cache(maxsize=64)(fingerprint)

AT_A_TIME = 200
"""Analyses whose tables are joined at a time (our choice): some 5,000 segments."""


@dataclass(frozen=True)
class Stored:
    """One analysis, which lies in the store.

    Attributes
    ----------
    job : Job or None
        What it was measured from, to measure it anew should the store have lost it.
    slot : Slot
    parts : Parts
        Blocks that are needed of each; all of them where the store could not take them.
    name : str
        The analysis's source: the file, and its number in it.
    start : pandas.Timestamp or None
    cadence : CadenceEvidence
    made_for : str
        Stands for the runner's measures that the blocks rest on.
    athlete : Athlete or None
        Whose measures it is asked for; None for those that the blocks have.
    """

    job: Job | None
    slot: Slot
    parts: Parts
    name: str
    start: pd.Timestamp | None
    cadence: CadenceEvidence
    made_for: str
    athlete: Athlete | None = None

    @classmethod
    def of(cls, job: Job | None, slot: Slot, parts: Parts) -> Stored:
        """Make an entry of a result's blocks.

        Raises
        ------
        SchemaError, KeyError
            When a block is not sound, or not there.
        """
        unpack_times(parts[TIMES])
        source, athlete = (str(job[0]), job[1].athlete) if job else ("", None)
        name, start, made_for = unpack_start(parts[START], source)
        cadence = unpack_cadence(parts[CADENCE])
        return cls(job, slot, parts, name, start, cadence, made_for, athlete)

    @property
    def source(self) -> str:
        """The source, without the analysis's number in it."""
        return str(self.job[0]) if self.job else ""

    @property
    def order(self) -> tuple[pd.Timestamp, str]:
        """What analyses are sorted by; those without a start come last."""
        return self.start or pd.Timestamp.max.tz_localize("UTC"), self.name

    def blocks(self, names: Sequence[str]) -> Parts:
        """Return blocks by their names.

        Raises
        ------
        ReadError
            When the store has lost them and the source has changed or gone since.
        """
        if all(name in self.parts for name in names):
            return self.parts
        slot = self.slot
        found = slot.store.parts(slot.key, slot.number, names)
        if all(name in found for name in names):
            return found
        again = measure_job(self.job) if self.job else None
        if (
            again is None
            or again.key != slot.key
            or slot.number >= len(again.items)
        ):
            raise ReadError(
                "it has changed since it was analysed", path=self.name
            )
        slot.store.put(again.key, again.items)
        return again.items[slot.number]

    @cached_property
    def is_as_made(self) -> bool:
        """Whether its blocks rest on the measures that are asked for."""
        return self.athlete is None or _spelled(self.athlete) == self.made_for

    @property
    def measures(self) -> str:
        """What stands for the measures that are asked for; empty where its blocks rest on them."""
        if self.athlete is None or self.is_as_made:
            return ""
        return _spelled(self.athlete)

    @property
    def _head(self) -> Analysis:
        head = self.blocks((HEAD,))[HEAD]
        return unpack_head(head, self.parts[TIMES], self.source)

    def _own_block(self) -> bytes:
        """Return what rests on the measures that are asked for, from the store or computed now."""
        assert self.athlete is not None
        store, key, number = self.slot.store, self.slot.key, self.slot.number
        basis = fingerprint((self.athlete, code_fingerprint()))
        block = store.derived(key, number, OWN, basis)
        if block is None:
            motion = unpack_motion(self.blocks((MOTION,))[MOTION])
            own = own_results(motion, self._head.totals, self.athlete)
            block = pack_own(own)
            store.put_derived(OWN, basis, [(key, number, block)])
        return block

    def table(self, table: schema.Table) -> bytes:
        """Return the block of a table."""
        if table is schema.IMPACT and not self.is_as_made:
            return impact_of_own(self._own_block())
        return self.blocks((table.name,))[table.name]

    def outline(self) -> Analysis:
        """Return the analysis with empty tables."""
        if self.is_as_made:
            return self._head
        metrics = unpack_own(self._own_block()).metrics
        head = self._head
        return replace(head, metrics=head.metrics | metrics)

    def whole(self) -> Analysis:
        """Return the analysis with its tables; records are read from its source when asked for."""
        blocks = self.parts | self.blocks((HEAD, *TABLES_OF_ANALYSIS))
        found = unpack(blocks, self.source)
        if not self.is_as_made:
            found = refit(found, unpack_own(self._own_block()))
        if self.job is None:
            return found
        return Recording.kept_with(found, *self.job)


class _Fresh:
    """What was made of analyses and is not kept yet: some at a time, so that memory stays flat."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._blocks: dict[tuple[Cache, str], list[tuple[bytes, int, bytes]]] = (
            defaultdict(list)
        )
        self._count = 0

    def add(self, slot: Slot, basis: str, block: bytes) -> None:
        """Add what was made of one on a basis."""
        kept = (slot.key, slot.number, block)
        self._blocks[slot.store, basis].append(kept)
        self._count += 1
        if self._count % AT_A_TIME == 0:
            self.keep()

    def keep(self) -> None:
        """Keep what there is."""
        for (store, basis), blocks in self._blocks.items():
            store.put_derived(self._name, basis, blocks)
        self._blocks.clear()


@dataclass(frozen=True, eq=False, repr=False)
class StoredAnalyses(Sequence[Analysis]):
    """A sequence of analyses, each loaded, and judged, when it is asked for.

    Attributes
    ----------
    entries : sequence of Stored
    limits : HeartRateLimits or None
        What they are judged by; None where they aren't.
    athlete : Athlete
    worth : mapping of str to EvenGround
        What each is worth on level road by the runner's own curve, by its source.
    complete : bool
        Whether these are all of a history: then their tables are kept joined.
    """

    entries: Sequence[Stored]
    limits: HeartRateLimits | None = None
    athlete: Athlete = field(default_factory=Athlete)
    worth: Mapping[str, EvenGround] = field(default_factory=dict)
    complete: bool = False

    @classmethod
    def holding(cls, analyses: Iterable[Analysis]) -> StoredAnalyses:
        """Return analyses that are at hand as if they lay in a store."""
        slot = Slot(Cache(), b"", 0)
        return cls([Stored.of(None, slot, pack(each, "")) for each in analyses])

    def __len__(self) -> int:
        return len(self.entries)

    @overload
    def __getitem__(self, index: int) -> Analysis: ...
    @overload
    def __getitem__(self, index: slice) -> StoredAnalyses: ...
    def __getitem__(self, index: int | slice) -> Analysis | StoredAnalyses:
        """Load one analysis; a slice loads none."""
        if isinstance(index, slice):
            return replace(self, entries=self.entries[index], complete=False)
        return self._judged_one(self.entries[index].whole())

    def __reduce__(self) -> tuple[object, ...]:
        # A store does not travel; what is in it does.
        return tuple, (list(self),)

    def _judged_one(self, analysis: Analysis) -> Analysis:
        if self.limits is None:
            return analysis
        worth = self.worth.get(analysis.meta.source)
        return judge(analysis, self.limits, self.athlete, worth)

    def moving_times(self) -> Iterator[Floats]:
        """Yield the moving time at each heart rate of each."""
        for entry in self.entries:
            yield unpack_times(entry.parts[TIMES]).moving

    def rows(self) -> list[dict[str, object]]:
        """Return the rows of ``schema.ACTIVITIES``."""
        blocks = self.derived(
            "row", code_fingerprint(), lambda entry: pack_row(activity_row(entry))
        )
        return [
            unpack_row(block, entry.name, entry.start)
            for block, entry in zip(blocks, self.entries, strict=True)
        ]

    def derived(
        self,
        name: str,
        basis: str,
        make: Callable[[Analysis], bytes],
        *,
        whole: bool = False,
        level_apart: bool = False,
    ) -> Iterator[bytes]:
        """Yield what was made of each, as judged by these limits: as it lies in the store, else
        made now and kept there.

        Parameters
        ----------
        name : str
            Of what is made.
        basis : str
            What it follows from besides the analysis, the limits and the athlete.
        make : callable
            Given each analysis in turn.
        whole : bool
            Whether it needs the analysis's tables.
        level_apart : bool
            Whether it leaves out what an analysis is worth on level road, which each new run moves
            a little; loads that follow from it count.
        """
        basis_of = self._bases(basis, level_apart)
        fresh = _Fresh(name)
        for entry in self.entries:
            slot, own = entry.slot, basis_of(entry)
            block = slot.store.derived(slot.key, slot.number, name, own)
            if block is None:
                found = entry.whole() if whole else entry.outline()
                block = make(self._judged_one(found))
                if slot.store.lasting:
                    fresh.add(slot, own, block)
            yield block
        fresh.keep()

    def made_of_all(self, name: str, basis: str) -> bytes | None:
        """Return what was made of all of these together on a basis; None where nothing is kept.

        It lies beside the first of them, so an archive that grows has one of a name, and loses it
        with that result.
        """
        if not self._lasting:
            return None
        first = self.entries[0].slot
        own = fingerprint((self._all(), basis))
        return first.store.derived(first.key, first.number, name, own)

    def keep_of_all(self, name: str, basis: str, block: bytes) -> None:
        """Keep what was made of all of these together, where their store outlives this call."""
        if self._lasting:
            first = self.entries[0].slot
            own = fingerprint((self._all(), basis))
            kept = (first.key, first.number, block)
            first.store.put_derived(name, own, [kept])

    @property
    def keeps_joined(self) -> bool:
        """Whether what is joined of all of these is kept beside them."""
        return self.complete and self._lasting

    @property
    def _lasting(self) -> bool:
        """Whether all lie in a store that outlives this object, each under a key of its own."""
        return bool(self.entries) and all(
            entry.slot.store.lasting and entry.slot.key for entry in self.entries
        )

    def _all(self) -> str:
        """Return what stands for all of these in their order."""
        digest = sha256()
        for entry in self.entries:
            digest.update(entry.slot.key)
            digest.update(f"/{entry.slot.number}".encode())
        return digest.hexdigest()

    def _bases(self, basis: str, level_apart: bool) -> Callable[[Stored], str]:
        """Return what gives, for each entry, what stands for what is made of it: also what it is
        worth on level road, to the digits that are shown, as far as that counts.
        """
        common = fingerprint((self.limits, self.athlete, basis))
        by_pace = self.athlete.threshold_speed is not None

        def basis_of(entry: Stored) -> str:
            worth = self.worth.get(entry.name)
            shown: tuple[float, ...] = ()
            if worth is not None and level_apart:
                shown = worth.shown()[-1:] if by_pace else (1,)
            elif worth is not None:
                shown = worth.shown()
            return fingerprint((common, _spelled(entry.athlete), *shown))

        return basis_of

    def session_load(self, index: int) -> float:
        """Return the session load of one analysis, judged anew."""
        judged = self._judged_one(self.entries[index].outline())
        return judged.metrics["session_load"].value

    def outlines(self) -> Iterator[Analysis]:
        """Yield each analysis with empty tables."""
        return (self._judged_one(entry.outline()) for entry in self.entries)

    def tables(self, table: schema.Table) -> Iterator[pd.DataFrame]:
        """Yield one table of each analysis."""
        for index in range(len(self)):
            yield self[index : index + 1].joined(table)

    def joined(self, table: schema.Table) -> pd.DataFrame:
        """Return one table of all analyses, one after the other."""
        names = [name for name in table.names if name != "file"]
        columns, counts = self.columns(table, names)
        sources = [entry.name for entry in self.entries]
        return frame_of_columns(columns, counts, table, sources)

    def columns(self, table: schema.Table, names: Sequence[str]) -> Joined:
        """Return some columns of one table of all analyses, one after the other, and how many rows
        each has.
        """
        if self.keeps_joined:
            return columns_in_chunks(self.entries, table, names)
        blocks = (entry.table(table) for entry in self.entries)
        return join_columns(blocks, table, names)

    def ways(self) -> list[bytes]:
        """Return the block of the way of each analysis."""
        return [entry.blocks((WAY,))[WAY] for entry in self.entries]

    def only(self, rows: Iterable[int]) -> StoredAnalyses:
        """Return some of the analyses, by their places."""
        entries = [self.entries[row] for row in rows]
        return replace(self, entries=entries, complete=False)

    def in_order(self) -> StoredAnalyses:
        """Return the same analyses in order of start time."""
        return replace(self, entries=sorted(self.entries, key=lambda e: e.order))


def ways_of(analyses: Sequence[Analysis]) -> list[bytes]:
    """Return the way of each analysis in few bytes; see `points_near`."""
    if isinstance(analyses, StoredAnalyses):
        return analyses.ways()
    return [pack_way(analysis) for analysis in analyses]


def tables_in_parts(
    analyses: Sequence[Analysis], table: schema.Table
) -> Iterator[pd.DataFrame]:
    """Yield one table of all analyses, that of some after the other, so that memory doesn't grow
    with their number.
    """
    for begin in range(0, len(analyses), AT_A_TIME):
        part = analyses[begin : begin + AT_A_TIME]
        if isinstance(part, StoredAnalyses):
            yield part.joined(table)
        else:
            frames = [getattr(analysis, table.name) for analysis in part]
            yield pd.concat(frames, ignore_index=True)


def joined_columns(
    analyses: Sequence[Analysis], table: schema.Table, names: Sequence[str]
) -> tuple[dict[str, NDArray[Any]], Ints]:
    """Return some columns of one table of all analyses, one after the other, and how many rows
    each has.
    """
    if isinstance(analyses, StoredAnalyses):
        return analyses.columns(table, names)
    frames = [getattr(analysis, table.name) for analysis in analyses]
    counts = np.array([len(frame) for frame in frames], dtype=np.int64)
    joined = pd.concat([table.empty(), *frames], ignore_index=True)
    return {name: joined[name].to_numpy() for name in names}, counts

"""What the claims are answered from: runs with their side, their segments and their loads, each
prepared once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats.arrays import (
    ArrayLike,
    Flags,
    Floats,
    Ints,
    as_floats,
    as_indices,
)
from trailstats.claims._tracks import cells_of_analyses, surges_of_analyses
from trailstats.claims.wording import claim_wording
from trailstats.errors import ConfigError
from trailstats.history import History
from trailstats.history._intent import IntentRules
from trailstats.history._run_stretches import COLUMNS
from trailstats.history._stored import joined_columns
from trailstats.schema import (
    IMPACT,
    INDOOR,
    STRETCHES,
    Surface,
    SurfaceSource,
)

HARD_TIME: Final = IntentRules().hard_time

SIDES: Final[tuple[str, str]] = (Surface.TRAIL, Surface.ROAD)

SECONDS_PER_DAY = 86400.0

_SHARE_OF_SIDE: Final = {Surface.TRAIL: 1.0, Surface.ROAD: 0.0}

_TELLING: Final = (SurfaceSource.LABEL, SurfaceSource.MAP, SurfaceSource.TAG)
"""Evidence on the ground other than the signal."""

TAG: Final = "trail"
"""The sub-sport of runs that a device was told to be on trail."""

FEWEST_TAGGED: Final = 8
MOST_UNTAGGED: Final = 0.2
"""Who tags so many runs as trail, and leaves at most this share of the runs that look like trail
untagged, tells the ground of the others by not tagging them (our choice).
"""

STRETCH_COLUMNS: Final = (*COLUMNS, "start_offset")


@dataclass(frozen=True, eq=False)
class Evidence:
    """A history as the claims look at it.

    Attributes
    ----------
    history : History
    races : sequence of datetime.date
        Days of road races given by the caller, besides those of the profile and the files.
    """

    history: History
    races: Sequence[dt.date] = ()

    @cached_property
    def runs(self) -> pd.DataFrame:
        """Runs in order of time with ``run`` (index of the analysis), ``day``, ``outdoors``,
        ``side`` and ``unhurried``.

        ``side`` is trail, road or empty: runs indoors, mixed ones and those whose ground is not
        known stand on neither side. ``share`` is the expected share of trail, whatever the side;
        NaN indoors and where nothing tells it. ``told`` is whether a label, the map or the file's
        tag tells of most of the run's ground, or that a runner who tags trails left it untagged,
        and ``told_share`` is the share as these tell it.
        """
        table = self.history.activities
        analysis = np.cumsum(table["status"].to_numpy() == "ok") - 1
        runs = self.history.runs
        runs = runs.assign(run=analysis[table.index.get_indexer(runs.index)])
        runs = runs[runs["start_time"].notna()].reset_index(drop=True)
        outdoors = ~runs["sub_sport"].isin(INDOOR)
        sided = outdoors & runs["surface"].isin(SIDES)
        meant = runs["intent"].isin(["hard", "race"])
        hurried = meant | (runs["hard_time"] >= HARD_TIME)
        begin = (
            runs["start_time"].min() if len(runs) else pd.Timestamp(0, tz="UTC")
        )
        sure = runs["surface"].map(_SHARE_OF_SIDE).astype(np.float64)
        share = runs["trail_expected"].fillna(sure).where(outdoors)
        told = self._told(runs["file"])
        known = self._told(runs["file"], _TELLING[:2])
        tagged, untagged = _tagging(runs, outdoors & ~told, known)
        means = [share[group].mean() for group in (tagged, untagged)]
        return runs.assign(
            share=share,
            told=told | untagged,
            # What a tag tells is the same of each run; the signal adds what is to be compared.
            told_share=np.select([tagged, untagged], means, share),
            day=(runs["start_time"] - begin).dt.total_seconds() / SECONDS_PER_DAY,
            outdoors=outdoors,
            side=runs["surface"].where(sided, ""),
            unhurried=~hurried,
        )

    def _told(self, files: pd.Series, sources: Sequence[str] = _TELLING) -> Flags:
        """Return of each file whether more than the signal tells of most of its ground."""
        table = self.history.segments
        time = table["duration"].to_numpy()
        told = table["surface_source"].isin(sources).to_numpy()
        sums = (
            pd.DataFrame({"told": time * told, "all": time})
            .groupby(table["file"].to_numpy())
            .sum()
        )
        share = (sums["told"] / sums["all"]).reindex(files)
        return np.asarray(share.to_numpy() >= 0.5)

    @cached_property
    def segments(self) -> pd.DataFrame:
        """Segments of the runs, with ``row`` (index in `runs`) and ``elapsed`` since the run's
        start [s].
        """
        row = self._row_of_segment
        table = self.history.segments.assign(row=row)[row >= 0]
        start = self.runs["start_time"].array[table["row"].to_numpy()]
        return table.assign(
            elapsed=(table["start_time"] - start).dt.total_seconds()
        )

    @cached_property
    def _row_of_segment(self) -> NDArray[np.intp]:
        """Index in `runs` of each of the history's segments, -1 where its activity is none of
        them.
        """
        rows = pd.Series(np.arange(len(self.runs)), index=self.runs["file"])
        found = self.history.segments["file"].map(rows[~rows.index.duplicated()])
        return as_indices(found.fillna(-1))

    @cached_property
    def cells(self) -> list[Ints]:
        """Each run's cells of the map, empty for a run without positions."""
        cells = cells_of_analyses(self.history.analyses)
        return [cells[analysis] for analysis in self.runs["run"]]

    @cached_property
    def surges(self) -> Floats:
        """Speed of each run's last kilometre over that before, less one; NaN where it doesn't
        tell.
        """
        every = surges_of_analyses(self.history.analyses)
        return every[as_indices(self.runs["run"])]

    @cached_property
    def stretches(self) -> tuple[dict[str, Floats], Ints]:
        """Stretches of about 45 s of all runs one after the other, by column, and the row of
        `runs` of each.
        """
        columns, counts = joined_columns(
            self.history.analyses, STRETCHES, STRETCH_COLUMNS
        )
        row = np.repeat(self.row_of_analysis, counts)
        order = np.argsort(row, kind="stable")
        order = order[row[order] >= 0]
        own = {name: as_floats(v)[order] for name, v in columns.items()}
        return own, row[order]

    @cached_property
    def loads(self) -> pd.DataFrame:
        """Impact loads of the runs, with ``row``."""
        columns, counts = joined_columns(
            self.history.analyses, IMPACT, IMPACT.names
        )
        row = np.repeat(self.row_of_analysis, counts)
        return (
            IMPACT.frame(columns).assign(row=row)[row >= 0].reset_index(drop=True)
        )

    @cached_property
    def row_of_analysis(self) -> NDArray[np.intp]:
        """Index in `runs` of each of the history's analyses, -1 where it is none of them."""
        row = np.full(len(self.history.analyses), -1, dtype=np.intp)
        row[as_indices(self.runs["run"])] = np.arange(len(self.runs))
        return row

    @cached_property
    def is_trail(self) -> Flags:
        """Whether each run stands on the trail side."""
        return np.asarray(self.runs["side"] == Surface.TRAIL)

    @cached_property
    def has_side(self) -> Flags:
        """Whether each run stands on either side."""
        return np.asarray(self.runs["side"] != "")

    @property
    def n_trail(self) -> int:
        """Runs on the trail side."""
        return int(self.is_trail.sum())

    @property
    def n_road(self) -> int:
        """Runs on the road side."""
        return int(self.has_side.sum()) - self.n_trail

    @cached_property
    def runs_a_day(self) -> tuple[float, float]:
        """Runs mostly on trail and mostly on road, over the days from the first run to the last."""
        days, share = (self.runs[name].to_numpy() for name in ("day", "share"))
        span = max(float(np.ptp(days)), 7.0) if len(days) else 7.0
        return float((share >= 0.5).sum()) / span, float(
            (share < 0.5).sum()
        ) / span

    @cached_property
    def file_names(self) -> NDArray[np.object_]:
        """The source of each run."""
        return self.runs["file"].to_numpy(dtype=object)

    @cached_property
    def _margins(self) -> dict[str, float]:
        """The profile's own margins.

        Raises
        ------
        ConfigError
            When one has the name of no measure.
        """
        own = dict(self.history.athlete.margins)
        known = claim_wording().parts
        if unknown := sorted(set(own) - set(known)):
            with_one = ", ".join(k for k, words in known.items() if words.margin)
            raise ConfigError(
                f"athlete: margins: there is no measure {unknown[0]!r}; known are {with_one}"
            )
        return own

    def margin(self, part: str, road: float) -> tuple[float, str]:
        """Return the smallest difference of a part that matters, and where that comes from.

        Parameters
        ----------
        part : str
        road : float
            The road's value, of which a relative margin is a share.
        """
        words = claim_wording().parts[part]
        margin = self._margins.get(part, words.margin)
        source = "the profile" if part in self._margins else words.margin_source
        if not words.judged or not margin:
            return np.nan, ""
        return margin * abs(road) if words.relative else margin, source

    def files(self, rows: ArrayLike) -> tuple[str, ...]:
        """Return the sources of runs, in order of time, each once."""
        return tuple(self.file_names[np.unique(as_indices(rows))])


def _tagging(
    runs: pd.DataFrame, open_runs: pd.Series, known: Flags
) -> tuple[Flags, Flags]:
    """Return which runs are tagged as trail, and which are told to be none by not being tagged:
    none at all where the runner doesn't tag trails as a habit, or a label or map knows better.
    """
    tagged = (runs["sub_sport"] == TAG).to_numpy()
    looks = (runs["surface"] == Surface.TRAIL).to_numpy()
    missed = float(np.mean(~tagged[looks])) if looks.any() else 1.0
    nothing = np.zeros(len(runs), dtype=bool)
    if tagged.sum() < FEWEST_TAGGED or missed > MOST_UNTAGGED:
        return nothing, nothing
    return tagged & ~known, (open_runs & ~tagged).to_numpy()

"""What a page shows of one activity whatever else stands on it: kept from page to page, so that a
new recording costs itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from trailstats.analysis._even_ground import EvenGround
from trailstats.history import History
from trailstats.history._code import code_fingerprint
from trailstats.history._stored import StoredAnalyses
from trailstats.model.fingerprint import fingerprint
from trailstats.model.results import Analysis
from trailstats.report.activity_rows import ActivityRow, activity_row
from trailstats.report.drawn import Drawn, drawn, ground_letters, sums_json
from trailstats.report.kept import pack_value, unpack_value
from trailstats.report.level_marks import MARKED, level_texts
from trailstats.report.sections import Heading, Listing, Shown, activity_view
from trailstats.report.tracks import Plane, Points, Zones, placed_track
from trailstats.report.units import Units
from trailstats.schema import SurfaceSource, has_ground


@dataclass(frozen=True)
class Counted:
    """What of one activity is summed or counted over all of a page.

    Attributes
    ----------
    positions, elevation, heart_rate, local_time : bool
        What was recorded of it.
    classified : tuple of (str, float)
        Each source of evidence for the ground, and the distance that it decided [m].
    has_ground : bool
        Whether it was on ground that a map may know.
    distance, moving_time, unknown_share, map_coverage : float
        [m], [s], [1], [1]; the last is NaN without a map.
    issues : tuple of (str, str, str)
        Code, severity and message of each.
    metrics : str
        Names of those that have a value, with spaces between them: the same of most activities.
    workout : str
        Its name, which the table is searched for, too.
    """

    positions: bool
    elevation: bool
    heart_rate: bool
    local_time: bool
    classified: tuple[tuple[str, float], ...]
    has_ground: bool
    distance: float
    moving_time: float
    unknown_share: float
    map_coverage: float
    issues: tuple[tuple[str, str, str], ...]
    metrics: str
    workout: str


@dataclass(frozen=True, eq=False)
class ActivityPart:
    """One activity as it stands on any page, without number, file and the places of its track.

    Attributes
    ----------
    heading : Heading
    row : ActivityRow
    counted : Counted
    sums : str
        What of it is added up over a period, as JSON without brackets.
    points : Points
    ground : str
        A letter for each of these points; see `ground_letters`.
    drawn : Drawn
        The rest of it, finished but for its marks.
    level : tuple of str
        What `MARKS` stand for in it.
    """

    heading: Heading
    row: ActivityRow
    counted: Counted
    sums: str
    points: Points
    ground: str
    drawn: Drawn
    level: tuple[str, ...] = ()

    def listed(
        self, listing: Listing, plane: Plane
    ) -> tuple[Section, ActivityRow]:
        """Return section and row on a page that knows the activity by this listing and draws it
        here.
        """
        section = Section(
            listing.number,
            listing.file,
            listing.duplicate_of,
            replace(
                self.heading, surface=listing.surface or self.heading.surface
            ),
            self,
            plane,
        )
        return section, self.row.listed(
            section.heading, self.counted.workout, listing
        )


@dataclass(frozen=True, eq=False)
class Section:
    """One activity on one page.

    Attributes
    ----------
    number : int
        From 0 in order of time.
    file, duplicate_of : str
        Its source, and that of the same activity met before, as the page names them.
    heading : Heading
    part : ActivityPart
    plane : Plane
        Where it is drawn.
    """

    number: int
    file: str
    duplicate_of: str
    heading: Heading
    part: ActivityPart
    plane: Plane


def activity_part(
    analysis: Analysis, *, zones: Zones, shown: Shown
) -> ActivityPart:
    """Return what a page shows of an activity, private places already left out."""
    track = placed_track(analysis.profile, zones)
    view = activity_view(analysis, track.view, shown)
    return ActivityPart(
        view.heading,
        activity_row(analysis, view.heading, shown.units),
        _counted(analysis),
        sums_json(view.sums),
        track.points,
        ground_letters(view),
        drawn(view),
    )


def activity_parts(
    history: History, *, zones: Zones, shown: Shown
) -> list[ActivityPart]:
    """Return the parts of a history's activities; those of unchanged ones lie in the cache."""
    analyses = history.analyses
    if not isinstance(analyses, StoredAnalyses):
        return [activity_part(one, zones=zones, shown=shown) for one in analyses]
    basis = (code_fingerprint(), code_fingerprint(("report",)), zones, shown)
    make = partial(_packed_part, zones=zones, shown=shown)
    worth = analyses.worth
    marked = {name: replace(own, method=MARKED) for name, own in worth.items()}
    blocks = replace(analyses, worth=marked).derived(
        "page", fingerprint(basis), make, whole=True, level_apart=True
    )
    return [
        _with_level(
            unpack_value(ActivityPart, block),
            worth.get(entry.name),
            analyses.athlete.threshold_speed,
            shown.units,
        )
        for entry, block in zip(analyses.entries, blocks, strict=True)
    ]


def _with_level(
    part: ActivityPart,
    own: EvenGround | None,
    threshold: float | None,
    units: Units,
) -> ActivityPart:
    """Return a part with what the run is worth on level road by the curve of all runs."""
    if own is None:
        return part
    time = part.counted.moving_time
    return replace(part, level=level_texts(own, time, threshold, units))


def _packed_part(analysis: Analysis, *, zones: Zones, shown: Shown) -> bytes:
    return pack_value(activity_part(analysis, zones=zones, shown=shown))


def _counted(analysis: Analysis) -> Counted:
    totals, meta, profile = analysis.totals, analysis.meta, analysis.profile
    source = analysis.segments["surface_source"].to_numpy(dtype=object)
    lengths = analysis.segments["distance"].to_numpy()
    coverage = analysis.metrics.get("map_coverage")
    return Counted(
        positions=bool(np.isfinite(profile["latitude"]).any()),
        elevation=bool(np.isfinite(profile["elevation"]).any()),
        heart_rate=totals.heart_rate_time > 0,
        local_time=math.isfinite(meta.local_offset),
        classified=tuple(
            (each.value, float(np.nansum(lengths[source == each.value])))
            for each in SurfaceSource
            if each is not SurfaceSource.NONE
        ),
        has_ground=has_ground(meta.sport, meta.sub_sport),
        distance=totals.distance,
        moving_time=totals.moving_time,
        unknown_share=totals.unknown_share,
        map_coverage=math.nan if coverage is None else coverage.value,
        issues=tuple(
            (i.code, i.severity.value, i.message) for i in analysis.issues
        ),
        metrics=" ".join(name for name, m in analysis.metrics.items() if m),
        workout=meta.workout,
    )


@dataclass(frozen=True)
class IssueGroup:
    """One kind of issue over all activities."""

    code: str
    severity: str
    activities: int
    example: str
    runs: tuple[int, ...]


_SEVERITIES = ("error", "warning", "info")


def issue_groups(parts: Sequence[ActivityPart]) -> tuple[IssueGroup, ...]:
    """Return the kinds of issues, the worst first, then the most frequent."""
    found: dict[str, list[tuple[int, str, str]]] = {}
    for number, part in enumerate(parts):
        for code, severity, message in part.counted.issues:
            found.setdefault(code, []).append((number, severity, message))
    groups = []
    for code, items in found.items():
        runs = tuple(dict.fromkeys(number for number, _, _ in items))
        worst = min((each for _, each, _ in items), key=_SEVERITIES.index)
        _, _, example = items[0]
        groups.append(
            IssueGroup(code.replace("_", " "), worst, len(runs), example, runs)
        )
    return tuple(
        sorted(
            groups, key=lambda g: (_SEVERITIES.index(g.severity), -g.activities)
        )
    )

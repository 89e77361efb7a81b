"""The page's table of activities, and its lists of what went wrong."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from trailstats.model.results import Analysis
from trailstats.report import text
from trailstats.report.run_tables import COLUMNS
from trailstats.report.sections import ActivityView
from trailstats.report.units import Units
from trailstats.schema import has_ground

_SEVERITIES = ("error", "warning", "info")


@dataclass(frozen=True)
class ActivityRow:
    """One row of the table of activities.

    Attributes
    ----------
    number : int
        Number of the activity's section.
    cells : tuple of (str, str)
        For each column the text and the value to sort by, empty where there is none.
    surface : str
    search : str
        What the filter looks through.
    """

    number: int
    cells: text.Pairs
    surface: str
    search: str


@dataclass(frozen=True)
class IssueGroup:
    """One kind of issue over all activities."""

    code: str
    severity: str
    activities: int
    example: str
    runs: tuple[int, ...]


def activity_columns(units: Units) -> tuple[str, ...]:
    """Return the heads of the table of activities."""
    return tuple(units.named(head) for head in COLUMNS["activities"]["heads"])


def activity_row(
    analysis: Analysis, section: ActivityView, duplicate_of: str, units: Units
) -> ActivityRow:
    """Return an activity as a row of the table."""
    t = analysis.totals
    meta = analysis.meta
    start = meta.start_time
    loads = [
        analysis.metrics[name].value if name in analysis.metrics else math.nan
        for name in ("session_load", "impact_load")
    ]
    trail = t.trail_share if has_ground(meta.sport, meta.sub_sport) else math.nan
    name = f"{section.title} (duplicate)" if duplicate_of else section.title
    surface = section.surface.value
    values = [
        (text.at_least(trail, t.unknown_share), trail),
        (units.distance(t.distance), t.distance),
        (text.duration(t.moving_time), t.moving_time),
        (units.elevation(t.ascent), t.ascent),
        (units.pace(t.mean_speed), t.mean_speed),
        (units.pace(t.grade_adjusted_speed), t.grade_adjusted_speed),
        (text.rate(t.mean_heart_rate), t.mean_heart_rate),
        *((units.number(load, "1"), load) for load in loads),
    ]
    cells = (
        (section.date, "" if start is None else str(int(start.timestamp()))),
        (name, section.title.casefold()),
        (surface, surface),
        *(
            (text.without_unit(shown), f"{v:.6g}" if math.isfinite(v) else "")
            for shown, v in values
        ),
    )
    search = (section.title, section.file, section.date, surface, meta.workout)
    return ActivityRow(
        section.number, cells, surface, " ".join(search).casefold()
    )


def issue_groups(analyses: Sequence[Analysis]) -> tuple[IssueGroup, ...]:
    """Return the kinds of issues, the worst first, then the most frequent."""
    found = defaultdict(list)
    for number, analysis in enumerate(analyses):
        for issue in analysis.issues:
            found[issue.code].append((number, issue))
    groups = []
    for code, items in found.items():
        runs = tuple(dict.fromkeys(number for number, _ in items))
        worst = min((i.severity for _, i in items), key=_SEVERITIES.index)
        example = items[0][1].message
        groups.append(
            IssueGroup(code.replace("_", " "), worst, len(runs), example, runs)
        )
    return tuple(
        sorted(
            groups, key=lambda g: (_SEVERITIES.index(g.severity), -g.activities)
        )
    )

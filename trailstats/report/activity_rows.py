"""The page's table of activities."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape

from trailstats.model.results import Analysis
from trailstats.report import text
from trailstats.report.run_tables import COLUMNS
from trailstats.report.sections import Heading, Listing
from trailstats.report.units import Units
from trailstats.schema import has_ground, is_on_foot


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
    sport : str
    counts : bool
        Whether it is summed up as the runner's.
    """

    number: int
    cells: text.Pairs
    surface: str
    search: str
    sport: str
    counts: bool

    def listed(
        self, heading: Heading, workout: str, listing: Listing
    ) -> ActivityRow:
        """Return the row of an activity as a page lists it."""
        when, _, _, *rest = self.cells
        title, surface = heading.title, self.surface
        name = f"{title} (duplicate)" if listing.duplicate_of else title
        known = surface != text.DASH
        surface = heading.surface.value if known else surface
        ground = (surface, surface if known else "")
        words = (name, listing.file, heading.date, surface, self.sport, workout)
        return ActivityRow(
            listing.number,
            (when, (name, title.casefold()), ground, *rest),
            surface,
            " ".join(words).casefold(),
            self.sport,
            listing.counts,
        )

    def html(self, href: str) -> str:
        """Return the row as HTML, whatever its texts hold: a template takes ten times as long for
        the cells of a thousand.
        """
        cells = []
        for place, (shown, value) in enumerate(self.cells):
            shown = escape(shown)
            if place == _NAME:
                shown = f'<a href="{escape(href)}">{shown}</a>'
            elif place == _GROUND:
                shown = f'<i class="swatch {shown}"></i>{shown}'
            number = ' class="n"' if place > _GROUND else ""
            cells.append(f'<td{number} data-v="{escape(value)}">{shown}</td>')
        (day, _), *_ = self.cells
        data = (
            f'data-surface="{escape(self.surface)}" data-day="{escape(day[:10])}" '
            f'data-sport="{escape(self.sport)}"{" data-own" if self.counts else ""} '
            f'data-search="{escape(self.search)}"'
        )
        return f"<tr {data}>{''.join(cells)}</tr>\n"


_NAME, _GROUND = 1, 2
"""Places of cells that are more than a text."""


def activity_columns(units: Units) -> tuple[str, ...]:
    """Return the heads of the table of activities."""
    return tuple(units.named(head) for head in COLUMNS["activities"]["heads"])


def activity_row(
    analysis: Analysis, heading: Heading, units: Units
) -> ActivityRow:
    """Return an activity as a row of the table."""
    t = analysis.totals
    meta = analysis.meta
    start = meta.start_time
    loads = [
        analysis.metrics[name].value if name in analysis.metrics else math.nan
        for name in ("session_load", "impact_load")
    ]
    outside = has_ground(meta.sport, meta.sub_sport)
    trail = t.trail_share if outside else math.nan
    # A pace is a runner's measure: 4:55 of a ride would stand among those of runs.
    paced = is_on_foot(meta.sport, meta.sub_sport)
    speeds = (t.mean_speed, t.grade_adjusted_speed)
    pace, adjusted = speeds if paced else (math.nan, math.nan)
    values = [
        (text.at_least(trail, t.unknown_share), trail),
        (units.distance(t.distance), t.distance),
        (text.duration(t.moving_time), t.moving_time),
        (units.elevation(t.ascent), t.ascent),
        (units.pace(pace), pace),
        (units.pace(adjusted), adjusted),
        (text.rate(t.mean_heart_rate), t.mean_heart_rate),
        *((units.number(load, "1"), load) for load in loads),
    ]
    cells = (
        (heading.date, "" if start is None else str(int(start.timestamp()))),
        ("", ""),
        ("", ""),
        *(
            (text.without_unit(shown), f"{v:.6g}" if math.isfinite(v) else "")
            for shown, v in values
        ),
    )
    surface = heading.surface.value if outside else text.DASH
    sport = text.sport_name(meta.sport)
    row = ActivityRow(0, cells, surface, "", sport, counts=True)
    return row.listed(heading, meta.workout, Listing(0, ""))

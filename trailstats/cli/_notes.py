"""The command `notes`: a Markdown note for each activity, and a message to another program."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from string import Template
from typing import Annotated, Any

from trailstats.boundary import reason_of
from trailstats.cli import _options as o
from trailstats.cli import _tables as tables
from trailstats.cli._app import command
from trailstats.cli._console import note, print_json
from trailstats.cli._declarations import option
from trailstats.cli._exit import ExitCode, UsageProblem, code_for
from trailstats.cli._webhook import Webhook
from trailstats.cli._work import Work
from trailstats.errors import WriteError
from trailstats.io.tables import write_atomically
from trailstats.report import text
from trailstats.report.units import Units
from trailstats.schema import ACTIVITIES, FORMAT_VERSION
from trailstats.schema.documents import rows

# What Markdown, a link of a notebook or a terminal would take for more than text.
_MARKS = re.compile(r"[\\`*_{}\[\]<>()#+!|$^~=]|[\x00-\x1f\x7f-\x9f]")
_WORD = re.compile(r"\w[\w ./,-]*")


@dataclass(frozen=True, kw_only=True)
class Notes:
    """Where notes go, what they look like, and who is told."""

    output: Annotated[Path, option("notes-output")]
    template: Annotated[Path | None, option("notes-template")] = None
    webhook: Annotated[str | None, option("notes-webhook")] = None

    def wording(self) -> Template:
        """Return the template.

        Raises
        ------
        UsageProblem
            When it can't be read or names something that a note doesn't have.
        """
        try:
            held = (
                resources.files("trailstats.cli")
                .joinpath("note.md")
                .read_text("utf-8")
                if self.template is None
                else self.template.read_text("utf-8")
            )
        except (OSError, UnicodeDecodeError) as error:
            raise UsageProblem(f"--template {self.template}: {error}") from None
        wording = Template(held)
        unknown = set(wording.get_identifiers()) - FIELDS
        if unknown or not wording.is_valid():
            what = (
                f"${min(unknown)} is no field" if unknown else "a $ stands alone"
            )
            raise UsageProblem(
                f"--template: {what}; fields are {', '.join(sorted(FIELDS))}"
            )
        return wording


@command
def notes(
    sources: o.Sources,
    *,
    notes: Notes,
    athlete: o.AthleteFile = None,
    work: Work,
    shown: o.Shown,
) -> ExitCode:
    """Write a Markdown note for each activity that has none yet, and tell another program of it.

    Example: trailstats notes runs/ -o vault/runs
    """
    wording = notes.wording()
    told = None if notes.webhook is None else Webhook(notes.webhook)
    history = work.history(sources, o.athlete_of(athlete))
    read = history.activities[history.activities["status"] == "ok"]
    written: list[str] = []
    try:
        notes.output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(
            f"{notes.output}: can't be made: {reason_of(error)}"
        ) from None
    for name, row in zip(_names(read), rows(read), strict=True):
        path = notes.output / name
        if path.exists():
            continue  # its owner may have written in it
        made = wording.substitute(fields_of(row, shown.units))
        write_atomically(path, made.encode())
        written.append(str(path))
        if told is not None:
            told.tell({"event": "activity", "activity": row, "note": name})
    if shown.as_json:
        print_json({"format_version": FORMAT_VERSION, "written": written})
    else:
        note(f"{len(written)} new notes: {notes.output}")
        tables.failures(history)
    return code_for([history])


def _names(read: Any) -> Iterator[str]:  # noqa: ANN401  # a frame
    """Yield the name of each note: when the activity began, numbered where two began at once."""
    seen: dict[str, int] = {}
    for begin in read["start_time"]:
        stem = f"{begin:%Y-%m-%d %H%M}"
        seen[stem] = seen.get(stem, 0) + 1
        yield f"{stem}.md" if seen[stem] == 1 else f"{stem} {seen[stem]}.md"


def fields_of(row: Mapping[str, Any], units: Units) -> dict[str, str]:
    """Return what a template may name: columns of the table of activities, and words made of them;
    texts from files without what Markdown or a notebook would obey.
    """
    out = {name: _value(row[name]) for name in ACTIVITIES.names}
    seconds, way = _number(row["moving_time"]), _number(row["distance"])
    name = harmless(row["name"]) or f"{out['surface']} {out['sport']}".strip()
    return out | {
        "title": name,
        "date": str(row["start_time"])[:10],
        "distance_km": f"{way / 1000:.1f}",
        "ascent_m": _whole(row["ascent"]),
        "moving_time": text.duration(seconds),
        "trail_percent": text.percent(_number(row["trail_share"])),
        "pace": units.pace(way / seconds if seconds else math.nan),
        "heart_rate": _whole(row["mean_heart_rate"]),
    }


WORDS = ("title", "date", "distance_km", "ascent_m", "trail_percent", "pace")
FIELDS = frozenset({*ACTIVITIES.names, *WORDS, "heart_rate"})
"""What a template may name."""


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else math.nan


def _whole(value: object) -> str:
    number = _number(value)
    return f"{number:.0f}" if math.isfinite(number) else "-"


def _value(value: object) -> str:
    """Return a value of a row: numbers with four digits, texts made harmless."""
    if isinstance(value, float):
        return f"{value:.4g}"
    if value is None:
        return "-"
    plain = harmless(str(value))
    # What YAML would take for more than a word stands in quotes there.
    return plain if not plain or _WORD.fullmatch(plain) else json.dumps(plain)


def harmless(text: str) -> str:
    """Return a text from a file without what Markdown or a notebook would obey, on one line."""
    return " ".join(_MARKS.sub(" ", text).split())

"""The report as one self-contained HTML file: nothing is loaded, everything from files is
escaped.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from trailstats._version import __version__
from trailstats.boundary import reason_of
from trailstats.claims import evaluate_claims
from trailstats.claims.plan import check_plan
from trailstats.claims.result import ClaimResult, RuleResult
from trailstats.errors import MissingExtraError, WriteError
from trailstats.history import History
from trailstats.io.tables import write_pieces_atomically
from trailstats.model.inputs import AthleteLike, as_athlete
from trailstats.model.results import Analysis
from trailstats.report.figures import figures
from trailstats.report.library import chart_library
from trailstats.report.packaged import packaged
from trailstats.report.palette import DARK, LIGHT, Palette
from trailstats.report.payload import payload
from trailstats.report.units import Units
from trailstats.report.view import Page, build_page
from trailstats.terrain.inputs import MapLike, as_map

if TYPE_CHECKING:
    import jinja2


SCRIPTS = (
    "base.js",
    "zoom.js",
    "tracks.js",
    "activity.js",
    "period.js",
    "report.js",
)
"""Scripts of the page, each after those that it builds on."""

_OWN_PAGE = re.compile(r"a\d+\.html")
_GENERATOR = b'<meta name="generator" content="trailstats '
_TOGETHER = 500
"""Pieces that are written together (our choice)."""
_HEAD = 4096
"""Bytes in which the generator is named: before it stand only the policy and the other metadata."""


def write_report(
    result: History | Analysis,
    path: str | Path,
    *,
    claims: Sequence[ClaimResult] | None = None,
    rules: Sequence[RuleResult] | None = None,
    athlete: AthleteLike | None = None,
    imperial: bool = False,
    title: str = "",
    split: bool = False,
    map: MapLike | None = None,
) -> Path:
    """Write a report as one HTML file that needs no network.

    Parameters
    ----------
    result : History or Analysis
        A single analysis gives its one section, without claims unless they are given.
    path : str or Path
        An old file there is replaced only when the new one is complete.
    claims : sequence of ClaimResult, optional
        Answers to show; evaluated from the history when not given.
    rules : sequence of RuleResult, optional
        Training rules to show; checked over the history when not given.
    athlete : Athlete, path or mapping, optional
        Whose privacy zones are applied; without one, the history's.
    imperial : bool
        Miles and feet.
    title : str
        Heading of the page.
    split : bool
        For a long history: a page for each activity in the folder ``<name>_activities`` beside the
        file. Pages of an earlier report there that are no longer needed are removed.

    map : RoadMap, path or list of paths, optional
        Its ways are drawn under the tracks, in metres like these.

    Returns
    -------
    Path
        The file that was written, which is the front page when split.

    Raises
    ------
    MissingExtraError
        Without jinja2.
    WriteError
        When the place can't be written to.

    Examples
    --------
    >>> import tempfile
    >>> import trailstats as ts
    >>> run = ts.analyze("data/samples/odd/two-tracks.gpx")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ts.write_report(run, f"{folder}/report.html").name
    'report.html'
    """
    if isinstance(result, History):
        if claims is None:
            claims = evaluate_claims(result)
        if rules is None:
            rules = check_plan(result)
    page = build_page(
        result,
        claims=claims or (),
        rules=rules or (),
        athlete=None if athlete is None else as_athlete(athlete),
        units=Units.of(imperial),
        map=as_map(map),
    )
    if title:
        page = replace(page, title=title)
    target = Path(path)
    if split and isinstance(result, History):
        folder = target.with_name(f"{target.stem}_activities")
        page = replace(page, folder=quote(folder.name))
        written = _write_sections(page, folder, front=f"../{quote(target.name)}")
        write_pieces_atomically(target, rendered(page))
        # Last, so that the links of the page that is there lead somewhere at any time.
        _remove_older(folder, written)
        return target
    return write_pieces_atomically(target, rendered(page))


def render(page: Page) -> str:
    """Return the page as HTML text."""
    return b"".join(rendered(page)).decode()


def rendered(page: Page) -> Iterator[bytes]:
    """Yield the page as HTML, piece by piece, so that a long one is never held as a whole."""
    template = _template()
    import markupsafe

    charts = figures(page)
    scripts = [packaged(name) for name in SCRIPTS]
    if charts:
        scripts.append(
            chart_library()
        )  # last: it is long, and only the charts need it
    safe = markupsafe.Markup
    data = payload(page, {c.id: c.spec for c in charts})
    pieces = template.stream(
        page=page,
        charts=charts,
        routes=page.history is not None
        and any(s.plane.is_known for s in page.sections),
        version=__version__,
        policy=_policy(scripts),
        styles=safe(
            colours() + packaged("report.css")
        ),  # our own files: nothing from a recording is in them
        scripts=[safe(script) for script in scripts],
        rows=(safe(row.html(page.href(row.number))) for row in page.activities),
        data=safe(data.common),
        lines=safe(data.lines),
        kind=data.kind,
        activities=map(safe, data.activities),
    )
    pieces.enable_buffering(_TOGETHER)
    return (piece.encode() for piece in pieces)


def is_report(path: Path) -> bool:
    """Return whether a file is a page that trailstats wrote; an empty one may be replaced, too.

    Examples
    --------
    >>> from pathlib import Path
    >>> from trailstats.report import is_report
    >>> is_report(Path("README.md"))
    False
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    return not head or _GENERATOR in head


def _write_sections(page: Page, folder: Path, front: str) -> set[str]:
    """Write a page for each activity and return their names."""
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise WriteError(
            f"{folder}: can't be made: {reason_of(error)}"
        ) from error
    written = set()
    for section in page.sections:
        path = folder / f"a{section.number}.html"
        write_pieces_atomically(path, rendered(page.alone(section, front)))
        written.add(path.name)
    return written


def _remove_older(folder: Path, written: set[str]) -> None:
    """Remove the pages of an earlier report with more activities; what trailstats did not write
    stays.
    """
    for path in folder.glob("a*.html"):
        if path.name in written or not _OWN_PAGE.fullmatch(path.name):
            continue
        with suppress(OSError):
            if is_report(path):
                path.unlink()


@functools.cache
def _template() -> jinja2.Template:
    """Return the page's template; compiled once per process, since it takes longer than to fill it
    in.
    """
    try:
        import jinja2
    except ImportError as error:
        raise MissingExtraError("jinja2", "report") from error
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    return environment.from_string(packaged("template.html.j2"))


def _policy(scripts: Sequence[str]) -> str:
    """Return a content security policy: nothing is fetched, no script runs but these."""
    digests = [
        base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()
        for s in scripts
    ]
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; "
        "form-action 'none'"
    )


def colours() -> str:
    """Return the palette as custom properties, dark where the reader's system asks for it."""
    light, dark = (
        "".join(
            f"--{f.name}:{getattr(palette, f.name)};" for f in fields(Palette)
        )
        for palette in (LIGHT, DARK)
    )
    return (
        f":root{{color-scheme:light dark;{light}}}@media screen and "
        f"(prefers-color-scheme:dark){{:root{{{dark}}}}}"
    )

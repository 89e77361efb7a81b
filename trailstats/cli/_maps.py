"""The commands `map plan`, `get`, `list`, `update` and `remove`: the map that recordings need.

`map get` and `map update` are the only commands that go online, and they ask first.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from trailstats.cli import _options as o
from trailstats.cli._app import app, command, listed
from trailstats.cli._console import complain, note, print_json
from trailstats.cli._declarations import argument, option
from trailstats.cli._exit import ExitCode, UsageProblem
from trailstats.cli._work import Work
from trailstats.history.map_need import MapNeed, history_need
from trailstats.report import text
from trailstats.schema import FORMAT_VERSION
from trailstats.terrain.maps.fetching import (
    Area,
    Download,
    Fetcher,
    MapStore,
    Provider,
    Server,
    StoredMap,
    check_osmium,
    choose_regions,
    fetch_map,
    server_of,
)

_group = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=listed()["map"]["help"],
)
app.add_typer(_group, name="map")

MOST_BOXES = 10
"""Places that a plan lists, the largest first."""


@dataclass(frozen=True, kw_only=True)
class Online:
    """Whom to ask, and whether the user said that it may be asked."""

    provider: Annotated[Provider, option("map-provider")] = Provider.GEOFABRIK
    base_url: Annotated[str | None, option("map-base-url")] = None
    yes: Annotated[bool, option("map-yes")] = False

    @property
    def server(self) -> Server:
        """The server; nothing is asked yet."""
        return server_of(self.provider, self.base_url, Fetcher())

    def ask(self, what: str) -> None:
        """Ask whether to go on; without a terminal only ``--yes`` is an answer."""
        if self.yes:
            return
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise UsageProblem(f"{what} Say --yes to go on without being asked")
        if not typer.confirm(f"{what} Go on?"):
            raise UsageProblem("nothing was fetched")

    def ask_server(self) -> Server:
        """Return the server, once the user knows what it learns and said yes."""
        check_osmium()
        server = self.server
        self.ask(f"{urlsplit(server.base).netloc} will learn {server.learns}.")
        return server


def plan(
    sources: o.Sources,
    athlete: o.AthleteFile = None,
    *,
    work: Work,
    as_json: o.Json = False,
) -> ExitCode:
    """Show which map the recordings need and what it would tell; no server is asked.

    Example: trailstats map plan runs/
    """
    store = MapStore()
    need = _need_of(sources, athlete, work)
    missing = store.missing(need.area)
    chosen, _ = choose_regions(Online().server.known_regions(store), missing)
    names = [region.name for region, _ in chosen]
    if as_json:
        document = {
            "format_version": FORMAT_VERSION,
            "plan": _facts(need, missing, names),
        }
        print_json(document)
    else:
        _print_plan(need, missing, names)
    return ExitCode.OK


def get(
    sources: o.Sources,
    athlete: o.AthleteFile = None,
    *,
    online: Online,
    work: Work,
    as_json: o.Json = False,
) -> ExitCode:
    """Fetch the map that the recordings need, and use it from then on; asks before it goes online.

    Example: trailstats map get runs/
    """
    store = MapStore()
    need = _need_of(sources, athlete, work)
    missing = store.missing(need.area)
    if not len(missing):
        return _show(
            [], as_json, "The maps that are there hold all of these recordings."
        )
    server = online.ask_server()
    with store.locked():
        downloads, outside = server.downloads(missing, store)
        if len(outside):
            _say(
                f"No map is offered for {len(outside)} of {len(missing)} tiles of 2 km."
            )
        for download in downloads:
            metres, unknown = need.distance_in(download.area)
            _say(
                f"{download.name}: {_megabytes(download.size)} to fetch, for "
                f"{metres / 1000:.0f} km recorded, {unknown / 1000:.0f} of them on unknown ground."
            )
        if any(not download.query for download in downloads):
            online.ask("What lies near the recordings is kept, the rest deleted.")
        fetched = [_fetched(download, server, store) for download in downloads]
    return _show(fetched, as_json, "No map was fetched.")


def list_maps(as_json: o.Json = False) -> ExitCode:
    """Show the maps that are there.

    Example: trailstats map list
    """
    store = MapStore()
    return _show(store.maps(), as_json, f"{store.folder}: there is no map.")


def update(*, online: Online, as_json: o.Json = False) -> ExitCode:
    """Fetch the maps that are there anew, where the server has newer data; asks first.

    Example: trailstats map update
    """
    store = MapStore()
    kept = store.maps()
    if not kept:
        return _show([], as_json, f"{store.folder}: there is no map.")
    server = online.ask_server()
    fetched: list[StoredMap] = []
    with store.locked():
        for stored in kept:
            for download in server.downloads(stored.area, store)[0]:
                same = download.name == stored.name
                if same and server.is_newer(download, stored.mark):
                    fetched.append(_fetched(download, server, store))
    return _show(fetched, as_json, "All maps are as new as the server's.")


def remove(
    names: Annotated[list[str], argument("map-names")],
    as_json: o.Json = False,
) -> ExitCode:
    """Delete maps.

    Example: trailstats map remove europe-austria
    """
    store = MapStore()
    with store.locked():
        for name in names:
            store.remove(name)
    return _show(store.maps(), as_json, f"{store.folder}: no map is left.")


def _need_of(
    sources: Sequence[str], athlete: o.AthleteFile, work: Work
) -> MapNeed:
    need = history_need(work.history(sources, o.athlete_of(athlete)))
    if not len(need.distance):
        raise UsageProblem(
            "no recording with positions was found: no map is needed"
        )
    return need


def _facts(
    need: MapNeed, missing: Area, names: Sequence[str]
) -> dict[str, object]:
    metres, unknown = need.distance_in(need.area)
    missing_metres, missing_unknown = need.distance_in(missing)
    return {
        "distance": metres,
        "unknown_distance": unknown,
        "missing_distance": missing_metres,
        "missing_unknown_distance": missing_unknown,
        "missing_area": missing.square_metres,
        "missing_boxes": [box._asdict() for box in missing.boxes()],
        "regions": list(names),
    }


def _print_plan(need: MapNeed, missing: Area, names: Sequence[str]) -> None:
    metres, unknown = need.distance_in(need.area)
    share = f"{100 * unknown / metres:.0f} %" if metres > 0 else "none"
    note(f"{metres / 1000:.0f} km recorded, {share} of it on unknown ground.")
    if not len(missing):
        note("The maps that are there hold all of it.")
        return
    boxes = missing.boxes()
    note(
        f"No map is there for {missing.square_metres / 1e6:,.0f} km² in {len(boxes)} "
        f"{'place' if len(boxes) == 1 else 'places'}, where "
        f"{need.distance_in(missing)[1] / 1000:.0f} km are on unknown ground:"
    )
    for box in boxes[:MOST_BOXES]:
        part = missing.within(missing.inside([box]))
        count = text.counted(need.activities_in(part), "activity", "activities")
        note(
            f"  {box.south:.2f} to {box.north:.2f}° N, {box.west:.2f} to {box.east:.2f}° E: "
            f"{need.distance_in(part)[0] / 1000:.0f} km, {count}"
        )
    if names:
        note(f"Regions that hold them: {', '.join(names)}.")
    note("`trailstats map get SOURCE...` says the sizes, asks, and fetches.")


def _fetched(download: Download, server: Server, store: MapStore) -> StoredMap:
    with _progress_of(download.name) as progress:
        return fetch_map(download, server, store, progress)


@contextmanager
def _progress_of(name: str) -> Iterator[Callable[[int, int | None], None] | None]:
    """Show on a terminal how far a download is."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(name, total=None)
        yield lambda there, whole: bar.update(task, completed=there, total=whole)


def _show(maps: Sequence[StoredMap], as_json: bool, otherwise: str) -> ExitCode:
    """Print some maps, or what there is to say without any."""
    if as_json:
        facts = [stored.to_dict() for stored in maps]
        print_json({"format_version": FORMAT_VERSION, "maps": facts})
        return ExitCode.OK
    for stored in maps:
        note(
            f"{stored.name}: {stored.ways:,} ways in {stored.area.square_metres / 1e6:,.0f} km², "
            f"data of {stored.date or 'an unknown day'}, from {stored.source}"
        )
    note("© OpenStreetMap contributors, ODbL" if maps else otherwise)
    return ExitCode.OK


def _say(message: str) -> None:
    """Say something beside the answer."""
    complain(message)


def _megabytes(size: int | None) -> str:
    return "an unknown size" if size is None else f"{size / 1e6:,.1f} MB"


command(plan, _group)
command(get, _group)
command(list_maps, _group, "list")
command(update, _group)
command(remove, _group)

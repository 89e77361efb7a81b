"""What each program says of a recording, by its documented call: the adapters of the bench.

``python peers.py PEER FILE...`` writes a line of JSON for each file, so that a program can be asked
in an environment of its own. An adapter returns what it knows of ``distance`` and ``ascent`` [m],
``moving_time`` [s] and ``records``, and perhaps ``segments``: start and end of each stretch along
the way [m] and ``road``, ``trail`` or another word; it raises where it can't read.
"""

from __future__ import annotations

import gzip
import json
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

Said = dict[str, Any]


def gpxpy(path: Path) -> Said:
    """Return ``length_3d``, ``get_uphill_downhill`` and ``get_moving_data``."""
    import gpxpy as peer

    found = peer.parse(path.read_text("utf-8"))
    moving = found.get_moving_data()
    return {
        "distance": found.length_3d(),
        "ascent": found.get_uphill_downhill().uphill,
        "moving_time": moving.moving_time,
        "records": found.get_track_points_no(),
    }


def fitdecode(path: Path) -> Said:
    """Return what the watch wrote into the session message; records are counted."""
    import fitdecode as peer

    records, session = 0, {}
    with peer.FitReader(str(path)) as reader:
        try:
            for frame in reader:
                if isinstance(frame, peer.FitDataMessage):
                    records += frame.name == "record"
                    if frame.name == "session":
                        session = {f.name: f.value for f in frame.fields}
        except peer.FitError:
            if not records:
                raise
    return _session(session) | {"records": records}


def fitparse(path: Path) -> Said:
    """Return what the watch wrote into the session message; records are counted."""
    import fitparse as peer

    records, session = 0, {}
    try:
        for message in peer.FitFile(str(path)).get_messages():
            records += message.name == "record"
            if message.name == "session":
                session = message.get_values()
    except peer.FitParseError:
        if not records:
            raise
    return _session(session) | {"records": records}


def garmin_fit_sdk(path: Path) -> Said:
    """Return what the watch wrote into the session message; records are counted."""
    from garmin_fit_sdk import Decoder, Stream

    messages, _ = Decoder(Stream.from_file(str(path))).read()
    sessions = messages.get("session_mesgs", [{}])
    return _session(sessions[0]) | {"records": len(messages["record_mesgs"])}


def _session(fields: dict[str, Any]) -> Said:
    names = {
        "distance": "total_distance",
        "ascent": "total_ascent",
        "moving_time": "total_timer_time",
    }
    found = {key: fields.get(name) for key, name in names.items()}
    return {key: float(v) for key, v in found.items() if v is not None}


def activity_parser(path: Path) -> Said:
    """Return the activity's totals, in its units, and the rows of its table."""
    from activity_parser import ActivityParser

    records, _, about = ActivityParser().parse(str(path))
    found = {
        "distance": 1000.0 * about.total_distance
        if about.total_distance
        else None,
        "ascent": about.total_ascent,
        "moving_time": about.total_timer_time,
        "records": len(records),
    }
    return {key: float(v) for key, v in found.items() if v is not None}


def chiptime(path: Path) -> Said:
    """Return what it derives from the records itself."""
    import chiptime as peer

    session = peer.parse(str(path)).activity.sessions[0]
    found = {
        "distance": session.derived.distance_m,
        "ascent": session.derived.ascent_m,
        "moving_time": session.derived.moving_time_s,
        "records": session.records.n,
    }
    return {key: float(v) for key, v in found.items() if v is not None}


def sport_activities_features(path: Path) -> Said:
    """Return ``extract_activity_data``, and ``ascent`` of its topographic features."""
    from sport_activities_features.gpx_manipulation import GPXFile
    from sport_activities_features.tcx_manipulation import TCXFile
    from sport_activities_features.topographic_features import TopographicFeatures

    peer = TCXFile() if path.suffix == ".tcx" else GPXFile()
    data = peer.extract_activity_data(peer.read_one_file(str(path)))
    features = TopographicFeatures.__new__(TopographicFeatures)
    return {
        "distance": float(data["total_distance"]),
        "ascent": float(features.ascent(data["altitudes"])),
        "records": len(data["timestamps"]),
    }


def trailstats(path: Path) -> Said:
    """Return what ``analyze`` says from the recording alone."""
    import trailstats as peer

    signal = peer.TerrainRules(sources=frozenset({peer.SurfaceSource.SIGNAL}))
    found = peer.analyze(path, terrain=signal)
    totals = found.totals
    columns = ["start_distance", "end_distance", "surface"]
    stretches = found.segments[columns].dropna()
    return {
        "distance": totals.distance,
        "ascent": totals.ascent,
        "moving_time": totals.moving_time,
        "records": totals.n_records,
        "trail_expected": found.metrics["trail_expected"].value,
        "segments": stretches.to_numpy().tolist(),
    }


PEERS: dict[str, tuple[Callable[[Path], Said], str, tuple[str, ...]]] = {
    "trailstats": (trailstats, "trailstats", (".fit", ".gpx", ".tcx")),
    "gpxpy": (gpxpy, "gpxpy", (".gpx",)),
    "fitdecode": (fitdecode, "fitdecode", (".fit",)),
    "fitparse": (fitparse, "fitparse", (".fit",)),
    "garmin-fit-sdk": (garmin_fit_sdk, "garmin-fit-sdk", (".fit",)),
    "activity-parser": (
        activity_parser,
        "activity-parser",
        (".fit", ".gpx", ".tcx"),
    ),
    "chiptime": (chiptime, "chiptime", (".fit",)),
    "sport-activities-features": (
        sport_activities_features,
        "sport-activities-features",
        (".gpx", ".tcx"),
    ),
}
"""Each program's adapter, the package that brings it, and the formats that it reads."""


def answers(name: str, paths: list[Path]) -> Iterator[dict[str, Any]]:
    """Yield what a program says of each file that it reads by its suffix; compressed ones are given
    to it decompressed.
    """
    adapter, _, suffixes = PEERS[name]
    with tempfile.TemporaryDirectory() as folder:
        for path in paths:
            given = path
            if path.suffix == ".gz":
                given = Path(folder) / path.stem
                given.write_bytes(gzip.decompress(path.read_bytes()))
            if given.suffix not in suffixes:
                continue
            try:
                yield {"file": str(path), **adapter(given)}
            except Exception as error:  # whatever another program raises
                yield {"file": str(path), "error": type(error).__name__}


def version_of(package: str) -> str:
    """Return the version of what was imported, else of what is installed: a checkout that stands
    in for an older installation is itself.
    """
    module = sys.modules.get(package.replace("-", "_"))
    return str(getattr(module, "__version__", "") or version(package))


def main() -> None:
    """Write the version of a program, and its answers."""
    warnings.simplefilter("ignore")
    name, *files = sys.argv[1:]
    adapter, package, _ = PEERS[name]
    try:
        adapter(Path("/nonexistent"))
    except ImportError:
        sys.exit(f"{name} is not installed")
    except Exception:  # it is there, and can't read what is not
        pass
    print(json.dumps({"version": version_of(package)}))
    for answer in answers(name, [Path(file) for file in files]):
        print(json.dumps(answer))


if __name__ == "__main__":
    main()

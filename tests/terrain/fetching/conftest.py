"""A server on this machine that behaves as good and as badly as real ones."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from terrain.town import PATH, ROAD, degrees, write_map
from trailstats.terrain.maps.fetching import Fetcher, FetchRules, MapStore


@dataclass
class Site:
    """What the server gives, and what it was asked."""

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    faults: list[tuple[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    posted: list[bytes] = field(default_factory=list)

    def put(self, path: str, content: bytes, *, checksum: bool = True) -> None:
        self.files[path] = content
        if checksum:
            self.files[f"{path}.md5"] = (
                hashlib.md5(content).hexdigest().encode() + b"  x\n"
            )

    def requests(self, method: str, ending: str) -> list[dict[str, str]]:
        return [
            h
            for m, path, h in self.asked
            if m == method and path.endswith(ending)
        ]


def handler_of(site: Site) -> type[BaseHTTPRequestHandler]:
    """Return the class that answers for a site."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            return

        def do_HEAD(self) -> None:
            self.answer()

        def do_GET(self) -> None:
            self.answer()

        def do_POST(self) -> None:
            site.posted.append(
                self.rfile.read(int(self.headers["Content-Length"]))
            )
            self.answer()

        def answer(self) -> None:
            site.asked.append((self.command, self.path, dict(self.headers)))
            fault, value = "", None
            if site.faults and self.path.endswith(site.faults[0][1][0]):
                fault, (_, value) = site.faults.pop(0)
            if fault == "status":
                self.send_response(value)
                self.send_header("Retry-After", "1")
                self.end_headers()
                return
            if fault == "redirect":
                self.send_response(302)
                self.send_header("Location", value)
                self.end_headers()
                return
            content = site.files.get(self.path)
            if content is None:
                self.send_error(404)
                return
            tag = f'"{hashlib.md5(content).hexdigest()}"'
            if self.headers.get("If-None-Match") == tag:
                self.send_response(304)
                self.end_headers()
                return
            first = 0
            wanted = self.headers.get("Range")
            if wanted and self.headers.get("If-Range") == tag:
                first = int(wanted.removeprefix("bytes=").removesuffix("-"))
            self.send_response(206 if first else 200)
            kind = "text/html" if fault == "page" else "application/octet-stream"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content) - first))
            self.send_header("ETag", tag)
            self.end_headers()
            if self.command != "HEAD":
                end = value if fault == "cut" else len(content)
                self.wfile.write(content[first:end])

    return Handler


@pytest.fixture
def site() -> Iterator[Site]:
    """Run a server for one test."""
    found = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(found))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    found.address = f"http://127.0.0.1:{server.server_address[1]}"
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def waits() -> list[float]:
    """Collect the waits that were asked for; none is waited."""
    return []


@pytest.fixture
def fetcher(waits: list[float]) -> Fetcher:
    return Fetcher(FetchRules(tries=3, sleep=waits.append, timeout=5.0, spare=0))


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MapStore:
    monkeypatch.setenv("TRAILSTATS_CACHE", str(tmp_path / "cache"))
    return MapStore(tmp_path / "maps")


@pytest.fixture
def town(tmp_path: Path) -> bytes:
    """Write an extract: a road and a path near the middle, a road 30 km east of it."""
    osmium = pytest.importorskip("osmium")
    xml = write_map(
        tmp_path / "town.osm",
        {
            1: (ROAD, [(-500.0, 0.0), (500.0, 0.0)]),
            2: (PATH, [(0.0, -500.0), (0.0, 500.0)]),
            3: (ROAD, [(30_000.0, 0.0), (30_500.0, 0.0)]),
            4: (
                {"leisure": "track"},
                [(0.0, 0.0), (50.0, 0.0), (50.0, 50.0), (0.0, 0.0)],
            ),
            5: (
                {"building": "yes"},
                [(0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 0.0)],
            ),
            6: ({"highway": "motorway"}, [(-90.0, 0.0), (90.0, 0.0)]),
        },
    )
    made = tmp_path / "town.osm.pbf"
    header = osmium.io.Header()
    header.set("osmosis_replication_timestamp", "2026-03-01T20:21:22Z")
    with osmium.SimpleWriter(str(made), header=header) as writer:
        for item in osmium.FileProcessor(str(xml)):
            writer.add(item)
    return made.read_bytes()


def square(
    name: str, parent: str, url: str, half: float, east: float = 0.0
) -> dict[str, Any]:
    """Return a region of an index: a square about a point east of the middle [m]."""
    corners = [
        (-half, -half),
        (half, -half),
        (half, half),
        (-half, half),
        (-half, -half),
    ]
    ring = []
    for x, y in corners:
        latitude, longitude = degrees(x + east, y)
        ring.append([float(longitude), float(latitude)])
    return {
        "type": "Feature",
        "properties": {
            "id": name,
            "name": name.title(),
            "parent": parent,
            "urls": {"pbf": url},
        },
        "geometry": {"type": "MultiPolygon", "coordinates": [[ring]]},
    }


@pytest.fixture
def offered(site: Site, town: bytes) -> Site:
    """Fill a site with an index of three regions, one within another, and their extracts."""
    home = "https://download.geofabrik.de"
    regions = [
        square("land", "", f"{home}/land-latest.osm.pbf", 80_000.0),
        square("land/town", "land", f"{home}/land/town-latest.osm.pbf", 9_000.0),
        square("far", "", f"{home}/far-latest.osm.pbf", 9_000.0, east=500_000.0),
    ]
    index = json.dumps(
        {"type": "FeatureCollection", "features": regions}
    ).encode()
    site.put("/index-v1.json", index, checksum=False)
    for path in (
        "/land-latest.osm.pbf",
        "/land/town-latest.osm.pbf",
        "/far-latest.osm.pbf",
    ):
        site.put(path, town)
    return site

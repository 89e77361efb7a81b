"""Only this page is answered, and what it brings stays in the folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from report.living.conftest import HOST, ORIGIN, TOKEN
from trailstats.errors import ConfigError
from trailstats.report.living import Door, LiveArchive, Setup, _kept
from trailstats.report.living._kept import Kept, safe_name
from trailstats.report.living._server import make_app

GPX = b'<gpx xmlns="http://www.topografix.com/GPX/1/1"></gpx>'


def test_without_the_token_there_is_nothing(client) -> None:
    """Whatever is asked for."""
    for path in (
        "/",
        "/state",
        "/x/state",
        "/a-token-for-test/",
        "/a-token-for-tests",
    ):
        answer = client.get(f"http://{HOST}{path}", follow_redirects=False)
        assert answer.status_code == 404
        assert answer.headers["x-frame-options"] == "SAMEORIGIN"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:1", "127.0.0.1", ""])
def test_another_host_is_refused(client, host) -> None:
    """A foreign name that leads to this machine is someone else's page."""
    assert client.get("state", headers={"Host": host}).status_code == 421


def test_a_proxy_offers_the_page_under_its_own_name(folder: Path) -> None:
    """The name, and the origin of its pages, count as this machine's own do; others don't."""
    origins = Door(origin="https://Runs.Example.org/").origins(8000)
    app = make_app(LiveArchive(Kept(folder), Setup(workers=1)), TOKEN, origins)
    body = b'{"heart_rate_max": 188}'
    with TestClient(app, base_url=f"http://{HOST}/{TOKEN}/") as asked:

        def told(host: str, origin: str) -> int:
            headers = {"Host": host, "Origin": origin}
            return asked.post(
                "profile", content=body, headers=headers
            ).status_code

        assert told("runs.example.org", "https://runs.example.org") == 200
        assert told("RUNS.example.org", "https://runs.example.org") == 200
        assert told(HOST, f"http://{HOST}") == 200
        assert told("runs.example.org", "http://runs.example.org") == 403
        assert told("runs.example.org", f"http://{HOST}") == 403
        assert told(HOST, "https://runs.example.org") == 403
        assert told("example.org", "https://example.org") == 421


@pytest.mark.parametrize(
    "origin",
    [
        "runs.example.org", "ftp://runs.example.org", "https://", "https://a/b",
        "https://me:secret@runs.example.org", "https://a b", "https://a\r\nX: y", "*", "null",
    ],
)  # fmt: skip
def test_what_is_no_origin_is_refused(origin) -> None:
    """Before anything is served."""
    with pytest.raises(ConfigError, match="no origin"):
        Door(origin=origin).origins(8000)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": f"https://{HOST}"},
        {},
        ORIGIN | {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_another_origin_changes_nothing(client, folder: Path, headers) -> None:
    """Posts have to come from the page itself."""
    before = sorted(p.name for p in folder.iterdir())
    for path in ("label", "profile", "files?name=a.gpx"):
        assert (
            client.post(path, content=b"{}", headers=headers).status_code == 403
        )
    assert sorted(p.name for p in folder.iterdir()) == before


def test_another_page_reads_nothing(client) -> None:
    """Neither by a script nor in a frame; opening the address by hand works."""
    assert client.get("", headers={"Sec-Fetch-Site": "none"}).status_code == 200
    for headers in (
        {"Origin": "http://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
    ):
        assert client.get("state", headers=headers).status_code == 403


def test_every_answer_is_kept_private(client, settled) -> None:
    """Nothing is stored, sniffed, framed elsewhere or told to another site."""
    settled()
    for path in (
        "",
        "page.js",
        "page.css",
        "state",
        "profile",
        "report",
        "nothing",
    ):
        headers = client.get(path).headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert "attachment" in client.get("export").headers["content-disposition"]


def test_what_is_too_much_or_no_json_is_refused(client) -> None:
    """In words."""
    for body in (b"{", b"[]", b"1" * 70_000, b"[" * 30_000):
        answer = client.post("profile", content=body, headers=ORIGIN)
        assert answer.status_code in (413, 422)
        assert answer.json()["problem"]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../up.gpx", "up.gpx"),
        ("..\\..\\up.gpx", "up.gpx"),
        ("/etc/passwd", "passwd"),
        (".hidden.gpx", "hidden.gpx"),
        ("a\x00b\n.gpx", "a_b_.gpx"),
        ("", "recording"),
        ("...", "recording"),
        ("CON.gpx", "recording-CON.gpx"),
        ("athlete.toml", "recording-athlete.toml"),
        ("trailstats-labels.csv", "recording-trailstats-labels.csv"),
        ("Läuf im Wald.gpx", "Läuf im Wald.gpx"),
    ],
)
def test_a_name_leads_nowhere_else(client, folder: Path, name, kept) -> None:
    """Only its last part counts, and it is no hidden file, device or file of ours."""
    assert safe_name(name) == kept
    answer = client.post(
        "files", params={"name": name}, content=GPX, headers=ORIGIN
    )
    assert answer.json() == {"name": kept}
    assert (folder / kept).read_bytes() == GPX
    assert not list(folder.parent.glob("*.gpx"))


def test_a_long_name_is_cut_before(client, folder: Path) -> None:
    """So that its kind stays."""
    kept = safe_name("ä" * 60_000 + ".gpx")
    assert kept.endswith("ä.gpx")
    assert len(kept.encode()) <= 180


def test_nothing_is_replaced(client, folder: Path) -> None:
    """A second file of a name gets another."""
    names = [
        client.post(
            "files", params={"name": "a.gpx"}, content=content, headers=ORIGIN
        ).json()["name"]
        for content in (GPX, GPX + b"\n")
    ]
    assert names == ["a.gpx", "a-2.gpx"]
    assert (folder / "a.gpx").read_bytes() == GPX


def test_a_full_disk_is_said(client, folder: Path, monkeypatch) -> None:
    """And leaves nothing behind."""
    monkeypatch.setattr(_kept, "MOST_BYTES", 10)
    before = sorted(p.name for p in folder.iterdir())
    for content in (GPX, iter([GPX])):
        answer = client.post(
            "files", params={"name": "a.gpx"}, content=content, headers=ORIGIN
        )
        assert "room" in answer.json()["problem"]
    assert sorted(p.name for p in folder.iterdir()) == before

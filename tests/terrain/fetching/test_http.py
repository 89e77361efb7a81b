"""Fetching over HTTP: resumed, checked, patient, and never taken in by what is something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from trailstats.errors import DownloadError, WriteError
from trailstats.terrain.maps.fetching import Fetcher, FetchRules

CONTENT = bytes(range(256)) * 4000


def test_a_file_comes_whole_with_its_mark(
    site, fetcher: Fetcher, tmp_path: Path
) -> None:
    """What was sent is what is there; the program names itself; nothing is left beside it."""
    site.put("/a.bin", CONTENT)
    seen: list[tuple[int, int | None]] = []
    target = tmp_path / "a.bin"
    mark = fetcher.file(
        f"{site.address}/a.bin", target, progress=lambda *at: seen.append(at)
    )
    assert target.read_bytes() == CONTENT
    assert mark.startswith('"')
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert all(
        h["User-Agent"].startswith("trailstats/") for _, _, h in site.asked
    )
    assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]


def test_a_download_goes_on_where_it_was_cut_off(
    site, fetcher, waits, tmp_path
) -> None:
    """Three hundred thousand bytes are not fetched again."""
    site.put("/a.bin", CONTENT)
    site.faults = [("cut", ("/a.bin", 300_000))]
    fetcher.file(f"{site.address}/a.bin", tmp_path / "a.bin")
    assert (tmp_path / "a.bin").read_bytes() == CONTENT
    assert site.requests("GET", "/a.bin")[1]["Range"] == "bytes=300000-"
    assert len(waits) == 1


def test_another_version_is_not_joined_to_what_is_there(
    site, fetcher, tmp_path
) -> None:
    """Where the file changed since it was cut off, all of it is fetched anew."""
    site.put("/a.bin", CONTENT)
    site.faults = [("cut", ("/a.bin", 300_000))] * 3
    with pytest.raises(DownloadError, match="cut off"):
        fetcher.file(f"{site.address}/a.bin", tmp_path / "a.bin")
    changed = CONTENT[::-1]
    site.put("/a.bin", changed)
    fetcher.file(f"{site.address}/a.bin", tmp_path / "a.bin")
    assert (tmp_path / "a.bin").read_bytes() == changed


def test_a_part_that_the_server_refuses_is_begun_anew(
    site, fetcher, tmp_path
) -> None:
    """A part that held all of the file, as after a crash, is no dead end."""
    site.put("/a.bin", CONTENT)
    (tmp_path / "a.bin.part").write_bytes(CONTENT)
    (tmp_path / "a.bin.mark").write_text('"x"')
    site.faults = [("status", ("/a.bin", 416))]
    with pytest.raises(DownloadError, match="416"):
        fetcher.file(f"{site.address}/a.bin", tmp_path / "a.bin")
    fetcher.file(f"{site.address}/a.bin", tmp_path / "a.bin")
    assert (tmp_path / "a.bin").read_bytes() == CONTENT


def test_a_wrong_checksum_is_refused(site, fetcher, tmp_path) -> None:
    """Neither the file nor a part of it stays."""
    site.put("/a.bin", CONTENT)
    site.files["/a.bin.md5"] = b"0" * 32 + b"  a.bin\n"
    with pytest.raises(DownloadError, match="checksum"):
        fetcher.file(f"{site.address}/a.bin", tmp_path / "a.bin")
    assert not (tmp_path / "a.bin").exists()
    assert not (tmp_path / "a.bin.part").exists()


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again_after_the_wait_that_it_names(
    site, fetcher, waits, tmp_path, status: int
) -> None:
    """Retry-After counts."""
    site.put("/a.bin", CONTENT, checksum=False)
    site.faults = [("status", ("/a.bin", status))] * 2
    fetcher.file(f"{site.address}/a.bin", tmp_path / "a.bin")
    assert waits == [1.0, 1.0]


def test_a_server_that_stays_busy_is_left_alone(
    site, fetcher, waits, tmp_path
) -> None:
    """After the tries that the rules allow there is an error that says why."""
    site.put("/a.bin", CONTENT, checksum=False)
    site.faults = [("status", ("/a.bin", 503))] * 9
    with pytest.raises(DownloadError, match="503"):
        fetcher.file(f"{site.address}/a.bin", tmp_path / "a.bin")
    assert len(waits) == fetcher.rules.tries - 1


def test_what_is_not_there_is_said_at_once(
    site, fetcher, waits, tmp_path
) -> None:
    """A 404 is no reason to wait."""
    with pytest.raises(DownloadError, match="404"):
        fetcher.file(f"{site.address}/none.bin", tmp_path / "a.bin")
    assert waits == []


def test_a_web_page_is_no_file(site, fetcher, tmp_path) -> None:
    """The way in of a hotel's network answers everything with a page."""
    site.put("/a.bin", b"<html>Welcome</html>", checksum=False)
    site.faults = [("page", ("/a.bin", None))]
    with pytest.raises(DownloadError, match="web page"):
        fetcher.file(f"{site.address}/a.bin", tmp_path / "a.bin")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_said_before_anything_is_fetched(site, tmp_path) -> None:
    """The room that has to stay free is counted with what is to come."""
    site.put("/a.bin", CONTENT)
    full = Fetcher(FetchRules(spare=1 << 60))
    with pytest.raises(WriteError, match="MB are free"):
        full.file(f"{site.address}/a.bin", tmp_path / "a.bin")
    assert not (tmp_path / "a.bin.part").exists()


@pytest.mark.parametrize(
    "address", ["file:///etc/hostname", "ftp://127.0.0.1/x", "x"]
)
def test_only_the_web_is_asked(fetcher, tmp_path, address: str) -> None:
    """An address of another kind is refused, also as the aim of a redirect."""
    with pytest.raises(DownloadError, match="not an address of the web"):
        fetcher.file(address, tmp_path / "a.bin")


def test_a_redirect_to_a_local_file_is_refused(site, fetcher, tmp_path) -> None:
    """A server can't make the program read a file of this machine."""
    site.faults = [("redirect", ("/a.bin", "file:///etc/hostname"))]
    with pytest.raises(DownloadError, match=r"file|302|web"):
        fetcher.file(f"{site.address}/a.bin", tmp_path / "a.bin")


def test_nobody_there(fetcher, tmp_path) -> None:
    """A closed port is an error of ours, with a reason."""
    with pytest.raises(DownloadError, match=r"refused|127"):
        fetcher.file("http://127.0.0.1:9/a.bin", tmp_path / "a.bin")


def test_a_document_is_kept_while_the_server_says_that_it_holds(
    site, fetcher, tmp_path
) -> None:
    """The second time nothing but 304 is sent; a changed one is fetched."""
    site.put("/index.json", b"{}", checksum=False)
    kept = tmp_path / "index.json"
    assert fetcher.document(f"{site.address}/index.json", kept) == b"{}"
    assert fetcher.document(f"{site.address}/index.json", kept) == b"{}"
    assert "If-None-Match" in site.requests("GET", "index.json")[1]
    site.put("/index.json", b"[]", checksum=False)
    assert fetcher.document(f"{site.address}/index.json", kept) == b"[]"


def test_a_document_has_an_upper_size(site, tmp_path) -> None:
    """A server can't fill the memory."""
    site.put("/index.json", CONTENT, checksum=False)
    small = Fetcher(FetchRules(largest=1000))
    with pytest.raises(DownloadError, match="larger"):
        small.document(f"{site.address}/index.json", tmp_path / "index.json")

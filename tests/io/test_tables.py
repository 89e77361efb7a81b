"""Writing: only a regular file is replaced, and it keeps its permissions."""

from __future__ import annotations

import os
import stat

import pytest

from trailstats.errors import WriteError
from trailstats.io.tables import write_atomically


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_an_old_file_keeps_its_permissions(tmp_path) -> None:
    """Private ones stay private; a new one gets what the umask leaves."""
    path = tmp_path / "out.csv"
    for old in (0o600, 0o640, 0o444):
        path.write_bytes(b"old")
        path.chmod(old)
        write_atomically(path, b"new")
        assert (path.read_bytes(), mode(path)) == (b"new", old)
        path.unlink()
    plain = tmp_path / "plain"
    plain.write_bytes(b"")
    write_atomically(path, b"new")
    assert mode(path) == mode(plain)


def test_the_umask_is_not_touched(tmp_path, monkeypatch) -> None:
    """It belongs to the whole process, and to other threads."""

    def never(_mask):
        raise AssertionError("umask")

    monkeypatch.setattr(os, "umask", never)
    write_atomically(tmp_path / "out", b"x")
    write_atomically(tmp_path / "out", b"y")
    assert (tmp_path / "out").read_bytes() == b"y"


def test_only_a_regular_file_is_replaced(tmp_path) -> None:
    """A pipe, a device, a folder stay; a link stays too, and what it leads to is replaced."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "folder"):
        with pytest.raises(WriteError, match="no regular file"):
            write_atomically(tmp_path / name, b"x")
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    (tmp_path / "null").symlink_to(os.devnull)
    with pytest.raises(WriteError, match="no regular file"):
        write_atomically(tmp_path / "null", b"x")
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    write_atomically(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "folder", "link", "null", "pipe", "real",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000, "none/there"])
def test_names_that_no_file_can_have(tmp_path, name) -> None:
    """Are said."""
    with pytest.raises(WriteError):
        write_atomically(tmp_path / name, b"x")


def test_a_long_name_that_is_allowed_is_written(tmp_path) -> None:
    """The name of the temporary file is no longer."""
    path = tmp_path / ("x" * 250 + ".csv")
    assert write_atomically(path, b"x").read_bytes() == b"x"

"""Folders, archives, exports and remote places: every file gives an activity or a failure, in a
stable order.
"""

from __future__ import annotations

import gzip
import io
import os
import pickle
import zipfile

import numpy as np
import pytest

import trailstats as ts
from trailstats.errors import LimitError, ReadError
from trailstats.io import _archives
from trailstats.io.containers import Failure, SourceRef, list_sources, load
from trailstats.io.formats import ReadLimits


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.fixture
def run_fit(fit_writer, add_records):
    """Return a small FIT file."""
    return add_records(fit_writer(), 50).file()


@pytest.fixture
def run_gpx(make_gpx):
    """Return a small GPX file."""
    return make_gpx(60).encode()


@pytest.fixture
def folder(tmp_path, run_fit, run_gpx):
    """Return a folder as people have them."""
    (tmp_path / "b").mkdir()
    (tmp_path / ".git").mkdir()
    files = {
        "b/run.fit": run_fit,
        "a.gpx.gz": gzip.compress(run_gpx),
        "c.FIT": run_fit,
        "broken.fit": b"\x0e\x20\x54\x08\xff\0\0\0.FIT\0\0",
        "empty.gpx": b"",
        "named wrongly.dat": run_gpx,
        "notes.txt": b"x",
        "photo.jpg": b"\xff\xd8\xff",
        "._a.gpx": b"stub",
        ".git/x.fit": run_fit,
        "d.zip": zipped(
            {"1.fit": run_fit, "sub/2.gpx": run_gpx, "readme.md": b"#"}
        ),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def names(found, base=""):
    """Return the sources, without the folder and with a mark before failures."""
    out = []
    for one in found:
        failed = isinstance(one, Failure)
        source = one.source if failed else one.meta.source
        out.append("!" * failed + source.removeprefix(str(base)).lstrip("/"))
    return out


def test_a_folder_gives_all_its_files_in_order(folder):
    """Recursively, by name; hidden folders, stubs and what stands beside are left out, failures are
    not.
    """
    found = list(ts.iter_activities(folder))
    assert names(found, folder) == [
        "a.gpx.gz", "!broken.fit", "c.FIT", "d.zip/1.fit", "d.zip/sub/2.gpx", "!empty.gpx",
        "named wrongly.dat", "b/run.fit",
    ]  # fmt: skip
    assert [f.code for f in found if isinstance(f, Failure)] == [
        "corrupt",
        "unsupported_format",
    ]
    assert (
        next(str(r).replace(str(folder), "") for r in list_sources(folder))
        == "/a.gpx.gz"
    )


def test_sources_travel_between_processes(folder):
    """A source is a small value: it can be pickled, compared, and loaded on its own."""
    refs = list_sources(folder)
    assert pickle.loads(pickle.dumps(refs)) == refs
    assert len(set(refs)) == len(refs)
    member = next(ref for ref in refs if ref.members == ("sub/2.gpx",))
    (run,) = load(member, ReadLimits())
    assert run.meta.source.endswith("d.zip/sub/2.gpx")


def test_a_file_that_was_named_always_counts(folder):
    """Whatever it is called and holds, it gives an activity or a failure."""
    assert names(ts.iter_activities(folder / "notes.txt"), folder) == [
        "!notes.txt"
    ]
    assert names(
        ts.iter_activities([folder / "c.FIT", str(folder / "b")]), folder
    ) == [
        "c.FIT",
        "b/run.fit",
    ]
    with pytest.raises(ReadError, match="no such"):
        list(ts.iter_activities(folder / "nothing"))


def test_bytes_and_streams(run_fit, run_gpx):
    """Contents count like files, archives among them are opened."""
    found = list(ts.iter_activities([run_fit, io.BytesIO(run_gpx), b"nothing"]))
    assert names(found) == ["<bytes>", "<stream>", "!<bytes>"]
    archive = zipped(
        {"1.fit": run_fit, "inner.zip": zipped({"2.gpx": run_gpx, "3.fit": b"x"})}
    )
    assert names(ts.iter_activities(archive)) == [
        "<bytes>/1.fit",
        "<bytes>/inner.zip/2.gpx",
        "!<bytes>/inner.zip/3.fit",
    ]


def test_zips_within_zips(tmp_path, run_fit, run_gpx):
    """An export of archives in an archive gives the files of all; a broken one is a failure."""
    inner = {
        f"Part{i}.zip": zipped(
            {f"{i}.fit": run_fit, f"{i}.gpx": run_gpx, "x.json": b"{}"}
        )
        for i in range(4)
    }
    path = tmp_path / "export.zip"
    path.write_bytes(
        zipped(
            {
                **{f"DI_CONNECT/{k}": v for k, v in inner.items()},
                "DI_CONNECT/bad.zip": b"PK\x03\x04",
            }
        )
    )
    found = list(ts.iter_activities(path))
    assert len(found) == 9
    assert names(found, tmp_path)[:2] == [
        "export.zip/DI_CONNECT/Part0.zip/0.fit",
        "export.zip/DI_CONNECT/Part0.zip/0.gpx",
    ]
    (failure,) = [one for one in found if isinstance(one, Failure)]
    assert (failure.code, failure.source.endswith("DI_CONNECT/bad.zip")) == (
        "corrupt",
        True,
    )


def test_limits_on_archives(tmp_path, run_fit):
    """Too many members, or archives too deep, are failures that name the limit; nothing is left
    out.
    """
    path = tmp_path / "many.zip"
    path.write_bytes(zipped({f"{i}.fit": run_fit for i in range(20)}))
    (failure,) = ts.iter_activities(path, limits=ReadLimits(members=10))
    assert failure.code == "limit"
    assert "members" in failure.message
    deep = run_fit
    for i in range(5):
        deep = zipped({("run.fit" if i == 0 else "in.zip"): deep})
    path.write_bytes(deep)
    (failure,) = ts.iter_activities(path)
    assert isinstance(failure, Failure)
    assert len(list(ts.iter_activities(path, limits=ReadLimits(nesting=9)))) == 1
    assert isinstance(next(ts.iter_activities(deep)), Failure)


def test_paths_in_an_archive_lead_nowhere(tmp_path, run_fit):
    """Members are read, never written: a path out of the archive has no effect."""
    path = tmp_path / "in" / "evil.zip"
    path.parent.mkdir()
    path.write_bytes(
        zipped({"../../evil.fit": run_fit, "/etc/evil.fit": run_fit})
    )
    assert len(list(ts.iter_activities(path))) == 2
    assert [p.name for p in tmp_path.rglob("*")] == ["in", "evil.zip"]


STRAVA = (
    "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Activity "
    "Gear,Filename,"
    "Perceived Exertion,Competition\n"
    '1,"1 Mar 2026, 08:00:00","Lauf, locker",Trail '
    'Run,"Two\nlines",Shoes,activities/1.gpx.gz,4.0,0.0\n'
    '2,"2 Mar 2026, 08:00:00",Evening,Run,,,activities/2.fit,,1.0\n'
    '3,"3 Mar 2026, 08:00:00",By hand,Run,,,,7\n'
)


@pytest.fixture
def strava(tmp_path, run_fit, make_gpx):
    """Return a Strava export as a folder, and as a zip."""
    files = {
        "activities.csv": ("\ufeff" + STRAVA).encode(),
        "activities/1.gpx.gz": gzip.compress(make_gpx(60, kind="").encode()),
        "activities/2.fit": run_fit,
        "profile.csv": b"a,b\n",
    }
    base = tmp_path / "export"
    (base / "activities").mkdir(parents=True)
    for name, content in files.items():
        (base / name).write_bytes(content)
    path = tmp_path / "export.zip"
    path.write_bytes(zipped(files))
    return base, path


@pytest.mark.parametrize("which", [0, 1], ids=["folder", "zip"])
def test_a_strava_export_is_joined_with_its_table(strava, which):
    """Names, notes, gear, exertion and competitions come from the table; the type fills what the
    file lacks.
    """
    trail, plain = ts.iter_activities(strava[which])
    assert (
        trail.meta.name,
        trail.meta.notes,
        trail.meta.gear,
        trail.meta.rpe,
    ) == (
        "Lauf, locker",
        "Two\nlines",
        "Shoes",
        4,
    )
    assert (trail.meta.sport, trail.meta.sub_sport) == ("running", "trail")
    assert (plain.meta.name, plain.meta.sport, plain.meta.gear) == (
        "Evening",
        "running",
        "",
    )
    assert plain.meta.rpe != plain.meta.rpe
    assert (trail.meta.workout, plain.meta.workout) == ("", "race")


GERMAN = (
    "Aktivitäts-ID,Aktivitätsdatum,Name der "
    "Aktivität,Aktivitätsart,Aktivitätsbeschreibung,Verstrichene Zeit,Distanz,"
    "Max. Herzfrequenz,Relative "
    "Leistung,Pendeln,Hinweis,Aktivitätsausrüstung,Dateiname" + ",Weiteres" * 31 + "\n"
    '3,"3.03.2026, 08:00:00",Von Hand,Lauf,,3600,"10,1",,,false,,,' + "," * 31 + "\n"
    '1,"1.03.2026, 08:00:00",Runde,Traillauf,Schön,3600,"9,44",,,false,,Schuhe,activities/1.gpx.gz'
    + "," * 30 + ",4.0\n"
)  # fmt: skip
OLD = (
    "id,date,name,type,description,elapsed_time,distance,commute,gear,filename\n"
    + (
        "1,2018-09-12 15:02:23,Runde,Trail Run,Schön,783,3681.0,true,Schuhe,activities/1.gpx.gz\n"
    )
)


@pytest.mark.parametrize(
    ("table", "rpe"), [(GERMAN, 4.0), (OLD, np.nan)], ids=["German", "of 2018"]
)
def test_an_export_in_another_language_or_of_old_is_joined_too(
    tmp_path, make_gpx, table, rpe
):
    """The columns stand in the same order in every language; before 2019 they had shorter names."""
    (tmp_path / "activities").mkdir()
    (tmp_path / "activities" / "1.gpx.gz").write_bytes(
        gzip.compress(make_gpx(60, kind="").encode())
    )
    (tmp_path / "activities.csv").write_text(table, encoding="utf-8")
    (run,) = ts.iter_activities(tmp_path)
    meta = run.meta
    assert (meta.name, meta.notes, meta.gear) == ("Runde", "Schön", "Schuhe")
    assert (meta.sport, meta.sub_sport) == ("running", "trail")
    assert meta.rpe == pytest.approx(rpe, nan_ok=True)


def test_another_table_of_that_name_does_no_harm(tmp_path, run_fit):
    """A table without file names, or no table at all, is left alone."""
    (tmp_path / "run.fit").write_bytes(run_fit)
    for content in (
        b"a,b\n1,2\n",
        b"\0\xff" * 100,
        b"",
        b'"unfinished',
        b"Filename\n" + b"x" * 200_000,
    ):
        (tmp_path / "activities.csv").write_bytes(content)
        (run,) = ts.iter_activities(tmp_path)
        assert run.meta.name == ""


def test_remote_places(run_fit, run_gpx):
    """An address is listed and read like a folder, archives included."""
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    files = {
        "/runs/a.fit": run_fit,
        "/runs/b/c.gpx": run_gpx,
        "/runs/d.zip": zipped({"1.fit": run_fit}),
        "/runs/e.txt": b"",
    }
    for name, content in files.items():
        memory.pipe(name, content)
    try:
        found = list(ts.iter_activities("memory://runs"))
        assert names(found) == [
            "memory://runs/a.fit",
            "memory://runs/b/c.gpx",
            "memory://runs/d.zip/1.fit",
        ] or names(found) == [
            "memory:///runs/a.fit",
            "memory:///runs/b/c.gpx",
            "memory:///runs/d.zip/1.fit",
        ]
        assert len(ts.read("memory://runs/a.fit").records) == 50
        with pytest.raises(LimitError, match="bytes"):
            ts.read("memory://runs/a.fit", limits=ReadLimits(bytes=100))
        with pytest.raises(ReadError):
            ts.read("memory://runs/none.fit")
        with pytest.raises(ReadError, match="no such"):
            list(ts.iter_activities("memory://nothing"))
        with pytest.raises(ReadError):
            ts.read("noprotocol://x/y.fit")
    finally:
        memory.rm("/runs", recursive=True)


def test_remote_places_need_their_extra(monkeypatch):
    """Without fsspec the error says which extra brings it."""
    import sys

    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(ts.MissingExtraError, match="remote"):
        ts.read("s3://bucket/run.fit")


def test_chained_and_multisport_files_give_several(samples):
    """Each activity of a file is numbered after the first."""
    found = list(ts.iter_activities(samples / "odd" / "multisport.fit"))
    assert len(found) >= 2
    assert [a.meta.source.rpartition("#")[2] for a in found[1:]] == [
        str(i) for i in range(2, len(found) + 1)
    ]
    assert len({a.meta.content_hash for a in found}) == len(found)


def test_a_reference_prints_as_a_path():
    """Members follow the archive as folders do."""
    assert str(SourceRef("a.zip", ("b.zip", "c.fit"))) == "a.zip/b.zip/c.fit"
    failure = Failure.of("x", ValueError("y"))
    assert failure.to_dict() == {
        "source": "x",
        "code": "error",
        "message": "ValueError: y",
        "where": "",
    }


def test_a_zip_whose_directory_points_before_the_file(run_gpx):
    """A zip that lost bytes before its directory is a damaged zip, with an export's table in it and
    without.
    """
    for name in ("run.gpx", "activities.csv"):
        whole = zipped({"stored.bin": bytes(range(256)) * 8, name: run_gpx})
        place = (
            whole.rindex(b"PK\x05\x06") + 16
        )  # where the end tells where the directory begins
        data = (
            whole[:place]
            + (8 * len(whole)).to_bytes(4, "little")
            + whole[place + 4 :]
        )
        (only,) = ts.iter_activities(io.BytesIO(data))
        assert isinstance(only, Failure)
        assert only.code in ("corrupt", "unsupported_format")


def test_bytes_of_any_kind_and_streams_of_text_are_read(
    run_gpx, tmp_path
) -> None:
    """Web frameworks hand over bytearrays and views; GPX is often opened as text."""
    path = tmp_path / "a.gpx"
    path.write_bytes(run_gpx)
    for source in (
        bytearray(run_gpx),
        memoryview(run_gpx),
        io.StringIO(run_gpx.decode()),
    ):
        (found,) = ts.iter_activities(source)
        assert len(found.records) == 60
    with path.open() as stream:
        assert len(ts.read(stream).records) == 60
    assert len(ts.read(path, format=".GPX").records) == 60
    with pytest.raises(TypeError, match="not int"):
        ts.read(3)


def test_a_missing_place_among_several_is_a_failure(run_gpx, tmp_path) -> None:
    """One wrong path does not stop the others; alone it is an error."""
    found = list(ts.iter_activities([tmp_path / "gone", io.BytesIO(run_gpx)]))
    assert [type(item) for item in found] == [Failure, ts.Activity]
    assert found[0].source == str(tmp_path / "gone")
    with pytest.raises(ReadError):
        list(ts.iter_activities(tmp_path / "gone"))


def test_pipes_are_not_waited_for(tmp_path, run_gpx) -> None:
    """One that is called like a recording fails and says so; another is none of ours."""
    os.mkfifo(tmp_path / "pipe.fit")
    os.mkfifo(tmp_path / "activities.csv")
    (tmp_path / "device.gpx").symlink_to("/dev/zero")
    (tmp_path / "run.gpx").write_bytes(run_gpx)
    device, pipe, run = sorted(ts.iter_activities(tmp_path), key=source_of)
    assert isinstance(run, ts.Activity)
    for failed in (pipe, device):
        assert isinstance(failed, Failure)
        assert "a pipe or a device" in failed.message


def source_of(item: ts.Activity | Failure) -> str:
    """Return where something was read."""
    return item.source if isinstance(item, Failure) else item.meta.source


def test_compressed_files_need_no_suffix(tmp_path, run_gpx) -> None:
    """What is compressed is judged by its content, too."""
    (tmp_path / "run.gz").write_bytes(gzip.compress(run_gpx))
    (tmp_path / "notes.gz").write_bytes(gzip.compress(b"a diary"))
    (tmp_path / "damaged.gz").write_bytes(gzip.compress(run_gpx)[:4] + b"damage")
    assert names(ts.iter_activities(tmp_path), tmp_path) == ["run.gz"]


def test_processes_read_a_zip_that_is_open_here(
    tmp_path, samples, monkeypatch
) -> None:
    """A forked process would move the place at which its siblings read: each opens its own."""
    runs = sorted((samples / "archive").glob("*.fit"))[:6]
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for run in runs:
            archive.write(run, run.name)
    assert len(list(ts.iter_activities(path))) == len(runs)
    history = ts.analyze_folder(path, workers=2)
    assert [f.message for f in history.failures] == []
    # The same without the chance that no two read at once.
    opened = []
    plainly = _archives._open_zip

    def counted(*given):
        opened.append(given)
        return plainly(*given)

    monkeypatch.setattr(_archives, "_open_zip", counted)
    first = next(iter(list_sources(path)))
    load(first, ReadLimits())
    assert opened == []
    monkeypatch.setattr(os, "getpid", lambda: -1)
    load(first, ReadLimits())
    assert len(opened) == 1

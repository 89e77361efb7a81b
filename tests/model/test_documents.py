"""Every JSON document keeps its schema, and documents of earlier releases stay readable."""

from __future__ import annotations

import copy
import functools
import gzip
import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pandas as pd
import pytest
from jsonschema import Draft202012Validator

import trailstats as ts
from trailstats import schema
from trailstats.cli import main
from trailstats.model import json_schemas, results
from trailstats.model.json_schemas import DOCUMENTS, document_schema
from trailstats.schema import documents

EARLIER = Path(__file__).resolve().parent.parent / "documents"


def closed(body: Any) -> Any:
    """Return a schema that lets no key through which it does not name."""
    if isinstance(body, list):
        return [closed(item) for item in body]
    if not isinstance(body, dict):
        return body
    out = {key: closed(item) for key, item in body.items()}
    if "properties" in body and isinstance(body["properties"], dict):
        out.setdefault("additionalProperties", False)
    return out


@functools.cache
def validator(name: str) -> Any:
    return jsonschema_rs.Draft202012Validator(
        closed(document_schema(name)), validate_formats=True
    )


def check(name: str, text: str) -> dict[str, Any]:
    """Read a document as a strict program would, and hold it against its schema with no key left
    over.
    """

    def no_constant(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    document = json.loads(text, parse_constant=no_constant)
    validator(name).validate(document)
    return document


def kind_of(document: dict[str, Any]) -> str:
    """Return the name of a document by what it holds."""
    marks = {
        "problem": "problem",
        "meta": "analysis",
        "activities": "history",
        "claims": "claims",
        "rows": "explanation",
        "whole": "terrain",
        "moving_time": "prediction",
        "pooled": "pooled",
        "seal": "trial",
        "carry_over": "trial_answer",
        "files": "check",
        "written": "written",
    }
    return next(name for mark, name in marks.items() if mark in document)


@pytest.fixture
def printed(
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Return a function that runs a command with --json and returns its exit code and its valid
    document.
    """

    def call(*arguments: object) -> tuple[int, dict[str, Any]]:
        with pytest.raises(SystemExit) as ended:
            main([*(str(a) for a in arguments), "--json"])
        text = capsys.readouterr().out
        assert text.count("\n") == 1
        return int(ended.value.code or 0), check(kind_of(json.loads(text)), text)

    return call


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_schemas_are_valid_themselves(name: str) -> None:
    """Each is a schema of draft 2020-12 with an identifier, a title and a description."""
    body = document_schema(name)
    Draft202012Validator.check_schema(body)
    assert {"$schema", "$id", "title", "description"} <= set(body)
    assert body["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_every_command_prints_a_document_of_a_schema(
    printed, samples: Path, tmp_path: Path
) -> None:
    """Each command, for sources that can be read, that partly can, and that can't."""
    run, odd = samples / "odd" / "two-tracks.gpx", samples / "odd"
    nothing = tmp_path / "page.gpx"
    nothing.write_text("<!DOCTYPE html><html></html>")
    seen = set()
    for arguments, code in (
        (("analyze", run, "--activity", 1), 0),
        (("analyze", run, "--activity", 2, "--explain"), 0),
        (("analyze", nothing), 1),
        (("analyze", tmp_path / "none.fit"), 1),
        (("batch", odd, "-o", tmp_path / "runs.csv"), 3),
        (("batch", nothing, "-o", tmp_path / "runs.csv"), 1),
        (("claims", odd), 3),
        (("claims", nothing), 1),
        (("claims", odd, "--explain", "strength"), 3),
        (("report", run, "-o", tmp_path / "report.html"), 0),
        (("check", odd), 3),
        (("check", run, "--compare"), 0),
        (("predict", run, "--from", samples / "archive"), 0),
        (
            (
                *("trial", "plan", samples / "archive", "--ask", "easy_speed"),
                *("--start", "2020-05-04", "--effect", "0.5"),
                *("-o", tmp_path / "trial.json"),
            ),
            0,
        ),
        (("claims", samples, "--by-athlete"), 3),
        (("trial", "answer", tmp_path / "trial.json", run), 0),
        (("predict", nothing, "--from", odd), 1),
        (("convert", run, tmp_path / "run.csv"), 0),
        (("convert", run, tmp_path / "none" / "run.csv"), 2),
    ):
        found, document = printed(*arguments)
        assert found == code, arguments
        assert document["format_version"] == schema.FORMAT_VERSION
        seen.add(kind_of(document))
    assert seen == set(DOCUMENTS)


def test_schemas_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """`trailstats schema NAME` prints what the package ships."""
    for name in DOCUMENTS:
        with pytest.raises(SystemExit):
            main(["schema", name])
        assert json.loads(capsys.readouterr().out) == document_schema(name)


def test_a_schema_sees_a_wrong_document(samples: Path) -> None:
    """A missing key, a wrong type, a wrong version and a wrong word are errors; a new key is one
    for tests only.
    """
    document = ts.analyze(samples / "odd" / "two-tracks.gpx").to_dict()
    body = document_schema("analysis")
    assert Draft202012Validator(body).is_valid(document)

    def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        other = copy.deepcopy(document)
        change(other)
        return other

    for change in (
        lambda d: d.pop("totals"),
        lambda d: d["segments"][0].pop("p_trail"),
        lambda d: d.update(format_version=0),
        lambda d: d["segments"][0].update(distance="long"),
        lambda d: d["metrics"]["session_load"].update(evidence="proven"),
    ):
        assert not Draft202012Validator(body).is_valid(changed(change))
    new = changed(lambda d: d["totals"].update(smiles=3))
    assert Draft202012Validator(body).is_valid(new)
    assert not validator("analysis").is_valid(new)


@pytest.mark.parametrize("name", ["two-tracks.gpx", "no-elevation.gpx"])
def test_an_analysis_comes_back_from_its_document(
    samples: Path, tmp_path: Path, name: str
) -> None:
    """By way of JSON: the same document again, tables with their schema, and the same report can be
    made of it.
    """
    first = ts.analyze(samples / "odd" / name)
    document = first.to_dict()
    back = ts.Analysis.from_dict(json.loads(json.dumps(document)))
    assert back.to_dict() == document
    for table, frame in (
        (schema.SEGMENTS, back.segments),
        (schema.CLIMBS, back.climbs),
        (schema.PROFILE, back.profile),
        (schema.IMPACT, back.impact),
    ):
        table.validate(frame)
    pd.testing.assert_frame_equal(back.segments, first.segments)


def test_missing_totals_come_back_missing(samples: Path) -> None:
    """Ascent without elevation is NaN on both sides of JSON, where it is null."""
    first = ts.analyze(samples / "odd" / "two-tracks.gpx")
    flat = replace(
        first, totals=replace(first.totals, ascent=math.nan, descent=math.nan)
    )
    document = json.loads(json.dumps(flat.to_dict()))
    assert document["totals"]["ascent"] is None
    assert math.isnan(ts.Analysis.from_dict(document).totals.ascent)


def test_documents_of_another_version_are_refused(samples: Path) -> None:
    """The error names both versions; a document that lacks a part says which."""
    document = ts.analyze(samples / "odd" / "two-tracks.gpx").to_dict()
    with pytest.raises(ts.SchemaError, match="format_version 99"):
        ts.Analysis.from_dict(document | {"format_version": 99})
    with pytest.raises(ts.SchemaError, match="segments"):
        ts.Analysis.from_dict(
            {k: v for k, v in document.items() if k != "segments"}
        )


def kind_kept(path: Path) -> str:
    """Return the kind of a kept document, such as analysis-0.1.0.json.gz or
    analysis.gpx-0.1.0.json.gz.
    """
    return path.name.partition("-")[0].partition(".")[0]


@pytest.mark.parametrize(
    "path",
    sorted(EARLIER.glob("*.json.gz")),
    ids=lambda p: p.name.removesuffix(".json.gz"),
)
def test_documents_of_earlier_releases_are_still_good(path: Path) -> None:
    """Each fits today's schema, and an analysis is brought back with all its keys and values.

    `tools/keep_documents.py` writes those of a release that is not out yet anew.
    """
    document = json.loads(gzip.decompress(path.read_bytes()))
    kind = kind_kept(path)
    Draft202012Validator(document_schema(kind)).validate(document)
    if kind == "analysis":
        again = ts.Analysis.from_dict(document).to_dict()
        assert contains(again, document)


def contains(new: Any, old: Any) -> bool:
    """Tell whether a document holds all that an earlier one held."""
    if isinstance(old, dict):
        return all(
            key in new and contains(new[key], value) for key, value in old.items()
        )
    if isinstance(old, list):
        return len(new) == len(old) and all(
            contains(n, o) for n, o in zip(new, old, strict=True)
        )
    return bool(new == old)


def test_there_are_earlier_documents() -> None:
    """Of each document with a format of its own, at least one is kept."""
    kinds = {kind_kept(path) for path in EARLIER.glob("*.json.gz")}
    assert kinds >= {"analysis", "history", "claims", "problem"}


def test_a_key_that_joined_later_may_be_absent(
    samples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Named as such, a column or a sum that an earlier document lacks is missing; not named, that
    is an error.
    """
    document = ts.analyze(samples / "odd" / "two-tracks.gpx").to_dict()
    for row in document["segments"]:
        del row["speed"]
    del document["totals"]["hike_time"]
    with pytest.raises(ts.SchemaError):
        ts.Analysis.from_dict(document)
    assert not Draft202012Validator(document_schema("analysis")).is_valid(
        document
    )
    later = frozenset({"segments.speed", "totals.hike_time"})
    for module in (documents, results, json_schemas):
        monkeypatch.setattr(module, "LATER_KEYS", later)
    assert Draft202012Validator(document_schema("analysis")).is_valid(document)
    back = ts.Analysis.from_dict(document)
    assert back.segments["speed"].isna().all()
    assert back.totals.hike_time == 0.0


@pytest.mark.corpus
def test_every_document_on_the_whole_corpus_keeps_its_schema(
    corpus: Path, printed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Each analysis, the history, the claims, what they rest on, the check, and a problem for each
    file that failed.
    """
    history = ts.analyze_folder(corpus)
    assert len(history.activities) >= 600
    for number, analysis in enumerate(history.analyses):
        document = check(
            "analysis", json.dumps(analysis.to_dict(), allow_nan=False)
        )
        if number % 10 == 0:
            assert ts.Analysis.from_dict(document).to_dict() == document
    # The commands print the history that was just made.
    monkeypatch.setattr(
        "trailstats.cli._work.histories_of",
        lambda *_args, **_options: {"": history},
    )
    for arguments in (
        ("batch", corpus, "-o", tmp_path / "runs.json"),
        ("claims", corpus),
        ("claims", corpus, "--explain", "easy_days"),
        ("check", corpus),
    ):
        code, _ = printed(*arguments)
        assert code in (0, 3), arguments
    check("history", (tmp_path / "runs.json").read_text(encoding="utf-8"))
    for failure in history.failures:
        if Path(failure.source).is_file():
            code, document = printed("analyze", failure.source)
            assert code == 1
            assert document["problem"]["code"] == failure.code

"""What the service answers, asked by a real client."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

import trailstats as ts
from trailstats.model.json_schemas import document_schema


def valid(name: str, answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text[:300]
    document: dict[str, Any] = answer.json()
    Draft202012Validator(document_schema(name)).validate(document)
    return document


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Return a problem document after RFC 9457, whose status is that of the answer."""
    assert answer.status_code == status, answer.text[:300]
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert document["status"] == status
    assert document["code"] == code, document
    assert document["type"] == f"urn:trailstats:problem:{code}"
    assert document["title"]
    assert document["detail"]
    return document


@pytest.fixture(scope="module")
def some(samples: Path) -> list[Path]:
    """Return the six smallest recordings of the archive."""
    return sorted(
        (samples / "archive").iterdir(), key=lambda p: p.stat().st_size
    )[:6]


def test_health(client: httpx.Client) -> None:
    """It says that it is up, and its version."""
    assert client.get("/health").json() == {
        "status": "ok",
        "version": ts.__version__,
    }


def test_an_upload_is_answered_with_its_analysis(
    client: httpx.Client, some: list[Path]
) -> None:
    """The same document as from the library, named as the file was uploaded."""
    answer = client.post(
        "/analysis", files={"file": (some[0].name, some[0].read_bytes())}
    )
    document = valid("analysis", answer)
    own = ts.analyze(some[0]).to_dict()
    assert document["meta"]["source"] == some[0].name
    assert document["totals"] == own["totals"]
    assert answer.headers["cache-control"] == "no-store"


def test_many_files_and_a_zip_give_the_same_history(
    client: httpx.Client, some: list[Path]
) -> None:
    """Rows for each, whether they come one by one or in a zip; a file that can't be read is a row
    too.
    """
    page = ("page.gpx", b"<!DOCTYPE html><html></html>")
    files = [("files", (p.name, p.read_bytes())) for p in some] + [
        ("files", page)
    ]
    singly = valid("history", client.post("/history", files=files))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for _, (name, content) in files:
            archive.writestr(name, content)
    zipped = valid(
        "history",
        client.post("/history", files={"files": ("runs.zip", buffer.getvalue())}),
    )
    assert [row["status"] for row in singly["activities"]] == ["ok"] * 6 + [
        "failed"
    ]
    for one, other in zip(
        singly["activities"], zipped["activities"], strict=True
    ):
        assert other["file"] == f"runs.zip/{one['file']}"
        assert one["distance"] == other["distance"]


def test_claims_and_report(client: httpx.Client, some: list[Path]) -> None:
    """The claims as their document, the report as one page that allows no foreign script."""
    files = [("files", (p.name, p.read_bytes())) for p in some]
    document = valid("claims", client.post("/claims", files=files))
    assert len(document["claims"]) == 11
    answer = client.post("/report", files=files)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Content-Security-Policy" in answer.text
    assert some[0].name in answer.text


def test_files_of_the_same_name_are_kept_apart(
    client: httpx.Client, some: list[Path]
) -> None:
    """Two uploads that are called the same are two rows."""
    files = [("files", ("run.gpx.gz", p.read_bytes())) for p in some[:2]]
    document = valid("history", client.post("/history", files=files))
    assert {row["file"] for row in document["activities"]} == {
        "run.gpx.gz",
        "2-run.gpx.gz",
    }


def test_what_can_not_be_used_is_a_problem(client: httpx.Client) -> None:
    """A web page, nothing at all, an empty file, a wrong address and a wrong method: each says what
    is wrong.
    """
    page = b"<!DOCTYPE html><html><body>Please sign in</body></html>"
    found = problem(
        client.post("/analysis", files={"file": ("run.gpx", page)}),
        422,
        "unsupported_format",
    )
    assert "HTML" in found["detail"]
    assert "run.gpx" in found["detail"]
    found = problem(
        client.post("/analysis", files={"file": ("run.fit", b"")}),
        422,
        "unsupported_format",
    )
    assert "empty" in found["detail"]
    problem(client.post("/analysis"), 422, "invalid_request")
    problem(
        client.post("/report", files={"files": ("run.gpx", page)}),
        422,
        "unreadable",
    )
    problem(client.get("/none"), 404, "http")
    assert problem(client.get("/analysis"), 405, "http")
    broken = {"content-type": "multipart/form-data; boundary=x"}
    problem(
        client.post("/analysis", content=b"no form at all", headers=broken),
        400,
        "http",
    )


def test_an_app_reads_the_answer_back(
    client: httpx.Client, some: list[Path]
) -> None:
    """From upload to JSON, and from there to tables again."""
    answer = client.post(
        "/analysis", files={"file": (some[0].name, some[0].read_bytes())}
    )
    run = ts.Analysis.from_dict(answer.json())
    assert run.segments["distance"].sum() == pytest.approx(run.totals.distance)

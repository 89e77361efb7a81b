"""The service with a memory: tokens, jobs, documents of all that was uploaded, a rate."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from jsonschema import Draft202012Validator

from trailstats.model.json_schemas import document_schema


def token_for(folder: Path, root: Path) -> str:
    """Return a new token."""
    done = subprocess.run(
        [sys.executable, "-m", "app", "--keep", str(folder), "--new-token"],
        cwd=root / "examples",
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture(scope="module")
def kept(
    start: Callable, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path, list[str]]:
    """Return the address of a service that keeps, its folder, and two tokens."""
    folder = tmp_path_factory.mktemp("kept")
    tokens = [token_for(folder, root) for _ in range(2)]
    given = (
        "--workers",
        "1",
        "--requests-per-minute",
        "3000",
        "--keep",
        str(folder),
    )
    return start(*given).address, folder, tokens


def client_of(address: str, token: str) -> httpx.Client:
    head = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=address, headers=head, timeout=300)


def finished(client: httpx.Client, job: str) -> dict:
    """Wait for a job and return it."""
    for _ in range(600):
        found = client.get(f"/kept/jobs/{job}").json()
        if found["state"] in ("done", "failed"):
            return found
        time.sleep(0.2)
    pytest.fail("the job does not end")


def upload(client: httpx.Client, *paths: Path) -> dict:
    files = [("files", (path.name, path.read_bytes())) for path in paths]
    answer = client.post("/kept/recordings", files=files)
    assert answer.status_code == 202, answer.text
    return answer.json()


def test_uploads_add_up_and_are_ones_own(kept, samples: Path) -> None:
    """Documents keep their schemas and hold all jobs' files; another token sees nothing of it;
    what is forgotten is gone from the disk.
    """
    address, folder, (own, other) = kept
    with client_of(address, own) as mine, client_of(address, other) as theirs:
        assert mine.get("/kept/history").json()["code"] == "nothing_yet"
        for name in ("two-tracks.gpx", "paused.fit"):
            job = upload(mine, samples / "odd" / name)
            ended = finished(mine, job["id"])
            assert (ended["state"], ended["measured"]) == ("done", 1)
        history = mine.get("/kept/history").json()
        Draft202012Validator(document_schema("history")).validate(history)
        assert len(history["activities"]) >= 2
        claims = mine.get("/kept/claims").json()
        Draft202012Validator(document_schema("claims")).validate(claims)
        assert theirs.get("/kept/history").status_code == 404
        assert theirs.get(f"/kept/jobs/{job['id']}").status_code == 404
        held = [p for p in folder.rglob("*") if "paused" in p.name]
        assert held
        assert mine.delete("/kept").status_code == 204
        assert mine.get("/kept/history").status_code == 404
        assert not held[0].exists()
        assert own not in (folder / "keep.sqlite").read_bytes().decode("latin-1")


def test_a_job_that_fails_says_why(kept, samples: Path) -> None:
    """Nothing that could be read is no history of claims."""
    address, _, (own, _) = kept
    with client_of(address, own) as mine:
        job = upload(mine, samples / "odd" / "web-page.gpx")
        found = finished(mine, job["id"])
        assert found["state"] == "failed"
        assert "no activity could be read" in found["detail"]
        mine.delete("/kept")


@pytest.mark.parametrize("head", [{}, {"Authorization": "Bearer x"}])
def test_nobody_else_is_answered(kept, head: dict[str, str]) -> None:
    """A problem document that asks for a token."""
    for path in ("/kept/history", "/kept/jobs/1"):
        answer = httpx.get(f"{kept[0]}{path}", headers=head)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.json()["code"] == "unknown_token"


def test_the_rate_is_that_of_a_bucket(root: Path, monkeypatch) -> None:
    """By hand: two at once, the third after half a minute, each token for itself."""
    monkeypatch.syspath_prepend(str(root / "examples"))
    from app.engine import Rate

    rate = Rate(2.0)
    assert [rate.take("a", 100.0) for _ in range(3)] == [0.0, 0.0, 30.0]
    assert rate.take("b", 100.0) == 0.0
    assert rate.take("a", 129.0) == pytest.approx(1.0)
    assert rate.take("a", 130.1) == 0.0


def test_too_many_requests_are_turned_away(
    start: Callable, root: Path, tmp_path: Path
) -> None:
    """With the time to wait."""
    token = token_for(tmp_path, root)
    given = ("--keep", str(tmp_path), "--requests-per-minute", "3")
    with client_of(start(*given).address, token) as client:
        answers = [client.get("/kept/jobs/1") for _ in range(5)]
    assert [a.status_code for a in answers] == [404, 404, 404, 429, 429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 21


def test_what_is_kept_has_bounds(
    start: Callable, root: Path, samples: Path, tmp_path: Path
) -> None:
    """Bytes and unfinished jobs of one token; what is turned away is not kept."""
    token = token_for(tmp_path, root)
    given = (
        "--keep",
        str(tmp_path),
        "--kept-bytes",
        "300000",
        "--kept-jobs",
        "1",
    )
    small = (
        "files",
        ("a.gpx", (samples / "odd" / "two-tracks.gpx").read_bytes()),
    )
    large = ("files", ("b.gpx", b"<gpx>" + b" " * 400_000))
    with client_of(start(*given).address, token) as client:
        answers = [
            client.post("/kept/recordings", files=[files])
            for files in (large, small, small)
        ]
    assert [a.status_code for a in answers] == [413, 202, 429]
    assert answers[0].json()["code"] == "too_much_kept"
    assert answers[2].json()["code"] == "too_many_jobs"
    assert not [p for p in tmp_path.rglob("*") if p.name.endswith("-b.gpx")]


def test_what_was_forgotten_does_not_come_back(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job that was under way keeps no document after its owner said to forget."""
    monkeypatch.syspath_prepend(str(root / "examples"))
    from app.keep import Keep

    keep = Keep(tmp_path)
    owner = keep.owner_of(keep.new_token())
    job = keep.new_job(owner, 1)
    keep.put(job.id, "history", b"{}")
    assert keep.document(owner, "history") == b"{}"
    keep.forget(owner)
    keep.put(job.id, "history", b"{}")
    assert keep.document(owner, "history") is None
    keep.close()


def test_the_page_of_the_description(kept) -> None:
    """`/docs` names every address and loads nothing."""
    answer = httpx.get(f"{kept[0]}/docs")
    description = httpx.get(f"{kept[0]}/openapi.json").json()
    for path in description["paths"]:
        assert f" {path}<" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "http://" not in answer.text and "https://" not in answer.text


CLIENT = """
import createClient from "openapi-fetch";
import type { paths, components } from "./service";
const client = createClient<paths>({ baseUrl: "http://localhost:8000" });
export async function verdicts(): Promise<string[]> {
  const { data, error } = await client.GET("/kept/claims");
  if (error) throw new Error(error.detail);
  return data.claims.map((c) => `${c.claim}: ${c.verdict} ${c.low ?? ""}`);
}
export async function state(job: string): Promise<"queued" | "running" | "done" | "failed"> {
  const { data } = await client.GET("/kept/jobs/{job}", { params: { path: { job } } });
  if (!data) throw new Error("no job");
  return data.state;
}
export type Activity = components["schemas"]["history"]["activities"][number];
export const ascent = (a: Activity): number | null => a.ascent;
"""


@pytest.mark.release
@pytest.mark.skipif(
    shutil.which("npm") is None, reason="npm is not installed here"
)
def test_a_typescript_client_type_checks(kept, tmp_path: Path) -> None:
    """One that is generated from the description, used strictly; a wrong use doesn't pass."""
    description = httpx.get(f"{kept[0]}/openapi.json")
    (tmp_path / "service.json").write_bytes(description.content)
    (tmp_path / "package.json").write_text('{"type": "module", "private": true}')
    packages = ("openapi-typescript@7", "openapi-fetch@0.13", "typescript@5")
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund", *packages]
    subprocess.run(install, cwd=tmp_path, check=True, timeout=300)
    programs = tmp_path / "node_modules" / ".bin"
    generate = [
        programs / "openapi-typescript",
        "service.json",
        "-o",
        "service.d.ts",
    ]
    subprocess.run(
        generate, cwd=tmp_path, check=True, timeout=120, capture_output=True
    )
    check = [programs / "tsc", "--noEmit", "--strict", "--skipLibCheck"]
    check += ["--target", "es2022"]
    check += ["--module", "esnext", "--moduleResolution", "bundler", "client.ts"]
    for text, passes in (
        (CLIENT, True),
        (CLIENT.replace("data.state", "data.stat"), False),
    ):
        (tmp_path / "client.ts").write_text(text)
        done = subprocess.run(
            check, cwd=tmp_path, capture_output=True, text=True, timeout=120
        )
        assert (done.returncode == 0) == passes, done.stdout

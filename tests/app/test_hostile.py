"""Uploads that mean harm, and very many at once: each is answered, nothing stays behind."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import io
import resource
import signal
import socket
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

N_PARALLEL = 1_000


def refused(answer: httpx.Response, *statuses: int) -> dict[str, Any]:
    assert answer.status_code in statuses, answer.text[:300]
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    for secret in ("/tmp", "trailstats-app-", "Traceback"):
        assert secret not in answer.text
    return document


def still_well(server: Any, client: httpx.Client) -> None:
    """Check that the service answers, and that no file and no process of a request is left
    behind.
    """
    assert client.get("/health").status_code == 200
    for _ in range(100):
        if not server.left_behind():
            break
        time.sleep(0.1)
    assert server.left_behind() == []
    assert (
        len(server.processes()) <= 2
    )  # that which forks the workers, and its tracker


def track(number: int, points: int = 60) -> bytes:
    """Return a short run that no other number gives."""
    steps = np.arange(points)
    lines = [
        f'<trkpt lat="{40 + number / 100:.6f}" lon="{10 + 4e-5 * k:.6f}"><ele>{100 + number}</ele>'
        f"<time>2026-01-01T10:{k // 60:02d}:{k % 60:02d}Z</time></trkpt>"
        for k in steps
    ]
    head = '<gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1"><trk>'
    return f"{head}<name>run {number}</name><trkseg>{''.join(lines)}</trkseg></trk></gpx>".encode()


def test_a_bomb_in_a_zip(server: Any, client: httpx.Client) -> None:
    """A gigabyte of one byte, well packed, and zips within zips, are refused with the limit that
    they broke.
    """
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("run.gpx", "w") as member,
    ):
        member.write(b'<gpx><trk><trkseg><trkpt lat="1" lon="1">')
        for _ in range(1000):
            member.write(bytes(1 << 20))
    answer = client.post(
        "/analysis", files={"file": ("run.zip", buffer.getvalue())}
    )
    assert refused(answer, 413)["code"] == "limit"
    nested = buffer.getvalue()
    for _ in range(6):
        outer = io.BytesIO()
        with zipfile.ZipFile(outer, "w") as archive:
            archive.writestr("run.zip", nested)
        nested = outer.getvalue()
    refused(
        client.post("/claims", files={"files": ("runs.zip", nested)}), 413, 422
    )
    still_well(server, client)


def test_a_bomb_in_xml_and_a_file_of_the_server(
    server: Any, client: httpx.Client
) -> None:
    """Entities are not expanded, and none reads a file of the server."""
    bomb = '<!DOCTYPE b [<!ENTITY a0 "lol">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)
    )
    text = bomb + "]><gpx><trk><name>&a11;</name><trkseg></trkseg></trk></gpx>"
    refused(
        client.post("/analysis", files={"file": ("run.gpx", text.encode())}),
        413,
        422,
    )
    steal = '<!DOCTYPE b [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    body = track(1).decode().replace("run 1", "&x;")
    answer = client.post(
        "/analysis", files={"file": ("run.gpx", (steal + body).encode())}
    )
    assert "root:" not in answer.text
    if answer.status_code != 200:
        refused(answer, 422)
    still_well(server, client)


@pytest.mark.parametrize(
    "name",
    [
        "../../../../tmp/evil.gpx",
        "..\\..\\evil.gpx",
        "/etc/evil.gpx",
        "C:\\evil.gpx",
        ".gpx",
        "a/../../evil.gpx",
    ],
)
def test_names_that_lead_elsewhere(
    server: Any, client: httpx.Client, name: str
) -> None:
    """The last part of a name is all that is used, and members of a zip are never written under
    theirs.
    """
    document = client.post("/analysis", files={"file": (name, track(2))}).json()
    source = document["meta"]["source"]
    assert "/" not in source
    assert "\\" not in source
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name.lstrip("/"), track(3))
    before = set(server.temporary.parent.rglob("evil*"))
    client.post("/history", files={"files": ("runs.zip", buffer.getvalue())})
    assert set(server.temporary.parent.rglob("evil*")) == before
    still_well(server, client)


def test_a_script_in_a_name_is_text(client: httpx.Client) -> None:
    """What a file or its name holds is shown in the report, never run."""
    body = track(4).replace(b"run 4", b"&lt;script&gt;alert(1)&lt;/script&gt;")
    answer = client.post(
        "/report", files={"files": ("<img src=x onerror=alert(2)>.gpx", body)}
    )
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text


def test_a_body_that_is_too_large(start: Callable[..., Any]) -> None:
    """Told or not told in advance, it is cut off at the limit."""
    server = start("--most-bytes", "100000")
    with httpx.Client(base_url=server.address, timeout=120) as client:
        answer = client.post(
            "/analysis", files={"file": ("run.gpx", bytes(200_000))}
        )
        assert refused(answer, 413)["code"] == "too_large"

        def endless() -> Any:
            yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="run.gpx"\r\n\r\n'
            for _ in range(100):
                yield bytes(10_000)

        try:
            answer = client.post(
                "/analysis",
                content=endless(),
                headers={"content-type": "multipart/form-data; boundary=x"},
            )
        except httpx.WriteError:
            pass  # the service hung up while the rest was still being sent
        else:
            assert refused(answer, 413)["code"] == "too_large"
        assert (
            client.post(
                "/analysis", files={"file": ("run.gpx", track(5))}
            ).status_code
            == 200
        )
        still_well(server, client)


def test_work_that_takes_too_long_is_killed(
    start: Callable[..., Any], samples: Path
) -> None:
    """The process ends with its time, the request with a problem, and the next one is served."""
    server = start("--most-seconds", "0.05")
    archive = sorted((samples / "archive").iterdir())[:20]
    with httpx.Client(base_url=server.address, timeout=120) as client:
        answer = client.post(
            "/claims",
            files=[("files", (p.name, p.read_bytes())) for p in archive],
        )
        assert refused(answer, 504)["code"] == "time_over"
        still_well(server, client)


def test_a_thousand_uploads_at_once(server: Any, client: httpx.Client) -> None:
    """Each of them is answered, with its own run and no other's, and nothing stays behind."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    descriptors = Path(f"/proc/{server.process.pid}/fd")
    before = len(list(descriptors.iterdir()))

    async def all_of_them() -> list[httpx.Response]:
        limits = httpx.Limits(max_connections=N_PARALLEL)
        async with httpx.AsyncClient(
            base_url=server.address, timeout=1200, limits=limits
        ) as many:
            wanted = [
                many.post(
                    "/analysis",
                    files={"file": (f"run-{number}.gpx", track(number))},
                )
                for number in range(N_PARALLEL)
            ]
            return await asyncio.gather(*wanted)

    answers = asyncio.run(all_of_them())
    assert [a.status_code for a in answers] == [200] * N_PARALLEL
    for number, answer in enumerate(answers):
        document = answer.json()
        assert document["meta"]["source"] == f"run-{number}.gpx"
        assert document["meta"]["name"] == f"run {number}"
        assert document["profile"][0]["latitude"] == pytest.approx(
            40 + number / 100
        )
    still_well(server, client)
    assert len(list(descriptors.iterdir())) <= before + 10


EVERY = {"cache-control": "no-store", "x-frame-options": "DENY"}


def test_every_answer_has_its_headers(server: Any, client: httpx.Client) -> None:
    """Pages, documents, problems of the framework and of the server below it."""
    answers = [
        client.get("/"),
        client.get("/health"),
        client.get("/nothing"),
        client.get("/openapi.json"),
        client.post("/analysis"),
        client.post("/analysis", files={"file": ("a.gpx", b"x")}),
        client.post("/analysis", files={"file": ("a.gpx", track(1))}),
        client.put("/analysis"),
    ]
    for answer in answers:
        assert EVERY.items() <= dict(answer.headers).items(), answer.url
    long = b"POST /analysis HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999"
    for request in (b"nonsense", long + b"\r\nConnection: close"):
        raw = talk(server, request + b"\r\n\r\n").lower()
        assert b"x-frame-options: deny" in raw
        assert b"cache-control: no-store" in raw


def talk(server: Any, request: bytes) -> bytes:
    """Send bytes and return the answer."""
    host, port = server.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as line:
        line.sendall(request)
        out = b""
        while data := line.recv(4096):
            out += data
    return out


@pytest.mark.parametrize(
    "name", ["é" * 300 + ".gpx", "跑" * 90 + ".gpx", "a." + "é" * 300]
)
def test_names_are_cut_by_bytes(client: httpx.Client, name: str) -> None:
    """What a file system counts; two that are alike when cut stay apart."""
    answer = client.post(
        "/history",
        files=[("files", (name, track(1))), ("files", (name, track(2)))],
    )
    assert answer.status_code == 200, answer.text
    rows = answer.json()["activities"]
    assert len({row["file"] for row in rows}) == 2


def test_heads_that_never_end_are_closed(start: Callable[..., Any]) -> None:
    """So are connections that say nothing."""
    server = start("--head-seconds", "0.5")
    for begin in (b"", b"GET / HTTP/1.1\r\nHost: x\r\n", b"GET /health"):
        assert talk(server, begin) == b""
    assert httpx.get(f"{server.address}/health").status_code == 200


def test_waiting_uploads_have_a_bound(start: Callable[..., Any]) -> None:
    """Of bytes, over all requests together; they are free again afterwards."""
    server = start("--most-waiting-bytes", "60000")
    with httpx.Client(base_url=server.address, timeout=120) as client:
        answer = client.post(
            "/analysis", files={"file": ("a.gpx", bytes(90_000))}
        )
        assert refused(answer, 503)["code"] == "busy"
        for _ in range(10):
            answer = client.post("/analysis", files={"file": ("a.gpx", track(3))})
            assert answer.status_code == 200
        still_well(server, client)


def test_nothing_stays_after_the_service_is_ended(
    start: Callable[..., Any], samples: Path
) -> None:
    """Ended in the middle of uploads and work."""
    server = start("--workers", "1")
    archive = sorted((samples / "archive").iterdir())[:40]
    body = [("files", (p.name, p.read_bytes())) for p in archive]

    def ask() -> None:
        with contextlib.suppress(httpx.TransportError):
            httpx.post(f"{server.address}/report", files=body, timeout=60)

    asking = [threading.Thread(target=ask) for _ in range(4)]
    for one in asking:
        one.start()
    for _ in range(600):
        if server.left_behind():
            break
        time.sleep(0.05)
    assert server.left_behind()
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(timeout=60)
    for one in asking:
        one.join()
    assert [
        p for p in server.temporary.rglob("*") if "trailstats" in str(p)
    ] == []


def test_a_busy_machine_fails_no_good_upload(start: Callable[..., Any]) -> None:
    """The limit counts the processor's time: work that is held up is not over its time."""
    server = start("--most-seconds", "5", "--workers", "8")
    with concurrent.futures.ThreadPoolExecutor(12) as many:
        answers = many.map(
            lambda k: (
                httpx.post(
                    f"{server.address}/analysis",
                    files={"file": ("a.gpx", track(k, 600))},
                    timeout=300,
                ).status_code
            ),
            range(12),
        )
        assert set(answers) == {200}

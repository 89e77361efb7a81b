"""Fetching files over HTTP: politely, one at a time, resumed where it was cut off, and checked."""

from __future__ import annotations

import hashlib
import shutil
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPMessage, HTTPResponse
from pathlib import Path
from typing import IO, Final, NamedTuple

from trailstats._version import __version__
from trailstats.boundary import reason_of
from trailstats.errors import DownloadError, WriteError

__all__ = ["FetchRules", "Fetcher", "Progress"]

AGENT: Final = (
    f"trailstats/{__version__} (map extracts for one runner's recordings)"
)
CHUNK: Final = 1 << 18

BUSY: Final = frozenset({429, 500, 502, 503, 504})
"""Answers after which asking again later may help."""

Progress = Callable[[int, int | None], None]
"""Called with the bytes that are there and the bytes in all, None where the server doesn't say."""


@dataclass(frozen=True, kw_only=True)
class FetchRules:
    """How patient a download is; all values are our choice.

    Attributes
    ----------
    tries : int
        Times that a request is made before it is given up.
    pause : float
        Wait before the second try, doubled from try to try [s].
    longest_pause : float
        A server that asks for a longer wait is believed, and the download given up [s].
    timeout : float
        Longest silence of the server [s].
    spare : int
        Room on the disk that a download leaves [bytes].
    largest : int
        Largest document that is read into memory [bytes].
    sleep : callable
        Waits so many seconds.
    """

    tries: int = 5
    pause: float = 2.0
    longest_pause: float = 120.0
    timeout: float = 30.0
    spare: int = 200 << 20
    largest: int = 64 << 20
    sleep: Callable[[float], None] = time.sleep


class Head(NamedTuple):
    """What a server says of a file: its size [bytes], None without one, and its version."""

    size: int | None
    mark: str


class _WebOnly(urllib.request.HTTPRedirectHandler):
    """Follows a server to other pages of the web, and nowhere else."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        _check_scheme(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


@dataclass(frozen=True)
class Fetcher:
    """Fetches documents and files.

    Attributes
    ----------
    rules : FetchRules
    """

    rules: FetchRules = field(default_factory=FetchRules)

    def document(self, url: str, kept: Path) -> bytes:
        """Return a document, from the copy that is kept where the server says that it still holds.

        Parameters
        ----------
        url : str
        kept : Path
            The copy, written anew where the document changed; its mark lies beside it.

        Raises
        ------
        DownloadError
            When the server doesn't give it.
        WriteError
            When the copy can't be written.
        """
        mark = kept.with_suffix(f"{kept.suffix}.etag")
        headers = {}
        if kept.is_file() and mark.is_file():
            headers["If-None-Match"] = mark.read_text(encoding="utf-8")
        with self._open(url, headers) as answer:
            if answer.status == 304:
                return kept.read_bytes()
            content = answer.read(self.rules.largest + 1)
            tag = answer.headers.get("ETag", "")
        if len(content) > self.rules.largest:
            raise DownloadError(f"{url}: larger than {self.rules.largest} bytes")
        try:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(content)
            mark.write_text(tag, encoding="utf-8")
        except OSError as error:
            raise WriteError(
                f"{kept}: can't be written: {reason_of(error)}"
            ) from error
        return content

    def post(self, url: str, form: Mapping[str, str], target: Path) -> None:
        """Write what a server answers to a form.

        Raises
        ------
        DownloadError, WriteError
            As for `file`.
        """
        body = urllib.parse.urlencode(form).encode()
        with (
            self._open(url, {}, body) as answer,
            _writing(target, "wb") as stream,
        ):
            _refuse_page(url, answer)
            shutil.copyfileobj(answer, stream, CHUNK)

    def head(self, url: str) -> Head:
        """Return what a server says of a file without sending it."""
        with self._open(url, {}, method="HEAD") as answer:
            length = answer.headers.get("Content-Length", "")
            mark = answer.headers.get("ETag", "")
        return Head(int(length) if length.isdecimal() else None, mark)

    def checksum(self, url: str) -> str | None:
        """Return the MD5 that a server states for a file in ``URL.md5``, None where it doesn't."""
        try:
            with self._open(f"{url}.md5", {}) as answer:
                words = answer.read(200).split()
        except DownloadError:
            return None
        stated = words[0].decode("ascii", "replace").lower() if words else ""
        return stated if len(stated) == 32 else None

    def file(
        self, url: str, target: Path, *, progress: Progress | None = None
    ) -> str:
        """Fetch a file, going on where an earlier try was cut off.

        Parameters
        ----------
        url : str
        target : Path
            Written when all of it is there and its checksum is right; until then what is there lies
            beside it as ``.part``.
        progress : callable, optional

        Returns
        -------
        str
            The server's mark of this version of the file, empty where it gives none.

        Raises
        ------
        DownloadError
            When the server can't be reached, refuses, is out of patience or sends something else.
        WriteError
            When there is no room, or the folder can't be written to.
        """
        part = target.with_suffix(f"{target.suffix}.part")
        mark = part.with_suffix(".mark")
        stated = self.checksum(url)
        tag = ""
        for attempt in range(self.rules.tries):
            if attempt:
                self.rules.sleep(self._wait(attempt))
            tag, complete = self._go_on(url, part, mark, progress)
            if complete:
                break
        else:
            raise DownloadError(
                f"{url}: cut off {self.rules.tries} times; call again to go on"
            )
        found = _md5(part)
        if stated is not None and found != stated:
            part.unlink()
            raise DownloadError(
                f"{url}: checksum {found} where {stated} is stated; fetch it again"
            )
        part.replace(target)
        mark.unlink(missing_ok=True)
        return tag

    def _go_on(
        self, url: str, part: Path, mark: Path, progress: Progress | None
    ) -> tuple[str, bool]:
        """Fetch what is missing of a file; return the server's mark and whether it is whole."""
        headers = {}
        there = part.stat().st_size if part.is_file() else 0
        if there and mark.is_file():
            # Without the mark a server would go on with another version of the file.
            headers = {
                "Range": f"bytes={there}-",
                "If-Range": mark.read_text(encoding="utf-8"),
            }
        try:
            answer = self._open(url, headers)
        except DownloadError:
            # What is there may be all, or more, of the file: the next call begins anew.
            if headers:
                part.unlink()
            raise
        with answer:
            _refuse_page(url, answer)
            tag = answer.headers.get("ETag", "")
            length = answer.headers.get("Content-Length", "")
            if answer.status != 206:
                there = 0
            whole = there + int(length) if length.isdecimal() else None
            self._check_room(part, (whole or 0) - there)
            with _writing(part, "ab" if there else "wb") as stream:
                if tag:
                    mark.write_text(tag, encoding="utf-8")
                for chunk in _chunks(answer):
                    stream.write(chunk)
                    there += len(chunk)
                    if progress is not None:
                        progress(there, whole)
        return tag, there == whole or (whole is None and there > 0)

    def _check_room(self, part: Path, needed: int) -> None:
        part.parent.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(part.parent).free
        if free < needed + self.rules.spare:
            raise WriteError(
                f"{part.parent}: {needed / 1e6:.0f} MB are needed and {free / 1e6:.0f} MB are free"
            )

    def _open(
        self,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        method: str | None = None,
    ) -> HTTPResponse:
        """Return the server's answer, asked again after a wait where it is busy."""
        _check_scheme(url)
        request = urllib.request.Request(
            url, body, {"User-Agent": AGENT, **headers}, method=method
        )
        reason = ""
        for attempt in range(self.rules.tries):
            try:
                answer: HTTPResponse = _OPENER.open(
                    request, timeout=self.rules.timeout
                )
                return answer
            except urllib.error.HTTPError as error:
                if error.code == 304:
                    return error  # type: ignore[return-value]  # an answer in all but name
                reason = f"{error.code} {error.reason}"
                wait = self._wait(
                    attempt + 1, error.headers.get("Retry-After", "")
                )
                error.close()
                if error.code not in BUSY or wait > self.rules.longest_pause:
                    break
            except (OSError, HTTPException, ValueError) as error:
                reason = str(
                    getattr(error, "reason", "") or error or type(error).__name__
                )
                wait = self._wait(attempt + 1)
            if attempt + 1 < self.rules.tries:
                self.rules.sleep(wait)
        raise DownloadError(f"{url}: {reason}")

    def _wait(self, attempt: int, asked: str = "") -> float:
        """Return how long to wait before a try: what the server asks for, else ever longer."""
        if asked.isdecimal():
            return float(asked)
        return self.rules.pause * 2.0 ** (attempt - 1)


def _check_scheme(url: str) -> None:
    if urllib.parse.urlsplit(url).scheme not in ("http", "https"):
        raise DownloadError(f"{url}: not an address of the web")


def _refuse_page(url: str, answer: HTTPResponse) -> None:
    """Refuse a web page where a file was asked for: an error page, or a hotel's way in."""
    if answer.headers.get_content_type() in (
        "text/html",
        "application/xhtml+xml",
    ):
        answer.close()
        raise DownloadError(
            f"{url}: the server sent a web page instead of the file"
        )


def _chunks(answer: HTTPResponse) -> Iterator[bytes]:
    """Yield what an answer holds, up to where it is cut off."""
    with suppress(HTTPException, OSError):
        while chunk := answer.read(CHUNK):
            yield chunk


@contextmanager
def _writing(path: Path, mode: str) -> Iterator[IO[bytes]]:
    try:
        with path.open(mode) as stream:
            yield stream
    except OSError as error:
        raise WriteError(
            f"{path}: can't be written: {reason_of(error)}"
        ) from error


def _md5(path: Path) -> str:
    with path.open("rb") as stream:
        # Against a transfer that went wrong, not against somebody with intent.
        return hashlib.file_digest(
            stream, lambda: hashlib.md5(usedforsecurity=False)
        ).hexdigest()


_OPENER: Final = urllib.request.build_opener(_WebOnly)

"""A store that speaks as much of S3 as photos need: objects by path, and signed requests only."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from xml.etree import ElementTree

from typing_extensions import override

ACCESS_KEY = "a-key-for-tests"


class ObjectServer(ThreadingHTTPServer):
    """What it holds, and whether it fails."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Objects)
        self.objects: dict[str, bytes] = {}
        self.failing = False

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.server_port}"


class Objects(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: ObjectServer

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_PUT(self) -> None:
        """Keep an object."""
        body = self._body()
        if not self._refused():
            self.server.objects[self.path] = body
            self._answer(200)

    def do_GET(self) -> None:
        """Give an object."""
        if self._refused():
            return
        body = self.server.objects.get(self.path)
        self._answer(404 if body is None else 200, body or b"")

    def do_HEAD(self) -> None:
        """Say whether there is an object."""
        self.do_GET()

    def do_DELETE(self) -> None:
        """Let an object go."""
        if not self._refused():
            self.server.objects.pop(self.path, None)
            self._answer(204)

    def do_POST(self) -> None:
        """Let several objects go."""
        body = self._body()
        if self._refused():
            return
        bucket = self.path.partition("?")[0].rstrip("/")
        tree = ElementTree.fromstring(body)  # noqa: S314 - from our own client
        gone = [each.text for each in tree.iter() if each.tag.endswith("Key")]
        for key in gone:
            self.server.objects.pop(f"{bucket}/{key}", None)
        said = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in gone)
        self._answer(200, f"<DeleteResult>{said}</DeleteResult>".encode())

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"]))

    def _refused(self) -> bool:
        signed = f"Credential={ACCESS_KEY}/" in self.headers.get("Authorization", "")
        if signed and not self.server.failing:
            return False
        self._answer(500 if self.server.failing else 403)
        return True

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", f'"{md5(body, usedforsecurity=False).hexdigest()}"')
        self.send_header("Last-Modified", "Wed, 18 Mar 2026 02:00:00 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@contextmanager
def object_server() -> Iterator[ObjectServer]:
    """Serve on a free loopback port until the block ends."""
    with ObjectServer() as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()

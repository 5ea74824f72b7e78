"""What a browser sees at the root: the ops UI when it has been built, else one page that says what this is."""

import mimetypes
from pathlib import Path

from gateway.answers import PAGE_POLICY, Answer
from gateway.docs import page

_INDEX = "/index.html"
_FOREVER = (b"cache-control", b"public, max-age=31536000, immutable")
_ASK_AGAIN = (b"cache-control", b"no-cache")

_WELCOME = (
    "<h1>Hawker Boys TMS</h1>"
    "<p>This is the gateway of a training management system: courses, runs, enrolments, attendance and assessments, "
    "kept in step with TPGateway. The ops UI has not been built here.</p>"
    '<p>Programs speak to <code>/api/v1</code>: read the <a href="/api/docs">API document</a>, and sign in with '
    "<code>POST /api/v1/auth/token</code>. Which services are up: <a href='/readyz'>/readyz</a>.</p>"
)


class Pages:
    """The built UI, read once into memory. Only files that were in the folder at the start can ever be served."""

    def __init__(self, folder: Path) -> None:
        self._files: dict[str, Answer] = {}
        if (folder / "index.html").is_file():
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    name = f"/{path.relative_to(folder).as_posix()}"
                    self._files[name] = _file(name, path.read_bytes())

    def find(self, path: str) -> Answer | None:
        """The page at a path. The UI keeps its state in the URL, so a path without a dot is the UI's index."""
        if not self._files:
            return page("Gateway", _WELCOME) if path == "/" else None
        if path in self._files:
            return self._files[path]
        return None if "." in path.rpartition("/")[2] else self._files[_INDEX]


def _file(name: str, content: bytes) -> Answer:
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if media_type.startswith("text/") or media_type.endswith(("javascript", "json")):
        media_type = f"{media_type}; charset=utf-8"
    lasting = _FOREVER if name.startswith("/assets/") else _ASK_AGAIN
    return Answer(200, content, media_type, (lasting,), PAGE_POLICY)

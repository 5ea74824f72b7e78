"""What a browser sees at the root: the ops UI when it has been built, else one page that says how to build it."""

import mimetypes
from dataclasses import replace
from pathlib import Path

from gateway.answers import UI_POLICY, Answer
from gateway.compressing import accepts
from gateway.docs import page

_INDEX = "/index.html"
_FOREVER = (b"cache-control", b"public, max-age=31536000, immutable")
_ASK_AGAIN = (b"cache-control", b"no-cache")
_VARIES = (b"vary", b"accept-encoding")
_BROTLI = ".br"

_WELCOME = (
    "<h1>Hawker Boys TMS</h1>"
    "<p>This is the gateway of a training management system: courses, runs, enrolments, attendance and assessments, "
    "kept in step with TPGateway. The ops UI has not been built here: run <code>make ui</code> in the project's "
    "folder, and start the gateway again.</p>"
    '<p>Programs speak to <code>/api/v1</code>: read the <a href="/api/docs">API document</a>, and sign in with '
    "<code>POST /api/v1/auth/token</code>. Which services are up: <a href='/readyz'>/readyz</a>.</p>"
)


class Pages:
    """The built UI, read once into memory. Only files that were in the folder at the start can ever be served."""

    def __init__(self, folder: Path) -> None:
        self._files: dict[str, Answer] = {}
        self._small: dict[str, Answer] = {}
        """The same, as the build has compressed them."""
        if (folder / "index.html").is_file():
            for path in sorted(folder.rglob("*")):
                if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
                    self._keep(f"/{path.relative_to(folder).as_posix()}", path)

    def find(self, path: str, accepted: bytes | None = None) -> Answer | None:
        """The page at a path, compressed for who accepts that.

        The UI keeps its state in the URL, so a path without a dot is the UI's index.
        """
        if not self._files:
            return page("Gateway", _WELCOME) if path == "/" else None
        if path not in self._files:
            if "." in path.rpartition("/")[2]:
                return None
            path = _INDEX
        small = self._small.get(path)
        return small if small is not None and accepts(accepted, b"br") else self._files[path]

    def _keep(self, name: str, path: Path) -> None:
        if name.endswith(_BROTLI):
            plain = _file(name.removesuffix(_BROTLI), path.read_bytes())
            encoded = (*plain.headers, _VARIES, (b"content-encoding", b"br"))
            self._small[name.removesuffix(_BROTLI)] = replace(plain, headers=encoded)
        elif path.with_name(f"{path.name}{_BROTLI}").is_file():
            plain = _file(name, path.read_bytes())
            self._files[name] = replace(plain, headers=(*plain.headers, _VARIES))
        else:
            self._files[name] = _file(name, path.read_bytes())


def _file(name: str, content: bytes) -> Answer:
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if media_type.startswith("text/") or media_type.endswith(("javascript", "json")):
        media_type = f"{media_type}; charset=utf-8"
    lasting = _FOREVER if name.startswith("/assets/") else _ASK_AGAIN
    return Answer(200, content, media_type, (lasting,), UI_POLICY)

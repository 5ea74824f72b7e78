"""The gateway as one bare ASGI application: decide, check, pass on, count."""

from collections.abc import Awaitable, Callable

import structlog
from starlette.types import Receive, Scope, Send

from gateway import docs
from gateway.answers import Answer, problem, refused
from gateway.auth import Verifier, principal_of
from gateway.body import ClientGone, ClientSlow, TooLarge
from gateway.doors import BODY_LIMIT, Door, Doors, Wish
from gateway.event_pages import EventPages
from gateway.headers import repeated
from gateway.health import Readiness, alive
from gateway.journey import Journey
from gateway.limits import Buckets
from gateway.openapi import Documents
from gateway.own_document import own_document
from gateway.pages import Pages
from gateway.proxy import CutShort, Proxy, wrong_body
from gateway.routes import API, Route, find_route, refuse_ambiguous
from gateway.settings import GatewaySettings
from libs.access.principal import Principal
from libs.errors import NotFound, Refused
from libs.sources import Ids
from libs.telemetry import metrics
from libs.telemetry.context import Context, entered
from libs.telemetry.lines import Lines

log = structlog.get_logger()

Page = Callable[[], Awaitable[Answer]]
_READING = frozenset({"GET", "HEAD"})
_CLIENT_CLOSED = 499
_REPEATED = problem(400, "repeated_header", "A header that may stand once stands twice.")


class Gateway:
    """Everything from outside comes through here; `/internal` and `/ops` of the services cannot be named."""

    def __init__(
        self,
        settings: GatewaySettings,
        *,
        proxy: Proxy,
        doors: Doors,
        on_stop: Callable[[], None] = lambda: None,
        verifier: Verifier,
        ids: Ids,
        callers: Buckets,
        sign_ins: Buckets,
        verifications: Buckets,
        access_log: Lines,
    ) -> None:
        self._proxy = proxy
        self._doors = doors
        self._on_stop = on_stop
        self._verifier = verifier
        self._ids = ids
        self._callers = callers
        self._sign_ins = sign_ins
        self._verifications = verifications
        self._log = access_log
        self.stopping = False
        self._documents = Documents(proxy, own_document(doors))
        self._readiness = Readiness(proxy)
        self._pages = Pages(settings.ui_folder)
        self._own: dict[str, Page] = {
            "/healthz": self._healthz,
            "/readyz": self._readiness.answer,
            "/metrics": self._metrics,
            f"{API}/openapi.json": self._documents.answer,
            "/api/docs": self._docs,
            docs.STYLE_PATH: self._docs_style,
            **EventPages().by_path(),
        }

    def stop(self) -> None:
        """Let what would never end by itself end now, and callers leave; safe to call from a signal handler."""
        self.stopping = True
        self._on_stop()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"the gateway speaks http, not {scope['type']}")
        journey = Journey(scope, send, self._ids, last=self.stopping)
        with entered(Context(journey.correlation_id)):
            try:
                await self._respond(scope, receive, journey)
            except Refused as refusal:
                await journey.answer(refused(refusal))
            except ClientGone:
                journey.status = _CLIENT_CLOSED
            except CutShort:
                # The answer stays incomplete on purpose: the server then breaks the connection, and the caller knows.
                log.warning("answer cut short", upstream=journey.service)
            except Exception:
                log.exception("unforeseen", method=journey.method, route=journey.place, trace_id=journey.trace_id)
                if not journey.started:
                    await journey.answer(_unforeseen())
            finally:
                journey.finish(self._log)

    async def _respond(self, scope: Scope, receive: Receive, journey: Journey) -> None:
        path: str = scope["path"]
        if self._doors.owns(path):
            await self._open(scope, receive, journey)
            return
        own = self._own.get(path)
        if own is not None:
            journey.place = path
            await journey.answer(await own() if journey.method in _READING else _only_get())
            return
        if not path.startswith("/api/"):
            await self._show(path, journey)
            return
        route = find_route(journey.method, path, scope["raw_path"])
        journey.place, journey.service = route.prefix, route.service
        if repeated(scope["headers"]):
            await journey.answer(_REPEATED)
            return
        await self._admit(route, scope, journey)
        await self._proxy.forward(route, scope, receive, journey)

    async def _open(self, scope: Scope, receive: Receive, journey: Journey) -> None:
        """One of our own doors, for a caller who is known."""
        refuse_ambiguous(scope["raw_path"])
        found = self._doors.find(journey.method, scope["path"])
        if not isinstance(found[0], Door):
            allowed = ", ".join(str(method) for method in found).encode()
            await journey.answer(problem(405, "method_not_allowed", "Not this way.", (b"allow", allowed)))
            return
        door, parts = found
        journey.place = door.path
        if repeated(scope["headers"]):
            await journey.answer(_REPEATED)
            return
        principal = await self._known(journey)
        wish = Wish(journey, principal, receive, scope["query_string"], parts)
        try:
            answer = await door.handler(wish)
        except (TooLarge, ClientSlow) as failure:
            answer = wrong_body(failure, BODY_LIMIT)
        if answer is not None:
            await journey.answer(answer)

    async def _known(self, journey: Journey) -> Principal:
        """Who asks, counted against their bucket; raises Unauthenticated, TooMany."""
        principal = await principal_of(journey.headers.get(b"authorization"), self._verifier)
        journey.actor_id = str(principal.subject)
        self._callers.take(journey.actor_id)
        return principal

    async def _admit(self, route: Route, scope: Scope, journey: Journey) -> None:
        """Know the caller, and count the request against them."""
        if not route.public:
            await self._known(journey)
            return
        client = scope.get("client")
        address = client[0] if client else "unknown"
        self._buckets_of(route).take(address)

    def _buckets_of(self, route: Route) -> Buckets:
        """What a stranger's request counts against: guessing passwords or codes is slowed down each for itself."""
        if route.sign_in:
            return self._sign_ins
        return self._verifications if route.verifying else self._callers

    async def _show(self, path: str, journey: Journey) -> None:
        page = self._pages.find(path, journey.headers.get(b"accept-encoding"))
        if page is None:
            raise NotFound("page", "at this path")
        journey.place = "/"
        await journey.answer(page if journey.method in _READING else _only_get())

    async def _healthz(self) -> Answer:
        return alive()

    async def _metrics(self) -> Answer:
        return Answer(200, metrics.render(), metrics.CONTENT_TYPE)

    async def _docs(self) -> Answer:
        return docs.render(await self._documents.merged())

    async def _docs_style(self) -> Answer:
        return docs.style()


def _only_get() -> Answer:
    return problem(405, "method_not_allowed", "This can only be read.", (b"allow", b"GET, HEAD"))


def _unforeseen() -> Answer:
    detail = "Something we did not foresee went wrong in the gateway. Tell us the correlation id."
    return problem(500, "unforeseen", detail)

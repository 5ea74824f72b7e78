"""Answers claim checks over HTTP as the course service would, with nothing behind it: `python -m ... <port>`."""

import sys
from uuid import UUID

import uvicorn
from starlette.types import Receive, Scope, Send

from infra.bench.sync_case import submission


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        return
    await receive()
    body = submission(UUID(scope["path"].rpartition("/")[2])).model_dump_json().encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    uvicorn.run(answer, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", lifespan="off")

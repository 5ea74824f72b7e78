"""The peer's job: an RQ worker posts one prepared body, and does nothing else."""

import httpx


def post(url: str, body: str) -> int:
    """Post a ciphertext as the official application does; raises when it is refused."""
    reply = httpx.post(url, content=body, headers={"Content-Type": "application/json"}, timeout=20)
    reply.raise_for_status()
    return reply.status_code

"""What the simulator says when it starts: where it is, who one can be, and how to point a client at it."""

from infra.tpg_simulator.oauth import TOKEN_PATH
from infra.tpg_simulator.world import World


def banner(world: World, *, url: str, kept_in: str, tells_secrets: bool) -> str:
    """Tell how to call; secrets made here are told on a terminal only, as other output may end in a log file."""
    provider = world.acting_by_default()
    lines = [
        "",
        "  TPGateway simulator, for tests and demonstrations with synthetic data only",
        "",
        f"  base URL        {url}",
        f"  encryption key  {_key_line(world, url, tells_secrets=tells_secrets)}",
        f"  acting provider {provider.uen} ({provider.name}), code {provider.code}, over plain HTTP",
        f"  courses         {', '.join(course.reference for course in world.seed.courses) or 'none'}",
        *_client_lines(world, url, tells_secrets=tells_secrets),
        f"  state           {kept_in}",
        f"  profile         {world.switches.profile}; {len(world.store.runs)} runs known",
        f"  control         {url}/_control/docs (this machine only)",
        "",
        f"  try             curl {url}/_control/access",
        "",
    ]
    return "\n".join(lines)


def _key_line(world: World, url: str, *, tells_secrets: bool) -> str:
    if world.key_was_given:
        return "as given (seed file or TPG_SIMULATOR_AES_KEY)"
    return world.encryption_key if tells_secrets else f"made here, see {url}/_control/access"


def _client_lines(world: World, url: str, *, tells_secrets: bool) -> list[str]:
    lines = []
    for client in world.seed.oauth_clients:
        made = client.client_secret is None and tells_secrets
        secret = world.client_secrets[client.client_id] if made else f"at {url}/_control/access"
        lines.append(f"  OAuth client    {client.client_id}, secret {secret}, token from {url}{TOKEN_PATH}")
    return lines

"""Auth hears nothing: no other service decides who may sign in. What it does of itself, it does by the clock."""

import asyncio
from typing import Any

from libs.chassis.runtime import Runtime
from libs.telemetry.context import Context, entered
from services.auth.commands.bootstrap import ensure_clients, ensure_users
from services.auth.commands.forgetting import BATCH, forget_guards, forget_sign_ins
from services.auth.commands.keys import ensure_keys, rotate_when_due
from services.auth.passwords import passwords_for


async def prepare(runtime: Runtime[Any]) -> None:
    """At each start: the first signing keys, and the accounts the deployment declares. Safe to repeat and at once."""
    passwords = await asyncio.to_thread(passwords_for, runtime.settings)
    with entered(Context(correlation_id=runtime.ids.new())):
        async with runtime.units.begin() as unit:
            await ensure_keys(unit, runtime.vault)
        async with runtime.units.begin() as unit:
            await ensure_clients(unit, runtime.vault, runtime.settings.clients())
        await ensure_users(runtime.units, runtime.vault, passwords, runtime.settings.users())


async def follow_the_clock(runtime: Runtime[Any]) -> None:
    """A duty of the worker: rotate keys when due, forget what is long over. Safe in any number of replicas."""
    while True:
        await tidy(runtime)
        await asyncio.sleep(runtime.settings.key_check_every.total_seconds())


async def tidy(runtime: Runtime[Any]) -> None:
    """One round of it, each part in transactions of its own."""
    with entered(Context(correlation_id=runtime.ids.new())):
        async with runtime.units.begin() as unit:
            await rotate_when_due(unit, runtime.vault, runtime.settings)
        forgotten = BATCH
        while forgotten >= BATCH:
            async with runtime.units.begin() as unit:
                after = runtime.settings.lockout_forgotten_after
                forgotten = max(await forget_sign_ins(unit), await forget_guards(unit, after))

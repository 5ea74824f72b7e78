"""What was remembered of TPGateway, made other than it was: so that every comparison with it is seen to fail."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from infra.chaos.checks.mended import Aftermath
from infra.chaos.portal.drift import Drift
from infra.chaos.portal.there import Record, There, stands


def _untouched(aftermath: Aftermath) -> tuple[str, str]:
    """Kind and key of a standing record that nothing befell, and that is no run: those have others hanging on them."""
    touched = {(drift.kind, drift.key) for drift in aftermath.drifts}
    return next(
        (kind, key)
        for kind, key, record in aftermath.before.all()
        if kind == "enrolments" and stands(kind, record) and (kind, key) not in touched
    )


def _remembered(aftermath: Aftermath, kind: str, changed: Mapping[str, Record]) -> Aftermath:
    return replace(aftermath, before=There({**aftermath.before.records, kind: changed}))


def _forgotten(aftermath: Aftermath) -> Aftermath:
    kind, forgotten = _untouched(aftermath)
    kept = {key: one for key, one in aftermath.before.records[kind].items() if key != forgotten}
    return _remembered(aftermath, kind, kept)


def _otherwise(aftermath: Aftermath, kind: str, key: str, **changed: Any) -> Aftermath:
    records = aftermath.before.records[kind]
    return _remembered(aftermath, kind, {**records, key: {**records[key], **changed}})


def _changed(aftermath: Aftermath) -> Aftermath:
    return _otherwise(aftermath, *_untouched(aftermath), sponsorship="NOBODY")


def _never_mended(aftermath: Aftermath) -> Aftermath:
    mended = next(drift for drift in aftermath.drifts if drift.code == "ENR-05")
    return _otherwise(aftermath, mended.kind, mended.key, sponsorship="NOBODY")


def _never_removed(aftermath: Aftermath) -> Aftermath:
    kind, key = _untouched(aftermath)
    return replace(aftermath, drifts=[*aftermath.drifts, Drift("ENR-02", key, kind, key, was_ours=False)])


TAMPERED: Final[Mapping[str, Callable[[Aftermath], Aftermath]]] = {
    "there other than before": _never_mended,
    "made in the portal, and left there": _never_removed,
    "made twice, or by nobody's order": _forgotten,
    "changed without an order": _changed,
}

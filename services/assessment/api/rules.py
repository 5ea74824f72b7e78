"""What results are judged by."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from libs.access.permissions import Permission
from libs.web.guard import allow
from libs.web.paging import Page, PageQuery, page
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.assessment.commands.rules import introduce_rule
from services.assessment.models.rule import Rule
from services.assessment.queries.rules import list_rules
from services.assessment.schemas.rule import RuleView, RuleWish

router = Router(prefix="/api/v1/assessments/rules", tags=["assessment rules"])


@router.get("", dependencies=[allow(Permission.ASSESSMENTS_VIEW)])
async def list_versions(
    uow: Uow,
    paging: PageQuery,
    course_id: Annotated[UUID | None, Query(description="One course's, with the rule laid down for all.")] = None,
) -> Page[RuleView]:
    """Every version, the newest first."""
    found = await list_rules(uow, course_id=course_id, after=paging.after_int(), limit=paging.limit + 1)
    return page([RuleView.model_validate(each) for each in found], paging.limit, key=lambda view: view.number)


@router.post("", status_code=201, dependencies=[allow(Permission.ASSESSMENT_RULES_WRITE)])
async def introduce(uow: Uow, wish: RuleWish, response: Response) -> RuleView:
    """A whole new version for a course, from a future Singapore day on."""
    rule = await introduce_rule(uow, wish)
    response.headers["Location"] = f"/api/v1/assessments/rules/{rule.id}"
    return RuleView.model_validate(rule)


@router.get("/{rule_id}", dependencies=[allow(Permission.ASSESSMENTS_VIEW)])
async def get_version(uow: Uow, rule_id: UUID) -> RuleView:
    return RuleView.model_validate(await uow.get(Rule, rule_id))

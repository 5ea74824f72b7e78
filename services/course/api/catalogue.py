"""Courses and venues."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from libs.access.permissions import Permission
from libs.web.etag import IfMatch, etag
from libs.web.guard import allow
from libs.web.paging import Page, PageQuery, page
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.course.commands import courses, venues
from services.course.models.codes import CatalogueStatus
from services.course.models.course import Course
from services.course.models.venue import Venue
from services.course.queries import catalogue
from services.course.schemas.course import CoursePatch, CourseView, CourseWish
from services.course.schemas.run import MaybeReason
from services.course.schemas.venue import VenuePatch, VenueView, VenueWish

router = Router(prefix="/api/v1", tags=["courses and venues"])

Text = Annotated[str | None, Query(max_length=100, description="Words in the names.")]


@router.get("/courses", dependencies=[allow(Permission.COURSES_VIEW)])
async def list_courses(
    uow: Uow,
    paging: PageQuery,
    q: Text = None,
    status: CatalogueStatus | None = None,
    funded: bool | None = None,
) -> Page[CourseView]:
    """Courses by reference."""
    found = await catalogue.list_courses(
        uow, text=q, status=status, funded=funded, after=paging.after(str, UUID), limit=paging.limit + 1
    )
    views = [CourseView.model_validate(course) for course in found]
    return page(views, paging.limit, key=lambda view: (view.reference, view.id))


@router.post("/courses", status_code=201, dependencies=[allow(Permission.COURSES_WRITE)])
async def create_course(uow: Uow, wish: CourseWish, response: Response) -> CourseView:
    """Enter an approved offering."""
    course = await courses.create_course(uow, wish)
    response.headers["Location"] = f"/api/v1/courses/{course.id}"
    return _course(course, response)


@router.get("/courses/{course_id}", dependencies=[allow(Permission.COURSES_VIEW)])
async def get_course(uow: Uow, course_id: UUID, response: Response) -> CourseView:
    return _course(await uow.get(Course, course_id), response)


@router.patch("/courses/{course_id}", dependencies=[allow(Permission.COURSES_WRITE)])
async def edit_course(
    uow: Uow, course_id: UUID, patch: CoursePatch, version: IfMatch, response: Response
) -> CourseView:
    """Change the fields sent; the reference stays once a run was published."""
    return _course(await courses.edit_course(uow, course_id, patch, version=version), response)


@router.post("/courses/{course_id}/retire", dependencies=[allow(Permission.COURSES_WRITE)])
async def retire_course(
    uow: Uow, course_id: UUID, version: IfMatch, response: Response, wish: MaybeReason | None = None
) -> CourseView:
    """Take no new runs; those that exist go on."""
    return _course(
        await courses.retire_course(uow, course_id, wish.reason if wish else None, version=version), response
    )


@router.get("/venues", dependencies=[allow(Permission.COURSES_VIEW)])
async def list_venues(
    uow: Uow, paging: PageQuery, q: Text = None, status: CatalogueStatus | None = None
) -> Page[VenueView]:
    """Venues by name."""
    found = await catalogue.list_venues(
        uow, text=q, status=status, after=paging.after(str, UUID), limit=paging.limit + 1
    )
    views = [VenueView.model_validate(venue) for venue in found]
    return page(views, paging.limit, key=lambda view: (view.name, view.id))


@router.post("/venues", status_code=201, dependencies=[allow(Permission.COURSES_WRITE)])
async def create_venue(uow: Uow, wish: VenueWish, response: Response) -> VenueView:
    """Enter one bookable room."""
    venue = await venues.create_venue(uow, wish)
    response.headers["Location"] = f"/api/v1/venues/{venue.id}"
    return _venue(venue, response)


@router.get("/venues/{venue_id}", dependencies=[allow(Permission.COURSES_VIEW)])
async def get_venue(uow: Uow, venue_id: UUID, response: Response) -> VenueView:
    return _venue(await uow.get(Venue, venue_id), response)


@router.patch("/venues/{venue_id}", dependencies=[allow(Permission.COURSES_WRITE)])
async def edit_venue(uow: Uow, venue_id: UUID, patch: VenuePatch, version: IfMatch, response: Response) -> VenueView:
    """Change the fields sent; live runs held there are submitted anew."""
    return _venue(await venues.edit_venue(uow, venue_id, patch, version=version), response)


@router.post("/venues/{venue_id}/retire", dependencies=[allow(Permission.COURSES_WRITE)])
async def retire_venue(
    uow: Uow, venue_id: UUID, version: IfMatch, response: Response, wish: MaybeReason | None = None
) -> VenueView:
    """Take no new bookings; refused while planned sessions need the room."""
    return _venue(await venues.retire_venue(uow, venue_id, wish.reason if wish else None, version=version), response)


def _course(course: Course, response: Response) -> CourseView:
    etag(response, course.version)
    return CourseView.model_validate(course)


def _venue(venue: Venue, response: Response) -> VenueView:
    etag(response, venue.version)
    return VenueView.model_validate(venue)

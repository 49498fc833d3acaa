"""Workers, their posts and their grids."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.api.city_queries import WorkersAsked
from app.api.deps import Db, Now, Reads, WorkersReader, WorkersWriter
from app.api.export import FILES, as_asked
from app.api.problems import CONSTRAINTS, refusals
from app.db.models import Assignment, Posting, Worker
from app.kit.clock import civil_day
from app.kit.errors import BadCursor, NotFound
from app.people import assignments, workers
from app.people.city_refusals import (
    AlreadyAssigned,
    AlreadyEnded,
    CategoryByLevel,
    EffectiveInThePast,
    FirstIsLevelOne,
    FirstResponsibleTaken,
    GridElsewhere,
    GridHasEnded,
    SpanReversed,
    TwoPosts,
)
from app.people.city_schemas import (
    AssignmentIn,
    AssignmentOut,
    EndIn,
    PostIn,
    PostOut,
    WorkerChange,
    WorkerHistory,
    WorkerIn,
    WorkerOut,
    WorkerPage,
)
from app.people.spans import span, starts
from app.people.workers import Post, Profile

router = APIRouter(prefix="/v1", tags=["city"])
CONSTRAINTS["ex_assignment_first_responsible"] = FirstResponsibleTaken
CONSTRAINTS["ex_assignment_grid_code_worker_id"] = AlreadyAssigned
CONSTRAINTS["ex_posting_worker_id_valid"] = TwoPosts
CONSTRAINTS["ck_assignment_first_is_level_1"] = FirstIsLevelOne
CONSTRAINTS["ck_worker_category"] = CategoryByLevel
WORKER_COLUMNS: Mapping[str, tuple[str, str]] = {
    "name": ("姓名", "Name"),
    "phone": ("电话", "Phone"),
    "level": ("级别", "Level"),
    "category": ("队伍类别", "Category"),
    "community": ("社区编码", "Community"),
    "employment": ("用工形式", "Employment"),
    "id": ("编号", "Key"),
}


@router.get(
    "/workers", responses={**refusals(BadCursor, NotFound), **FILES}, response_model=WorkerPage
)
def list_workers(
    db: Db, asker: WorkersReader, now: Now, reads: Reads, asked: Annotated[WorkersAsked, Query()]
) -> WorkerPage | Response:
    """Workers posted in a unit on a date."""
    within = asked.unit or asker.unit_code
    asker.look(within)
    narrowed = (int(asked.level) if asked.level else None, asked.q)
    page = workers.listed(db, within, asked.on or civil_day(now), narrowed, asked.page)
    items = [worker_out(*posted) for posted in page.items]
    shown = WorkerPage(items=items, next_cursor=page.next_cursor)
    return as_asked(shown, WORKER_COLUMNS, asked.format, "workers", reads)


@router.get("/workers/{worker_id}", responses=refusals(NotFound))
def read_worker(db: Db, asker: WorkersReader, worker_id: UUID) -> WorkerHistory:
    """A worker with all posts and assignments."""
    return history_out(db, workers.visible(db, asker, worker_id))


@router.post(
    "/workers", status_code=201, responses=refusals(NotFound, CategoryByLevel, EffectiveInThePast)
)
def register_worker(db: Db, asker: WorkersWriter, now: Now, body: WorkerIn) -> WorkerHistory:
    """Register a worker with a first post."""
    profile = Profile(body.name, body.phone, body.level, body.category)
    return history_out(db, workers.register(db, asker, profile, post_of(body), now))


@router.patch("/workers/{worker_id}", responses=refusals(NotFound))
def change_worker(
    db: Db, asker: WorkersWriter, worker_id: UUID, body: WorkerChange
) -> WorkerHistory:
    """Another name or phone."""
    changed = body.model_dump(exclude_unset=True)
    return history_out(db, workers.change(db, asker, worker_id, changed))


@router.post(
    "/workers/{worker_id}/postings",
    status_code=201,
    responses=refusals(NotFound, CategoryByLevel, EffectiveInThePast, TwoPosts),
)
def transfer_worker(
    db: Db, asker: WorkersWriter, now: Now, worker_id: UUID, body: PostIn
) -> PostOut:
    """Another post from a date on; grids of the community left behind are released."""
    return post_out(workers.transfer(db, asker, worker_id, post_of(body), now))


@router.post(
    "/workers/{worker_id}/assignments",
    status_code=201,
    responses=refusals(
        NotFound,
        FirstResponsibleTaken,
        AlreadyAssigned,
        FirstIsLevelOne,
        GridElsewhere,
        GridHasEnded,
        SpanReversed,
        EffectiveInThePast,
    ),
)
def assign_grid(
    db: Db, asker: WorkersWriter, now: Now, worker_id: UUID, body: AssignmentIn
) -> AssignmentOut:
    """Give a worker a grid; a grid has one first responsible worker at any instant (ORG-2)."""
    worker = workers.visible(db, asker, worker_id)
    held = (body.grid, body.first_responsible)
    valid = span(body.first_day, body.end)
    return assignment_out(assignments.assign(db, asker, worker, held, valid, now))


@router.patch(
    "/assignments/{assignment_id}",
    responses=refusals(NotFound, AlreadyEnded, SpanReversed, EffectiveInThePast),
)
def end_assignment(
    db: Db, asker: WorkersWriter, now: Now, assignment_id: UUID, body: EndIn
) -> AssignmentOut:
    """End an assignment at a date: the first on which the grid is no longer held."""
    return assignment_out(assignments.end(db, asker, assignment_id, body.end, now))


def post_of(body: PostIn) -> Post:
    """The post that a body asks for."""
    return Post(body.community, body.employment, body.first_day)


def worker_out(worker: Worker, posting: Posting) -> WorkerOut:
    """A worker at a post, as shown."""
    return WorkerOut(
        id=worker.id,
        name=worker.name,
        phone=worker.phone,
        level=worker.level,
        category=worker.category,
        community=posting.community_code,
        employment=posting.employment,
    )


def history_out(db: Db, worker: Worker) -> WorkerHistory:
    """A worker with all posts and assignments, as shown."""
    postings, held = workers.history(db, worker.id)
    return WorkerHistory(
        id=worker.id,
        name=worker.name,
        phone=worker.phone,
        level=worker.level,
        category=worker.category,
        posts=[post_out(posting) for posting in postings],
        assignments=[assignment_out(assignment) for assignment in held],
    )


def post_out(posting: Posting) -> PostOut:
    """A post, as shown."""
    return PostOut(
        id=posting.id,
        community=posting.community_code,
        employment=posting.employment,
        valid_from=starts(posting.valid),
        valid_to=posting.valid.upper,
    )


def assignment_out(assignment: Assignment) -> AssignmentOut:
    """An assignment, as shown."""
    return AssignmentOut(
        id=assignment.id,
        worker=assignment.worker_id,
        grid=assignment.grid_code,
        first_responsible=assignment.first_responsible,
        valid_from=starts(assignment.valid),
        valid_to=assignment.valid.upper,
    )

"""What is done without anybody asking, and when (cron in UTC; a sixth field counts seconds)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete

from app.appraisal.running import appraise_last_month
from app.conduct.searching import search_nightly
from app.contracts import upkeep as contracts
from app.days import upkeep
from app.db.engine import Sessions
from app.db.models import Change
from app.errands.retention import erase_residents
from app.incidents import sweeping
from app.incidents.retention import erase_events
from app.intake import upload_files
from app.intake.held import release_held
from app.media.retention import erase_unnamed
from app.media.store import open_store
from app.patrol import partitions, retention
from app.platforms.reconciling import reconcile_due
from app.platforms.retention import erase_bodies
from app.platforms.taking_in import process
from app.recruitment import retention as recruitment
from app.registry import retention as records
from app.settings import Settings
from app.visits import upkeep as visits
from app.webhooks import retention as webhooks

FEED_KEPT = timedelta(days=40)
"""Longer than a handset may be away: an older cursor is answered with a snapshot."""
log = structlog.get_logger("jobs")


def sweep_stale_days(sessions: Sessions, now: datetime) -> None:
    """Recompute worker-days whose facts changed and that nobody looked at."""
    swept = upkeep.sweep(sessions, now)
    if swept:
        log.info("stale_days_swept", worker_days=swept)


def materialise_days(sessions: Sessions, now: datetime) -> None:
    """Every worker with a post has yesterday and today, also who recorded nothing."""
    for day in upkeep.days_to_materialise(now):
        with sessions.begin() as session:
            marked = upkeep.materialise(session, day)
        if marked:
            log.info("days_materialised", day=day.isoformat(), worker_days=marked)


def sweep_stale_visits(sessions: Sessions, now: datetime) -> None:
    """Recompute the communities whose visits, or what they rest on, changed."""
    swept = visits.sweep(sessions, now)
    if swept:
        log.info("stale_visits_swept", communities=swept)


def begin_visit_periods(sessions: Sessions, now: datetime) -> None:
    """With each date new visit periods begin and others close, also after an outage."""
    begun = visits.materialise(sessions, now)
    if begun:
        log.info("visit_periods_begun", communities=begun)


def close_gaps(sessions: Sessions, now: datetime) -> None:
    """After an outage nobody's date stays unjudged."""
    with sessions.begin() as session:
        marked = {
            day: upkeep.materialise(session, day) for day in upkeep.days_of_gaps(session, now)
        }
    log.info("gaps_closed", worker_days=sum(marked.values()))


def draw_cards(sessions: Sessions, now: datetime) -> None:
    """Cards fall at their instant; after an outage those that fell meanwhile (EVT-3)."""
    drawn = sweeping.sweep(sessions, now)
    if drawn:
        log.info("cards_drawn", cards=drawn)


def keep_partitions(sessions: Sessions, now: datetime) -> None:
    """The months around the present one have a partition for tracks."""
    with sessions.begin() as session:
        found = partitions.ensure_partitions(session.connection(), now)
    if found.made:
        log.info("partitions_made", partitions=found.made)


def retain_tracks(sessions: Sessions, now: datetime) -> None:
    """Thin tracks after 180 days and delete them after two years (rulebook part 8)."""
    with sessions.begin() as session:
        found = retention.thin_and_drop(session.connection(), now)
    if found.dropped or found.deleted or found.thinned:
        log.info(
            "tracks_retained",
            dropped=found.dropped,
            deleted=found.deleted,
            thinned=found.thinned,
        )


def erase_errands(sessions: Sessions, now: datetime) -> None:
    """For whom errands were is forgotten when its term has passed."""
    with sessions.begin() as session:
        erased = erase_residents(session, now)
    if erased:
        log.info("errands_erased", errands=erased)


def erase_written_of_events(sessions: Sessions, now: datetime) -> None:
    """What was written of events, and whom to ask, is forgotten when its term has passed."""
    with sessions.begin() as session:
        erased = erase_events(session, now)
    if erased:
        log.info("events_erased", events=erased)


def keep_contracts(sessions: Sessions, now: datetime) -> None:
    """What ran out ends, who left gives up grids and group, accounts close after them (HIRE-3)."""
    kept = contracts.keep(sessions, now)
    if any(vars(kept).values()):
        log.info("contracts_kept", **vars(kept))


def erase_applicants(sessions: Sessions, now: datetime) -> None:
    """Who applied is forgotten when the term after the end has passed (HIRE-2)."""
    with sessions.begin() as session:
        erased = recruitment.erase_applicants(session, now)
    if erased:
        log.info("applicants_erased", applicants=erased)


def forget_uploads(sessions: Sessions, now: datetime) -> None:
    """Uploads that were left for a week are forgotten; they lie in a folder that jobs share."""
    del sessions
    forgotten = upload_files.forget_expired(upload_files.folder_of(Settings()), now)
    if forgotten:
        log.info("uploads_forgotten", uploads=forgotten)


def erase_unnamed_photos(sessions: Sessions, now: datetime) -> None:
    """Photos that no record named within 30 days are erased."""
    store = open_store(Settings())
    with sessions.begin() as session:
        erased = erase_unnamed(session, store, now)
    if erased:
        log.info("photos_erased", photos=erased)


def retain_records(sessions: Sessions, now: datetime) -> None:
    """What ended is erased after its term (rulebook part 8)."""
    with sessions.begin() as session:
        kept = records.erase_what_is_over(session, now)
    if any(vars(kept).values()):
        log.info("records_erased", **vars(kept))


def forget_deliveries(sessions: Sessions, now: datetime) -> None:
    """What platforms were told is forgotten after its term (INT-2)."""
    forgotten = webhooks.forget(sessions, now)
    if forgotten.deliveries or forgotten.events:
        log.info("deliveries_forgotten", **vars(forgotten))


def reconcile_platforms(sessions: Sessions, now: datetime) -> None:
    """Yesterday, and what no platform has answered for of the last week, once a night (INT-2)."""
    for row in reconcile_due(sessions, now):
        log.info(
            "platform_reconciled",
            platform=row.platform.value,
            day=row.day.isoformat(),
            differences=len(row.differences),
            error=row.error,
        )


def purge_feed(sessions: Sessions, now: datetime) -> None:
    """Forget changes that no handset can ask for any more."""
    with sessions.begin() as session:
        session.execute(delete(Change).where(Change.at < now - FEED_KEPT))


def take_in_messages(sessions: Sessions, now: datetime) -> None:
    """What the platforms sent has its effect (INT-1)."""
    looked_at = process(sessions, now)
    if looked_at:
        log.info("platform_messages_taken_in", messages=looked_at)


def erase_platform_messages(sessions: Sessions, now: datetime) -> None:
    """What the platforms wrote is erased after its term; that it came is kept."""
    with sessions.begin() as session:
        erased = erase_bodies(session, now)
    if erased:
        log.info("platform_messages_erased", messages=erased)


def search_for_grounds(sessions: Sessions, now: datetime) -> None:
    """Grounds of penalties are proposed, and what was proposed is looked at again (CON)."""
    made = search_nightly(sessions, now)
    if made:
        log.info("grounds_proposed", proposals=made)


def appraise_settled_month(sessions: Sessions, now: datetime) -> None:
    """Once a month has settled its appraisal is computed, for the stations to confirm (APR-1)."""
    done = appraise_last_month(sessions, now)
    if done.communities:
        log.info("month_appraised", communities=done.communities, workers=done.workers)


@dataclass(frozen=True)
class Entry:
    """One line of the timetable."""

    name: str
    cron: str
    run: Callable[[Sessions, datetime], None]


TIMETABLE = (
    Entry("sweep_stale_days", "* * * * * */3", sweep_stale_days),
    Entry("materialise_days", "*/5 * * * *", materialise_days),
    Entry("close_gaps", "10 19 * * *", close_gaps),
    Entry("sweep_stale_visits", "* * * * * */3", sweep_stale_visits),
    Entry("begin_visit_periods", "*/5 * * * *", begin_visit_periods),
    Entry("draw_cards", "* * * * * */2", draw_cards),
    Entry("release_held", "* * * * *", release_held),
    Entry("keep_contracts", "12 16-20 * * *", keep_contracts),
    Entry("keep_partitions", "2 * * * *", keep_partitions),
    Entry("retain_tracks", "*/5 18-20 * * *", retain_tracks),
    Entry("erase_errands", "25 18-20 * * *", erase_errands),
    Entry("erase_events", "*/10 18-20 * * *", erase_written_of_events),
    Entry("erase_applicants", "15 18-20 * * *", erase_applicants),
    Entry("retain_records", "*/10 18-20 * * *", retain_records),
    Entry("forget_uploads", "35 * * * *", forget_uploads),
    Entry("erase_unnamed_photos", "*/10 18-20 * * *", erase_unnamed_photos),
    Entry("forget_deliveries", "*/10 18-20 * * *", forget_deliveries),
    Entry("reconcile_platforms", "20 18-22 * * *", reconcile_platforms),
    Entry("take_in_messages", "* * * * * */2", take_in_messages),
    Entry("erase_platform_messages", "*/10 18-20 * * *", erase_platform_messages),
    Entry("search_for_grounds", "50 18 * * *", search_for_grounds),
    Entry("appraise_settled_month", "50 16-21 * * *", appraise_settled_month),
    Entry("purge_feed", "40 18 * * *", purge_feed),
)
"""18 to 20 UTC is 02:00 to 05:00 in Asia/Shanghai."""

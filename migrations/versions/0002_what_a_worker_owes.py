"""What a worker owes: visits, information, errands, meetings, equipment, key periods, photos."""

import json
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.kit.secrets import seal
from app.settings import Settings

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


AFTER = """
create function refuse_change_but_erasure() returns trigger language plpgsql as $$
declare
    was jsonb := to_jsonb(old);
    is_now jsonb := to_jsonb(new);
    erased text;
begin
    if tg_op = 'DELETE' then
        raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
    end if;
    foreach erased in array tg_argv loop
        if is_now -> erased is distinct from was -> erased
           and is_now -> erased not in ('null', '{}', '[]', '""') then
            raise exception '% is append-only: % can only be erased', tg_table_name, erased
                using errcode = 'insufficient_privilege';
        end if;
        was := was - erased;
        is_now := is_now - erased;
    end loop;
    if was is distinct from is_now then
        raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;

create trigger append_only before update or delete on visit
    for each row execute function refuse_change_but_erasure('words', 'photos', 'lon', 'lat', 'because');
create trigger append_only before update or delete on errand_act
    for each row execute function refuse_change_but_erasure('note', 'photos', 'papers', 'office');
create trigger append_only before update or delete on record_version
    for each row execute function refuse_change_but_erasure('content', 'sealed', 'special', 'photos', 'reason');
create trigger append_only before update or delete on acknowledgement
    for each row execute function refuse_change();
create trigger append_only before update or delete on key_period_report
    for each row execute function refuse_change();
create trigger append_only before update or delete on training_record
    for each row execute function refuse_change();
create trigger append_only before update or delete on daily_note
    for each row execute function refuse_change();
create trigger append_only before update or delete on equipment_check
    for each row execute function refuse_change();
create trigger append_only before update or delete on equipment_withdrawal
    for each row execute function refuse_change();
create trigger append_only before update or delete on equipment_answer
    for each row execute function refuse_change();
"""
KINDS = {
    "property_and_guards": "property_guard",
    "rented_and_floating": "rental",
    "special_group": "special_group",
    "cared_for": "care",
    "permanent_resident": "resident",
}


def seal_what_was_written() -> None:
    """Place, note and position of earlier visits, which were plain."""
    secret = Settings().secret
    bind = op.get_bind()
    rows = bind.execute(sa.text("select id, place, note, lon, lat from visit")).all()
    for column in ("lon", "lat"):
        op.alter_column("visit", column, type_=sa.Text(), postgresql_using="null")
    for key, place, note, lon, lat in rows:
        plain = json.dumps({"place": place, "reason": None, "note": note}, ensure_ascii=False)
        sealed = {
            "words": seal(secret, "visit words", plain),
            "lon": None if lon is None else seal(secret, "visit position", json.dumps(lon)),
            "lat": None if lat is None else seal(secret, "visit position", json.dumps(lat)),
        }
        bind.execute(
            sa.text("update visit set words = :words, lon = :lon, lat = :lat where id = :id"),
            {**sealed, "id": key},
        )


def seal_what_was_set_aside() -> None:
    """What could not be taken before, which may name residents."""
    op.alter_column(
        "quarantine",
        "content",
        existing_type=postgresql.JSONB(astext_type=sa.Text()),
        type_=sa.Text(),
        existing_nullable=False,
        postgresql_using="content::text",
    )
    secret = Settings().secret
    bind = op.get_bind()
    for key, plain in bind.execute(sa.text("select id, content from quarantine")).all():
        bind.execute(
            sa.text("update quarantine set content = :sealed where id = :id"),
            {"sealed": seal(secret, "quarantine", plain), "id": key},
        )


def rename_kinds() -> None:
    """The words of the rulebook's cases."""
    op.drop_constraint(op.f("ck_visit_visit_kind"), "visit", type_="check")
    for was, becomes in KINDS.items():
        op.execute(
            sa.text("update visit set kind = :becomes where kind = :was").bindparams(
                becomes=becomes, was=was
            )
        )
    allowed = ", ".join(f"'{kind}'" for kind in KINDS.values())
    op.create_check_constraint(op.f("ck_visit_visit_kind"), "visit", f"kind in ({allowed})")


def upgrade() -> None:
    op.create_table(
        "stale_visits",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stale_visits")),
    )
    op.create_index(
        "ix_stale_visits_unit_code",
        "stale_visits",
        ["unit_code"],
        unique=False,
        postgresql_ops={"unit_code": "text_pattern_ops"},
    )
    op.create_table(
        "visit_tally",
        sa.Column("grid_code", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "property_guard",
                "rental",
                "special_group",
                "care",
                "resident",
                name="visit_tally_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("owed", sa.Integer(), nullable=False),
        sa.Column("paid", sa.Integer(), nullable=False),
        sa.Column("targets", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("visits", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("shared", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("rules_version", sa.Text(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("paid <= owed", name=op.f("ck_visit_tally_paid")),
        sa.PrimaryKeyConstraint(
            "grid_code", "kind", "first_day", "worker_id", name=op.f("pk_visit_tally")
        ),
    )
    op.create_index(
        "ix_visit_tally_last_day_grid_code",
        "visit_tally",
        ["last_day", "grid_code"],
        unique=False,
        postgresql_ops={"grid_code": "text_pattern_ops"},
        postgresql_include=["kind", "owed", "paid", "worker_id"],
    )
    op.create_index(
        "ix_visit_tally_worker_id_last_day", "visit_tally", ["worker_id", "last_day"], unique=False
    )
    op.create_table(
        "errand",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column("grid_code", sa.Text(), nullable=False),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("resident", sa.Text(), nullable=True),
        sa.Column(
            "step",
            sa.Enum(
                "accepted",
                "papers_collected",
                "handled",
                "delivered",
                "rated",
                name="errand_step",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_day", sa.Date(), nullable=True),
        sa.CheckConstraint("rating between 1 and 5", name=op.f("ck_errand_rating")),
        sa.ForeignKeyConstraint(
            ["community_code"], ["unit.code"], name=op.f("fk_errand_community_code")
        ),
        sa.ForeignKeyConstraint(["grid_code"], ["unit.code"], name=op.f("fk_errand_grid_code")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_errand_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_errand")),
    )
    op.create_index(
        "ix_errand_community_code_id",
        "errand",
        ["community_code", "id"],
        unique=False,
        postgresql_ops={"community_code": "text_pattern_ops"},
    )
    op.create_index("ix_errand_worker_id", "errand", ["worker_id"], unique=False)
    op.create_table(
        "photo_link",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_photo_link_worker_id")),
        sa.PrimaryKeyConstraint("sha256", "subject_kind", "subject_id", name=op.f("pk_photo_link")),
    )
    op.create_index(
        "ix_photo_link_community_code_linked_at",
        "photo_link",
        ["community_code", "linked_at"],
        unique=False,
        postgresql_ops={"community_code": "text_pattern_ops"},
    )
    op.create_index("ix_photo_link_subject_id", "photo_link", ["subject_id"], unique=False)
    op.create_index("ix_photo_link_worker_id", "photo_link", ["worker_id"], unique=False)
    op.create_table(
        "record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "person",
                "place",
                "matter",
                "thing",
                "organisation",
                name="record_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column("grid_code", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "entered",
                name="record_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entered_version", sa.Integer(), nullable=True),
        sa.Column("collected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_code"], ["unit.code"], name=op.f("fk_record_community_code")
        ),
        sa.ForeignKeyConstraint(["grid_code"], ["unit.code"], name=op.f("fk_record_grid_code")),
        sa.ForeignKeyConstraint(["merged_into"], ["record.id"], name=op.f("fk_record_merged_into")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_record_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
    )
    op.create_index(
        "ix_record_community_code_id",
        "record",
        ["community_code", "id"],
        unique=False,
        postgresql_ops={"community_code": "text_pattern_ops"},
    )
    op.create_index(
        "ix_record_submitted",
        "record",
        ["community_code"],
        unique=False,
        postgresql_where=sa.text("state = 'submitted'"),
        postgresql_ops={"community_code": "text_pattern_ops"},
    )
    op.create_index("ix_record_worker_id", "record", ["worker_id"], unique=False)
    op.create_table(
        "aid_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["community_code"], ["unit.code"], name=op.f("fk_aid_group_community_code")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["account.id"], name=op.f("fk_aid_group_created_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aid_group")),
    )
    op.create_index(
        "ix_aid_group_community_code",
        "aid_group",
        ["community_code"],
        unique=False,
        postgresql_ops={"community_code": "text_pattern_ops"},
    )
    op.create_table(
        "equipment_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_station", sa.Boolean(), nullable=False),
        sa.Column("checked_by", sa.Uuid(), nullable=False),
        sa.Column("work_clothes", sa.Boolean(), nullable=False),
        sa.Column("items", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column(
            "photos",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("because", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["checked_by"], ["account.id"], name=op.f("fk_equipment_check_checked_by")
        ),
        sa.ForeignKeyConstraint(
            ["community_code"], ["unit.code"], name=op.f("fk_equipment_check_community_code")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_equipment_check_worker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_equipment_check")),
    )
    op.create_index(
        "ix_equipment_check_community_code_day",
        "equipment_check",
        ["community_code", "day"],
        unique=False,
        postgresql_ops={"community_code": "text_pattern_ops"},
    )
    op.create_index(
        "ix_equipment_check_worker_id_day", "equipment_check", ["worker_id", "day"], unique=False
    )
    op.create_table(
        "equipment_withdrawal",
        sa.Column("check_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["check_id"], ["equipment_check.id"], name=op.f("fk_equipment_withdrawal_check_id")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["account.id"], name=op.f("fk_equipment_withdrawal_withdrawn_by")
        ),
        sa.PrimaryKeyConstraint("check_id", name=op.f("pk_equipment_withdrawal")),
    )
    op.create_table(
        "equipment_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("check_id", sa.Uuid(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["account.id"], name=op.f("fk_equipment_answer_answered_by")
        ),
        sa.ForeignKeyConstraint(
            ["check_id"], ["equipment_check.id"], name=op.f("fk_equipment_answer_check_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_equipment_answer")),
    )
    op.create_index("ix_equipment_answer_check_id", "equipment_answer", ["check_id"], unique=False)
    op.create_table(
        "equipment_exemption",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_equipment_exemption_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["unit_code"], ["unit.code"], name=op.f("fk_equipment_exemption_unit_code")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_equipment_exemption_worker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_equipment_exemption")),
    )
    op.create_index(
        "ix_equipment_exemption_unit_code",
        "equipment_exemption",
        ["unit_code"],
        unique=False,
        postgresql_ops={"unit_code": "text_pattern_ops"},
    )
    op.create_table(
        "focus_listing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("focus", sa.LargeBinary(), nullable=False),
        sa.Column("listed_on", sa.Date(), nullable=False),
        sa.Column("listed_by", sa.Uuid(), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdraw_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_code"], ["unit.code"], name=op.f("fk_focus_listing_community_code")
        ),
        sa.ForeignKeyConstraint(
            ["listed_by"], ["account.id"], name=op.f("fk_focus_listing_listed_by")
        ),
        sa.ForeignKeyConstraint(
            ["unit_code"], ["unit.code"], name=op.f("fk_focus_listing_unit_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_focus_listing")),
    )
    op.create_index(
        "ix_focus_listing_unit_code",
        "focus_listing",
        ["unit_code", "id"],
        unique=False,
        postgresql_ops={"unit_code": "text_pattern_ops"},
    )
    op.create_index(
        "uq_focus_listing_standing",
        "focus_listing",
        ["community_code", "digest", "focus"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at is null"),
    )
    op.create_table(
        "grid_chat",
        sa.Column("grid_code", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["account.id"], name=op.f("fk_grid_chat_changed_by")
        ),
        sa.ForeignKeyConstraint(["grid_code"], ["unit.code"], name=op.f("fk_grid_chat_grid_code")),
        sa.PrimaryKeyConstraint("grid_code", name=op.f("pk_grid_chat")),
    )
    op.create_table(
        "key_period",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("instructions", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column(
            "declared",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column(
            "not_declared",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_key_period_order")),
        sa.ForeignKeyConstraint(["ended_by"], ["account.id"], name=op.f("fk_key_period_ended_by")),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["account.id"], name=op.f("fk_key_period_opened_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_period")),
    )
    op.create_table(
        "known_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.Column("noted_by", sa.Uuid(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["noted_by"], ["account.id"], name=op.f("fk_known_change_noted_by")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_known_change_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_change")),
    )
    op.create_index(
        "ix_known_change_community_code",
        "known_change",
        ["community_code", "known_on"],
        unique=False,
        postgresql_ops={"community_code": "text_pattern_ops"},
    )
    op.create_index("ix_known_change_record_id", "known_change", ["record_id"], unique=False)
    op.create_table(
        "media",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("taken", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_media_sha256")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_media_account_id")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_media")),
    )
    op.create_table(
        "meeting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "morning",
                "weekly",
                "community_training",
                "township_training",
                "city_training",
                name="meeting_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column(
            "photos",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("host_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdraw_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["host_id"], ["account.id"], name=op.f("fk_meeting_host_id")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_meeting_unit_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    op.create_index(
        "ix_meeting_unit_code_held_on",
        "meeting",
        ["unit_code", "held_on"],
        unique=False,
        postgresql_ops={"unit_code": "text_pattern_ops"},
    )
    op.create_index(
        "uq_meeting_unit_code_kind_held_on",
        "meeting",
        ["unit_code", "kind", "held_on"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at is null and kind in ('morning', 'weekly')"),
    )
    op.create_table(
        "not_duplicate",
        sa.Column("one_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("one_id < other_id", name=op.f("ck_not_duplicate_order")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_not_duplicate_decided_by")
        ),
        sa.ForeignKeyConstraint(["one_id"], ["record.id"], name=op.f("fk_not_duplicate_one_id")),
        sa.ForeignKeyConstraint(
            ["other_id"], ["record.id"], name=op.f("fk_not_duplicate_other_id")
        ),
        sa.PrimaryKeyConstraint("one_id", "other_id", name=op.f("pk_not_duplicate")),
    )
    op.create_table(
        "platform_login",
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column(
            "platform",
            sa.Enum(
                "chengdu",
                "sichuan",
                name="platform",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "source",
            sa.Enum(
                "webhook",
                "station",
                name="login_source",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_code"], ["unit.code"], name=op.f("fk_platform_login_community_code")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_platform_login_recorded_by")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_platform_login_worker_id")
        ),
        sa.PrimaryKeyConstraint("worker_id", "platform", "day", name=op.f("pk_platform_login")),
    )
    op.create_index(
        "ix_platform_login_community_code_day",
        "platform_login",
        ["community_code", "day"],
        unique=False,
        postgresql_ops={"community_code": "text_pattern_ops"},
    )
    op.create_table(
        "record_conflict",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.Column("standing_version", sa.Integer(), nullable=False),
        sa.Column("proposed_version", sa.Integer(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chosen", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_record_conflict_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_record_conflict_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_conflict")),
    )
    op.create_index(
        "ix_record_conflict_open",
        "record_conflict",
        ["community_code"],
        unique=False,
        postgresql_where=sa.text("decided_at is null"),
        postgresql_ops={"community_code": "text_pattern_ops"},
    )
    op.create_index("ix_record_conflict_record_id", "record_conflict", ["record_id"], unique=False)
    op.create_table(
        "record_focus",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_record_focus_record_id")
        ),
        sa.PrimaryKeyConstraint("record_id", "digest", name=op.f("pk_record_focus")),
    )
    op.create_index("ix_record_focus_digest", "record_focus", ["digest"], unique=False)
    op.create_table(
        "record_key",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_record_key_record_id")),
        sa.PrimaryKeyConstraint("record_id", "field", name=op.f("pk_record_key")),
    )
    op.create_index("ix_record_key_digest", "record_key", ["digest"], unique=False)
    op.create_table(
        "record_merge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kept_id", sa.Uuid(), nullable=False),
        sa.Column("merged_id", sa.Uuid(), nullable=False),
        sa.Column("kept_version_before", sa.Integer(), nullable=False),
        sa.Column("kept_version_after", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("merged_by", sa.Uuid(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undo_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["kept_id"], ["record.id"], name=op.f("fk_record_merge_kept_id")),
        sa.ForeignKeyConstraint(
            ["merged_by"], ["account.id"], name=op.f("fk_record_merge_merged_by")
        ),
        sa.ForeignKeyConstraint(
            ["merged_id"], ["record.id"], name=op.f("fk_record_merge_merged_id")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["account.id"], name=op.f("fk_record_merge_undone_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_merge")),
    )
    op.create_index("ix_record_merge_kept_id", "record_merge", ["kept_id"], unique=False)
    op.create_table(
        "record_point",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "person",
                "place",
                "matter",
                "thing",
                "organisation",
                name="record_point_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_record_point_record_id")
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_record_point")),
    )
    op.create_index(
        "ix_record_point_community_code_lon_lat",
        "record_point",
        ["community_code", "lon", "lat"],
        unique=False,
    )
    op.create_table(
        "sample",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "person",
                "place",
                "matter",
                "thing",
                "organisation",
                name="sample_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("population_digest", sa.Text(), nullable=False),
        sa.Column("population_file", sa.LargeBinary(), nullable=False),
        sa.Column("drawn_by", sa.Uuid(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["drawn_by"], ["account.id"], name=op.f("fk_sample_drawn_by")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_sample_unit_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample")),
    )
    op.create_index(
        "ix_sample_unit_code",
        "sample",
        ["unit_code", "id"],
        unique=False,
        postgresql_ops={"unit_code": "text_pattern_ops"},
    )
    op.create_table(
        "visit_place",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["account.id"], name=op.f("fk_visit_place_created_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_place")),
    )
    op.create_table(
        "acknowledgement",
        sa.Column("key_period_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("time_proven", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_code"], ["unit.code"], name=op.f("fk_acknowledgement_community_code")
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_acknowledgement_device_id")
        ),
        sa.ForeignKeyConstraint(
            ["key_period_id"], ["key_period.id"], name=op.f("fk_acknowledgement_key_period_id")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_acknowledgement_worker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acknowledgement")),
    )
    op.create_index(
        "uq_acknowledgement_key_period_id_worker_id",
        "acknowledgement",
        ["key_period_id", "worker_id"],
        unique=True,
    )
    op.create_table(
        "aid_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("worker_id"), "="),
            (sa.column("valid"), "&&"),
            using="gist",
            name="ex_aid_member_worker_id_valid",
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["aid_group.id"], name=op.f("fk_aid_member_group_id")
        ),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_aid_member_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aid_member")),
    )
    op.create_index("ix_aid_member_group_id", "aid_member", ["group_id"], unique=False)
    op.create_table(
        "daily_note",
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column(
            "photos",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("time_proven", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_code"], ["unit.code"], name=op.f("fk_daily_note_community_code")
        ),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_daily_note_device_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_daily_note_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_daily_note")),
    )
    op.create_index("ix_daily_note_worker_id_day", "daily_note", ["worker_id", "day"], unique=False)
    op.create_table(
        "errand_act",
        sa.Column("errand_id", sa.Uuid(), nullable=False),
        sa.Column(
            "step",
            sa.Enum(
                "accepted",
                "papers_collected",
                "handled",
                "delivered",
                "rated",
                name="errand_act_step",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("office", sa.Text(), nullable=True),
        sa.Column("papers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "photos",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("time_proven", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_code"], ["unit.code"], name=op.f("fk_errand_act_community_code")
        ),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_errand_act_device_id")),
        sa.ForeignKeyConstraint(["errand_id"], ["errand.id"], name=op.f("fk_errand_act_errand_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_errand_act_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_errand_act")),
    )
    op.create_index("ix_errand_act_errand_id", "errand_act", ["errand_id"], unique=False)
    op.create_index("ix_errand_act_worker_id_day", "errand_act", ["worker_id", "day"], unique=False)
    op.create_index(
        "uq_errand_act_errand_id_step", "errand_act", ["errand_id", "step"], unique=True
    )
    op.create_table(
        "held",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("waits_for", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_held_account_id")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_held_device_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_held_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held")),
    )
    op.create_index(
        "ix_held_community_code_id",
        "held",
        ["community_code", "id"],
        unique=False,
        postgresql_ops={"community_code": "text_pattern_ops"},
    )
    op.create_index("ix_held_waits_for", "held", ["waits_for"], unique=False)
    op.create_index("ix_held_worker_id", "held", ["worker_id"], unique=False)
    op.create_table(
        "key_period_report",
        sa.Column("key_period_id", sa.Uuid(), nullable=False),
        sa.Column("all_well", sa.Boolean(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column(
            "photos",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("time_proven", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_code"], ["unit.code"], name=op.f("fk_key_period_report_community_code")
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_key_period_report_device_id")
        ),
        sa.ForeignKeyConstraint(
            ["key_period_id"], ["key_period.id"], name=op.f("fk_key_period_report_key_period_id")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_key_period_report_worker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_period_report")),
    )
    op.create_index(
        "ix_key_period_report_key_period_id", "key_period_report", ["key_period_id"], unique=False
    )
    op.create_table(
        "key_period_unit",
        sa.Column("key_period_id", sa.Uuid(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key_period_id"], ["key_period.id"], name=op.f("fk_key_period_unit_key_period_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_code"], ["unit.code"], name=op.f("fk_key_period_unit_unit_code")
        ),
        sa.PrimaryKeyConstraint("key_period_id", "unit_code", name=op.f("pk_key_period_unit")),
    )
    op.create_table(
        "meeting_attendance",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column(
            "presence",
            sa.Enum(
                "present",
                "absent",
                "excused",
                name="presence",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_attendance_meeting_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_meeting_attendance_recorded_by")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_meeting_attendance_worker_id")
        ),
        sa.PrimaryKeyConstraint("meeting_id", "worker_id", name=op.f("pk_meeting_attendance")),
    )
    op.create_index(
        "ix_meeting_attendance_worker_id", "meeting_attendance", ["worker_id"], unique=False
    )
    op.create_table(
        "training_record",
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "morning",
                "weekly",
                "community_training",
                "township_training",
                "city_training",
                name="training_record_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("accuracy_m", sa.Float(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column(
            "photos",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("time_proven", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_code"], ["unit.code"], name=op.f("fk_training_record_community_code")
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_training_record_device_id")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_training_record_meeting_id")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_training_record_worker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_record")),
    )
    op.create_index(
        "ix_training_record_meeting_id", "training_record", ["meeting_id"], unique=False
    )
    op.create_index(
        "ix_training_record_worker_id_held_on",
        "training_record",
        ["worker_id", "held_on"],
        unique=False,
    )
    op.create_index(
        "ix_training_record_community_code_held_on",
        "training_record",
        ["community_code", "held_on"],
        unique=False,
        postgresql_ops={"community_code": "text_pattern_ops"},
    )
    op.create_table(
        "record_version",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("base", sa.Integer(), nullable=True),
        sa.Column("form_version", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.Column("special", sa.Text(), nullable=True),
        sa.Column(
            "source",
            sa.Enum(
                "handset",
                "paper",
                "import",
                "merge",
                "correction",
                name="record_source",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "photos",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_record_version_number")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_record_version_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_record_version_device_id")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_record_version_record_id")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_record_version_worker_id")
        ),
        sa.PrimaryKeyConstraint("record_id", "number", name=op.f("pk_record_version")),
    )
    op.create_index(
        "ix_record_version_worker_id_day", "record_version", ["worker_id", "day"], unique=False
    )
    op.create_index("uq_record_version_item_id", "record_version", ["item_id"], unique=True)
    op.create_table(
        "sample_item",
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("found", sa.Text(), nullable=True),
        sa.Column(
            "result",
            sa.Enum(
                "correct",
                "wrong",
                "not_found",
                name="check_result",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("wrong_fields", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("checked_by", sa.Uuid(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["checked_by"], ["account.id"], name=op.f("fk_sample_item_checked_by")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_sample_item_record_id")
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["sample.id"], name=op.f("fk_sample_item_sample_id")
        ),
        sa.PrimaryKeyConstraint("sample_id", "place", name=op.f("pk_sample_item")),
    )
    op.create_index(
        "ix_sample_item_checked_by_checked_at", "sample_item", ["checked_by", "checked_at"]
    )
    op.create_table(
        "visit_standing",
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column("closed_until", sa.Date(), nullable=False),
        sa.Column("judged_on", sa.Date(), nullable=False),
        sa.Column("rules_version", sa.Text(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_code"], ["unit.code"], name=op.f("fk_visit_standing_community_code")
        ),
        sa.PrimaryKeyConstraint("community_code", name=op.f("pk_visit_standing")),
    )
    op.create_table(
        "visit_place_location",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("grid_code", sa.Text(), nullable=False),
        sa.Column("whereabouts", sa.Text(), nullable=True),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("place_id"), "="),
            (sa.column("valid"), "&&"),
            using="gist",
            name="ex_visit_place_location_place_id_valid",
        ),
        sa.ForeignKeyConstraint(
            ["grid_code"], ["unit.code"], name=op.f("fk_visit_place_location_grid_code")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["visit_place.id"], name=op.f("fk_visit_place_location_place_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_place_location")),
    )
    op.create_index(
        "ix_visit_place_location_grid_code",
        "visit_place_location",
        ["grid_code"],
        unique=False,
        postgresql_ops={"grid_code": "text_pattern_ops"},
    )
    op.create_index(
        "ix_visit_place_location_place_id", "visit_place_location", ["place_id"], unique=False
    )
    op.create_table(
        "visit_target",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "property_guard",
                "rental",
                "special_group",
                "care",
                "resident",
                name="visit_target_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        postgresql.ExcludeConstraint(
            (sa.column("place_id"), "="),
            (sa.column("kind"), "="),
            (sa.column("valid"), "&&"),
            using="gist",
            name="ex_visit_target_place_id_kind_valid",
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["account.id"], name=op.f("fk_visit_target_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["visit_place.id"], name=op.f("fk_visit_target_place_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_target")),
    )
    op.create_index("ix_visit_target_place_id", "visit_target", ["place_id"], unique=False)
    op.add_column(
        "incident",
        sa.Column(
            "photos",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
    )
    op.add_column("visit", sa.Column("place_id", sa.Uuid(), nullable=True))
    op.add_column(
        "visit",
        sa.Column(
            "manner",
            sa.Enum(
                "on_site",
                "met_elsewhere",
                "by_phone",
                name="visit_manner",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            server_default="on_site",
            nullable=False,
        ),
    )
    op.add_column(
        "visit",
        sa.Column(
            "outcome",
            sa.Enum(
                "met",
                "nobody_home",
                "refused",
                "moved_away",
                name="visit_outcome",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            server_default="met",
            nullable=False,
        ),
    )
    op.add_column(
        "visit",
        sa.Column(
            "verdict",
            sa.Enum(
                "counts",
                "nobody_home",
                "too_far",
                "mocked",
                "by_phone",
                "out_of_scope",
                "unregistered",
                name="visit_verdict",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            server_default="unregistered",
            nullable=False,
        ),
    )
    op.add_column("visit", sa.Column("distance_m", sa.Double(), nullable=True))
    op.add_column(
        "visit",
        sa.Column(
            "because",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
    )
    op.add_column(
        "visit", sa.Column("mocked", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("visit", sa.Column("words", sa.Text(), nullable=True))
    op.add_column(
        "visit",
        sa.Column(
            "photos",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
    )
    op.alter_column("visit", "kind", existing_type=sa.VARCHAR(length=24), nullable=True)
    op.create_index(
        "ix_visit_grid_code_day",
        "visit",
        ["grid_code", "day"],
        unique=False,
        postgresql_ops={"grid_code": "text_pattern_ops"},
    )
    op.create_index("ix_visit_place_id_day", "visit", ["place_id", "day"], unique=False)
    op.create_index(
        "ix_visit_out_of_scope",
        "visit",
        ["community_code", "day"],
        unique=False,
        postgresql_ops={"community_code": "text_pattern_ops"},
        postgresql_where=sa.text("verdict = 'out_of_scope'"),
    )
    op.create_foreign_key(op.f("fk_visit_place_id"), "visit", "visit_place", ["place_id"], ["id"])
    seal_what_was_written()
    seal_what_was_set_aside()
    rename_kinds()
    op.drop_column("visit", "note")
    op.drop_column("visit", "place")
    op.execute(AFTER)


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")

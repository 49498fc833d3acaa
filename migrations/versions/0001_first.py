"""The first schema: the city, accounts, a worker's day."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql

revision: str = "0001"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


AFTER = """
create table track_batch_default partition of track_batch default;

insert into server_epoch (epoch, since) values (gen_random_uuid(), now());

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;

create trigger append_only before update or delete on outbox_event
    for each row execute function refuse_change();
create trigger append_only before update or delete on check_in
    for each row execute function refuse_change();
create trigger append_only before update or delete on check_in_review
    for each row execute function refuse_change();
"""


def upgrade() -> None:
    op.execute("create extension if not exists postgis")
    op.execute("create extension if not exists btree_gist")
    op.create_table(
        "board_version",
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("unit_code", "day", name=op.f("pk_board_version")),
    )
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "xid",
            sa.BigInteger(),
            server_default=sa.text("pg_current_xact_id()::text::bigint"),
            nullable=False,
        ),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("gone", sa.Text(), nullable=True),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
    )
    op.create_index(
        "ix_change_worker_id_xid_id", "change", ["worker_id", "xid", "id"], unique=False
    )
    op.create_table(
        "outbox_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("unit_code", sa.Text(), nullable=True),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_event")),
    )
    op.create_index("ix_outbox_event_at", "outbox_event", ["at"], unique=False)
    op.create_index(
        "ix_outbox_event_subject", "outbox_event", ["subject_kind", "subject_id"], unique=False
    )
    op.create_table(
        "server_epoch",
        sa.Column("only", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("epoch", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('"only"', name=op.f("ck_server_epoch_one_row")),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_server_epoch")),
    )
    op.create_table(
        "stale_day",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stale_day")),
    )
    op.create_index(
        "ix_stale_day_day_community_code",
        "stale_day",
        ["day", "community_code"],
        unique=False,
        postgresql_ops={"community_code": "text_pattern_ops"},
    )
    op.create_index("ix_stale_day_worker_id_day", "stale_day", ["worker_id", "day"], unique=False)
    op.create_table(
        "track_batch",
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("crs", sa.SmallInteger(), nullable=False),
        sa.Column(
            "path",
            Geometry(
                geometry_type="GEOMETRYM",
                srid=4326,
                dimension=3,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("accuracy_dm", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("speed_cmps", postgresql.ARRAY(sa.SmallInteger()), nullable=True),
        sa.Column("flags", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("first_at <= last_at", name=op.f("ck_track_batch_order")),
        sa.PrimaryKeyConstraint("device_id", "batch_id", name=op.f("pk_track_batch")),
        postgresql_partition_by="RANGE (batch_id)",
    )
    op.create_index(
        "ix_track_batch_long",
        "track_batch",
        ["worker_id"],
        unique=False,
        postgresql_where=sa.text("last_at - first_at > interval '1 day'"),
    )
    op.create_index(
        "ix_track_batch_worker_id_first_at", "track_batch", ["worker_id", "first_at"], unique=False
    )
    op.create_table(
        "unit",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column(
            "tier",
            sa.Enum(
                "city",
                "township",
                "community",
                "grid",
                name="tier",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent_code", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "code ~ '^([0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{15})$'", name=op.f("ck_unit_code")
        ),
        sa.CheckConstraint(
            "length(code) = case tier when 'city' then 6 when 'township' then 9 when 'community' then 12 else 15 end",
            name=op.f("ck_unit_tier_length"),
        ),
        sa.CheckConstraint(
            "parent_code is null or parent_code = left(code, -3)", name=op.f("ck_unit_parent")
        ),
        sa.ForeignKeyConstraint(["parent_code"], ["unit.code"], name=op.f("fk_unit_parent_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_unit")),
    )
    op.create_index(
        "ix_unit_code_prefix",
        "unit",
        ["code"],
        unique=False,
        postgresql_ops={"code": "text_pattern_ops"},
    )
    op.create_table(
        "worker",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "internal_security",
                "gatekeeper",
                "courtyard_committee",
                "building_lead",
                "shop_joint_defence",
                "volunteer",
                "patrol_team",
                "urban_management",
                "law_enforcement",
                "militia",
                "public_welfare_post",
                name="roster_category",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("(level = 1) = (category is null)", name=op.f("ck_worker_category")),
        sa.CheckConstraint("level between 1 and 3", name=op.f("ck_worker_level")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker")),
        sa.UniqueConstraint("id", "level", name="uq_worker_id_level"),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column(
            "must_change_password", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
        sa.Column("totp_secret", sa.Text(), nullable=True),
        sa.Column("totp_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_last_step", sa.Integer(), nullable=True),
        sa.Column("failed_attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "('system_administrator' = any(roles))::int + ('security_administrator' = any(roles))::int + ('auditor' = any(roles))::int <= 1",
            name=op.f("ck_account_separate_administrations"),
        ),
        sa.CheckConstraint("cardinality(roles) > 0", name=op.f("ck_account_roles")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_account_unit_code")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_account_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("phone", name=op.f("uq_account_phone")),
    )
    op.create_index(
        "ix_account_unit_code",
        "account",
        ["unit_code"],
        unique=False,
        postgresql_ops={"unit_code": "text_pattern_ops"},
    )
    op.create_index("uq_account_worker_id", "account", ["worker_id"], unique=True)
    op.create_table(
        "assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("grid_code", sa.Text(), nullable=False),
        sa.Column("first_responsible", sa.Boolean(), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("grid_code"), "="),
            (sa.column("valid"), "&&"),
            where=sa.text("first_responsible"),
            using="gist",
            name="ex_assignment_first_responsible",
        ),
        postgresql.ExcludeConstraint(
            (sa.column("grid_code"), "="),
            (sa.column("worker_id"), "="),
            (sa.column("valid"), "&&"),
            using="gist",
            name="ex_assignment_grid_code_worker_id",
        ),
        sa.CheckConstraint(
            "not first_responsible or level = 1", name=op.f("ck_assignment_first_is_level_1")
        ),
        sa.ForeignKeyConstraint(["grid_code"], ["unit.code"], name=op.f("fk_assignment_grid_code")),
        sa.ForeignKeyConstraint(
            ["worker_id", "level"],
            ["worker.id", "worker.level"],
            name="fk_assignment_worker_id_level",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    op.create_index(
        "ix_assignment_grid_code",
        "assignment",
        ["grid_code"],
        unique=False,
        postgresql_ops={"grid_code": "text_pattern_ops"},
    )
    op.create_index("ix_assignment_worker_id", "assignment", ["worker_id"], unique=False)
    op.create_table(
        "boundary",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column(
            "area",
            Geometry(
                geometry_type="MULTIPOLYGON",
                spatial_index=False,
                srid=4326,
                dimension=2,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=False,
        ),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        postgresql.ExcludeConstraint(
            (sa.column("unit_code"), "="),
            (sa.column("valid"), "&&"),
            using="gist",
            name="ex_boundary_unit_code_valid",
        ),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_boundary_unit_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boundary")),
    )
    op.create_index(
        "idx_boundary_area", "boundary", ["area"], unique=False, postgresql_using="gist"
    )
    op.create_index(
        "ix_boundary_unit_code_prefix",
        "boundary",
        ["unit_code"],
        unique=False,
        postgresql_ops={"unit_code": "text_pattern_ops"},
    )
    op.create_table(
        "posting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column(
            "employment",
            sa.Enum(
                "full_time",
                "rural_part_time",
                name="employment",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("worker_id"), "="),
            (sa.column("valid"), "&&"),
            using="gist",
            name="ex_posting_worker_id_valid",
        ),
        sa.ForeignKeyConstraint(
            ["community_code"], ["unit.code"], name=op.f("fk_posting_community_code")
        ),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_posting_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
    )
    op.create_index(
        "ix_posting_community_code",
        "posting",
        ["community_code"],
        unique=False,
        postgresql_ops={"community_code": "text_pattern_ops"},
    )
    op.create_index("ix_posting_worker_id", "posting", ["worker_id"], unique=False)
    op.create_table(
        "station",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "point",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=False,
        ),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("community_code"), "="),
            (sa.column("valid"), "&&"),
            using="gist",
            name="ex_station_community_code_valid",
        ),
        sa.ForeignKeyConstraint(
            ["community_code"], ["unit.code"], name=op.f("fk_station_community_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station")),
    )
    op.create_table(
        "worker_day",
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column("on_duty", sa.Boolean(), nullable=False),
        sa.Column("bound", sa.Boolean(), nullable=False),
        sa.Column("windows", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("windows_filled", sa.Integer(), nullable=False),
        sa.Column("windows_excused", sa.Integer(), nullable=False),
        sa.Column(
            "field_verdict",
            sa.Enum(
                "met",
                "short",
                "excused",
                "not_owed",
                name="field_verdict",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("total_s", sa.Integer(), nullable=False),
        sa.Column("morning_s", sa.Integer(), nullable=False),
        sa.Column("afternoon_s", sa.Integer(), nullable=False),
        sa.Column("off_peak_s", sa.Integer(), nullable=False),
        sa.Column("short", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("fixes", sa.Integer(), nullable=False),
        sa.Column("fixes_set_aside", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("because", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rules_version", sa.Text(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_code"], ["unit.code"], name=op.f("fk_worker_day_community_code")
        ),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_worker_day_worker_id")),
        sa.PrimaryKeyConstraint("worker_id", "day", name=op.f("pk_worker_day")),
    )
    op.create_index(
        "ix_worker_day_day_community_code",
        "worker_day",
        ["day", "community_code"],
        unique=False,
        postgresql_ops={"community_code": "text_pattern_ops"},
    )
    op.create_table(
        "correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "sign_in",
                "field_time",
                name="correction_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("window", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "approved",
                "refused",
                "withdrawn",
                name="request_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state in ('approved', 'refused')) = (decided_at is not null)",
            name=op.f("ck_correction_decided"),
        ),
        sa.CheckConstraint(
            "(kind = 'sign_in') = (\"window\" is not null)", name=op.f("ck_correction_window")
        ),
        sa.ForeignKeyConstraint(
            ["community_code"], ["unit.code"], name=op.f("fk_correction_community_code")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_correction_decided_by")
        ),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_correction_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(
        "ix_correction_waiting",
        "correction",
        ["community_code"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
        postgresql_ops={"community_code": "text_pattern_ops"},
    )
    op.create_index("ix_correction_worker_id_day", "correction", ["worker_id", "day"], unique=False)
    op.create_index(
        "uq_correction_waiting",
        "correction",
        ["worker_id", "day", "kind", sa.literal_column('coalesce("window", 0)')],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "device",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("app_version", sa.Text(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_device_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
    )
    op.create_index("ix_device_account_id", "device", ["account_id"], unique=False)
    op.create_index(
        "uq_device_account_id_active",
        "device",
        ["account_id"],
        unique=True,
        postgresql_where=sa.text("revoked_at is null"),
    )
    op.create_table(
        "duty_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column(
            "change",
            sa.Enum(
                "declared",
                "exempted",
                name="duty_change",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_duty_decision_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["unit_code"], ["unit.code"], name=op.f("fk_duty_decision_unit_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_decision")),
    )
    op.create_index("ix_duty_decision_day", "duty_decision", ["day"], unique=False)
    op.create_table(
        "leave",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "annual",
                "personal",
                "sick",
                "marriage",
                "maternity",
                "paternity",
                "bereavement",
                "work_injury",
                "official",
                "other",
                name="leave_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column(
            "first_half",
            sa.Enum(
                "morning",
                "afternoon",
                name="half",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column(
            "last_half",
            sa.Enum(
                "morning",
                "afternoon",
                name="half_last",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "approved",
                "refused",
                "withdrawn",
                name="request_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("worker_id"), "="),
            (
                sa.text(
                    "int4range((first_day - date '2000-01-01') * 2 + (first_half = 'afternoon')::int, (last_day - date '2000-01-01') * 2 + (last_half = 'afternoon')::int, '[]')"
                ),
                "&&",
            ),
            where=sa.text("state = 'approved'"),
            using="gist",
            name="ex_leave_approved",
        ),
        sa.CheckConstraint(
            "(first_day, first_half = 'afternoon') <= (last_day, last_half = 'afternoon')",
            name=op.f("ck_leave_order"),
        ),
        sa.CheckConstraint(
            "(state in ('approved', 'refused')) = (decided_at is not null)",
            name=op.f("ck_leave_decided"),
        ),
        sa.ForeignKeyConstraint(
            ["community_code"], ["unit.code"], name=op.f("fk_leave_community_code")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_leave_decided_by")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_leave_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leave")),
    )
    op.create_index(
        "ix_leave_waiting",
        "leave",
        ["community_code"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
        postgresql_ops={"community_code": "text_pattern_ops"},
    )
    op.create_index("ix_leave_worker_id_last_day", "leave", ["worker_id", "last_day"], unique=False)
    op.create_table(
        "parameter_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_parameter_value_decided_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parameter_value")),
    )
    op.create_index(
        "ix_parameter_value_name_effective_from",
        "parameter_value",
        ["name", "effective_from"],
        unique=False,
    )
    op.create_table(
        "quarantine",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column("community_code", sa.Text(), nullable=True),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_quarantine_account_id")
        ),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_quarantine_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
    )
    op.create_index(
        "ix_quarantine_community_code_id",
        "quarantine",
        ["community_code", "id"],
        unique=False,
        postgresql_ops={"community_code": "text_pattern_ops"},
    )
    op.create_index(
        "ix_quarantine_worker_id_received_at",
        "quarantine",
        ["worker_id", "received_at"],
        unique=False,
    )
    op.create_index(
        "uq_quarantine_account_id_digest", "quarantine", ["account_id", "digest"], unique=True
    )
    op.create_table(
        "appointment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("time_proven", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_appointment_order")),
        sa.ForeignKeyConstraint(
            ["community_code"], ["unit.code"], name=op.f("fk_appointment_community_code")
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_appointment_device_id")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_appointment_worker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
    )
    op.create_index(
        "ix_appointment_worker_id_day", "appointment", ["worker_id", "day"], unique=False
    )
    op.create_table(
        "check_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("time_proven", sa.Boolean(), nullable=False),
        sa.Column("offset_s", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("accuracy_m", sa.Double(), nullable=False),
        sa.Column("mocked", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("window", sa.Integer(), nullable=True),
        sa.Column(
            "verdict",
            sa.Enum(
                "valid",
                "duplicate",
                "early",
                "late",
                "off_site",
                "imprecise",
                "mocked",
                "needs_review",
                "no_duty",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("distance_m", sa.Double(), nullable=True),
        sa.Column("because", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "corrected_at <= received_at", name=op.f("ck_check_in_not_from_the_future")
        ),
        sa.ForeignKeyConstraint(
            ["community_code"], ["unit.code"], name=op.f("fk_check_in_community_code")
        ),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_check_in_device_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_check_in_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in")),
    )
    op.create_index(
        "ix_check_in_needs_review",
        "check_in",
        ["community_code"],
        unique=False,
        postgresql_where=sa.text("verdict = 'needs_review'"),
        postgresql_ops={"community_code": "text_pattern_ops"},
    )
    op.create_index("ix_check_in_worker_id_day", "check_in", ["worker_id", "day"], unique=False)
    op.create_index(
        "uq_check_in_valid_window",
        "check_in",
        ["worker_id", "day", "window"],
        unique=True,
        postgresql_where=sa.text("verdict = 'valid'"),
    )
    op.create_table(
        "incident",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column("grid_code", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("time_proven", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "livelihood_service",
                "dispute",
                "public_safety",
                "special_group_service",
                "service_request",
                "policy_publicity",
                "emergency",
                "other",
                name="incident_category",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "severity",
            sa.Enum(
                "general",
                "major",
                name="severity",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_code"], ["unit.code"], name=op.f("fk_incident_community_code")
        ),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_incident_device_id")),
        sa.ForeignKeyConstraint(["grid_code"], ["unit.code"], name=op.f("fk_incident_grid_code")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_incident_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    op.create_index("ix_incident_worker_id_day", "incident", ["worker_id", "day"], unique=False)
    op.create_table(
        "login",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refresh_hash", sa.LargeBinary(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=True),
        sa.Column("attempt", sa.Uuid(), nullable=True),
        sa.Column("refreshed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_because", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_login_account_id")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_login_device_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login")),
    )
    op.create_index("ix_login_account_id", "login", ["account_id"], unique=False)
    op.create_table(
        "submission",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_submission_account_id")
        ),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_submission_device_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_submission_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
    )
    op.create_index(
        "ix_submission_worker_id_received_at",
        "submission",
        ["worker_id", "received_at"],
        unique=False,
    )
    op.create_table(
        "visit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column("grid_code", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("time_proven", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "property_and_guards",
                "rented_and_floating",
                "special_group",
                "cared_for",
                "permanent_resident",
                name="visit_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_code"], ["unit.code"], name=op.f("fk_visit_community_code")
        ),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_visit_device_id")),
        sa.ForeignKeyConstraint(["grid_code"], ["unit.code"], name=op.f("fk_visit_grid_code")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_visit_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    op.create_index("ix_visit_worker_id_day", "visit", ["worker_id", "day"], unique=False)
    op.create_table(
        "check_in_review",
        sa.Column("check_in_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("window", sa.Integer(), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "valid",
                "duplicate",
                "early",
                "late",
                "off_site",
                "imprecise",
                "mocked",
                "needs_review",
                "no_duty",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["check_in_id"], ["check_in.id"], name=op.f("fk_check_in_review_check_in_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_check_in_review_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_check_in_review_worker_id")
        ),
        sa.PrimaryKeyConstraint("check_in_id", name=op.f("pk_check_in_review")),
    )
    op.create_index(
        "uq_check_in_review_valid_window",
        "check_in_review",
        ["worker_id", "day", "window"],
        unique=True,
        postgresql_where=sa.text("verdict = 'valid'"),
    )
    op.execute(AFTER)
    op.get_bind().connection.cursor().execute(SchemaManager.get_schema())


def downgrade() -> None:
    raise NotImplementedError("the first schema has nothing before it: drop the database instead")

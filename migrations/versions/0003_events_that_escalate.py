"""Events that escalate in time, and what is exchanged with the two platforms."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


CATEGORIES = (
    ("livelihood_service", "民生事项服务", "Livelihood service", 50, 72),
    ("dispute", "矛盾纠纷", "Dispute", 50, 72),
    ("public_safety", "公共安全", "Public safety", 50, 168),
    ("special_group_service", "特殊人群服务", "Special-group service", 0, 0),
    ("service_request", "社情民意", "Public opinion, as service requests", 100, 72),
    ("policy_publicity", "政策宣传", "Policy publicity", 0, 0),
    ("emergency", "突发事件", "Emergency", 200, 24),
    ("other", "其他", "Other", 50, 72),
)
"""The first level: how near (metres) and how soon (hours) two events are offered as one."""

AFTER = """
create function refuse_change_but() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or to_jsonb(old) - tg_argv is distinct from to_jsonb(new) - tg_argv then
        raise exception '% is append-only but for %', tg_table_name, tg_argv
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;

create trigger append_only before update or delete on incident
    for each row execute function
        refuse_change_but_erasure('description', 'contact', 'photos');
create trigger append_only before update or delete on incident_act
    for each row execute function refuse_change_but_erasure('words', 'photos');
create trigger append_only before update or delete on incident_card
    for each row execute function
        refuse_change_but('questioned_because', 'withdrawn_at', 'withdrawn_by');
create trigger append_only before update or delete on hop_clock
    for each row execute function refuse_change();
create trigger append_only before update or delete on deadline_policy
    for each row execute function refuse_change();
"""


def upgrade() -> None:
    op.create_table(
        "inbound_message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "platform",
            sa.Enum(
                "chengdu",
                "sichuan",
                name="inbound_platform",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "stored",
                "done",
                "stale",
                "not_understood",
                "failed",
                name="inbound_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "outcome",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_message")),
        sa.UniqueConstraint(
            "platform", "message_id", name=op.f("uq_inbound_message_platform_message_id")
        ),
    )
    op.create_index(
        "ix_inbound_message_received_at", "inbound_message", ["received_at"], unique=False
    )
    op.create_index("ix_inbound_message_state_id", "inbound_message", ["state", "id"], unique=False)
    op.create_index(
        "ix_inbound_message_waiting",
        "inbound_message",
        ["platform", "subject", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'stored'"),
    )
    op.create_table(
        "incident_category",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("parent_code", sa.Text(), nullable=True),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("radius_m", sa.Integer(), nullable=False),
        sa.Column("within_h", sa.Integer(), nullable=False),
        sa.CheckConstraint("radius_m between 0 and 5000", name=op.f("ck_incident_category_radius")),
        sa.CheckConstraint("within_h between 0 and 8760", name=op.f("ck_incident_category_within")),
        sa.ForeignKeyConstraint(
            ["parent_code"],
            ["incident_category.code"],
            name=op.f("fk_incident_category_parent_code"),
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_incident_category")),
    )
    op.create_table(
        "platform_subject",
        sa.Column(
            "platform",
            sa.Enum(
                "chengdu",
                "sichuan",
                name="subject_platform",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "subject", name=op.f("pk_platform_subject")),
    )
    op.create_table(
        "stale_clocks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column(
            "why",
            sa.Enum(
                "arrival",
                "calendar",
                "policy",
                "extension",
                "regrade",
                name="stale_reason",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stale_clocks")),
    )
    op.create_table(
        "webhook_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_event")),
        sa.UniqueConstraint(
            "subject_kind",
            "subject_id",
            "number",
            name=op.f("uq_webhook_event_subject_kind_subject_id_number"),
        ),
    )
    op.create_index("ix_webhook_event_occurred_at", "webhook_event", ["occurred_at"], unique=False)
    op.create_table(
        "webhook_subject",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", name=op.f("pk_webhook_subject")),
    )
    op.create_table(
        "deadline_policy",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column(
            "severity",
            sa.Enum(
                "general",
                "major",
                name="policy_severity",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "tier",
            sa.Enum(
                "grid",
                "community",
                "township",
                "centre",
                "office",
                name="policy_tier",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("hours", sa.Numeric(precision=8, scale=2), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("hours > 0 and hours <= 2000", name=op.f("ck_deadline_policy_hours")),
        sa.ForeignKeyConstraint(
            ["category"], ["incident_category.code"], name=op.f("fk_deadline_policy_category")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_deadline_policy_decided_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_policy")),
        sa.UniqueConstraint(
            "category",
            "severity",
            "tier",
            "effective_from",
            "decided_at",
            name="uq_deadline_policy",
        ),
    )
    op.create_table(
        "platform_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "platform",
            sa.Enum(
                "chengdu",
                "sichuan",
                name="account_platform",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("platform"), "="),
            (sa.column("account"), "="),
            (sa.column("valid"), "&&"),
            using="gist",
            name="ex_platform_account_account",
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_platform_account_recorded_by")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_platform_account_worker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform_account")),
    )
    op.create_index(
        "ix_platform_account_worker_id", "platform_account", ["worker_id"], unique=False
    )
    op.create_table(
        "platform_receipt",
        sa.Column(
            "platform",
            sa.Enum(
                "chengdu",
                "sichuan",
                name="receipt_platform",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_platform_receipt_record_id")
        ),
        sa.PrimaryKeyConstraint(
            "platform", "record_id", "version", name=op.f("pk_platform_receipt")
        ),
    )
    op.create_table(
        "reconciliation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "platform",
            sa.Enum(
                "chengdu",
                "sichuan",
                name="reconciliation_platform",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("ran_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("ours", sa.Integer(), nullable=False),
        sa.Column("theirs", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("differences", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sent_again", sa.Integer(), nullable=False),
        sa.Column("taken_in", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["account.id"], name=op.f("fk_reconciliation_asked_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation")),
    )
    op.create_index(
        "ix_reconciliation_platform_day", "reconciliation", ["platform", "day"], unique=False
    )
    op.create_table(
        "webhook_endpoint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column(
            "platform",
            sa.Enum(
                "chengdu",
                "sichuan",
                name="endpoint_platform",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column(
            "scheme",
            sa.Enum(
                "standard_webhooks",
                "hmac_header",
                "oauth",
                name="endpoint_scheme",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "inbound_scheme",
            sa.Enum(
                "standard_webhooks",
                "hmac_header",
                "oauth",
                name="endpoint_inbound_scheme",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("credentials", sa.Text(), nullable=True),
        sa.Column("event_types", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("allow_cidrs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at_once", sa.Integer(), server_default="8", nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "active",
                "paused",
                "disabled",
                "retired",
                name="endpoint_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("why_disabled", sa.Text(), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("at_once between 1 and 64", name=op.f("ck_webhook_endpoint_at_once")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["account.id"], name=op.f("fk_webhook_endpoint_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["unit_code"], ["unit.code"], name=op.f("fk_webhook_endpoint_unit_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoint")),
    )
    op.create_index(
        "uq_webhook_endpoint_platform",
        "webhook_endpoint",
        ["platform"],
        unique=True,
        postgresql_where=sa.text("platform is not null and retired_at is null"),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "delivering",
                "retrying",
                "succeeded",
                "dead",
                name="delivery_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "trigger",
            sa.Enum(
                "auto",
                "manual",
                "recover",
                "test",
                name="delivery_trigger",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            server_default="auto",
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["webhook_endpoint.id"], name=op.f("fk_webhook_delivery_endpoint_id")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["webhook_event.id"], name=op.f("fk_webhook_delivery_event_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint(
            "event_id", "endpoint_id", name=op.f("uq_webhook_delivery_event_id_endpoint_id")
        ),
    )
    op.create_index(
        "ix_webhook_delivery_due",
        "webhook_delivery",
        ["endpoint_id", "next_at", "id"],
        unique=False,
        postgresql_where=sa.text("state in ('pending', 'delivering', 'retrying')"),
    )
    op.create_index(
        "ix_webhook_delivery_endpoint_id_state_id",
        "webhook_delivery",
        ["endpoint_id", "state", "id"],
        unique=False,
    )
    op.create_index(
        "ix_webhook_delivery_subject",
        "webhook_delivery",
        ["endpoint_id", "subject_kind", "subject_id", "number"],
        unique=False,
        postgresql_where=sa.text("state in ('pending', 'delivering', 'retrying')"),
    )
    op.create_table(
        "webhook_secret",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column(
            "use",
            sa.Enum(
                "outbound",
                "inbound",
                name="secret_use",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["webhook_endpoint.id"], name=op.f("fk_webhook_secret_endpoint_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_secret")),
    )
    op.create_index(
        "ix_webhook_secret_endpoint_id", "webhook_secret", ["endpoint_id"], unique=False
    )
    op.create_table(
        "incident_act",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.Uuid(), nullable=True),
        sa.Column(
            "act",
            sa.Enum(
                "report",
                "take_up",
                "escalate",
                "hand_down",
                "return",
                "ask_help",
                "give_help",
                "ask_extension",
                "decide_extension",
                "regrade",
                "close",
                "follow_up",
                "verify",
                "withdraw",
                "find_false",
                "link_duplicate",
                "unlink",
                "withdraw_card",
                "platform_word",
                name="incident_act",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "tier",
            sa.Enum(
                "grid",
                "community",
                "township",
                "centre",
                "office",
                name="act_tier",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("time_proven", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "was",
            sa.Enum(
                "held",
                "handling",
                "closed",
                "followed_up",
                "verified",
                "withdrawn",
                "false",
                "duplicate",
                name="act_was",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column(
            "became",
            sa.Enum(
                "held",
                "handling",
                "closed",
                "followed_up",
                "verified",
                "withdrawn",
                "false",
                "duplicate",
                name="act_became",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "to_tier",
            sa.Enum(
                "grid",
                "community",
                "township",
                "centre",
                "office",
                name="act_to_tier",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column(
            "photos",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_incident_act_incident_id")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_incident_act_worker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_act")),
        sa.UniqueConstraint(
            "incident_id", "number", name=op.f("uq_incident_act_incident_id_number")
        ),
    )
    op.create_index(
        "ix_incident_act_worker_id_day", "incident_act", ["worker_id", "day"], unique=False
    )
    op.create_table(
        "incident_case",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("grid_code", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column(
            "severity",
            sa.Enum(
                "general",
                "major",
                name="case_severity",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "held",
                "handling",
                "closed",
                "followed_up",
                "verified",
                "withdrawn",
                "false",
                "duplicate",
                name="case_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("acts", sa.Integer(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "closed_by",
            sa.Enum(
                "grid",
                "community",
                "township",
                "centre",
                "office",
                name="case_closed_by",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("reopened", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "score",
            sa.Enum(
                "satisfied",
                "mostly",
                "not",
                name="case_score",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_day", sa.Date(), nullable=True),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.Column("duplicate_of", sa.Uuid(), nullable=True),
        sa.Column(
            "linked_by",
            sa.Enum(
                "grid",
                "community",
                "township",
                "centre",
                "office",
                name="case_linked_by",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["category"], ["incident_category.code"], name=op.f("fk_incident_case_category")
        ),
        sa.ForeignKeyConstraint(
            ["duplicate_of"], ["incident.id"], name=op.f("fk_incident_case_duplicate_of")
        ),
        sa.ForeignKeyConstraint(
            ["grid_code"], ["unit.code"], name=op.f("fk_incident_case_grid_code")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_incident_case_incident_id")
        ),
        sa.ForeignKeyConstraint(
            ["verified_by"], ["worker.id"], name=op.f("fk_incident_case_verified_by")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_incident_case_worker_id")
        ),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_incident_case")),
    )
    op.create_index(
        "ix_incident_case_category_reported_at",
        "incident_case",
        ["category", "reported_at"],
        unique=False,
    )
    op.create_index(
        "ix_incident_case_duplicate_of",
        "incident_case",
        ["duplicate_of"],
        unique=False,
        postgresql_where=sa.text("duplicate_of is not null"),
    )
    op.create_index(
        "ix_incident_case_grid_code_reported_at",
        "incident_case",
        ["grid_code", "reported_at"],
        unique=False,
        postgresql_ops={"grid_code": "text_pattern_ops"},
    )
    op.create_index(
        "ix_incident_case_grid_code_state",
        "incident_case",
        ["grid_code", "state"],
        unique=False,
        postgresql_ops={"grid_code": "text_pattern_ops"},
        postgresql_where=sa.text("state in ('held', 'handling', 'closed', 'followed_up')"),
    )
    op.create_index(
        "ix_incident_case_reported_at_incident_id",
        "incident_case",
        ["reported_at", "incident_id"],
        unique=False,
    )
    op.create_index(
        "ix_incident_case_worker_id_day", "incident_case", ["worker_id", "day"], unique=False
    )
    op.create_table(
        "platform_view",
        sa.Column(
            "platform",
            sa.Enum(
                "chengdu",
                "sichuan",
                name="view_platform",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("their_ref", sa.Text(), nullable=True),
        sa.Column("their_state", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_platform_view_incident_id")
        ),
        sa.PrimaryKeyConstraint("platform", "incident_id", name=op.f("pk_platform_view")),
    )
    op.create_table(
        "webhook_attempt",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "trigger",
            sa.Enum(
                "auto",
                "manual",
                "recover",
                "test",
                name="attempt_trigger",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("excerpt", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["webhook_delivery.id"], name=op.f("fk_webhook_attempt_delivery_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_attempt")),
    )
    op.create_index(
        "ix_webhook_attempt_delivery_id", "webhook_attempt", ["delivery_id"], unique=False
    )
    op.create_index(
        "ix_webhook_attempt_started_at", "webhook_attempt", ["started_at"], unique=False
    )
    op.create_table(
        "incident_hop",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column(
            "tier",
            sa.Enum(
                "grid",
                "community",
                "township",
                "centre",
                "office",
                name="hop_tier",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column(
            "came_from",
            sa.Enum(
                "grid",
                "community",
                "township",
                "centre",
                "office",
                name="hop_came_from",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("begun_by", sa.Uuid(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "escalated",
                "handed_down",
                "returned",
                "closed",
                "withdrawn",
                "false",
                "duplicate",
                name="hop_outcome",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("clock_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("yellow_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("red_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_card_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "extended_h", sa.Numeric(precision=8, scale=2), server_default="0", nullable=False
        ),
        sa.CheckConstraint(
            "ended_at is null or ended_at >= arrived_at", name=op.f("ck_incident_hop_forward")
        ),
        sa.CheckConstraint(
            "ended_at is null or next_card_at is null",
            name=op.f("ck_incident_hop_no_card_after_end"),
        ),
        sa.CheckConstraint(
            "red_at > yellow_at and yellow_at > arrived_at", name=op.f("ck_incident_hop_cards_rise")
        ),
        sa.ForeignKeyConstraint(
            ["begun_by"], ["incident_act.id"], name=op.f("fk_incident_hop_begun_by")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["incident_act.id"], name=op.f("fk_incident_hop_ended_by")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_incident_hop_incident_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_code"], ["unit.code"], name=op.f("fk_incident_hop_unit_code")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_incident_hop_worker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_hop")),
    )
    op.create_index("ix_incident_hop_arrived_at", "incident_hop", ["arrived_at"], unique=False)
    op.create_index("ix_incident_hop_incident_id", "incident_hop", ["incident_id"], unique=False)
    op.create_index(
        "ix_incident_hop_next_card_at",
        "incident_hop",
        ["next_card_at"],
        unique=False,
        postgresql_where=sa.text("next_card_at is not null"),
    )
    op.create_index(
        "ix_incident_hop_unit_code_due_at",
        "incident_hop",
        ["unit_code", "due_at"],
        unique=False,
        postgresql_ops={"unit_code": "text_pattern_ops"},
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_index(
        "uq_incident_hop_open",
        "incident_hop",
        ["incident_id", "tier"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_table(
        "hop_clock",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("hop_id", sa.Uuid(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "why",
            sa.Enum(
                "arrival",
                "calendar",
                "policy",
                "extension",
                "regrade",
                name="clock_reason",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("yellow_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("red_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("inputs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["hop_id"], ["incident_hop.id"], name=op.f("fk_hop_clock_hop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hop_clock")),
    )
    op.create_index("ix_hop_clock_hop_id", "hop_clock", ["hop_id"], unique=False)
    op.create_table(
        "hop_extension",
        sa.Column("hop_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hours", sa.Numeric(precision=8, scale=2), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.CheckConstraint("hours > 0", name=op.f("ck_hop_extension_hours")),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["incident_act.id"], name=op.f("fk_hop_extension_asked_by")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["incident_act.id"], name=op.f("fk_hop_extension_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["hop_id"], ["incident_hop.id"], name=op.f("fk_hop_extension_hop_id")
        ),
        sa.PrimaryKeyConstraint("hop_id", name=op.f("pk_hop_extension")),
    )
    op.create_table(
        "incident_card",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("hop_id", sa.Uuid(), nullable=True),
        sa.Column(
            "colour",
            sa.Enum(
                "yellow",
                "red",
                name="card_colour",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "origin",
            sa.Enum(
                "clock",
                "chengdu",
                "sichuan",
                name="card_origin",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("their_ref", sa.Text(), nullable=True),
        sa.Column(
            "tier",
            sa.Enum(
                "grid",
                "community",
                "township",
                "centre",
                "office",
                name="card_tier",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column("fell_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("because", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("questioned_because", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["hop_id"], ["incident_hop.id"], name=op.f("fk_incident_card_hop_id")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_incident_card_incident_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_code"], ["unit.code"], name=op.f("fk_incident_card_unit_code")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["incident_act.id"], name=op.f("fk_incident_card_withdrawn_by")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_incident_card_worker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_card")),
    )
    op.create_index("ix_incident_card_incident_id", "incident_card", ["incident_id"], unique=False)
    op.create_index(
        "ix_incident_card_unit_code_fell_at",
        "incident_card",
        ["unit_code", "fell_at"],
        unique=False,
        postgresql_ops={"unit_code": "text_pattern_ops"},
    )
    op.create_index(
        "ix_incident_card_worker_id_fell_at",
        "incident_card",
        ["worker_id", "fell_at"],
        unique=False,
    )
    op.create_index(
        "uq_incident_card_hop_id_colour",
        "incident_card",
        ["hop_id", "colour"],
        unique=True,
        postgresql_where=sa.text("origin = 'clock' and withdrawn_at is null"),
    )
    op.create_index(
        "uq_incident_card_origin_their_ref",
        "incident_card",
        ["origin", "their_ref"],
        unique=True,
        postgresql_where=sa.text("their_ref is not null"),
    )
    op.add_column(
        "incident",
        sa.Column(
            "reporter",
            sa.Enum(
                "worker",
                "resident",
                "organisation",
                name="incident_reporter",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            server_default="worker",
            nullable=False,
        ),
    )
    op.add_column("incident", sa.Column("contact", sa.Text(), nullable=True))
    op.add_column(
        "incident",
        sa.Column(
            "straight_to_centre", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
    )

    op.drop_constraint(op.f("ck_incident_incident_category"), "incident", type_="check")
    op.bulk_insert(
        sa.table(
            "incident_category",
            *(sa.column(name) for name in ("code", "zh", "en", "radius_m", "within_h")),
            sa.column("valid", postgresql.DATERANGE()),
        ),
        [
            {
                "code": code,
                "zh": zh,
                "en": en,
                "radius_m": radius_m,
                "within_h": within_h,
                "valid": postgresql.Range(date(2017, 9, 1), None),
            }
            for code, zh, en, radius_m, within_h in CATEGORIES
        ],
    )
    op.alter_column(
        "incident",
        "category",
        existing_type=sa.VARCHAR(length=24),
        type_=sa.Text(),
        existing_nullable=False,
    )
    op.alter_column(
        "incident",
        "description",
        existing_type=sa.TEXT(),
        type_=postgresql.JSONB(),
        postgresql_using="to_jsonb(description)",
        nullable=True,
    )
    op.create_foreign_key(
        op.f("fk_incident_category"), "incident", "incident_category", ["category"], ["code"]
    )
    op.execute(AFTER)


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")

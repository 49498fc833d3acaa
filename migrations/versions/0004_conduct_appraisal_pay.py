"""From hiring to dismissal: approvals, contracts, conduct, appraisal, pay."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


LEAVE_KINDS = (
    "annual",
    "personal",
    "sick",
    "marriage",
    "maternity",
    "paternity",
    "bereavement",
    "work_injury",
    "official",
    "unpaid_absence",
    "other",
)

AFTER = """
create function refuse_second_taking() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.taken_at is not null then
        raise exception 'a step that was taken is never changed'
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;

create function refuse_change_in_closed_month() returns trigger language plpgsql as $$
declare
    was record;
begin
    was := case when tg_op = 'INSERT' then new else old end;
    if exists (
        select 1 from appraisal_month closed join month_appraisal found
            on found.community_code = closed.community_code and found.month = closed.month
        where found.worker_id = was.worker_id and found.month = was.month
            and closed.state = 'closed'
    ) then
        raise exception 'the appraisal of % is closed', was.month
            using errcode = 'insufficient_privilege';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end $$;

create function refuse_change_in_closed_payroll() returns trigger language plpgsql as $$
declare
    was record;
begin
    was := case when tg_op = 'INSERT' then new else old end;
    if exists (select 1 from payroll where month = was.month and state = 'closed') then
        raise exception 'the payroll of % is closed', was.month
            using errcode = 'insufficient_privilege';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end $$;

create function refuse_change_once_closed() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.state = 'closed' then
        raise exception 'a closed month is never changed'
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;

create trigger closed_month before update or delete on appraisal_month
    for each row execute function refuse_change_once_closed();
create trigger taken_once before update or delete on approval_step
    for each row execute function refuse_second_taking();
create trigger append_only before update or delete on conduct_evidence
    for each row execute function refuse_change();
create trigger append_only before update or delete on conduct_answer
    for each row execute function refuse_change();
create trigger append_only before update or delete on penalty
    for each row execute function refuse_change_but('standing', 'review_because');
create trigger append_only before update or delete on penalty_history
    for each row execute function refuse_change();
create trigger append_only before update or delete on penalty_interview
    for each row execute function refuse_change();
create trigger append_only before update or delete on appraisal_revision
    for each row execute function refuse_change();
create trigger append_only before update or delete on appraisal_correction
    for each row execute function
        refuse_change_but('withdrawn_at', 'withdrawn_by', 'withdraw_reason');
create trigger append_only before update or delete on pay_standard
    for each row execute function refuse_change();
create trigger closed_month before insert or update or delete on month_appraisal
    for each row execute function refuse_change_in_closed_month();
create trigger closed_month before insert or update or delete on month_indicator
    for each row execute function refuse_change_in_closed_month();
create trigger closed_payroll before update or delete on payroll
    for each row execute function refuse_change_in_closed_payroll();
create trigger closed_payroll before insert or update or delete on pay_statement
    for each row execute function refuse_change_in_closed_payroll();
create trigger closed_payroll before insert or update or delete on pay_line
    for each row execute function refuse_change_in_closed_payroll();
"""


def upgrade() -> None:
    op.create_table(
        "conduct_detection",
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("detected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("rules_version", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_code"], ["unit.code"], name=op.f("fk_conduct_detection_community_code")
        ),
        sa.PrimaryKeyConstraint("community_code", "month", name=op.f("pk_conduct_detection")),
    )
    op.create_table(
        "month_indicator",
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column(
            "indicator",
            sa.Enum(
                "attendance",
                "field_time",
                "visits",
                "information",
                "events",
                "services",
                "meetings",
                name="indicator",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("numerator", sa.Integer(), nullable=False),
        sa.Column("denominator", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Numeric(precision=9, scale=6), nullable=False),
        sa.Column("points", sa.Numeric(precision=9, scale=6), nullable=False),
        sa.Column("parts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("corrected_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "numerator between 0 and denominator", name=op.f("ck_month_indicator_share")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_month_indicator_worker_id")
        ),
        sa.PrimaryKeyConstraint("worker_id", "month", "indicator", name=op.f("pk_month_indicator")),
    )
    op.create_table(
        "pay_line",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "base",
                "performance",
                "penalty",
                "correction",
                name="line_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("corrects", sa.Date(), nullable=True),
        sa.Column("because", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "(kind = 'correction') = (corrects is not null)", name=op.f("ck_pay_line_corrects")
        ),
        sa.CheckConstraint("corrects < month", name=op.f("ck_pay_line_earlier")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_pay_line_worker_id")),
        sa.PrimaryKeyConstraint("month", "worker_id", "number", name=op.f("pk_pay_line")),
    )
    op.create_index(
        "ix_pay_line_worker_id_corrects", "pay_line", ["worker_id", "corrects"], unique=False
    )
    op.create_table(
        "resignation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "approved",
                "refused",
                "withdrawn",
                "signed",
                name="resignation_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["community_code"], ["unit.code"], name=op.f("fk_resignation_community_code")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_resignation_worker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resignation")),
    )
    op.create_index("ix_resignation_worker_id", "resignation", ["worker_id"], unique=False)
    op.create_index(
        "uq_resignation_open",
        "resignation",
        ["worker_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "appraisal_correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column(
            "indicator",
            sa.Enum(
                "attendance",
                "field_time",
                "visits",
                "information",
                "events",
                "services",
                "meetings",
                name="corrected_indicator",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("numerator", sa.Integer(), nullable=False),
        sa.Column("denominator", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdraw_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "numerator between 0 and denominator", name=op.f("ck_appraisal_correction_share")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["account.id"], name=op.f("fk_appraisal_correction_made_by")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["account.id"], name=op.f("fk_appraisal_correction_withdrawn_by")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_appraisal_correction_worker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal_correction")),
    )
    op.create_index(
        "ix_appraisal_correction_worker_id_month",
        "appraisal_correction",
        ["worker_id", "month"],
        unique=False,
    )
    op.create_index(
        "uq_appraisal_correction_standing",
        "appraisal_correction",
        ["worker_id", "month", "indicator"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at is null"),
    )
    op.create_table(
        "appraisal_objection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column(
            "photos",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("objected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(decided_at is null) = (upheld is null)", name=op.f("ck_appraisal_objection_decided")
        ),
        sa.CheckConstraint(
            "(month is null) <> (year is null)", name=op.f("ck_appraisal_objection_of_one")
        ),
        sa.ForeignKeyConstraint(
            ["community_code"], ["unit.code"], name=op.f("fk_appraisal_objection_community_code")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_appraisal_objection_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_appraisal_objection_worker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal_objection")),
    )
    op.create_index(
        "ix_appraisal_objection_worker_id", "appraisal_objection", ["worker_id"], unique=False
    )
    op.create_table(
        "approval_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "procedure",
            sa.Enum(
                "recruitment",
                "dismissal",
                "penalty",
                "appeal",
                "monthly_appraisal",
                "annual_appraisal",
                "correction",
                "leave",
                "extension",
                "resignation",
                "payroll",
                name="procedure",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "approved",
                "refused",
                "withdrawn",
                name="case_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdraw_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (closed_at is null)", name=op.f("ck_approval_case_closed")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["account.id"], name=op.f("fk_approval_case_opened_by")
        ),
        sa.ForeignKeyConstraint(
            ["unit_code"], ["unit.code"], name=op.f("fk_approval_case_unit_code")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_approval_case_worker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_case")),
    )
    op.create_index("ix_approval_case_subject_id", "approval_case", ["subject_id"], unique=False)
    op.create_index(
        "ix_approval_case_unit_code",
        "approval_case",
        ["unit_code"],
        unique=False,
        postgresql_ops={"unit_code": "text_pattern_ops"},
    )
    op.create_index("ix_approval_case_worker_id", "approval_case", ["worker_id"], unique=False)
    op.create_index(
        "uq_approval_case_open",
        "approval_case",
        ["procedure", "subject_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "awareness_survey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("grid_code", sa.Text(), nullable=False),
        sa.Column("conducted_on", sa.Date(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("aware", sa.Integer(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdraw_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "aware between 0 and asked and asked > 0", name=op.f("ck_awareness_survey_share")
        ),
        sa.ForeignKeyConstraint(
            ["grid_code"], ["unit.code"], name=op.f("fk_awareness_survey_grid_code")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_awareness_survey_recorded_by")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["account.id"], name=op.f("fk_awareness_survey_withdrawn_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_awareness_survey")),
    )
    op.create_index(
        "ix_awareness_survey_grid_code_conducted_on",
        "awareness_survey",
        ["grid_code", "conducted_on"],
        unique=False,
        postgresql_ops={"grid_code": "text_pattern_ops"},
    )
    op.create_table(
        "delegation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("from_account", sa.Uuid(), nullable=False),
        sa.Column("to_account", sa.Uuid(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column(
            "tier",
            sa.Enum(
                "grid",
                "community",
                "township",
                "centre",
                "office",
                name="delegation_tier",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("from_account <> to_account", name=op.f("ck_delegation_another")),
        sa.ForeignKeyConstraint(
            ["from_account"], ["account.id"], name=op.f("fk_delegation_from_account")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_delegation_made_by")),
        sa.ForeignKeyConstraint(
            ["revoked_by"], ["account.id"], name=op.f("fk_delegation_revoked_by")
        ),
        sa.ForeignKeyConstraint(
            ["to_account"], ["account.id"], name=op.f("fk_delegation_to_account")
        ),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_delegation_unit_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    op.create_index("ix_delegation_from_account", "delegation", ["from_account"], unique=False)
    op.create_index("ix_delegation_to_account", "delegation", ["to_account"], unique=False)
    op.create_table(
        "month_appraisal",
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column("score", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column(
            "proposed",
            sa.Enum(
                "pass",
                "fail",
                name="month_proposed",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("because", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rules_version", sa.Text(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "result",
            sa.Enum(
                "pass",
                "fail",
                name="month_result",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("result_reason", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "extract(day from month) = 1", name=op.f("ck_month_appraisal_first_date")
        ),
        sa.CheckConstraint("score between 0 and 100", name=op.f("ck_month_appraisal_score")),
        sa.ForeignKeyConstraint(
            ["community_code"], ["unit.code"], name=op.f("fk_month_appraisal_community_code")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_month_appraisal_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_month_appraisal_worker_id")
        ),
        sa.PrimaryKeyConstraint("worker_id", "month", name=op.f("pk_month_appraisal")),
    )
    op.create_index(
        "ix_month_appraisal_month_community_code",
        "month_appraisal",
        ["month", "community_code"],
        unique=False,
        postgresql_ops={"community_code": "text_pattern_ops"},
    )
    op.create_table(
        "pay_standard",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "minimum_wage",
                "performance",
                name="standard_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_pay_standard_amount")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_pay_standard_decided_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_standard")),
    )
    op.create_index(
        "ix_pay_standard_kind_effective_from",
        "pay_standard",
        ["kind", "effective_from"],
        unique=False,
    )
    op.create_table(
        "recruitment_application",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("grid_code", sa.Text(), nullable=False),
        sa.Column(
            "form",
            sa.Enum(
                "examination",
                "appraisal",
                name="recruitment_form",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("applicant", sa.Text(), nullable=True),
        sa.Column("applicant_digest", sa.LargeBinary(), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=False),
        sa.Column("applied_by", sa.Uuid(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("eligibility", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "approved",
                "refused",
                "withdrawn",
                "signed",
                name="application_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["applied_by"], ["account.id"], name=op.f("fk_recruitment_application_applied_by")
        ),
        sa.ForeignKeyConstraint(
            ["grid_code"], ["unit.code"], name=op.f("fk_recruitment_application_grid_code")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_recruitment_application_worker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recruitment_application")),
    )
    op.create_index(
        "ix_recruitment_application_grid_code",
        "recruitment_application",
        ["grid_code"],
        unique=False,
        postgresql_ops={"grid_code": "text_pattern_ops"},
    )
    op.create_index(
        "uq_recruitment_application_open",
        "recruitment_application",
        ["grid_code", "applicant_digest"],
        unique=True,
        postgresql_where=sa.text("state in ('open', 'approved')"),
    )
    op.create_table(
        "appraisal_month",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "confirmed",
                "closed",
                name="appraisal_month_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("workers", sa.Integer(), nullable=False),
        sa.Column("rules_version", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at is not null)", name=op.f("ck_appraisal_month_closed")
        ),
        sa.CheckConstraint(
            "extract(day from month) = 1", name=op.f("ck_appraisal_month_first_date")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["approval_case.id"], name=op.f("fk_appraisal_month_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["account.id"], name=op.f("fk_appraisal_month_closed_by")
        ),
        sa.ForeignKeyConstraint(
            ["community_code"], ["unit.code"], name=op.f("fk_appraisal_month_community_code")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["account.id"], name=op.f("fk_appraisal_month_confirmed_by")
        ),
        sa.PrimaryKeyConstraint("community_code", "month", name=op.f("pk_appraisal_month")),
    )
    op.create_index("ix_appraisal_month_month", "appraisal_month", ["month"], unique=False)
    op.create_index("uq_appraisal_month_id", "appraisal_month", ["id"], unique=True)
    op.create_table(
        "appraisal_revision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column(
            "result",
            sa.Enum(
                "pass",
                "fail",
                name="revision_result",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "ground",
            sa.Enum(
                "objection",
                "data",
                name="revision_ground",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("objection_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("because", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_appraisal_revision_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["objection_id"],
            ["appraisal_objection.id"],
            name=op.f("fk_appraisal_revision_objection_id"),
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_appraisal_revision_worker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal_revision")),
    )
    op.create_index(
        "ix_appraisal_revision_worker_id_month",
        "appraisal_revision",
        ["worker_id", "month"],
        unique=False,
    )
    op.create_table(
        "approval_step",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "act",
            sa.Enum(
                "ask",
                "propose",
                "apply",
                "review",
                "decide",
                "approve",
                "file",
                "sign",
                "compute",
                "close",
                name="step_act",
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
                name="step_tier",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("may_refuse", sa.Boolean(), nullable=False),
        sa.Column("waits_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("stood_in_for", sa.Uuid(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "passed",
                "refused",
                name="step_outcome",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "facts",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "outcome is distinct from 'refused' or reason is not null",
            name=op.f("ck_approval_step_reason"),
        ),
        sa.CheckConstraint(
            "(taken_at is null) = (outcome is null)", name=op.f("ck_approval_step_taken")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_approval_step_number")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["approval_case.id"], name=op.f("fk_approval_step_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["stood_in_for"], ["account.id"], name=op.f("fk_approval_step_stood_in_for")
        ),
        sa.ForeignKeyConstraint(
            ["taken_by"], ["account.id"], name=op.f("fk_approval_step_taken_by")
        ),
        sa.ForeignKeyConstraint(
            ["unit_code"], ["unit.code"], name=op.f("fk_approval_step_unit_code")
        ),
        sa.PrimaryKeyConstraint("case_id", "number", name=op.f("pk_approval_step")),
    )
    op.create_index(
        "ix_approval_step_waiting",
        "approval_step",
        ["unit_code", "tier"],
        unique=False,
        postgresql_ops={"unit_code": "text_pattern_ops"},
        postgresql_where=sa.text("waits_since is not null and taken_at is null"),
    )
    op.create_table(
        "conduct_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column(
            "ground",
            sa.Enum(
                "A1",
                "A2",
                "A3",
                "A4",
                "A5",
                "A6",
                "A7",
                "A8",
                "B1",
                "B2",
                "B3",
                "B4",
                "B5",
                "B6",
                name="ground",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("counted_for", sa.Date(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "detected",
                "recorded",
                name="proposal_source",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "put_forward",
                "penalised",
                "dropped",
                "lapsed",
                name="proposal_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "rung",
            sa.Enum(
                "warning",
                "demerit",
                "dismissal",
                name="proposal_rung",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("evidence", sa.Integer(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_by", sa.Uuid(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_until", sa.Date(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["approval_case.id"], name=op.f("fk_conduct_proposal_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["account.id"], name=op.f("fk_conduct_proposal_closed_by")
        ),
        sa.ForeignKeyConstraint(
            ["community_code"], ["unit.code"], name=op.f("fk_conduct_proposal_community_code")
        ),
        sa.ForeignKeyConstraint(
            ["found_by"], ["account.id"], name=op.f("fk_conduct_proposal_found_by")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_conduct_proposal_worker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conduct_proposal")),
    )
    op.create_index(
        "ix_conduct_proposal_community_code",
        "conduct_proposal",
        ["community_code", "id"],
        unique=False,
        postgresql_ops={"community_code": "text_pattern_ops"},
    )
    op.create_index(
        "ix_conduct_proposal_worker_id", "conduct_proposal", ["worker_id"], unique=False
    )
    op.create_index(
        "uq_conduct_proposal_counted",
        "conduct_proposal",
        ["worker_id", "ground", "counted_for"],
        unique=True,
        postgresql_where=sa.text("state not in ('dropped', 'lapsed')"),
    )
    op.create_table(
        "contract",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column(
            "origin",
            sa.Enum(
                "recruited",
                "earlier",
                "renewed",
                name="contract_origin",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.Column("renews", sa.Uuid(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("term_ends_on", sa.Date(), nullable=True),
        sa.Column("born", sa.Text(), nullable=False),
        sa.Column(
            "retirement_post",
            sa.Enum(
                "men",
                "women_55",
                "women_50",
                name="retirement_post",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("retires_on", sa.Date(), nullable=False),
        sa.Column("signed_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column(
            "end_cause",
            sa.Enum(
                "retirement",
                "dismissal",
                "resignation",
                "term_over",
                "agreement",
                "death",
                name="contract_end",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("end_case_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("worker_id"), "="),
            (
                sa.text("daterange(first_day, least(last_day, term_ends_on, retires_on), '[]')"),
                "&&",
            ),
            using="gist",
            name="ex_contract_worker_id_span",
        ),
        sa.CheckConstraint(
            "(last_day is null) = (end_cause is null)", name=op.f("ck_contract_ended")
        ),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_contract_last_day")),
        sa.CheckConstraint("retires_on >= first_day", name=op.f("ck_contract_retires")),
        sa.CheckConstraint("term_ends_on >= first_day", name=op.f("ck_contract_term")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["recruitment_application.id"],
            name=op.f("fk_contract_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_code"], ["unit.code"], name=op.f("fk_contract_community_code")
        ),
        sa.ForeignKeyConstraint(
            ["end_case_id"], ["approval_case.id"], name=op.f("fk_contract_end_case_id")
        ),
        sa.ForeignKeyConstraint(["ended_by"], ["account.id"], name=op.f("fk_contract_ended_by")),
        sa.ForeignKeyConstraint(["renews"], ["contract.id"], name=op.f("fk_contract_renews")),
        sa.ForeignKeyConstraint(["signed_by"], ["account.id"], name=op.f("fk_contract_signed_by")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_contract_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
    )
    op.create_index(
        "ix_contract_community_code",
        "contract",
        ["community_code"],
        unique=False,
        postgresql_ops={"community_code": "text_pattern_ops"},
    )
    op.create_index("ix_contract_worker_id", "contract", ["worker_id"], unique=False)
    op.create_table(
        "payroll",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "computed",
                "approved",
                "closed",
                name="payroll_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("workers", sa.Integer(), nullable=False),
        sa.Column("base", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("performance", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("corrections", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("total", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("rules_version", sa.Text(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("computed_by", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column(
            "report",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
        ),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at is not null)", name=op.f("ck_payroll_closed")
        ),
        sa.CheckConstraint("extract(day from month) = 1", name=op.f("ck_payroll_first_date")),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["account.id"], name=op.f("fk_payroll_approved_by")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["approval_case.id"], name=op.f("fk_payroll_case_id")),
        sa.ForeignKeyConstraint(["closed_by"], ["account.id"], name=op.f("fk_payroll_closed_by")),
        sa.ForeignKeyConstraint(
            ["computed_by"], ["account.id"], name=op.f("fk_payroll_computed_by")
        ),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_payroll")),
    )
    op.create_index("uq_payroll_id", "payroll", ["id"], unique=True)
    op.create_table(
        "year_appraisal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column("mean", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("failed_months", sa.Integer(), nullable=False),
        sa.Column("penalties", sa.Integer(), nullable=False),
        sa.Column(
            "by_rule",
            sa.Enum(
                "excellent",
                "qualified",
                "unqualified",
                name="grade_by_rule",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "proposed",
            sa.Enum(
                "excellent",
                "qualified",
                "unqualified",
                name="grade_proposed",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("proposed_reason", sa.Text(), nullable=True),
        sa.Column(
            "grade",
            sa.Enum(
                "excellent",
                "qualified",
                "unqualified",
                name="grade",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("because", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("rules_version", sa.Text(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("graded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["approval_case.id"], name=op.f("fk_year_appraisal_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["community_code"], ["unit.code"], name=op.f("fk_year_appraisal_community_code")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_year_appraisal_worker_id")
        ),
        sa.PrimaryKeyConstraint("worker_id", "year", name=op.f("pk_year_appraisal")),
    )
    op.create_index(
        "ix_year_appraisal_year_community_code",
        "year_appraisal",
        ["year", "community_code"],
        unique=False,
        postgresql_ops={"community_code": "text_pattern_ops"},
    )
    op.create_index("uq_year_appraisal_id", "year_appraisal", ["id"], unique=True)
    op.create_table(
        "conduct_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column(
            "photos",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["conduct_proposal.id"], name=op.f("fk_conduct_answer_proposal_id")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_conduct_answer_worker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conduct_answer")),
    )
    op.create_index(
        "ix_conduct_answer_proposal_id", "conduct_answer", ["proposal_id"], unique=False
    )
    op.create_table(
        "conduct_evidence",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.Column("because", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("records", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("rules_version", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["conduct_proposal.id"], name=op.f("fk_conduct_evidence_proposal_id")
        ),
        sa.PrimaryKeyConstraint("proposal_id", "number", name=op.f("pk_conduct_evidence")),
    )
    op.create_table(
        "pay_statement",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column("duty", sa.Integer(), nullable=False),
        sa.Column("employed", sa.Integer(), nullable=False),
        sa.Column(
            "result",
            sa.Enum(
                "pass",
                "fail",
                name="statement_result",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("base", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("performance", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("corrections", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("total", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("because", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "employed <= duty and employed >= 0", name=op.f("ck_pay_statement_dates")
        ),
        sa.CheckConstraint(
            "total = base + performance + corrections", name=op.f("ck_pay_statement_sum")
        ),
        sa.ForeignKeyConstraint(
            ["community_code"], ["unit.code"], name=op.f("fk_pay_statement_community_code")
        ),
        sa.ForeignKeyConstraint(["month"], ["payroll.month"], name=op.f("fk_pay_statement_month")),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_pay_statement_worker_id")
        ),
        sa.PrimaryKeyConstraint("month", "worker_id", name=op.f("pk_pay_statement")),
    )
    op.create_index(
        "ix_pay_statement_month_community_code",
        "pay_statement",
        ["month", "community_code"],
        unique=False,
        postgresql_ops={"community_code": "text_pattern_ops"},
    )
    op.create_index(
        "ix_pay_statement_worker_id_month", "pay_statement", ["worker_id", "month"], unique=False
    )
    op.create_table(
        "penalty",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("community_code", sa.Text(), nullable=False),
        sa.Column(
            "ground",
            sa.Enum(
                "A1",
                "A2",
                "A3",
                "A4",
                "A5",
                "A6",
                "A7",
                "A8",
                "B1",
                "B2",
                "B3",
                "B4",
                "B5",
                "B6",
                name="penalty_ground",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "warning",
                "demerit",
                "dismissal",
                name="penalty_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "standing",
            sa.Enum(
                "warning",
                "demerit",
                "dismissal",
                name="penalty_standing",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("evidence", sa.Integer(), nullable=False),
        sa.Column("evidence_digest", sa.Text(), nullable=False),
        sa.Column(
            "tier",
            sa.Enum(
                "grid",
                "community",
                "township",
                "centre",
                "office",
                name="penalty_tier",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("review_because", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint("ends_on > decided_on", name=op.f("ck_penalty_term")),
        sa.ForeignKeyConstraint(
            ["community_code"], ["unit.code"], name=op.f("fk_penalty_community_code")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_penalty_decided_by")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["conduct_proposal.id"], name=op.f("fk_penalty_proposal_id")
        ),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_penalty_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_penalty")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_penalty_proposal_id")),
    )
    op.create_index(
        "ix_penalty_community_code",
        "penalty",
        ["community_code"],
        unique=False,
        postgresql_ops={"community_code": "text_pattern_ops"},
    )
    op.create_index("ix_penalty_decided_on", "penalty", ["decided_on"], unique=False)
    op.create_index(
        "ix_penalty_worker_id_decided_on", "penalty", ["worker_id", "decided_on"], unique=False
    )
    op.create_table(
        "appeal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("penalty_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column(
            "photos",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("appealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "tier",
            sa.Enum(
                "grid",
                "community",
                "township",
                "centre",
                "office",
                name="appeal_tier",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "(decided_at is null) = (upheld is null)", name=op.f("ck_appeal_decided")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["approval_case.id"], name=op.f("fk_appeal_case_id")),
        sa.ForeignKeyConstraint(["penalty_id"], ["penalty.id"], name=op.f("fk_appeal_penalty_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_appeal_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
    )
    op.create_index("ix_appeal_penalty_id", "appeal", ["penalty_id"], unique=False)
    op.create_index(
        "uq_appeal_waiting",
        "appeal",
        ["penalty_id"],
        unique=True,
        postgresql_where=sa.text("decided_at is null"),
    )
    op.create_table(
        "penalty_history",
        sa.Column("penalty_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "act",
            sa.Enum(
                "decided",
                "interviewed",
                "appealed",
                "appeal_refused",
                "review_offered",
                "review_kept",
                "lowered",
                "overturned",
                name="penalty_act",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column(
            "tier",
            sa.Enum(
                "grid",
                "community",
                "township",
                "centre",
                "office",
                name="penalty_act_tier",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column(
            "standing",
            sa.Enum(
                "warning",
                "demerit",
                "dismissal",
                name="history_standing",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_penalty_history_by")),
        sa.ForeignKeyConstraint(
            ["penalty_id"], ["penalty.id"], name=op.f("fk_penalty_history_penalty_id")
        ),
        sa.PrimaryKeyConstraint("penalty_id", "number", name=op.f("pk_penalty_history")),
    )
    op.create_table(
        "penalty_interview",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("penalty_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["penalty_id"], ["penalty.id"], name=op.f("fk_penalty_interview_penalty_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_penalty_interview_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_penalty_interview")),
    )
    op.create_index(
        "ix_penalty_interview_penalty_id", "penalty_interview", ["penalty_id"], unique=False
    )
    op.create_index("ix_sample_item_record_id", "sample_item", ["record_id"], unique=False)
    op.create_index(
        "ix_incident_hop_worker_id_due_at",
        "incident_hop",
        ["worker_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("worker_id is not null"),
    )
    op.drop_constraint(op.f("ck_leave_leave_kind"), "leave", type_="check")
    kinds = ", ".join(f"'{kind}'" for kind in LEAVE_KINDS)
    op.create_check_constraint(op.f("ck_leave_leave_kind"), "leave", f"kind in ({kinds})")
    op.execute(AFTER)


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")

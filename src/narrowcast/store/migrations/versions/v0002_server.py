"""Accounts, the queue, notebooks and sources, episodes with revisions, money, telling."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    moment = sa.DateTime(timezone=True)
    json = sa.JSON().with_variant(JSONB(), "postgresql")
    op.create_table(
        "account",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("tier", sa.String(length=32), nullable=False),
        sa.Column("password_hash", sa.Text()),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("monthly_budget_usd", sa.Float()),
        sa.Column("preferences", json, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.CheckConstraint("role in ('owner', 'member', 'listener')", name=op.f("ck_account_role_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
    )
    op.create_table(
        "provider_pause",
        sa.Column("provider", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", moment, nullable=False),
        sa.PrimaryKeyConstraint("provider", name=op.f("pk_provider_pause")),
    )
    op.create_table(
        "provider_slot",
        sa.Column("provider", sa.String(length=100), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column("until", moment, nullable=False),
        sa.PrimaryKeyConstraint("provider", "number", name=op.f("pk_provider_slot")),
    )
    with op.batch_alter_table("provider_slot") as batch_op:
        batch_op.create_index(batch_op.f("ix_provider_slot_holder"), ["holder"], unique=False)

    op.create_table(
        "idempotency",
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("status_code", sa.Integer()),
        sa.Column("answer", json),
        sa.Column("created_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_idempotency_owner_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("owner_id", "key", name=op.f("pk_idempotency")),
    )
    with op.batch_alter_table("idempotency") as batch_op:
        batch_op.create_index(batch_op.f("ix_idempotency_created_at"), ["created_at"], unique=False)

    op.create_table(
        "message",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("job_id", sa.String(length=36)),
        sa.Column("episode_id", sa.String(length=36)),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("read_at", moment),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_message_owner_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    with op.batch_alter_table("message") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_message_owner_id_message_created_at"), ["owner_id", "created_at"], unique=False
        )
        batch_op.create_index(
            "ix_message_unread",
            ["owner_id"],
            unique=False,
            sqlite_where=sa.text("read_at is null"),
            postgresql_where=sa.text("read_at is null"),
        )

    op.create_table(
        "notebook",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_notebook_owner_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notebook")),
    )
    with op.batch_alter_table("notebook") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_notebook_owner_id_notebook_created_at"), ["owner_id", "created_at"], unique=False
        )

    op.create_table(
        "profile",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("body", json, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_profile_owner_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile")),
        sa.UniqueConstraint("owner_id", "kind", "name", name=op.f("uq_profile_owner_id_profile_kind_profile_name")),
    )
    op.create_table(
        "provider_key",
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("ending", sa.String(length=8), nullable=False),
        sa.Column("base_url", sa.Text()),
        sa.Column("set_by", sa.String(length=36)),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("tested_at", moment),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["set_by"], ["account.id"], name=op.f("fk_provider_key_set_by_account"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("provider", name=op.f("pk_provider_key")),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_session_owner_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_session_secret_hash")),
    )
    with op.batch_alter_table("session") as batch_op:
        batch_op.create_index(batch_op.f("ix_session_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_session_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "sign_in_link",
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("used_at", moment),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_sign_in_link_owner_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("secret_hash", name=op.f("pk_sign_in_link")),
    )
    with op.batch_alter_table("sign_in_link") as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_link_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "source",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("format", sa.String(length=16), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("author", sa.Text()),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("passages", sa.Integer(), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("read_key", sa.Text(), nullable=False),
        sa.Column("file_key", sa.Text()),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_source_owner_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("owner_id", "digest", name=op.f("uq_source_owner_id_source_digest")),
    )
    with op.batch_alter_table("source") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_source_owner_id_source_created_at"), ["owner_id", "created_at"], unique=False
        )

    op.create_table(
        "token",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", json, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("used_at", moment),
        sa.Column("expires_at", moment),
        sa.Column("revoked_at", moment),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_token_owner_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_token_secret_hash")),
    )
    with op.batch_alter_table("token") as batch_op:
        batch_op.create_index(batch_op.f("ix_token_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "webhook",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("events", json, nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_previous", sa.LargeBinary()),
        sa.Column("previous_until", moment),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failing_since", moment),
        sa.Column("disabled_reason", sa.Text()),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_webhook_owner_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    with op.batch_alter_table("webhook") as batch_op:
        batch_op.create_index(batch_op.f("ix_webhook_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "delivery",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("webhook_id", sa.String(length=36)),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("job_id", sa.String(length=36)),
        sa.Column("payload", json, nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("answer_code", sa.Integer()),
        sa.Column("note", sa.Text()),
        sa.Column("holder", sa.String(length=80)),
        sa.Column("due_at", moment),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("finished_at", moment),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_delivery_owner_id_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhook.id"], name=op.f("fk_delivery_webhook_id_webhook"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    with op.batch_alter_table("delivery") as batch_op:
        batch_op.create_index(
            "ix_delivery_due_at",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        )
        batch_op.create_index(
            batch_op.f("ix_delivery_owner_id_delivery_created_at"), ["owner_id", "created_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_delivery_webhook_id_delivery_created_at"), ["webhook_id", "created_at"], unique=False
        )

    op.create_table(
        "notebook_source",
        sa.Column("notebook_id", sa.String(length=36), nullable=False),
        sa.Column("source_id", sa.String(length=36), nullable=False),
        sa.Column("added_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["notebook_id"], ["notebook.id"], name=op.f("fk_notebook_source_notebook_id_notebook"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_notebook_source_source_id_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("notebook_id", "source_id", name=op.f("pk_notebook_source")),
    )
    with op.batch_alter_table("notebook_source") as batch_op:
        batch_op.create_index(batch_op.f("ix_notebook_source_source_id"), ["source_id"], unique=False)

    op.create_table(
        "episode_source",
        sa.Column("episode_id", sa.String(length=36), nullable=False),
        sa.Column("source_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode.id"], name=op.f("fk_episode_source_episode_id_episode"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_episode_source_source_id_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("episode_id", "source_id", name=op.f("pk_episode_source")),
    )
    with op.batch_alter_table("episode_source") as batch_op:
        batch_op.create_index(batch_op.f("ix_episode_source_source_id"), ["source_id"], unique=False)

    op.create_table(
        "episode_tag",
        sa.Column("episode_id", sa.String(length=36), nullable=False),
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode.id"], name=op.f("fk_episode_tag_episode_id_episode"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("episode_id", "tag", name=op.f("pk_episode_tag")),
    )
    with op.batch_alter_table("episode_tag") as batch_op:
        batch_op.create_index(batch_op.f("ix_episode_tag_tag"), ["tag"], unique=False)

    op.create_table(
        "episode_text",
        sa.Column("episode_id", sa.String(length=36), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode.id"], name=op.f("fk_episode_text_episode_id_episode"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("episode_id", name=op.f("pk_episode_text")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("run_at", moment),
        sa.Column("epoch", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lost_leases", sa.Integer(), server_default="0", nullable=False),
        sa.Column("pauses", sa.Integer(), server_default="0", nullable=False),
        sa.Column("max_failures", sa.Integer(), server_default="4", nullable=False),
        sa.Column("lease_owner", sa.String(length=80)),
        sa.Column("lease_until", moment),
        sa.Column("cancel_requested_at", moment),
        sa.Column("dedupe_key", sa.String(length=64)),
        sa.Column("retry_of", sa.String(length=36)),
        sa.Column("episode_id", sa.String(length=36)),
        sa.Column("estimate_s", sa.Integer()),
        sa.Column("params", json, nullable=False),
        sa.Column("progress", json, nullable=False),
        sa.Column("result", json),
        sa.Column("error_message", sa.Text()),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("queued_at", moment),
        sa.Column("started_at", moment),
        sa.Column("moved_at", moment),
        sa.Column("finished_at", moment),
        sa.Column("told_at", moment),
        sa.CheckConstraint(
            "status in ('scheduled', 'queued', 'running', 'completed', 'failed', 'cancelled')",
            name=op.f("ck_job_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode.id"], name=op.f("fk_job_episode_id_episode"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_job_owner_id_account"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job") as batch_op:
        batch_op.create_index("ix_job_episode_id", ["episode_id"], unique=False)
        batch_op.create_index(
            "ix_job_failed",
            ["id"],
            unique=False,
            sqlite_where=sa.text("status = 'failed'"),
            postgresql_where=sa.text("status = 'failed'"),
        )
        batch_op.create_index(
            "ix_job_finished",
            ["finished_at"],
            unique=False,
            sqlite_where=sa.text("finished_at is not null"),
            postgresql_where=sa.text("finished_at is not null"),
        )
        batch_op.create_index("ix_job_history", ["owner_id", "created_at", "id"], unique=False)
        batch_op.create_index(
            "ix_job_queued",
            ["rank", "queued_at", "id", "owner_id", "kind"],
            unique=False,
            sqlite_where=sa.text("status = 'queued'"),
            postgresql_where=sa.text("status = 'queued'"),
        )
        batch_op.create_index(
            "ix_job_retry_of",
            ["retry_of"],
            unique=False,
            sqlite_where=sa.text("retry_of is not null"),
            postgresql_where=sa.text("retry_of is not null"),
        )
        batch_op.create_index(
            "ix_job_running",
            ["owner_id"],
            unique=False,
            sqlite_where=sa.text("status = 'running'"),
            postgresql_where=sa.text("status = 'running'"),
        )
        batch_op.create_index(
            "ix_job_scheduled",
            ["run_at"],
            unique=False,
            sqlite_where=sa.text("status = 'scheduled'"),
            postgresql_where=sa.text("status = 'scheduled'"),
        )
        batch_op.create_index(
            "ix_job_untold",
            ["finished_at"],
            unique=False,
            sqlite_where=sa.text("status in ('completed', 'failed', 'cancelled') and told_at is null"),
            postgresql_where=sa.text("status in ('completed', 'failed', 'cancelled') and told_at is null"),
        )
        batch_op.create_index(
            "uq_job_live_dedupe",
            ["owner_id", "dedupe_key"],
            unique=True,
            sqlite_where=sa.text("status in ('scheduled', 'queued', 'running')"),
            postgresql_where=sa.text("status in ('scheduled', 'queued', 'running')"),
        )

    op.create_table(
        "revision",
        sa.Column("episode_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("audio_key", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False),
        sa.Column("files", json, nullable=False),
        sa.Column("figures", json, nullable=False),
        sa.Column("clips", json, server_default="[]", nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode.id"], name=op.f("fk_revision_episode_id_episode"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("episode_id", "number", name=op.f("pk_revision")),
    )
    op.create_table(
        "spending",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("episode_id", sa.String(length=36)),
        sa.Column("job_id", sa.String(length=36)),
        sa.Column("provider", sa.String(length=64), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("prompt_tokens", sa.Integer(), nullable=False),
        sa.Column("completion_tokens", sa.Integer(), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("cost_usd", sa.Float()),
        sa.Column("at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode.id"], name=op.f("fk_spending_episode_id_episode"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_spending_owner_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spending")),
    )
    with op.batch_alter_table("spending") as batch_op:
        batch_op.create_index(batch_op.f("ix_spending_episode_id"), ["episode_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_spending_job_id"), ["job_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_spending_owner_id_spending_at"), ["owner_id", "at"], unique=False)

    op.create_table(
        "job_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("data", json, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_job_event_job_id_job"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_event")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("job_event") as batch_op:
        batch_op.create_index(batch_op.f("ix_job_event_job_id_job_event_id"), ["job_id", "id"], unique=False)

    with op.batch_alter_table("episode") as batch_op:
        batch_op.add_column(sa.Column("owner_id", sa.String(length=36)))
        batch_op.add_column(sa.Column("description", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("notebook_id", sa.String(length=36)))
        batch_op.add_column(sa.Column("snapshot", json))
        batch_op.add_column(sa.Column("uploaded", sa.Boolean(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("revision", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("script_version", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("error_message", sa.Text()))
        batch_op.add_column(sa.Column("completed_at", moment))
        batch_op.create_index(
            batch_op.f("ix_episode_owner_id_episode_created_at"), ["owner_id", "created_at"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_episode_owner_id_account"), "account", ["owner_id"], ["id"], ondelete="CASCADE"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_episode_notebook_id_notebook"), "notebook", ["notebook_id"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("result") as batch_op:
        batch_op.add_column(sa.Column("used_at", moment))


def downgrade() -> None:
    """Going back is done by restoring a backup."""
    raise NotImplementedError

"""Paid results and episodes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    moment = sa.DateTime(timezone=True)
    json = sa.JSON().with_variant(JSONB(), "postgresql")
    op.create_table(
        "result",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("lease_owner", sa.String(80)),
        sa.Column("lease_until", moment),
        sa.Column("blob_key", sa.Text),
        sa.Column("sha256", sa.String(64)),
        sa.Column("size_bytes", sa.BigInteger),
        sa.Column("meta", json),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("finished_at", moment),
        sa.Column("partial", sa.LargeBinary),
        sa.PrimaryKeyConstraint("key", name="pk_result"),
        sa.CheckConstraint("status in ('pending', 'ready')", name=op.f("ck_result_status_known")),
        sa.CheckConstraint(
            "status = 'pending' or (blob_key is not null and sha256 is not null and size_bytes is not null"
            " and meta is not null and finished_at is not null and lease_owner is null and partial is null)",
            name=op.f("ck_result_ready_is_whole"),
        ),
    )
    op.create_index("ix_result_kind_finished_at", "result", ["kind", "finished_at"])
    op.create_table(
        "episode",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("owner", sa.String(80)),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.Column("output_path", sa.Text),
        sa.Column("duration_ms", sa.BigInteger),
        sa.Column("script_blob_key", sa.Text),
        sa.Column("figures", json, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_episode"),
    )
    op.create_index("ix_episode_created_at", "episode", ["created_at"])


def downgrade() -> None:
    """Going back is done by restoring a backup."""
    raise NotImplementedError

"""Listening: bookmarks, feeds, browsers that are told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "feed",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("tag", sa.String(length=64)),
        sa.Column("guid", sa.String(length=36), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), server_default="", nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("fetched_at", moment),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_feed_owner_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
    )
    with op.batch_alter_table("feed") as batch_op:
        batch_op.create_index(batch_op.f("ix_feed_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "push_subscription",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("auth_secret", sa.LargeBinary(), nullable=False),
        sa.Column("user_agent", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("used_at", moment),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_push_subscription_owner_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscription")),
        sa.UniqueConstraint("endpoint", name=op.f("uq_push_subscription_endpoint")),
    )
    with op.batch_alter_table("push_subscription") as batch_op:
        batch_op.create_index(batch_op.f("ix_push_subscription_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "bookmark",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("episode_id", sa.String(length=36), nullable=False),
        sa.Column("turn_id", sa.String(length=64)),
        sa.Column("offset_ms", sa.BigInteger(), nullable=False),
        sa.Column("position_ms", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode.id"], name=op.f("fk_bookmark_episode_id_episode"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_bookmark_owner_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookmark")),
    )
    with op.batch_alter_table("bookmark") as batch_op:
        batch_op.create_index(batch_op.f("ix_bookmark_episode_id"), ["episode_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_bookmark_owner_id_bookmark_created_at"), ["owner_id", "created_at"], unique=False
        )

    op.create_table(
        "download",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("episode_id", sa.String(length=36), nullable=False),
        sa.Column("listener", sa.String(length=64)),
        sa.Column("app", sa.String(length=64), nullable=False),
        sa.Column("sent_bytes", sa.BigInteger(), nullable=False),
        sa.Column("began_at", moment, nullable=False),
        sa.Column("counted_at", moment),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode.id"], name=op.f("fk_download_episode_id_episode"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_download_owner_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_download")),
        sa.UniqueConstraint("listener", name=op.f("uq_download_listener")),
    )
    with op.batch_alter_table("download") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_download_episode_id_download_counted_at"), ["episode_id", "counted_at"], unique=False
        )

    with op.batch_alter_table("episode") as batch_op:
        batch_op.create_index(batch_op.f("ix_episode_notebook_id"), ["notebook_id"], unique=False)

    with op.batch_alter_table("source") as batch_op:
        batch_op.add_column(sa.Column("folded", sa.Text()))


def downgrade() -> None:
    """Going back is done by restoring a backup."""
    raise NotImplementedError

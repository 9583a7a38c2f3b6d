"""Listening: bookmarks, feeds, browsers that are told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    moment = sa.DateTime(timezone=True)
    json = sa.JSON().with_variant(JSONB(), "postgresql")
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
        "listening_day",
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("listened_ms", sa.BigInteger(), nullable=False),
        sa.Column("speed", sa.Float(), nullable=False),
        sa.Column("sessions", sa.Integer(), nullable=False),
        sa.Column("completion", sa.Float()),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_listening_day_owner_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("owner_id", "day", name=op.f("pk_listening_day")),
    )
    op.create_table(
        "listening_day_episode",
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("episode_id", sa.String(length=36), nullable=False),
        sa.Column("listened_ms", sa.BigInteger(), nullable=False),
        sa.Column("heard_ms", sa.BigInteger(), nullable=False),
        sa.Column("speed", sa.Float(), nullable=False),
        sa.Column("sessions", sa.Integer(), nullable=False),
        sa.Column("plays", sa.Integer(), nullable=False),
        sa.Column("duration_ms", sa.BigInteger()),
        sa.Column("stops", json, nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_listening_day_episode_owner_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("owner_id", "day", "episode_id", name=op.f("pk_listening_day_episode")),
    )
    with op.batch_alter_table("listening_day_episode") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_listening_day_episode_owner_id_listening_day_episode_episode_id"),
            ["owner_id", "episode_id"],
            unique=False,
        )

    op.create_table(
        "play_interval",
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("episode_id", sa.String(length=36), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("to_ms", sa.BigInteger(), nullable=False),
        sa.Column("rate", sa.Float(), nullable=False),
        sa.Column("start_ms", sa.BigInteger(), nullable=False),
        sa.Column("end_ms", sa.BigInteger(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("duration_ms", sa.BigInteger()),
        sa.Column("received_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_play_interval_owner_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("owner_id", "event_id", name=op.f("pk_play_interval")),
    )
    with op.batch_alter_table("play_interval") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_play_interval_owner_id_play_interval_day"), ["owner_id", "day"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_play_interval_owner_id_play_interval_start_ms"), ["owner_id", "start_ms"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_play_interval_start_ms"), ["start_ms"], unique=False)

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
        "weekly_report",
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("sent", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_weekly_report_owner_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("owner_id", "week", name=op.f("pk_weekly_report")),
    )
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

    op.create_table(
        "listening_progress",
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("episode_id", sa.String(length=36), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("position_ms", sa.BigInteger(), nullable=False),
        sa.Column("position_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("rate", sa.Float(), nullable=False),
        sa.Column("rate_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("heard", json, nullable=False),
        sa.Column("heat", json, nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.Column("finished", sa.Boolean(), nullable=False),
        sa.Column("plays", sa.Integer(), nullable=False),
        sa.Column("played_at_ms", sa.BigInteger()),
        sa.Column("heard_share", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode.id"], name=op.f("fk_listening_progress_episode_id_episode"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_listening_progress_owner_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("owner_id", "episode_id", name=op.f("pk_listening_progress")),
    )
    with op.batch_alter_table("listening_progress") as batch_op:
        batch_op.create_index(batch_op.f("ix_listening_progress_episode_id"), ["episode_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_listening_progress_owner_id_listening_progress_played_at_ms"),
            ["owner_id", "played_at_ms"],
            unique=False,
        )

    op.create_table(
        "up_next",
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("episode_id", sa.String(length=36), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode.id"], name=op.f("fk_up_next_episode_id_episode"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_up_next_owner_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("owner_id", "episode_id", name=op.f("pk_up_next")),
    )
    with op.batch_alter_table("up_next") as batch_op:
        batch_op.create_index(batch_op.f("ix_up_next_episode_id"), ["episode_id"], unique=False)

    with op.batch_alter_table("episode") as batch_op:
        batch_op.create_index(batch_op.f("ix_episode_notebook_id"), ["notebook_id"], unique=False)

    with op.batch_alter_table("source") as batch_op:
        batch_op.add_column(sa.Column("folded", sa.Text()))


def downgrade() -> None:
    """Going back is done by restoring a backup."""
    raise NotImplementedError

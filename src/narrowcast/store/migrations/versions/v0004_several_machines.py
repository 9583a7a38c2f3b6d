"""Several machines: who has hands, and what all servers share."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    moment = sa.DateTime(timezone=True)
    json = sa.JSON().with_variant(JSONB(), "postgresql")
    op.create_table(
        "installation",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_installation")),
    )
    op.create_table(
        "worker",
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("engine", sa.String(length=16), nullable=False),
        sa.Column("kinds", json, nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("busy", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("started_at", moment, nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_worker")),
    )
    with op.batch_alter_table("job") as batch_op:
        batch_op.add_column(sa.Column("lot", sa.Integer(), server_default="0", nullable=False))

    with op.batch_alter_table("spending") as batch_op:
        batch_op.create_index(batch_op.f("ix_spending_at"), ["at"], unique=False)

    if op.get_bind().dialect.name == "postgresql":
        # Heartbeats and progress change rows in place (HOT updates) where their pages have room, and both tables
        # hold few rows that live and many that change: the usual fifth of a table is too late to clean up.
        op.execute("alter table job set (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02)")
        op.execute("alter table job_event set (autovacuum_vacuum_insert_scale_factor = 0.05)")
        op.execute("alter table worker set (fillfactor = 50)")


def downgrade() -> None:
    """Going back is done by restoring a backup."""
    raise NotImplementedError

"""Kept places: what a push needs to know of a school's pupils, in one row"""

import sqlalchemy as sa
from alembic import op

revision = '0007_kept_places'
down_revision = '0006_sorted_lists'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'kept_places',
        sa.Column('school_id', sa.Integer(), nullable=False),
        sa.Column('academic_year', sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column('roll_revision', sa.BigInteger(), nullable=False),
        sa.Column('packed', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_kept_places_school_id')),
        sa.PrimaryKeyConstraint('school_id', 'academic_year', name=op.f('pk_kept_places')),
    )


def downgrade() -> None:
    op.drop_table('kept_places')

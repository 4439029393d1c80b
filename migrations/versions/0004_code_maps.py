"""Code maps: what a school's MIS calls the codes"""

import sqlalchemy as sa
from alembic import op

revision = '0004_code_maps'
down_revision = '0003_whole_tracker'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('code_maps',
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('recorded_at', sa.BigInteger(), nullable=False),
    sa.Column('superseded_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_code_maps_school_id')),
    sa.PrimaryKeyConstraint('school_id', 'revision', name=op.f('pk_code_maps'))
    )


def downgrade() -> None:
    op.drop_table('code_maps')

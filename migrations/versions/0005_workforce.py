"""The workforce: every version of what a school records of its posts, vacancies, leavers and absence"""

import sqlalchemy as sa
from alembic import op

revision = '0005_workforce'
down_revision = '0004_code_maps'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('workforce_records',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('key', sa.String(length=128), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('body', sa.Text(), nullable=True),
    sa.Column('recorded_by', sa.String(length=100), nullable=False),
    sa.Column('import_id', sa.String(length=36), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('recorded_at', sa.BigInteger(), nullable=False),
    sa.Column('superseded_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_workforce_records_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_workforce_records'))
    )
    with op.batch_alter_table('workforce_records', schema=None) as batch_op:
        batch_op.create_index('ix_workforce_records_record', ['school_id', 'kind', 'key', 'revision'], unique=False)
        batch_op.create_index('uq_workforce_records_current', ['school_id', 'kind', 'key'], unique=True, sqlite_where=sa.text('superseded_at IS NULL'), postgresql_where=sa.text('superseded_at IS NULL'))

    op.create_table('workforce_benchmarks',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('import_id', sa.String(length=36), nullable=False),
    sa.Column('recorded_at', sa.BigInteger(), nullable=False),
    sa.Column('superseded_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_workforce_benchmarks'))
    )
    with op.batch_alter_table('workforce_benchmarks', schema=None) as batch_op:
        batch_op.create_index('uq_workforce_benchmarks_current', ['key'], unique=True, sqlite_where=sa.text('superseded_at IS NULL'), postgresql_where=sa.text('superseded_at IS NULL'))


def downgrade() -> None:
    with op.batch_alter_table('workforce_benchmarks', schema=None) as batch_op:
        batch_op.drop_index('uq_workforce_benchmarks_current', sqlite_where=sa.text('superseded_at IS NULL'), postgresql_where=sa.text('superseded_at IS NULL'))

    op.drop_table('workforce_benchmarks')
    with op.batch_alter_table('workforce_records', schema=None) as batch_op:
        batch_op.drop_index('uq_workforce_records_current', sqlite_where=sa.text('superseded_at IS NULL'), postgresql_where=sa.text('superseded_at IS NULL'))
        batch_op.drop_index('ix_workforce_records_record')

    op.drop_table('workforce_records')

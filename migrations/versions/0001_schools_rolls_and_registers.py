"""Schools, keys, rolls, registers, receipts and the audit log"""

import sqlalchemy as sa
from alembic import op

revision = '0001_schools_rolls_and_registers'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('api_keys',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('scopes', sa.JSON(), nullable=False),
    sa.Column('schools', sa.JSON(), nullable=False),
    sa.Column('person_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=True),
    sa.Column('revoked_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_keys')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_api_keys_token_hash'))
    )
    op.create_table('audit_entries',
    sa.Column('school_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('sequence', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('who', sa.String(length=100), nullable=False),
    sa.Column('verb', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('subject', sa.String(length=64), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=True),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.Column('content', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('school_id', 'sequence', name=op.f('pk_audit_entries')),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('audit_entries', schema=None) as batch_op:
        batch_op.create_index('ix_audit_entries_kind', ['school_id', 'kind', 'at'], unique=False, sqlite_where=sa.text('subject IS NOT NULL'), postgresql_where=sa.text('subject IS NOT NULL'))
        batch_op.create_index('ix_audit_entries_subject', ['subject', 'sequence'], unique=False, sqlite_where=sa.text('subject IS NOT NULL'), postgresql_where=sa.text('subject IS NOT NULL'))

    op.create_table('installation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('secret_fingerprint', sa.String(length=32), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_installation'))
    )
    op.create_table('ledgers',
    sa.Column('school_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('head', sa.LargeBinary(), nullable=False),
    sa.Column('last_at', sa.BigInteger(), nullable=False),
    sa.Column('roll_revision', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('school_id', name=op.f('pk_ledgers'))
    )
    op.create_table('schools',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('urn', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('laestab', sa.String(length=16), nullable=True),
    sa.Column('la_code', sa.String(length=16), nullable=True),
    sa.Column('la_name', sa.String(length=200), nullable=True),
    sa.Column('region', sa.String(length=200), nullable=True),
    sa.Column('phase', sa.String(length=32), nullable=True),
    sa.Column('trust_uid', sa.String(length=64), nullable=True),
    sa.Column('trust_name', sa.String(length=200), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('updated_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_schools')),
    sa.UniqueConstraint('urn', name=op.f('uq_schools_urn'))
    )
    with op.batch_alter_table('schools', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_schools_laestab'), ['laestab'], unique=False)
        batch_op.create_index(batch_op.f('ix_schools_trust_uid'), ['trust_uid'], unique=False)

    op.create_table('calendars',
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('academic_year', sa.String(length=7), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('recorded_at', sa.BigInteger(), nullable=False),
    sa.Column('superseded_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_calendars_school_id')),
    sa.PrimaryKeyConstraint('school_id', 'academic_year', 'revision', name=op.f('pk_calendars'))
    )
    with op.batch_alter_table('calendars', schema=None) as batch_op:
        batch_op.create_index('uq_calendars_current', ['school_id', 'academic_year'], unique=True, sqlite_where=sa.text('superseded_at IS NULL'), postgresql_where=sa.text('superseded_at IS NULL'))

    op.create_table('idempotent_answers',
    sa.Column('key_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('method', sa.String(length=8), nullable=False),
    sa.Column('path', sa.String(length=500), nullable=False),
    sa.Column('idempotency_key', sa.String(length=255), nullable=False),
    sa.Column('claimed_at', sa.BigInteger(), nullable=False),
    sa.Column('claimed_by', sa.String(length=100), nullable=False),
    sa.Column('body_hash', sa.String(length=64), nullable=True),
    sa.Column('status', sa.SmallInteger(), nullable=True),
    sa.Column('headers', sa.JSON(), nullable=True),
    sa.Column('body', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['key_id'], ['api_keys.id'], name=op.f('fk_idempotent_answers_key_id')),
    sa.PrimaryKeyConstraint('key_id', 'method', 'path', 'idempotency_key', name=op.f('pk_idempotent_answers'))
    )
    with op.batch_alter_table('idempotent_answers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_idempotent_answers_claimed_at'), ['claimed_at'], unique=False)

    op.create_table('pupils',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=64), nullable=False),
    sa.Column('merged_into', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('merged_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['merged_into'], ['pupils.id'], name=op.f('fk_pupils_merged_into')),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_pupils_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pupils'))
    )
    with op.batch_alter_table('pupils', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pupils_school_id'), ['school_id'], unique=False)

    op.create_table('register_revisions',
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Integer(), nullable=False),
    sa.Column('pm', sa.Boolean(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('import_id', sa.String(length=36), nullable=False),
    sa.Column('joined', sa.Boolean(), nullable=False),
    sa.Column('places', sa.LargeBinary(), nullable=False),
    sa.Column('old', sa.LargeBinary(), nullable=False),
    sa.Column('new', sa.LargeBinary(), nullable=False),
    sa.Column('minutes_before', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_register_revisions_school_id')),
    sa.PrimaryKeyConstraint('school_id', 'day', 'pm', 'revision', name=op.f('pk_register_revisions')),
    sqlite_with_rowid=False
    )
    op.create_table('registers',
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Integer(), nullable=False),
    sa.Column('pm', sa.Boolean(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('marks', sa.LargeBinary(), nullable=False),
    sa.Column('source_time', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('source_times', sa.LargeBinary(), nullable=True),
    sa.Column('minutes_late', sa.LargeBinary(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('updated_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_registers_school_id')),
    sa.PrimaryKeyConstraint('school_id', 'day', 'pm', name=op.f('pk_registers')),
    sqlite_with_rowid=False
    )
    op.create_table('school_aliases',
    sa.Column('alias', sa.String(length=64), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_school_aliases_school_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('alias', name=op.f('pk_school_aliases'))
    )
    with op.batch_alter_table('school_aliases', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_school_aliases_school_id'), ['school_id'], unique=False)

    op.create_table('session_counts',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Integer(), nullable=False),
    sa.Column('pm', sa.Boolean(), nullable=False),
    sa.Column('year_group', sa.String(length=8), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('counts', sa.Text(), nullable=False),
    sa.Column('recorded_at', sa.BigInteger(), nullable=False),
    sa.Column('superseded_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_session_counts_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_session_counts'))
    )
    with op.batch_alter_table('session_counts', schema=None) as batch_op:
        batch_op.create_index('uq_session_counts_current', ['school_id', 'day', 'pm', 'year_group'], unique=True, sqlite_where=sa.text('superseded_at IS NULL'), postgresql_where=sa.text('superseded_at IS NULL'))

    op.create_table('import_faults',
    sa.Column('import_id', sa.String(length=36), nullable=False),
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('fault', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('import_id', 'position', name=op.f('pk_import_faults'))
    )
    op.create_table('places',
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('academic_year', sa.SmallInteger(), autoincrement=False, nullable=False),
    sa.Column('place', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('pupil_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['pupil_id'], ['pupils.id'], name=op.f('fk_places_pupil_id')),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_places_school_id')),
    sa.PrimaryKeyConstraint('school_id', 'academic_year', 'place', name=op.f('pk_places'))
    )
    with op.batch_alter_table('places', schema=None) as batch_op:
        batch_op.create_index('uq_places_pupil', ['school_id', 'academic_year', 'pupil_id'], unique=True)

    op.create_table('pupil_characteristics',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('pupil_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=32), nullable=False),
    sa.Column('value', sa.String(length=32), nullable=True),
    sa.Column('since', sa.Integer(), nullable=True),
    sa.Column('recorded_at', sa.BigInteger(), nullable=False),
    sa.Column('superseded_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['pupil_id'], ['pupils.id'], name=op.f('fk_pupil_characteristics_pupil_id')),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_pupil_characteristics_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pupil_characteristics'))
    )
    with op.batch_alter_table('pupil_characteristics', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pupil_characteristics_school_id'), ['school_id'], unique=False)

    op.create_table('pupil_references',
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=64), nullable=False),
    sa.Column('pupil_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['pupil_id'], ['pupils.id'], name=op.f('fk_pupil_references_pupil_id')),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_pupil_references_school_id')),
    sa.PrimaryKeyConstraint('school_id', 'reference', name=op.f('pk_pupil_references'))
    )
    with op.batch_alter_table('pupil_references', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pupil_references_pupil_id'), ['pupil_id'], unique=False)

    op.create_table('spells',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('pupil_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('first', sa.Integer(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=True),
    sa.Column('listed', sa.Boolean(), nullable=False),
    sa.Column('recorded_at', sa.BigInteger(), nullable=False),
    sa.Column('superseded_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['pupil_id'], ['pupils.id'], name=op.f('fk_spells_pupil_id')),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_spells_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_spells'))
    )
    with op.batch_alter_table('spells', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_spells_school_id'), ['school_id'], unique=False)

    # The chain of what belongs to no school is there from the start.
    ledgers = sa.table(
        "ledgers",
        sa.column("school_id", sa.Integer),
        sa.column("sequence", sa.Integer),
        sa.column("head", sa.LargeBinary),
        sa.column("last_at", sa.BigInteger),
        sa.column("roll_revision", sa.BigInteger),
    )
    op.bulk_insert(ledgers, [{"school_id": 0, "sequence": 0, "head": bytes(32), "last_at": 0, "roll_revision": 0}])


def downgrade() -> None:
    with op.batch_alter_table('spells', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_spells_school_id'))

    op.drop_table('spells')
    with op.batch_alter_table('pupil_references', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_pupil_references_pupil_id'))

    op.drop_table('pupil_references')
    with op.batch_alter_table('pupil_characteristics', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_pupil_characteristics_school_id'))

    op.drop_table('pupil_characteristics')
    with op.batch_alter_table('places', schema=None) as batch_op:
        batch_op.drop_index('uq_places_pupil')

    op.drop_table('places')
    op.drop_table('import_faults')
    with op.batch_alter_table('session_counts', schema=None) as batch_op:
        batch_op.drop_index('uq_session_counts_current', sqlite_where=sa.text('superseded_at IS NULL'), postgresql_where=sa.text('superseded_at IS NULL'))

    op.drop_table('session_counts')
    with op.batch_alter_table('school_aliases', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_school_aliases_school_id'))

    op.drop_table('school_aliases')
    op.drop_table('registers')
    op.drop_table('register_revisions')
    with op.batch_alter_table('pupils', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_pupils_school_id'))

    op.drop_table('pupils')
    with op.batch_alter_table('idempotent_answers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_idempotent_answers_claimed_at'))

    op.drop_table('idempotent_answers')
    with op.batch_alter_table('calendars', schema=None) as batch_op:
        batch_op.drop_index('uq_calendars_current', sqlite_where=sa.text('superseded_at IS NULL'), postgresql_where=sa.text('superseded_at IS NULL'))

    op.drop_table('calendars')
    with op.batch_alter_table('schools', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_schools_trust_uid'))
        batch_op.drop_index(batch_op.f('ix_schools_laestab'))

    op.drop_table('schools')
    op.drop_table('ledgers')
    op.drop_table('installation')
    with op.batch_alter_table('audit_entries', schema=None) as batch_op:
        batch_op.drop_index('ix_audit_entries_subject', sqlite_where=sa.text('subject IS NOT NULL'), postgresql_where=sa.text('subject IS NOT NULL'))
        batch_op.drop_index('ix_audit_entries_kind', sqlite_where=sa.text('subject IS NOT NULL'), postgresql_where=sa.text('subject IS NOT NULL'))

    op.drop_table('audit_entries')
    op.drop_table('api_keys')

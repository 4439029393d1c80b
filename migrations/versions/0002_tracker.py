"""The tracker: people, challenges and what is below them"""

import sqlalchemy as sa
from alembic import op

revision = '0002_tracker'
down_revision = '0001_schools_rolls_and_registers'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('evidence',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('url', sa.String(length=2000), nullable=True),
    sa.Column('text', sa.Text(), nullable=True),
    sa.Column('captured_on', sa.Date(), nullable=False),
    sa.Column('speaks_for', sa.Text(), nullable=True),
    sa.Column('cohorts', sa.Text(), nullable=False),
    sa.Column('source', sa.String(length=64), nullable=True),
    sa.Column('external_id', sa.String(length=128), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('updated_at', sa.BigInteger(), nullable=False),
    sa.Column('created_by', sa.String(length=100), nullable=False),
    sa.Column('deleted_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evidence'))
    )
    with op.batch_alter_table('evidence', schema=None) as batch_op:
        batch_op.create_index('ix_evidence_external', ['external_id', 'source'], unique=False)

    op.create_table('people',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('role', sa.String(length=200), nullable=True),
    sa.Column('email', sa.String(length=254), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('source', sa.String(length=64), nullable=True),
    sa.Column('external_id', sa.String(length=128), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('updated_at', sa.BigInteger(), nullable=False),
    sa.Column('created_by', sa.String(length=100), nullable=False),
    sa.Column('deleted_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_people'))
    )
    with op.batch_alter_table('people', schema=None) as batch_op:
        batch_op.create_index('ix_people_external', ['external_id', 'source'], unique=False)

    op.create_table('challenges',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('kind_label', sa.String(length=100), nullable=True),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('context', sa.Text(), nullable=True),
    sa.Column('cohorts', sa.Text(), nullable=False),
    sa.Column('areas', sa.Text(), nullable=False),
    sa.Column('lead', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('origin', sa.String(length=32), nullable=True),
    sa.Column('origin_detail', sa.String(length=500), nullable=True),
    sa.Column('origin_quote', sa.Text(), nullable=True),
    sa.Column('opened_on', sa.Date(), nullable=False),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('closing_note', sa.Text(), nullable=True),
    sa.Column('source', sa.String(length=64), nullable=True),
    sa.Column('external_id', sa.String(length=128), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('updated_at', sa.BigInteger(), nullable=False),
    sa.Column('created_by', sa.String(length=100), nullable=False),
    sa.Column('deleted_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['lead'], ['people.id'], name=op.f('fk_challenges_lead')),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_challenges_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_challenges')),
    sa.UniqueConstraint('school_id', 'source', 'external_id', name='uq_challenges_external')
    )
    with op.batch_alter_table('challenges', schema=None) as batch_op:
        batch_op.create_index('ix_challenges_school', ['school_id', 'id'], unique=False)

    op.create_table('evidence_about',
    sa.Column('evidence_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('type', sa.String(length=16), nullable=False),
    sa.Column('target', sa.Uuid(as_uuid=False), nullable=False),
    sa.ForeignKeyConstraint(['evidence_id'], ['evidence.id'], name=op.f('fk_evidence_about_evidence_id')),
    sa.PrimaryKeyConstraint('evidence_id', 'position', name=op.f('pk_evidence_about'))
    )
    with op.batch_alter_table('evidence_about', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_evidence_about_target'), ['target'], unique=False)

    op.create_table('evidence_schools',
    sa.Column('evidence_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['evidence_id'], ['evidence.id'], name=op.f('fk_evidence_schools_evidence_id')),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_evidence_schools_school_id')),
    sa.PrimaryKeyConstraint('evidence_id', 'school_id', name=op.f('pk_evidence_schools'))
    )
    with op.batch_alter_table('evidence_schools', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_evidence_schools_school_id'), ['school_id'], unique=False)

    op.create_table('person_schools',
    sa.Column('person_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_person_schools_person_id')),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_person_schools_school_id')),
    sa.PrimaryKeyConstraint('person_id', 'school_id', name=op.f('pk_person_schools'))
    )
    with op.batch_alter_table('person_schools', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_schools_school_id'), ['school_id'], unique=False)

    op.create_table('actions',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('challenge', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('intent', sa.Text(), nullable=True),
    sa.Column('owner', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('supporters', sa.Text(), nullable=False),
    sa.Column('start_on', sa.Date(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('success_criteria', sa.Text(), nullable=False),
    sa.Column('cohorts', sa.Text(), nullable=False),
    sa.Column('cost', sa.String(length=40), nullable=True),
    sa.Column('depends_on', sa.Text(), nullable=False),
    sa.Column('repeats', sa.Text(), nullable=True),
    sa.Column('source', sa.String(length=64), nullable=True),
    sa.Column('external_id', sa.String(length=128), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('updated_at', sa.BigInteger(), nullable=False),
    sa.Column('created_by', sa.String(length=100), nullable=False),
    sa.Column('deleted_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['challenge'], ['challenges.id'], name=op.f('fk_actions_challenge')),
    sa.ForeignKeyConstraint(['owner'], ['people.id'], name=op.f('fk_actions_owner')),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_actions_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_actions')),
    sa.UniqueConstraint('school_id', 'source', 'external_id', name='uq_actions_external')
    )
    with op.batch_alter_table('actions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_actions_challenge'), ['challenge'], unique=False)
        batch_op.create_index('ix_actions_owner', ['owner', 'id'], unique=False)
        batch_op.create_index('ix_actions_school', ['school_id', 'id'], unique=False)

    op.create_table('indicators',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('challenge', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('measure', sa.String(length=64), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('unit', sa.String(length=32), nullable=True),
    sa.Column('filter', sa.String(length=500), nullable=True),
    sa.Column('baseline', sa.String(length=40), nullable=True),
    sa.Column('baseline_on', sa.Date(), nullable=True),
    sa.Column('target', sa.String(length=40), nullable=True),
    sa.Column('target_on', sa.Date(), nullable=True),
    sa.Column('direction', sa.String(length=4), nullable=True),
    sa.Column('points', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('updated_at', sa.BigInteger(), nullable=False),
    sa.Column('created_by', sa.String(length=100), nullable=False),
    sa.Column('deleted_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['challenge'], ['challenges.id'], name=op.f('fk_indicators_challenge')),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_indicators_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_indicators'))
    )
    with op.batch_alter_table('indicators', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_indicators_challenge'), ['challenge'], unique=False)

    op.create_table('reviews',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('challenge', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('attended', sa.Text(), nullable=False),
    sa.Column('what_we_saw', sa.Text(), nullable=True),
    sa.Column('decisions', sa.Text(), nullable=True),
    sa.Column('next_review_on', sa.Date(), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('updated_at', sa.BigInteger(), nullable=False),
    sa.Column('created_by', sa.String(length=100), nullable=False),
    sa.Column('deleted_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['challenge'], ['challenges.id'], name=op.f('fk_reviews_challenge')),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_reviews_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reviews'))
    )
    with op.batch_alter_table('reviews', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reviews_challenge'), ['challenge'], unique=False)

    op.create_table('milestones',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('action', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('done_on', sa.Date(), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('updated_at', sa.BigInteger(), nullable=False),
    sa.Column('created_by', sa.String(length=100), nullable=False),
    sa.Column('deleted_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['action'], ['actions.id'], name=op.f('fk_milestones_action')),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_milestones_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_milestones'))
    )
    with op.batch_alter_table('milestones', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_milestones_action'), ['action'], unique=False)

    op.create_table('progress_updates',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('action', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('by', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('progress', sa.SmallInteger(), nullable=True),
    sa.Column('status', sa.String(length=16), nullable=True),
    sa.Column('next_step', sa.Text(), nullable=True),
    sa.Column('corrects', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('updated_at', sa.BigInteger(), nullable=False),
    sa.Column('created_by', sa.String(length=100), nullable=False),
    sa.Column('deleted_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['action'], ['actions.id'], name=op.f('fk_progress_updates_action')),
    sa.ForeignKeyConstraint(['by'], ['people.id'], name=op.f('fk_progress_updates_by')),
    sa.ForeignKeyConstraint(['corrects'], ['progress_updates.id'], name=op.f('fk_progress_updates_corrects')),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_progress_updates_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_progress_updates'))
    )
    with op.batch_alter_table('progress_updates', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_progress_updates_action'), ['action'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('progress_updates', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_progress_updates_action'))

    op.drop_table('progress_updates')
    with op.batch_alter_table('milestones', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_milestones_action'))

    op.drop_table('milestones')
    with op.batch_alter_table('reviews', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_reviews_challenge'))

    op.drop_table('reviews')
    with op.batch_alter_table('indicators', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_indicators_challenge'))

    op.drop_table('indicators')
    with op.batch_alter_table('actions', schema=None) as batch_op:
        batch_op.drop_index('ix_actions_school')
        batch_op.drop_index('ix_actions_owner')
        batch_op.drop_index(batch_op.f('ix_actions_challenge'))

    op.drop_table('actions')
    with op.batch_alter_table('person_schools', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_person_schools_school_id'))

    op.drop_table('person_schools')
    with op.batch_alter_table('evidence_schools', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_evidence_schools_school_id'))

    op.drop_table('evidence_schools')
    with op.batch_alter_table('evidence_about', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_evidence_about_target'))

    op.drop_table('evidence_about')
    with op.batch_alter_table('challenges', schema=None) as batch_op:
        batch_op.drop_index('ix_challenges_school')

    op.drop_table('challenges')
    with op.batch_alter_table('people', schema=None) as batch_op:
        batch_op.drop_index('ix_people_external')

    op.drop_table('people')
    with op.batch_alter_table('evidence', schema=None) as batch_op:
        batch_op.drop_index('ix_evidence_external')

    op.drop_table('evidence')

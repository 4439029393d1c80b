"""The rest of the tracker: comments, files, strands, practice, templates, visitors, views"""

import sqlalchemy as sa
from alembic import op

revision = '0003_whole_tracker'
down_revision = '0002_tracker'
branch_labels = None
depends_on = None


INDEX_OF_WORDS = {
    'postgresql': [
        "CREATE INDEX ix_search_words ON search_entries USING gin (to_tsvector('english', text))",
    ],
    'sqlite': [
        "CREATE VIRTUAL TABLE search_words USING fts5("
        "text, content='search_entries', content_rowid='id', tokenize='porter unicode61')",
        "CREATE TRIGGER search_words_added AFTER INSERT ON search_entries BEGIN "
        "INSERT INTO search_words(rowid, text) VALUES (new.id, new.text); END",
        "CREATE TRIGGER search_words_removed AFTER DELETE ON search_entries BEGIN "
        "INSERT INTO search_words(search_words, rowid, text) VALUES ('delete', old.id, old.text); END",
        "CREATE TRIGGER search_words_changed AFTER UPDATE ON search_entries BEGIN "
        "INSERT INTO search_words(search_words, rowid, text) VALUES ('delete', old.id, old.text); "
        "INSERT INTO search_words(rowid, text) VALUES (new.id, new.text); END",
    ],
}


def upgrade() -> None:
    op.create_table('views',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('of', sa.String(length=32), nullable=False),
    sa.Column('query', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('updated_at', sa.BigInteger(), nullable=False),
    sa.Column('created_by', sa.String(length=100), nullable=False),
    sa.Column('deleted_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_views'))
    )
    with op.batch_alter_table('views', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_views_name'), ['name'], unique=False)

    op.create_table('evidence_files',
    sa.Column('evidence_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('revision', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('key', sa.String(length=128), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('type', sa.String(length=127), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('uploaded_at', sa.BigInteger(), nullable=False),
    sa.Column('uploaded_by', sa.String(length=100), nullable=False),
    sa.ForeignKeyConstraint(['evidence_id'], ['evidence.id'], name=op.f('fk_evidence_files_evidence_id')),
    sa.PrimaryKeyConstraint('evidence_id', 'revision', name=op.f('pk_evidence_files'))
    )
    op.create_table('health_limits',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('limits', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('updated_at', sa.BigInteger(), nullable=False),
    sa.Column('created_by', sa.String(length=100), nullable=False),
    sa.Column('deleted_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_health_limits_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_health_limits')),
    sa.UniqueConstraint('school_id', name=op.f('uq_health_limits_school_id'))
    )
    op.create_table('practices',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('weekday', sa.String(length=9), nullable=False),
    sa.Column('starts_at', sa.String(length=5), nullable=False),
    sa.Column('ends_at', sa.String(length=5), nullable=False),
    sa.Column('place', sa.String(length=200), nullable=True),
    sa.Column('lead', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('areas', sa.Text(), nullable=False),
    sa.Column('cohorts', sa.Text(), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('updated_at', sa.BigInteger(), nullable=False),
    sa.Column('created_by', sa.String(length=100), nullable=False),
    sa.Column('deleted_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['lead'], ['people.id'], name=op.f('fk_practices_lead')),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_practices_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_practices'))
    )
    with op.batch_alter_table('practices', schema=None) as batch_op:
        batch_op.create_index('ix_practices_school', ['school_id', 'id'], unique=False)

    op.create_table('strand_positions',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('area', sa.String(length=100), nullable=False),
    sa.Column('where_we_are', sa.Text(), nullable=True),
    sa.Column('direction', sa.Text(), nullable=True),
    sa.Column('evidence', sa.Text(), nullable=False),
    sa.Column('challenges', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('updated_at', sa.BigInteger(), nullable=False),
    sa.Column('created_by', sa.String(length=100), nullable=False),
    sa.Column('deleted_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_strand_positions_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_strand_positions'))
    )
    with op.batch_alter_table('strand_positions', schema=None) as batch_op:
        batch_op.create_index('ix_strand_positions_area', ['school_id', 'area'], unique=True)

    op.create_table('templates',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=True),
    sa.Column('actions', sa.Text(), nullable=False),
    sa.Column('based_on', sa.String(length=100), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('updated_at', sa.BigInteger(), nullable=False),
    sa.Column('created_by', sa.String(length=100), nullable=False),
    sa.Column('deleted_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_templates_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_templates'))
    )
    with op.batch_alter_table('templates', schema=None) as batch_op:
        batch_op.create_index('ix_templates_school', ['school_id', 'id'], unique=False)

    op.create_table('view_schools',
    sa.Column('view_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_view_schools_school_id')),
    sa.ForeignKeyConstraint(['view_id'], ['views.id'], name=op.f('fk_view_schools_view_id')),
    sa.PrimaryKeyConstraint('view_id', 'school_id', name=op.f('pk_view_schools'))
    )
    with op.batch_alter_table('view_schools', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_view_schools_school_id'), ['school_id'], unique=False)

    op.create_table('visitor_links',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('label', sa.String(length=200), nullable=True),
    sa.Column('challenges', sa.Text(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.Column('revoked_at', sa.BigInteger(), nullable=True),
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('updated_at', sa.BigInteger(), nullable=False),
    sa.Column('created_by', sa.String(length=100), nullable=False),
    sa.Column('deleted_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_visitor_links_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visitor_links')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_visitor_links_token_hash'))
    )
    with op.batch_alter_table('visitor_links', schema=None) as batch_op:
        batch_op.create_index('ix_visitor_links_school', ['school_id', 'id'], unique=False)

    op.create_table('visitor_views',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('link_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('challenge', sa.Uuid(as_uuid=False), nullable=True),
    sa.ForeignKeyConstraint(['link_id'], ['visitor_links.id'], name=op.f('fk_visitor_views_link_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visitor_views'))
    )
    with op.batch_alter_table('visitor_views', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_visitor_views_link_id'), ['link_id'], unique=False)

    op.create_table('comments',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('challenge', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('action', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('by', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('updated_at', sa.BigInteger(), nullable=False),
    sa.Column('created_by', sa.String(length=100), nullable=False),
    sa.Column('deleted_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['action'], ['actions.id'], name=op.f('fk_comments_action')),
    sa.ForeignKeyConstraint(['by'], ['people.id'], name=op.f('fk_comments_by')),
    sa.ForeignKeyConstraint(['challenge'], ['challenges.id'], name=op.f('fk_comments_challenge')),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_comments_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_comments'))
    )
    with op.batch_alter_table('comments', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_comments_action'), ['action'], unique=False)
        batch_op.create_index(batch_op.f('ix_comments_challenge'), ['challenge'], unique=False)

    op.create_table('requests',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('asked_by', sa.String(length=200), nullable=True),
    sa.Column('challenge', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('link', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('action', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('updated_at', sa.BigInteger(), nullable=False),
    sa.Column('created_by', sa.String(length=100), nullable=False),
    sa.Column('deleted_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['action'], ['actions.id'], name=op.f('fk_requests_action')),
    sa.ForeignKeyConstraint(['challenge'], ['challenges.id'], name=op.f('fk_requests_challenge')),
    sa.ForeignKeyConstraint(['link'], ['visitor_links.id'], name=op.f('fk_requests_link')),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_requests_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_requests'))
    )
    with op.batch_alter_table('requests', schema=None) as batch_op:
        batch_op.create_index('ix_requests_school', ['school_id', 'id'], unique=False)

    with op.batch_alter_table('actions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('hours', sa.String(length=40), nullable=True))

    with op.batch_alter_table('challenges', schema=None) as batch_op:
        batch_op.add_column(sa.Column('academic_years', sa.Text(), nullable=False, server_default='[]'))

    with op.batch_alter_table('evidence', schema=None) as batch_op:
        batch_op.add_column(sa.Column('figures', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('file', sa.Text(), nullable=True))

    op.create_table('search_entries',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subject', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('challenge', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('action', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['action'], ['actions.id'], name=op.f('fk_search_entries_action')),
    sa.ForeignKeyConstraint(['challenge'], ['challenges.id'], name=op.f('fk_search_entries_challenge')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_search_entries')),
    sa.UniqueConstraint('subject', name=op.f('uq_search_entries_subject'))
    )
    with op.batch_alter_table('search_entries', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_search_entries_action'), ['action'], unique=False)
        batch_op.create_index(batch_op.f('ix_search_entries_challenge'), ['challenge'], unique=False)

    for statement in INDEX_OF_WORDS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        op.execute('DROP TABLE search_words')
    op.drop_table('search_entries')
    with op.batch_alter_table('evidence', schema=None) as batch_op:
        batch_op.drop_column('file')
        batch_op.drop_column('figures')

    with op.batch_alter_table('challenges', schema=None) as batch_op:
        batch_op.drop_column('academic_years')

    with op.batch_alter_table('actions', schema=None) as batch_op:
        batch_op.drop_column('hours')

    with op.batch_alter_table('requests', schema=None) as batch_op:
        batch_op.drop_index('ix_requests_school')

    op.drop_table('requests')
    with op.batch_alter_table('comments', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_comments_challenge'))
        batch_op.drop_index(batch_op.f('ix_comments_action'))

    op.drop_table('comments')
    with op.batch_alter_table('visitor_views', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_visitor_views_link_id'))

    op.drop_table('visitor_views')
    with op.batch_alter_table('visitor_links', schema=None) as batch_op:
        batch_op.drop_index('ix_visitor_links_school')

    op.drop_table('visitor_links')
    with op.batch_alter_table('view_schools', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_view_schools_school_id'))

    op.drop_table('view_schools')
    with op.batch_alter_table('templates', schema=None) as batch_op:
        batch_op.drop_index('ix_templates_school')

    op.drop_table('templates')
    with op.batch_alter_table('strand_positions', schema=None) as batch_op:
        batch_op.drop_index('ix_strand_positions_area')

    op.drop_table('strand_positions')
    with op.batch_alter_table('practices', schema=None) as batch_op:
        batch_op.drop_index('ix_practices_school')

    op.drop_table('practices')
    op.drop_table('health_limits')
    op.drop_table('evidence_files')
    with op.batch_alter_table('views', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_views_name'))

    op.drop_table('views')

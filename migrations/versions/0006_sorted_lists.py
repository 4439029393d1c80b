"""Sorted lists: indexes from which a page of thousands is read in order"""

from alembic import op

revision = '0006_sorted_lists'
down_revision = '0005_workforce'
branch_labels = None
depends_on = None


SORTED_BY_EXPRESSION = {
    'ix_sorted_actions_due_first': "actions (coalesce(due_on, '9999-12-31'), id)",
    'ix_sorted_actions_due_last': "actions (coalesce(due_on, '0001-01-01'), id)",
    'ix_sorted_evidence_title': "evidence (lower(title), id)",
}


def upgrade() -> None:
    with op.batch_alter_table('actions', schema=None) as batch_op:
        batch_op.create_index('ix_actions_updated_at', ['updated_at', 'id'], unique=False)

    with op.batch_alter_table('evidence', schema=None) as batch_op:
        batch_op.create_index('ix_evidence_captured_on', ['captured_on', 'id'], unique=False)
        batch_op.create_index('ix_evidence_created_at', ['created_at', 'id'], unique=False)
        batch_op.create_index('ix_evidence_kind', ['kind', 'id'], unique=False)
        batch_op.create_index('ix_evidence_updated_at', ['updated_at', 'id'], unique=False)

    for name, keys in SORTED_BY_EXPRESSION.items():
        op.execute(f"CREATE INDEX {name} ON {keys}")


def downgrade() -> None:
    for name in SORTED_BY_EXPRESSION:
        op.execute(f"DROP INDEX {name}")

    with op.batch_alter_table('evidence', schema=None) as batch_op:
        batch_op.drop_index('ix_evidence_updated_at')
        batch_op.drop_index('ix_evidence_kind')
        batch_op.drop_index('ix_evidence_created_at')
        batch_op.drop_index('ix_evidence_captured_on')

    with op.batch_alter_table('actions', schema=None) as batch_op:
        batch_op.drop_index('ix_actions_updated_at')

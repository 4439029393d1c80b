"""The rows that a push was refused for. The receipt itself is the push's entry in the audit log."""

from sqlalchemy import Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class ImportFault(Base):
    """One row of a push that was rejected, in the order of the rows."""

    __tablename__ = "import_faults"

    import_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    fault: Mapped[str] = mapped_column(Text)

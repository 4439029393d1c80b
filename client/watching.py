"""What is done with each file of a folder that is watched."""

from collections.abc import Callable
from pathlib import Path

from client import summary
from client.endings import GaveUp, NotReadable, WrongUse
from client.folder import PUT_ASIDE, Folder, state_of
from client.push import Outcome, Pusher, Reject

Report = Callable[[Outcome, list[Reject]], None]


def push_waiting(folder: Folder, pusher: Pusher, report: Report) -> list[int]:
    """Push what waits in the folder, and answer the exit code of each file that was tried.

    What the server answered for is put aside, with a summary beside it. What couldn't be pushed now stays, and all
    behind it waits with it. What was written again meanwhile stays too, because that is another export. Raises what
    would stop every file: `NotAllowed` and `WrongUse`.
    """
    codes = []
    for path in folder.settled():
        as_pushed = state_of(path)
        outcome = pusher.push(path)
        codes.append(outcome.code)
        rejects = pusher.rejects(outcome)
        if outcome.code in PUT_ASIDE:
            if state_of(path) == as_pushed:
                _write_beside(folder.put_aside(path, outcome.code), outcome, rejects)
        elif not isinstance(outcome.error, GaveUp | NotReadable):
            raise outcome.error or WrongUse(f"{path.name} came to no end")
        report(outcome, rejects[: summary.SHOWN])
        if outcome.code not in PUT_ASIDE:
            break
    return codes


def _write_beside(moved: Path, outcome: Outcome, rejects: list[Reject]) -> None:
    told = summary.as_json(outcome, rejects[: summary.SHOWN])
    try:
        moved.with_name(moved.name + ".summary.json").write_text(told + "\n", encoding="utf-8")
        if rejects:
            summary.write_rejects(moved.with_name(moved.name + ".rejected.csv"), rejects)
    except OSError as error:
        raise WrongUse(f"the summary of {moved.name} can't be written: {error.strerror}") from error

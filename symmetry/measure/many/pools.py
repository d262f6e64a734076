"""Worker processes: on this machine by loky, on many by Dask. A photo that takes a worker down is found and named."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
import warnings
from collections import deque
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from symmetry.errors import WorkersError
from symmetry.measure.many.work import Item, Outcome, Work, crash_of, mark_of, measure_lump, slow_of

if TYPE_CHECKING:
    from loky import ProcessPoolExecutor

Lump = list[Item]

_AHEAD: Final = 2
"""Lumps in flight per worker: one that is measured, and one that waits, so that no worker does."""
_ONE_THREAD: Final = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_IDLE: Final = 60.0
"""Seconds after which a worker without work ends."""
_IN_VAIN: Final = 3
"""How often in a row workers may end before any of them has begun a photo."""
_NEARLY: Final = 0.9
"""Share of the time limit from which on a worker that ended was ended by it."""


class Pool(Protocol):
    """What hands lumps out."""

    def run(self, lumps: Iterator[Lump]) -> Iterator[list[Outcome]]:
        """Yield what came of the lumps, as they are done."""


def physical_cores() -> int:
    """Cores of this machine that this process may use, without those that only share another's units."""
    from loky import cpu_count

    return int(cpu_count(only_physical_cores=True))


class LocalPool:
    """Processes on this machine.

    When one of them dies, loky ends all. The photos at which they were are measured again one by one, so that the one
    which takes a worker down is known; the rest of their lumps goes round once more.
    """

    def __init__(self, work: Work, jobs: int) -> None:
        self._marks = Path(tempfile.mkdtemp(prefix="symmetry-"))
        self._work = replace(work, marks=str(self._marks), parent=os.getpid())
        self._jobs = jobs
        self._executor: ProcessPoolExecutor | None = None
        self._in_vain = 0
        self._again: deque[Lump] = deque()
        self._alone: deque[Item] = deque()
        self._suspect: Future[list[Outcome]] | None = None

    def run(self, lumps: Iterator[Lump]) -> Iterator[list[Outcome]]:
        """Yield what came of the lumps, as they are done."""
        flying: dict[Future[list[Outcome]], Lump] = {}
        try:
            while True:
                self._hand_out(lumps, flying)
                if not flying:
                    return
                done, _ = wait(flying, return_when=FIRST_COMPLETED)
                lost: list[Lump] = []
                for future in done:
                    lump = flying.pop(future)
                    try:
                        yield future.result()
                        self._in_vain = 0
                    except BrokenProcessPool:
                        lost.append(lump)
                if lost:
                    yield from self._after_a_death(lost, flying)
        finally:
            self._end()
            shutil.rmtree(self._marks, ignore_errors=True)

    def _hand_out(self, lumps: Iterator[Lump], flying: dict[Future[list[Outcome]], Lump]) -> None:
        """Give the workers enough to do; a photo under suspicion has them for itself."""
        while len(flying) < _AHEAD * self._jobs and self._suspect not in flying:
            if self._alone:
                if flying:
                    return
                suspect = [self._alone.popleft()]
                self._suspect = self._submit(suspect)
                flying[self._suspect] = suspect
                return
            lump = self._again.popleft() if self._again else next(lumps, None)
            if lump is None:
                return
            flying[self._submit(lump)] = lump

    def _submit(self, lump: Lump) -> Future[list[Outcome]]:
        if self._executor is None:
            from loky import ProcessPoolExecutor

            self._executor = ProcessPoolExecutor(max_workers=self._jobs, timeout=_IDLE, env=_ONE_THREAD)
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", message="A worker stopped while some jobs")  # loky starts another
                future: Future[list[Outcome]] = self._executor.submit(measure_lump, self._work, lump)
        except BrokenProcessPool as error:
            future = Future()
            future.set_exception(error)
        return future

    def _after_a_death(self, lost: list[Lump], flying: dict[Future[list[Outcome]], Lump]) -> Iterator[list[Outcome]]:
        """Sort out what was in flight when a worker died: what is done, what is to blame, and what goes round again."""
        now = time.time()
        for future, lump in flying.items():
            with contextlib.suppress(BrokenProcessPool):
                yield future.result()
                continue
            lost.append(lump)
        flying.clear()
        self._end()
        marks = dict(filter(None, map(mark_of, self._marks.iterdir())))
        for file in self._marks.iterdir():
            file.unlink(missing_ok=True)
        alone = len(lost) == 1 and len(lost[0]) == 1
        begun = False
        for lump in sorted(lost):
            rest = []
            for item in lump:
                since = marks.get(item.place)
                begun |= since is not None
                if since is None:
                    rest.append(item)
                elif self._work.timeout is not None and now - since >= _NEARLY * self._work.timeout:
                    yield [slow_of(self._work, item)]
                elif alone:
                    yield [crash_of(self._work, item)]
                else:
                    self._alone.append(item)
            if rest:
                self._again.append(rest)
        self._in_vain = 0 if begun else self._in_vain + 1
        if self._in_vain >= _IN_VAIN:
            raise WorkersError("the processes that measure end before they begin; is there enough memory for them?")

    def _end(self) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=True, kill_workers=True)
            self._executor = None


class ClusterPool:
    """Processes of a Dask cluster, which looks after workers that die."""

    def __init__(self, work: Work, client: Any) -> None:
        self._work, self._client = work, client

    def run(self, lumps: Iterator[Lump]) -> Iterator[list[Outcome]]:
        """Yield what came of the lumps, as they are done."""
        from distributed import as_completed
        from distributed.scheduler import KilledWorker

        flying: dict[Any, Lump] = {}
        again: deque[Lump] = deque()
        done: Any = as_completed([])  # type: ignore[no-untyped-call]
        try:
            while True:
                most = _AHEAD * max(1, sum(self._client.nthreads().values()))
                while len(flying) < most:
                    lump = again.popleft() if again else next(lumps, None)
                    if lump is None:
                        break
                    future = self._client.submit(measure_lump, self._work, lump, pure=False)
                    flying[future] = lump
                    done.add(future)
                if not flying:
                    return
                future = next(done)
                lump = flying.pop(future)
                if future.status == "finished":
                    yield future.result()
                elif not isinstance(future.exception(), KilledWorker):
                    raise WorkersError(f"the cluster cannot measure: {future.exception()}")
                elif len(lump) > 1:
                    again.extend([item] for item in lump)
                else:
                    yield [crash_of(self._work, lump[0])]
                future.release()
        finally:
            self._client.cancel(list(flying))

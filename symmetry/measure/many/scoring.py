"""Many photos: measured by worker processes, as results that come one by one or as one table."""

from __future__ import annotations

import hashlib
import os
import pickle
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from symmetry.errors import OutputError, SymmetryError
from symmetry.files import make_folder
from symmetry.landmarks.networks import engine_in_use, engine_label
from symmetry.measure.batch import Failure
from symmetry.measure.face import FaceAnalysis
from symmetry.measure.many.pools import ClusterPool, LocalPool, Lump, Pool, physical_cores
from symmetry.measure.many.run_record import RunRecord, holds_results, record_folder
from symmetry.measure.many.work import Item, Outcome, Work
from symmetry.measure.options import Measuring, MeasuringOptions
from symmetry.tabular.face import SCORES
from symmetry.tabular.skin import SKINS
from symmetry.tabular.streaming import check_table, write_table
from symmetry.version import __version__

if TYPE_CHECKING:
    from typing_extensions import Unpack

Given = str | os.PathLike[str]

FEW: Final = 24
"""Photos below which one process is as fast: the others would take as long to start."""
_LUMP, _LUMP_OF_CLUSTER = 8, 32
"""Photos that a worker is given at once, about a second of work, and four on a cluster, where one parent hands out to
hundreds: handing them out, and syncing what came of them to the disk, then does not show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workers:
    """Who measures, and within which limits."""

    jobs: int | None = None  # processes; None for the physical cores, and one for a few photos
    timeout: float | None = None  # seconds that a photo may take
    memory_mib: int | None = None  # memory of a process
    keep: Path | None = None  # folder where landmarks and fields are kept by content, to score them again
    client: Any = None  # a Dask client, whose cluster measures instead


@dataclass(slots=True)
class RunSummary:
    """What became of many photos."""

    total: int
    measured: int = 0  # now, also those that failed
    skipped: int = 0  # because their results were there already
    stale: int = 0  # results that were there, but of another version or other options
    failures: Counter[str] = field(default_factory=Counter)  # of all, by the name of their error

    @property
    def failed(self) -> int:
        """Photos without a result."""
        return sum(self.failures.values())


def analyze_many(
    paths: Iterable[Given],
    *,
    jobs: int | None = None,
    on_error: Literal["record", "raise"] = "record",
    client: Any = None,
    timeout: float | None = None,
    **options: Unpack[MeasuringOptions],
) -> Iterator[FaceAnalysis | Failure]:
    """Measure many photos by several processes.

    Parameters
    ----------
    paths : iterable of path
    jobs : int, optional
        Processes; by default as many as the machine has physical cores.
    on_error : {"record", "raise"}
        Yield a `Failure` for a photo that cannot be measured, or raise an error.
    client : dask.distributed.Client, optional
        A cluster that measures instead; it must reach the photos by the same paths.
    timeout : float, optional
        Seconds that a photo may take.
    **options
        `scale`, `mirrored`, `face`, `landmarks_only`, `reliability` as for `analyze`.

    Yields
    ------
    FaceAnalysis or Failure
        In the order of `paths`, each once it and those before it are done; without pixels.

    Raises
    ------
    SymmetryError
        If a photo cannot be measured and `on_error` is "raise".
    WorkersError
        If the processes do not work.

    Examples
    --------
    >>> for face in symmetry.analyze_many(Path("selfies").glob("*.jpg"), jobs=4):  # doctest: +SKIP
    ...     print(face.photo, face.error if isinstance(face, symmetry.Failure) else face.regions["mouth"].asymmetry)
    """
    names = [os.fsdecode(path) for path in paths]
    workers = Workers(jobs=jobs, client=client, timeout=timeout)
    work = _work(workers, Measuring.of(**options), as_text=False)
    waiting: dict[int, FaceAnalysis | Failure] = {}
    following = 0
    items = [Item(place, name) for place, name in enumerate(names)]
    for some in _pool(workers, work, len(names)).run(_lumps(items, workers)):
        waiting |= {outcome.place: outcome.result for outcome in some if outcome.result is not None}
        while following in waiting:
            result = waiting.pop(following)
            if on_error == "raise" and isinstance(result, Failure):
                raise SymmetryError(f"{result.photo}: {result.error}")
            yield result
            following += 1


def score_photos(
    photos: Sequence[Given],
    output: Path,
    *,
    format_: str = "parquet",
    workers: Workers | None = None,
    resume: bool | None = None,
    on_outcome: Callable[[str, Outcome], object] = lambda photo, outcome: None,
    **options: Unpack[MeasuringOptions],
) -> RunSummary:
    """Measure photos and write their table, in constant memory; what is measured survives a kill.

    While it runs, results are kept in a folder beside `output` (its name and ".run"). It is removed once the table is
    written, unless photos failed or the run is to be gone on with.

    Parameters
    ----------
    photos : sequence of path
    output : Path
    format_ : {"json", "jsonl", "csv", "parquet", "dataset"}
        "dataset" is a folder of parquet files, each of a part of the photos.
    workers : Workers, optional
    resume : bool, optional
        True: go on with the run whose record lies beside `output`. Photos whose file, engine, version and options are
        the same are not measured again; what failed for a passing reason is tried again. False: begin anew. None: begin
        anew, but not over the record of a run that did not end.
    on_outcome : callable
        Called with each photo and what came of it, as they are done.
    **options
        `scale`, `mirrored`, `face`, `landmarks_only`, `reliability` as for `analyze`.

    Raises
    ------
    OutputError, MissingExtraError
        If the table cannot be written, or a run that did not end is in the way.
    WorkersError
        If the processes do not work.
    """
    names = [os.fsdecode(photo) for photo in photos]
    workers, folder = workers or Workers(), record_folder(output)
    check_table(output, format_)
    if resume is None and holds_results(folder):
        raise OutputError(f"{folder.name} holds results of a run that did not end; add --resume or --restart")
    work = _work(workers, Measuring.of(**options), as_text=True)
    record = RunRecord(folder, names, _made_by(work.measuring), resume=bool(resume))
    summary = RunSummary(total=len(names), stale=record.stale)
    try:
        for outcome in _recorded(record, names, workers, work):
            summary.skipped += outcome.unchanged
            summary.measured += not outcome.unchanged
            on_outcome(names[outcome.place], outcome)
        write_table(output, format_, record.results(), SKINS if work.measuring.skin else SCORES)
        summary.failures = record.failures()
        if resume or summary.failures:
            record.finish()
        else:
            record.remove()
    finally:
        record.close()
    return summary


def _recorded(record: RunRecord, names: Sequence[str], workers: Workers, work: Work) -> Iterator[Outcome]:
    """Yield what came of each photo once it is recorded."""
    items = [Item(place, name, record.known.get(place)) for place, name in enumerate(names)]
    for some in _pool(workers, work, len(names)).run(_lumps(items, workers)):
        record.add(some)
        yield from some


def _work(workers: Workers, measuring: Measuring, *, as_text: bool) -> Work:
    if workers.keep is not None:
        make_folder(workers.keep)
    return Work(
        measuring=measuring,
        engine=engine_in_use(),
        as_text=as_text,
        keep=workers.keep,
        timeout=workers.timeout,
        memory_mib=workers.memory_mib,
    )


def _made_by(measuring: Measuring) -> dict[str, Any]:
    """Say what results depend on besides the photo."""
    tables = measuring.reliability
    return {
        "version": __version__,
        "engine": engine_label(),
        "scale": repr(measuring.scale),
        "mirrored": measuring.mirrored,
        "face": measuring.face,
        "landmarks_only": measuring.landmarks_only,
        "skin": measuring.skin,
        "reliability": None if tables is None else _digest(tables),
    }


def _digest(tables: object) -> str:
    return hashlib.sha256(pickle.dumps(tables)).hexdigest()


def _count(workers: Workers, photos: int) -> int:
    """How many processes measure."""
    if workers.client is not None:
        return max(1, int(sum(workers.client.nthreads().values())))
    return workers.jobs or (1 if photos < FEW else physical_cores())


def _pool(workers: Workers, work: Work, photos: int) -> Pool:
    return LocalPool(work, _count(workers, photos)) if workers.client is None else ClusterPool(work, workers.client)


def _lumps(items: Sequence[Item], workers: Workers) -> Iterator[Lump]:
    """Cut photos into lumps: small ones if there are few, so that all processes end at about the same time."""
    most = _LUMP if workers.client is None else _LUMP_OF_CLUSTER
    size = max(1, min(most, len(items) // (4 * _count(workers, len(items)))))
    for first in range(0, len(items), size):
        yield list(items[first : first + size])

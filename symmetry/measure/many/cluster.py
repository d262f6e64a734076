"""Connecting to a Dask cluster, or starting one on this machine."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from distributed import Client, LocalCluster

from symmetry.errors import WorkersError

_LOCAL = "local:"
_SECONDS = 30


@contextlib.contextmanager
def connected(address: str) -> Iterator[Any]:
    """Connect to the scheduler at an address, or start so many processes here: "local:4".

    Raises
    ------
    WorkersError
        If there is no scheduler, or the number is none.
    """
    with contextlib.ExitStack() as opened:
        if address.startswith(_LOCAL):
            number = address.removeprefix(_LOCAL)
            if not number.isdigit() or int(number) < 1:
                raise WorkersError(f"'{address}' is no cluster; write local:4 for four processes here")
            cluster: Any = LocalCluster(  # type: ignore[no-untyped-call]
                n_workers=int(number), threads_per_worker=1, dashboard_address=None
            )
            address = opened.enter_context(cluster).scheduler_address
        try:
            client: Any = Client(address, timeout=_SECONDS)  # type: ignore[no-untyped-call]
        except (OSError, TimeoutError, ValueError) as error:
            raise WorkersError(f"there is no Dask scheduler at {address}: {error}") from None
        yield opened.enter_context(client)

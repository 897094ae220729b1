# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Runs work in several threads, with results in the order of the items."""

from __future__ import annotations

import concurrent.futures
import types
import typing as t

_Item = t.TypeVar("_Item")
_Result = t.TypeVar("_Result")


class Workers:
    """``parallel`` threads that live as long as this context, because each keeps its session with GWS; with one, the caller does the work."""

    def __init__(self, parallel: int = 1) -> None:
        self._pool = concurrent.futures.ThreadPoolExecutor(parallel, "gws") if parallel > 1 else None

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, _type: type[BaseException] | None, _error: BaseException | None, _trace: types.TracebackType | None) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def map(self, work: t.Callable[[_Item], _Result], items: t.Iterable[_Item]) -> t.Iterator[_Result]:
        """The results, in the order of the items. After an error no more items are started, and it is raised when the started ones have ended."""
        if self._pool is None:
            yield from map(work, items)
            return
        futures = [self._pool.submit(work, item) for item in items]
        try:
            for future in futures:
                yield future.result()
        finally:
            for future in futures:
                future.cancel()
            concurrent.futures.wait(futures)

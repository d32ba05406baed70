"""`python -m tests.bench [NAME...]`: run all benchmarks, or those named, on the tracker's own PostgreSQL.

A module with `LONG = True` runs only when it is named.
"""

import pkgutil
import sys
from importlib import import_module

from tests import bench
from tracker.embedded.postgres import Cluster
from tracker.embedded.sharing import shared_cluster
from tracker.state import state_folder


def main(wanted: list[str]) -> None:
    print(f"{'work':<66} {'measured':>14}  reference")
    for name in wanted or [module.name for module in pkgutil.iter_modules(bench.__path__)]:
        module = import_module(f"tests.bench.{name}") if name != "__main__" else None
        if module is None or not hasattr(module, "measure") or (getattr(module, "LONG", False) and not wanted):
            continue
        for figure in module.measure():
            print(f"{figure.work:<66} {figure.measured:>14}  {figure.reference}", flush=True)


if __name__ == "__main__":
    with shared_cluster(Cluster(state_folder())):
        main(sys.argv[1:])

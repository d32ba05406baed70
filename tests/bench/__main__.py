"""`python -m tests.bench [NAME...]`: run all benchmarks, or those named, on the tracker's own database."""

import pkgutil
import sys
from importlib import import_module

from tests import bench
from tracker.embedded.postgres import Cluster
from tracker.embedded.sharing import shared_cluster
from tracker.state import state_folder


def main(wanted: list[str]) -> None:
    names = [module.name for module in pkgutil.iter_modules(bench.__path__) if module.name != "__main__"]
    print(f"{'work':<52} {'measured':>16}  reference")
    for name in names:
        if wanted and name not in wanted:
            continue
        for figure in import_module(f"tests.bench.{name}").measure():
            print(f"{figure.work:<52} {figure.measured:>16}  {figure.reference}", flush=True)


if __name__ == "__main__":
    with shared_cluster(Cluster(state_folder())):
        main(sys.argv[1:])

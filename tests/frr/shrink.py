#!/usr/bin/env python3
"""Shrink a network on which the twin and live FRR differ to a small one on which they still do.

    shrink.py FOLDER [--row HOST,PREFIX] [--out DIR] [--minutes M] [--jobs N]

FOLDER is a snapshot that sweep.py left under frr-differences. Failures, routers, links, and then blocks and lines of the
configs are left out, as long as some row that differed at first differs still. Each try runs live (half a minute or more), so that
this takes a while; what is reached when the time is over is kept. The result goes to DIR (FOLDER-small) with both sides' rows on
standard output. Put it under tests/frr/found once the twin is mended: `cargo test --test frr` runs what is there.

Exit code: 0 shrunk, 1 nothing differs, 2 cannot run.
"""
import argparse
import concurrent.futures
import itertools
import json
import os
import pathlib
import shutil
import sys
import tempfile
import time

import sweep


class Net:
    """A snapshot in memory: configs as blocks of lines, edges, failures."""

    def __init__(self, configs, edges, failures):
        self.configs, self.edges, self.failures = configs, edges, failures

    @classmethod
    def read(cls, folder):
        configs = {f.parent.name: [b.strip("\n").split("\n") for b in f.read_text().split("!\n") if b.strip()] for f in sorted(folder.glob("configs/*/frr.conf"))}
        edges = json.loads((folder / "layer1_topology.json").read_text())["edges"]
        spec = folder / "failures.json"
        return cls(configs, edges, json.loads(spec.read_text()) if spec.exists() else [])

    def write(self, folder):
        for h, blocks in self.configs.items():
            d = folder / "configs" / h
            d.mkdir(parents=True, exist_ok=True)
            (d / "frr.conf").write_text("".join("\n".join(b) + "\n!\n" for b in blocks))
        (folder / "layer1_topology.json").write_text(json.dumps({"edges": self.edges}, indent=1) + "\n")
        (folder / "failures.json").write_text(json.dumps(self.failures) + "\n")

    def without_hosts(self, gone):
        named = lambda f: f.split(":")[1]
        return Net({h: b for h, b in self.configs.items() if h not in gone}, [e for e in self.edges if not {e[k]["hostname"] for k in ("node1", "node2")} & gone],
                   [f for f in self.failures if named(f) not in gone])

    def without_edges(self, gone):
        return Net(self.configs, [e for n, e in enumerate(self.edges) if n not in gone], self.failures)

    def without_lines(self, gone):
        """`gone`: (host, block, line), or (host, block, None) for all of it."""
        return Net({h: [[l for k, l in enumerate(b) if (h, n, k) not in gone] for n, b in enumerate(blocks) if (h, n, None) not in gone] for h, blocks in self.configs.items()},
                   self.edges, self.failures)

    def reductions(self):
        """Smaller networks, largest steps first."""
        for n in range(len(self.failures)):
            yield f"{n} failures", Net(self.configs, self.edges, self.failures[:n])
        yield from chunks("routers", sorted(self.configs), self.without_hosts)
        yield from chunks("links", range(len(self.edges)), self.without_edges)
        yield from chunks("blocks", [(h, n, None) for h, bs in self.configs.items() for n in range(len(bs))], self.without_lines)
        yield from chunks("lines", [(h, n, k) for h, bs in self.configs.items() for n, b in enumerate(bs) for k in range(1, len(b))], self.without_lines)


def chunks(what, things, without):
    things, size = list(things), len(things) // 2
    while size:
        for at in range(0, len(things), size):
            yield f"{what} {at} to {min(at + size, len(things)) - 1} of {len(things)}", without(set(things[at:at + size]))
        size //= 2


def rows(net, binary, folder):
    """What differs, by state, host, table and prefix; nothing where a network cannot run."""
    net.write(folder)
    try:
        found = sweep.hold(binary, folder, 1)["found"]
    except Exception:
        return {}
    return {(n, *key): pair for n, diff in enumerate(found) for key, pair in diff.items()}


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("folder", type=pathlib.Path)
    ap.add_argument("--out", type=pathlib.Path)
    ap.add_argument("--minutes", type=float, default=30)
    ap.add_argument("--jobs", type=int, default=4, help="tries side by side")
    ap.add_argument("--row", metavar="HOST,PREFIX", help="this row must differ, not any")
    ap.add_argument("--twin", default=os.environ.get("NETTWIN", str(sweep.HERE.parents[1] / "target/release/nettwin")), help="the nettwin binary")
    a = ap.parse_args()
    if os.geteuid() or not pathlib.Path("/usr/lib/frr/zebra").exists() or not pathlib.Path(a.twin).exists():
        print("needs root, FRR (Debian package frr) and the nettwin binary (--twin)", file=sys.stderr)
        return 2
    until, net = time.time() + 60 * a.minutes, Net.read(a.folder)
    work = pathlib.Path(tempfile.mkdtemp())
    names = (work / f"try{n}" for n in itertools.count())
    wanted = {(host, table, prefix) for _, host, table, prefix in rows(net, a.twin, next(names)) if not a.row or a.row == f"{host},{prefix}"}
    if not wanted:
        print("nothing differs")
        return 1
    left = {}
    with concurrent.futures.ThreadPoolExecutor(a.jobs) as ex:
        smaller = True
        while smaller and time.time() < until:
            smaller, tries = False, net.reductions()
            while not smaller and time.time() < until and (batch := list(itertools.islice(tries, a.jobs))):
                for (what, candidate), got in zip(batch, ex.map(lambda c: rows(c[1], a.twin, next(names)), batch)):
                    if not smaller and any(key[1:] in wanted for key in got):
                        net, left, smaller = candidate, got, True
                        print(f"without {what}: {len(net.configs)} routers, {sum(len(b) for bs in net.configs.values() for b in bs)} lines, {len(got)} rows differ", flush=True)
    out = a.out or a.folder.with_name(a.folder.name + "-small")
    shutil.rmtree(out, ignore_errors=True)
    net.write(out)
    shutil.rmtree(work, ignore_errors=True)
    for (state, host, table, prefix), (live, twin) in left.items():
        print(f"after {state} failures, {host} {table} {prefix}:\n  live {live}\n  twin {twin}")
    print(out)
    return 0


if __name__ == "__main__":
    sys.exit(main())

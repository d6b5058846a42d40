#!/usr/bin/env python3
"""Runs a failure sweep with Dask: one task a shard, then `nettwin merge`.

    python3 dask_sweep.py SNAPSHOT --out DIR [--shards 8] [--workers 2] [--scheduler tcp://host:8786] [--nettwin PATH] [-- FLAGS OF fail]

Without --scheduler a cluster of worker processes on this machine is started. A shard whose worker dies is given to another worker and
goes on from the failures that are written down already. --stop-one kills a worker midway, to show that nothing is lost.
"""

import argparse
import os
import signal
import subprocess
import sys
import time


def shard(nettwin, snapshot, out, part, of, flags):
    """Runs one shard; waits where a run of the same shard outlives its worker."""
    command = [nettwin, "fail", snapshot, "--shard", f"{part}/{of}", "--out", out, "--quiet", *flags]
    while True:
        run = subprocess.run(command, capture_output=True, text=True)
        if run.returncode == 0:
            return part
        if "being written by another run" not in run.stderr:
            raise RuntimeError(f"shard {part}/{of}: {run.stderr.strip()}")
        time.sleep(0.2)


def main():
    flags = []
    arguments = sys.argv[1:]
    if "--" in arguments:
        at = arguments.index("--")
        arguments, flags = arguments[:at], arguments[at + 1 :]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("snapshot")
    parser.add_argument("--out", required=True)
    parser.add_argument("--shards", type=int, default=8)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--scheduler")
    parser.add_argument("--nettwin", default="nettwin")
    parser.add_argument("--stop-one", action="store_true")
    args = parser.parse_args(arguments)

    import dask
    from distributed import Client, LocalCluster, as_completed

    # A worker that dies takes no blame for the shard it held.
    dask.config.set({"distributed.scheduler.allowed-failures": 10})
    cluster = None
    if args.scheduler is None:
        cluster = LocalCluster(
            n_workers=args.workers, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
        )
    client = Client(cluster if cluster else args.scheduler)
    tasks = [
        client.submit(shard, args.nettwin, args.snapshot, args.out, part, args.shards, flags, pure=False)
        for part in range(1, args.shards + 1)
    ]
    stopped = False
    for task in as_completed(tasks):
        print(f"shard {task.result()} of {args.shards} is done", file=sys.stderr)
        if args.stop_one and not stopped:
            stopped = True
            worker, pid = sorted(client.run(os.getpid).items())[0]
            os.kill(pid, signal.SIGKILL)
            print(f"stopped worker {worker}", file=sys.stderr)
    client.close()
    if cluster:
        cluster.close()
    return subprocess.run([args.nettwin, "merge", args.out, "--format", "json"]).returncode


if __name__ == "__main__":
    sys.exit(main())

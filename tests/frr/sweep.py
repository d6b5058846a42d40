#!/usr/bin/env python3
"""Hold the twin against live FRR over any number of random networks, before and after failures.

    sweep.py COUNT [--first SEED] [--kinds K,…]     COUNT networks of all kinds by turns, 6 to 40 routers, from SEED on
    sweep.py KIND-SEED[-SIZE] …                     these networks
    sweep.py FOLDER …                               these snapshots (with failures.json or without)
    sweep.py --saved FOLDER …                       another twin against what live FRR printed before (kept by --keep): no daemons run

Each network runs as live FRR (frr_lab.py), converges, and loses two links or nodes one after the other
(failures.json, from the seed). After each of the three, every installed route and every BGP best path with its
attributes is held against `nettwin routes --fail …`, in both directions: what only one side has differs.
One line a network, then a total by kind. A network that differs runs again with longer waits; what then agrees
is counted as such and named `settled late`, what the daemons do otherwise in each run as `live differs`; what
differs stays under OUT/NAME with its configs, both sides' tables and differences.json; with --keep all networks stay.

Exit code: 0 all agree, 1 a difference, 2 cannot run.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys

import gen_labs

HERE = pathlib.Path(__file__).resolve().parent
# What an attribute that a path lacks counts as.
ATTRIBUTES = {"as_path": "", "local_pref": 100, "med": 0, "origin": "incomplete", "weight": 0}
COARSE = {"ospf": "ospf", "bgp": "bgp", "isis": "isis", "ebgp": "bgp", "ibgp": "bgp"}


def protocol(word):
    return COARSE.get(word.split("_")[0], word)


def hop(h):
    ip = h.get("ip")
    return (ip if ip and not ip.startswith("fe80") else "", h.get("interface", "") if not h.get("drop") else "drop")


def route(r):
    """What a route is. FRR's JSON tells kinds of OSPF routes only for OSPFv2."""
    detail = r["protocol"] if r["protocol"].startswith("ospf_") else ""
    return {"protocol": protocol(r["protocol"]), "kind": detail, "distance": r.get("distance", 0), "metric": r.get("metric", 0),
            "tag": r.get("tag", 0), "next_hops": sorted({hop(h) for h in r.get("next_hops", [])})}


def path(p):
    nh = p.get("next_hop") or "self"
    nh = "self" if nh in ("0.0.0.0", "::") else "link-local" if nh.startswith("fe80") else nh
    return {"next_hop": nh} | {k: default if p.get(k) is None else p[k] for k, default in ATTRIBUTES.items()} | {
        "communities": sorted((p.get("communities") or []) + (p.get("large_communities") or []))}


def cells(state):
    """Every comparable fact of a table file: (host, table, prefix) to its value."""
    out = {}
    for host, node in state["nodes"].items():
        table = node.get("vrfs", {}).get("default", {})
        for r in table.get("routes", []):
            if r["protocol"] != "local" and not r["prefix"].startswith(("fe80", "ff")):
                out[host, "route", r["prefix"]] = route(r)
        for p in table.get("bgp_routes", []):
            if p.get("best"):
                out[host, "best", p["prefix"]] = path(p)
        for vni, ends in node.get("vnis", {}).items():
            out[host, "vteps", vni] = {"vteps": ends}
    return out


def same(a, b):
    if a is None or b is None:
        return a is b
    if "kind" in a:
        return all(a[k] == b[k] for k in a if k != "kind") and (not a["kind"] or not b["kind"] or a["kind"] == b["kind"])
    return a == b


def differences(truth, twin):
    """Keys on which two tables differ, of hosts that live FRR printed."""
    t, g = cells(truth), {k: v for k, v in cells(twin).items() if k[0] in truth["nodes"]}
    return {k: (t.get(k), g.get(k)) for k in sorted(set(t) | set(g)) if not same(t.get(k), g.get(k))}, collections.Counter(k[1] for k in set(t) | set(g))


def twin(binary, lab, failed):
    args = [a for f in failed for a in ("--fail", f)]
    p = subprocess.run([binary, "routes", str(lab), "--format", "json", *args], capture_output=True, text=True, timeout=300)
    if not p.stdout:
        raise RuntimeError(f"nettwin: {p.stderr[-500:]}")
    state = json.loads(p.stdout)
    if any("vxlan-id" in f.read_text() for f in lab.glob("configs/*/interfaces")):
        vlans = json.loads(subprocess.run([binary, "evpn", str(lab), "--format", "json", *args], capture_output=True, text=True, timeout=300).stdout)["vlans"]
        for v in vlans:
            state["nodes"][v["node"]].setdefault("vnis", {})[str(v["vni"])] = sorted(v["remote_vteps"] or [])
    return state, sorted(set(re.findall(r"\bC-[a-z-]+", p.stderr)))


def live(lab, failures, out, least, saved):
    files = [out] + [out.with_name(f"{out.stem}-{n}{out.suffix}") for n in range(1, len(failures) + 1)]
    if saved:
        return [json.loads(f.read_text()) for f in files], []
    args = [a for f in failures for a in ("--fail", f)]
    p = subprocess.run([sys.executable, str(HERE / "frr_lab.py"), str(lab), "--out", str(out), "--least", str(least), *args], capture_output=True, text=True)
    if not all(f.exists() for f in files):
        raise RuntimeError(f"frr_lab.py: {p.stderr[-500:]}")
    return [json.loads(f.read_text()) for f in files], [l for l in p.stderr.splitlines() if "FRR says" in l]


def needs_more_time(lab):
    """isisd floods a good deal slower than the others."""
    return any("router isis" in f.read_text() for f in lab.glob("configs/*/frr.conf"))


def hold(binary, lab, runs, fail=True, saved=False):
    """Runs a network, up to `runs` times while it differs; what differed in all, and what live FRR itself did not do twice."""
    spec = lab / "failures.json"
    failures = json.loads(spec.read_text()) if fail and spec.exists() else []
    ours = [twin(binary, lab, failures[:n]) for n in range(len(failures) + 1)]
    least, result, seen = 25 if needs_more_time(lab) else 8, None, []
    for run in range(len(list(lab.glob("live?.json"))) if saved else runs):
        truths, noise = live(lab, failures, lab / f"live{run}.json", least * (1, 2.5, 4)[min(run, 2)], saved)
        seen.append(truths)
        found, counts, unsettled = [], [], 0
        for n, (truth, (mine, _)) in enumerate(zip(truths, ours)):
            diff, count = differences(truth, mine)
            found.append(diff)
            counts.append(count)
            unsettled += not truth["settled"]
        now = {"found": found, "counts": counts, "unsettled": unsettled, "noise": noise}
        if result is None or sum(map(len, found)) < sum(map(len, result["found"])):
            result = now
        if not any(found):
            break
    unstable = [set(differences(a, b)[0]) for a, b in zip(seen[0], seen[-1])]
    result |= {"runs": len(seen), "unstable": unstable, "findings": sorted({c for _, codes in ours for c in codes}), "failures": failures, "routers": len(seen[0][0]["nodes"])}
    return result


def say(name, r):
    stages = []
    for found, count in zip(r["found"], r["counts"]):
        bad = collections.Counter(k[1] for k in found)
        stages.append(" ".join(f"{t} {count[t] - bad[t]}/{count[t]}" for t in ("route", "best", "vteps") if count[t]))
    word = "ok" if not any(r["found"]) else "DIFFERS"
    notes = [f"run {r['runs']}"] * (r["runs"] > 1) + [f"live differs in {sum(map(len, r['unstable']))}"] * any(r["unstable"]) + [f"NOT SETTLED {r['unsettled']}"] * bool(r["unsettled"]) + r["findings"] + r["noise"]
    return f"{word:8} {name}: {r['routers']} routers; " + "; ".join(stages) + (f"  [{', '.join(notes)}]" if notes else "")


def keep(r, lab, out):
    rows = [{"after": r["failures"][:n], "host": k[0], "table": k[1], "prefix": k[2], "live_same_twice": k not in r["unstable"][n], "live": t, "twin": g}
            for n, found in enumerate(r["found"]) for k, (t, g) in found.items()]
    shutil.rmtree(out / lab.name, ignore_errors=True)
    shutil.copytree(lab, out / lab.name)
    (out / lab.name / "differences.json").write_text(json.dumps(rows, indent=1) + "\n")


def networks(words, first, kinds, folder):
    if len(words) == 1 and words[0].isdigit():
        for k in range(int(words[0])):
            kind, seed = kinds[k % len(kinds)], first + k
            yield lambda kind=kind, seed=seed: gen_labs.make(kind, seed, folder, random.Random(f"size/{seed}").randint(6, 40))
        return
    for w in words:
        if (m := re.fullmatch(r"([a-z0-9-]+?)-(\d+)(?:-(\d+))?", w)) and m[1] in gen_labs.KINDS:
            yield lambda m=m: gen_labs.make(m[1], int(m[2]), folder, int(m[3] or 0))
        else:
            yield lambda w=w: pathlib.Path(shutil.copytree(w, folder / pathlib.Path(w).resolve().name, dirs_exist_ok=True))


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("networks", nargs="+")
    ap.add_argument("--first", type=int, default=1000)
    ap.add_argument("--kinds", default=",".join(gen_labs.KINDS))
    ap.add_argument("--twin", default=os.environ.get("NETTWIN", str(HERE.parents[1] / "target/release/nettwin")), help="the nettwin binary")
    ap.add_argument("--out", type=pathlib.Path, default=pathlib.Path("frr-differences"))
    ap.add_argument("--jobs", type=int, default=6, help="networks side by side")
    ap.add_argument("--runs", type=int, default=2, help="live runs of a network that differs")
    ap.add_argument("--no-failures", action="store_true")
    ap.add_argument("--keep", action="store_true", help="networks that agree stay under OUT too")
    ap.add_argument("--saved", action="store_true", help="compare with the live tables in these folders")
    a = ap.parse_args()
    if not a.saved and (os.geteuid() or not pathlib.Path("/usr/lib/frr/zebra").exists()) or not pathlib.Path(a.twin).exists():
        print("needs root, FRR (Debian package frr) and the nettwin binary (--twin)", file=sys.stderr)
        return 2
    a.out.mkdir(parents=True, exist_ok=True)
    work = a.out / ".running"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    total, bad, broken = collections.Counter(), 0, 0

    def one(make):
        lab = make()
        try:
            return lab, hold(a.twin, lab, a.runs, not a.no_failures, a.saved), None
        except Exception as e:  # one network's trouble must not end the others
            return lab, None, e

    with concurrent.futures.ThreadPoolExecutor(a.jobs) as ex:
        for job in concurrent.futures.as_completed([ex.submit(one, m) for m in networks(a.networks, a.first, a.kinds.split(","), work)]):
            lab, r, trouble = job.result()
            if trouble:
                broken += 1
                print(f"BROKEN   {lab.name}: {trouble}", flush=True)
                continue
            print(say(lab.name, r), flush=True)
            kind = next((k for k in sorted(gen_labs.KINDS, key=len, reverse=True) if lab.name.startswith(k)), "other")
            total[kind, "networks"] += 1
            total[kind, "agree"] += not any(r["found"])
            for n, (found, count) in enumerate(zip(r["found"], r["counts"])):
                for t in ("route", "best"):
                    b = sum(1 for k in found if k[1] == t)
                    total[kind, t, n > 0, "all"] += count[t]
                    total[kind, t, n > 0, "ok"] += count[t] - b
            bad += any(r["found"])
            if a.keep or any(r["found"]):
                keep(r, lab, a.out)
            shutil.rmtree(lab, ignore_errors=True)
    shutil.rmtree(work, ignore_errors=True)
    kinds = [k for k in [*gen_labs.KINDS, "other"] if total[k, "networks"]]
    print(f"\n{'kind':16}{'networks':>12}{'routes':>16}{'best paths':>16}{'routes after failures':>24}{'best after failures':>22}")
    for k in kinds + ["total"]:
        def count(*what):
            return sum(total[(x, *what)] for x in (kinds if k == "total" else [k]))
        row = [f"{count('agree')}/{count('networks')}"] + [f"{count(t, f, 'ok')}/{count(t, f, 'all')}" for f in (False, True) for t in ("route", "best")]
        print(f"{k:16}{row[0]:>12}{row[1]:>16}{row[2]:>16}{row[3]:>24}{row[4]:>22}")
    return 2 if broken else int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())

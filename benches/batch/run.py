#!/usr/bin/env python3
"""A batch of a table of people on loopback, beside the same client in a bare loop with as many calls in flight: rows a second, memory over
time, syncs of the disk.

    benches/batch/run.py [--rows 1000000] [--dry]

A server that answers at once shows what a batch costs by itself; one that takes 20 ms to answer is nearer to what a provider does. The loop
and the batch go in turns, and each ratio is the median of its rounds; the long run is made once. Writes results.json beside this file, and
the tables between the marks in docs/BENCHMARKS.md. Needs cc, for what counts the syncs.
"""

import argparse
import csv
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WORK = ROOT / "target" / "benches" / "batch"
#: A server's delay in milliseconds, calls in flight, rows of a round.
WAYS = [(0, 8, 50_000), (0, 64, 100_000), (20, 64, 30_000), (20, 256, 100_000)]
ROUNDS = 3

sys.path.insert(0, str(HERE.parent))
import report  # noqa: E402
from server import Server, account  # noqa: E402


def build():
    whole = ROOT / "benches" / "whole"
    subprocess.run(["cargo", "build", "--quiet", "--release", "--locked", "--bin", "pyi"], cwd=ROOT, check=True)
    pyi = ROOT / "target" / "release" / "pyi"
    document = subprocess.run([pyi, "export", "openapi", "--openapi", "3.0"], cwd=ROOT, check=True, capture_output=True)
    (whole / "api.json").write_bytes(document.stdout)
    target = ROOT / "target" / "benches" / "whole"
    subprocess.run(["cargo", "build", "--quiet", "--release", "--locked"], cwd=whole, check=True,
                   env={**os.environ, "CARGO_TARGET_DIR": str(target)})
    shim = WORK / "unsynced.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", shim, ROOT / "tests" / "it" / "unsynced.c", "-ldl"], check=True)
    return pyi, target / "release" / "pyi-whole", shim


def table(rows):
    path = WORK / f"people-{rows}.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("姓名,身份证号\n")
        file.writelines(f"张{row}号,11010519491231002X\n" for row in range(rows))
    return path


def resident(process):
    """The resident memory of a process, in KiB; none once it has ended."""
    try:
        with open(f"/proc/{process}/status", encoding="utf-8") as file:
            return next((int(line.split()[1]) for line in file if line.startswith("VmRSS")), None)
    except OSError:
        return None


def batch(pyi, server, rows, in_flight, preload=None):
    """Runs a batch to its end; its results are counted by a reader that is not ours."""
    people, ledger, results = table(rows), WORK / "run" / "ledger", WORK / "run" / "results.csv"
    ledger.parent.mkdir(exist_ok=True)
    # The registry knows the people of the round before.
    for old in [*ledger.parent.iterdir(), *WORK.glob("key.registry*")]:
        old.unlink()
    command = [pyi, "batch", "run", people, "--endpoint", "id_card_two_factor", "-o", results, "--ledger", ledger,
               "--key", WORK / "key", "--budget", "100000000", "--concurrency", str(in_flight),
               "--base-url", server["url"], "--app-id", server["app"]]
    environment = {**os.environ, "PYI_SECRET": server["secret"], "no_proxy": "127.0.0.1", **(preload or {})}
    began = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    sampled = []
    while True:
        done, status, usage = os.wait4(process.pid, os.WNOHANG)
        if done:
            break
        sampled.append(resident(process.pid))
        time.sleep(0.2 if rows > 200_000 else 0.02)
    took = time.monotonic() - began
    process.returncode = status
    assert status == 0, f"the batch ended with {status}"
    with results.open(encoding="utf-8-sig", newline="") as file:
        whole = sum(line["pyi_state"] == "settled" and line["bank_status"] != "" for line in csv.DictReader(file))
    assert whole == rows, f"{whole} of {rows} rows are in the results"
    told = subprocess.run([pyi, "batch", "status", ledger], check=True, capture_output=True, text=True).stdout
    assert f"{rows} rows settled, 0 ambiguous, 0 in flight" in told, told
    people.unlink()
    return {"rows_s": rows / took, "peak MiB": usage.ru_maxrss / 1024, "sampled MiB": [kib / 1024 for kib in sampled if kib],
            "ledger MiB": ledger.stat().st_size / 2**20}


def bare(program, server, rows, in_flight):
    done = subprocess.run([program, "bare", *account(server), str(rows), str(in_flight)],
                          check=True, capture_output=True, text=True)
    return json.loads(done.stdout)["rows_s"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--dry", action="store_true")
    arguments = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    (WORK / "key").write_bytes(bytes(range(32)))
    (WORK / "key").chmod(0o600)
    pyi, program, shim = build()
    ways = []
    for delay, in_flight, rows in WAYS:
        with Server(program, "serve", str(delay)) as server:
            rounds = [(bare(program, server, rows, in_flight), batch(pyi, server, rows, in_flight)["rows_s"]) for _ in range(ROUNDS)]
            count = WORK / "syncs"
            count.unlink(missing_ok=True)
            watched = {"LD_PRELOAD": str(shim), "UNSYNCED_FOLDER": str((WORK / "run").resolve()), "UNSYNCED_COUNT": str(count)}
            batch(pyi, server, rows, in_flight, watched)
            ways.append({"delay ms": delay, "in flight": in_flight, "rows": rows, "bare rows_s": statistics.median(loop for loop, _ in rounds),
                         "batch rows_s": statistics.median(ours for _, ours in rounds),
                         "ratio": statistics.median(ours / loop for loop, ours in rounds),
                         "syncs a thousand rows": count.stat().st_size / rows * 1000})
            print(ways[-1], file=sys.stderr)
    with Server(program, "serve", "0") as server:
        long = {"rows": arguments.rows, **batch(pyi, server, arguments.rows, 64)}
    sampled = long.pop("sampled MiB")
    long["MiB at tenths"] = [round(sampled[len(sampled) * tenth // 10], 1) for tenth in range(1, 10)]
    results = {"machine": report.machine(), "ways": ways, "long": long}
    if arguments.dry:
        print(json.dumps(results, indent=1))
    else:
        (HERE / "results.json").write_text(json.dumps(results, indent=1) + "\n")
        report.batch(results)


if __name__ == "__main__":
    main()

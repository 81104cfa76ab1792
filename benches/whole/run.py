#!/usr/bin/env python3
"""Whole calls on loopback: our client, reqwest by hand, progenitor's client, PHP and Python, in turns against one server; and what the
sandbox carries beside a bare axum server.

    benches/whole/run.py [--dry]

Writes results.json beside this file and the tables between the marks in docs/BENCHMARKS.md. Needs PHP and Python.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TARGET = ROOT / "target" / "benches" / "whole"
INTERPRETED_CALLS = 1000

sys.path.insert(0, str(HERE.parent))
import report  # noqa: E402
from server import Server, account  # noqa: E402


def build():
    subprocess.run(["cargo", "build", "--quiet", "--bin", "pyi"], cwd=ROOT, check=True)
    document = subprocess.run([ROOT / "target" / "debug" / "pyi", "export", "openapi", "--openapi", "3.0"],
                              cwd=ROOT, check=True, capture_output=True)
    (HERE / "api.json").write_bytes(document.stdout)
    subprocess.run(["cargo", "build", "--quiet", "--release", "--locked"], cwd=HERE, check=True,
                   env={**os.environ, "CARGO_TARGET_DIR": str(TARGET)})
    return TARGET / "release" / "pyi-whole"


def lines(arguments):
    done = subprocess.run(arguments, check=True, capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def main():
    program = build()
    told = []
    with Server(program, "serve") as server:
        for line in lines([program, "drive", *account(server)]):
            told.append({"server": "axum", **line})
        for interpreter in (["php", HERE / "by_php.php"], [sys.executable, HERE / "by_python.py"]):
            for line in lines([*interpreter, *account(server), str(INTERPRETED_CALLS)]):
                told.append({"server": "axum", **line})
    with Server(program, "sandbox") as server:
        for line in lines([program, "drive", *account(server)]):
            told.append({"server": "sandbox", **line})
    figures = {}
    for line in told:
        key = f"{line['server']} {line['client']} {line['in_flight']}"
        for name in ("calls_s", "calls_core_s", "p50_us", "p99_us"):
            figures.setdefault(key, {}).setdefault(name, []).append(line[name])
    medians = {key: {name: statistics.median(values) for name, values in named.items()} for key, named in figures.items()}
    results = {"machine": report.machine(), "figures": medians}
    if "--dry" in sys.argv:
        print(json.dumps(results, indent=1))
    else:
        (HERE / "results.json").write_text(json.dumps(results, indent=1) + "\n")
        report.whole(results)


if __name__ == "__main__":
    main()

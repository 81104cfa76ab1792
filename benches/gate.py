#!/usr/bin/env python3
"""Holds what does not depend on the machine's mood: instructions, allocations and expanded lines.

    benches/gate.py            compares with gate.json, and fails where a figure is off by more than 3 %, for better or worse
    benches/gate.py --update   writes gate.json anew, and the tables in docs/BENCHMARKS.md that show it

Needs valgrind and gungraun-runner of the version that benches/call names.
"""

import json
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
COMMITTED = HERE / "gate.json"
TOLERANCE = 0.03

sys.path.insert(0, str(HERE))
import report  # noqa: E402


def run(arguments, folder):
    """What a command prints; the end of this program, if it fails."""
    environment = {**report.environment(), "CARGO_TARGET_DIR": str(ROOT / "target")}
    done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        sys.exit(f"{' '.join(arguments)} failed:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
    return done.stdout


def bench(name):
    return run(["cargo", "bench", "--locked", "--bench", name], HERE / "call")


def measure():
    """Every figure, by a name that says what it counts."""
    figures = {}
    name = None
    for line in bench("instructions").splitlines():
        if match := re.match(r"instructions::calls::(\w+) (\w+):", line):
            name = f"{match[1]} {match[2]}"
        elif (match := re.match(r"\s*Instructions:\s+(\d+)", line)) and name:
            figures[f"instructions {name}"] = int(match[1])
    for line in bench("allocations").splitlines():
        if match := re.match(r"(\w+) (\d+)$", line):
            figures[f"allocations {match[1]}"] = int(match[2])
    expand = ["cargo", "run", "--quiet", "--locked", "--bin", "pyi", "--", "expand"]
    figures["lines of the shipped spec"] = len(run(expand, ROOT).splitlines())
    if len(figures) < 12:
        sys.exit(f"only {len(figures)} figures were measured: {figures}")
    return figures


def main():
    figures = measure()
    if "--update" in sys.argv:
        COMMITTED.write_text(json.dumps(figures, indent=1) + "\n")
        report.gate(figures)
        return
    committed = json.loads(COMMITTED.read_text())
    off = []
    for name in sorted({*figures, *committed}):
        now, before = figures.get(name), committed.get(name)
        change = "new" if before is None else "gone" if now is None else f"{now / before - 1:+.1%}"
        print(f"{name}: {before} -> {now} ({change})")
        if now is None or before is None or abs(now / before - 1) > TOLERANCE:
            off.append(name)
    if off:
        sys.exit(f"off by more than {TOLERANCE:.0%}: {', '.join(off)}; if that is meant, benches/gate.py --update")
    print(f"{len(figures)} passed, 0 failed")


if __name__ == "__main__":
    main()

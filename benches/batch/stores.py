#!/usr/bin/env python3
"""A million rows from a table to its results by the program: `submit`, four `work`, `results`, `forget`, on a PostgreSQL of its own.

    benches/batch/stores.py [--rows 1000000] [--workers 4]

A server in Python (batch/tests/support/arrivals.py) counts the calls of each person, and a CSV reader that is not ours the results.
Prints the time and the memory of each step, and what the database has and writes. Needs PostgreSQL.
"""

import argparse
import csv
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WORK = ROOT / "target" / "benches" / "stores"
NOBODY = 65534

sys.path.insert(0, str(HERE.parent))
import report  # noqa: E402


def program(name):
    """A program of PostgreSQL: on the path, or where Debian has it."""
    folders = [*map(pathlib.Path, os.environ["PATH"].split(":")), *pathlib.Path("/usr/lib/postgresql").glob("*/bin")]
    return next(folder / name for folder in folders if (folder / name).exists())


class Postgres:
    """A server in a folder of its own, as a user that is not root."""

    def __init__(self):
        self.user = {"user": NOBODY, "group": NOBODY} if os.getuid() == 0 else {}
        self.folder = pathlib.Path(f"/tmp/pyi-stores-{os.getpid()}")
        self.folder.mkdir()
        if self.user:
            os.chown(self.folder, NOBODY, NOBODY)
        self.run("initdb", "-U", "pyi", "-A", "trust", "-E", "UTF8", "--locale=C", "-D", self.folder / "data")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process = subprocess.Popen(
            [program("postgres"), "-D", self.folder / "data", "-p", str(self.port), "-k", self.folder, "-c", "listen_addresses=127.0.0.1",
             "-c", "shared_buffers=1GB", "-c", "max_wal_size=8GB"],
            cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self.user)
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                break
            except OSError:
                time.sleep(0.1)

    def run(self, name, *arguments):
        done = subprocess.run([program(name), *arguments], cwd="/", check=True, capture_output=True, text=True, **self.user)
        return done.stdout.strip()

    def ask(self, query):
        return self.run("psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "pyi", "-d", "postgres", "-Atc", query)

    def written(self):
        return int(self.ask("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint"))

    def url(self):
        return f"postgres://pyi@127.0.0.1:{self.port}/postgres"

    def stop(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def peak(process):
    """The greatest resident memory of a process so far, in KiB: its own, and not that of the Python that it was forked from."""
    try:
        with open(f"/proc/{process.pid}/status", encoding="utf-8") as file:
            return next((int(line.split()[1]) for line in file if line.startswith("VmHWM")), 0)
    except OSError:
        return 0


def waited(processes):
    """Waits for processes. The greatest resident memory of one, in MiB."""
    greatest = 0
    while any(process.poll() is None for process in processes):
        greatest = max(greatest, *map(peak, processes))
        time.sleep(0.05)
    for process in processes:
        assert process.returncode == 0, f"{process.args} ended with {process.returncode}"
    return round(greatest / 1024, 1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=4)
    arguments = parser.parse_args()
    rows = arguments.rows
    subprocess.run(["cargo", "build", "--quiet", "--release", "--locked", "--bin", "pyi"], cwd=ROOT, check=True)
    pyi = ROOT / "target" / "release" / "pyi"
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    people, results = WORK / "people.csv", WORK / "results.csv"
    with people.open("w", encoding="utf-8") as file:
        file.write("姓名,身份证号\n")
        file.writelines(f"张{row}号,11010519491231002X\n" for row in range(rows))
    arrivals = subprocess.Popen([sys.executable, ROOT / "batch" / "tests" / "support" / "arrivals.py"], stdout=subprocess.PIPE, text=True)
    provider = f"http://127.0.0.1:{int(arrivals.stdout.readline())}"
    postgres = Postgres()
    environment = {**os.environ, "PYI_STORE": postgres.url(), "PYI_STORE_KEY": "5b" * 32, "PYI_BASE_URL": provider, "PYI_APP_ID": "1",
                   "PYI_SECRET": "a secret of the bench", "XDG_STATE_HOME": str(WORK / "state"), "no_proxy": "127.0.0.1"}
    steps = {}

    def step(name, *commands):
        """Runs programs at the same time. What they print is in a file each."""
        wal, began = postgres.written(), time.monotonic()
        outputs = [WORK / f"{name}-{number}.txt" for number in range(len(commands))]
        processes = []
        for command, output in zip(commands, outputs):
            with output.open("w") as file:
                processes.append(subprocess.Popen([pyi, "batch", *command], env=environment, stdout=file, stderr=file, cwd=WORK))
        resident = waited(processes)
        took = time.monotonic() - began
        steps[name] = {"seconds": round(took, 1), "rows_s": round(rows / took), "peak MiB": resident,
                       "log bytes a row": round((postgres.written() - wal) / rows)}
        print(name, steps[name], file=sys.stderr)
        return outputs[0].read_text()

    endpoint = ["--endpoint", "id_card_two_factor"]
    try:
        printed = step("submit", ["submit", people, *endpoint, "--budget", "100000000"])
        batch = printed.split("batch ")[1].split(":")[0]
        step("work", *[["work", batch, "--concurrency", "64"] for _ in range(arguments.workers)])
        status = subprocess.run([pyi, "batch", "status", batch], env=environment, check=True, capture_output=True, text=True).stdout
        assert f"{rows} of {rows} rows settled, 0 ambiguous, 0 in flight" in status, status
        counts = json.load(urllib.request.urlopen(provider + "/counts"))
        assert len(counts) == rows and set(counts.values()) == {1}, "each person is called once"
        step("results", ["results", people, *endpoint, "--batch", batch, "-o", results])
        with results.open(encoding="utf-8-sig", newline="") as file:
            whole = sum(line["pyi_state"] == "settled" and line["bank_status"] != "" for line in csv.DictReader(file))
        assert whole == rows, f"{whole} of {rows} rows are in the results"
        disk = int(postgres.ask("SELECT pg_database_size('postgres')"))
        step("forget", ["forget", batch])
    finally:
        postgres.stop()
        arrivals.kill()
        arrivals.wait()
    print(json.dumps({"machine": report.machine(), "rows": rows, "workers": arguments.workers, "steps": steps,
                      "disk bytes a row": round(disk / rows)}, indent=1))
    shutil.rmtree(WORK, ignore_errors=True)


if __name__ == "__main__":
    main()

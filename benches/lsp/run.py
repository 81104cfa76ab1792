#!/usr/bin/env python3
"""From a keystroke to its diagnostics: `pyi lsp` over stdio, in a folder of many endpoints. With --peer, the yaml-language-server and the
JSON Schema do the same in turns; it sees one file. Prints a table for docs/BENCHMARKS.md.

    cargo build --release -p pyi-cli && benches/lsp/run.py [--endpoints 500] [--keystrokes 200] [--peer PATH/TO/yaml-language-server]
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile
import threading
import time
import queue

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class Server:
    """A language server, and what it publishes."""

    def __init__(self, command, folder):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.published = queue.Queue()
        self.answers = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()
        self.send("initialize", {"processId": None, "rootUri": folder.as_uri(), "capabilities": {"textDocument": {"publishDiagnostics": {}}}}, 1)
        self.answers.get(timeout=60)
        self.send("initialized", {})

    def send(self, method, params, number=None):
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        if number is not None:
            message["id"] = number
        body = json.dumps(message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def read(self):
        while True:
            length = 0
            while (line := self.process.stdout.readline().strip()):
                name, value = line.split(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if not length:
                return
            message = json.loads(self.process.stdout.read(length))
            if message.get("method") == "textDocument/publishDiagnostics":
                self.published.put((time.perf_counter(), message["params"]))
            elif "method" in message and "id" in message:  # a question to the editor, which has no answer
                body = json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": None}).encode()
                self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
                self.process.stdin.flush()
            elif "id" in message:
                self.answers.put(message)

    def until(self, uri, is_faulty):
        """The moment when the file has faults, or none."""
        while True:
            moment, params = self.published.get(timeout=60)
            if params["uri"] == uri and bool(params["diagnostics"]) == is_faulty:
                return moment

    def stop(self):
        self.process.kill()
        self.process.wait()


def folder_of(count, where):
    """A spec with so many endpoints."""
    (where / "endpoints").mkdir(parents=True)
    (where / "provider.yaml").write_text((ROOT / "spec/provider.yaml").read_text())
    text = (ROOT / "spec/endpoints/id_card_two_factor.yaml").read_text()
    text = text.replace("../../cli/schema/endpoint.json", (ROOT / "cli/schema/endpoint.json").as_uri())
    for number in range(count):
        (where / f"endpoints/e{number}.yaml").write_text(text.replace("/pyi/62/169", f"/pyi/62/{1000 + number}"))
    return where / f"endpoints/e{count // 2}.yaml"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--endpoints", type=int, default=500)
    arguments.add_argument("--keystrokes", type=int, default=200)
    arguments.add_argument("--program", default=str(ROOT / "target/release/pyi"))
    arguments.add_argument("--peer")
    arguments = arguments.parse_args()
    commands = {"pyi": [arguments.program, "lsp"]}
    if arguments.peer:
        commands["yaml-language-server"] = [arguments.peer, "--stdio"]
    with tempfile.TemporaryDirectory() as where:
        folder = pathlib.Path(where).resolve()
        file = folder_of(arguments.endpoints, folder)
        uri, good = file.as_uri(), file.read_text()
        bad = good.replace("effect: query", "effect: qeury")
        assert bad != good
        servers = {name: Server(command, folder) for name, command in commands.items()}
        times = {name: [] for name in servers}
        for server in servers.values():
            server.send("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "yaml", "version": 1, "text": bad}})
            server.until(uri, True)
        for version in range(2, arguments.keystrokes + 2):
            is_faulty = version % 2 == 1
            for name, server in servers.items():
                began = time.perf_counter()
                server.send("textDocument/didChange", {"textDocument": {"uri": uri, "version": version},
                                                       "contentChanges": [{"text": bad if is_faulty else good}]})
                times[name].append((server.until(uri, is_faulty) - began) * 1000)
        for server in servers.values():
            server.stop()
    print(f"| {arguments.endpoints} endpoints, {arguments.keystrokes} keystrokes | median, ms | 95 of 100, ms | longest, ms |\n| --- | --- | --- | --- |")
    for name, all_times in times.items():
        all_times.sort()
        print(f"| {name} | {statistics.median(all_times):.1f} | {all_times[int(len(all_times) * 0.95)]:.1f} | {all_times[-1]:.1f} |")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""What a generated crate costs to build: ours and progenitor's, of the same endpoints, in turns.

    benches/compile/run.py [--sizes 1,10,100,500] [--rounds 3] [--keep]
    benches/compile/run.py --dry --sizes 100 --kinds progenitor,progenitor-allof

N endpoints of the shape of /pyi/62/169 go into a spec; `pyi export openapi --openapi 3.0` of that very spec is what progenitor reads.
Both crates have the same TLS (rustls with ring), and a program that calls one endpoint. Each measurement is the median of the rounds.
The kind progenitor-allof is progenitor with a document whose replies share their envelope by `allOf`.
Writes results.json and cost.svg beside this file, and the tables between the marks in docs/BENCHMARKS.md.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WORK = ROOT / "target" / "benches" / "compile"
PROGENITOR = "0.15.1"

sys.path.insert(0, str(HERE.parent))
import report  # noqa: E402

PYI_TOML = """[package]
name = "client"
version = "0.0.0"
edition = "2024"
[workspace]
[dependencies]
pyi-runtime = {{ path = "{root}/runtime", features = ["macros"] }}
tokio = {{ version = "1", default-features = false, features = ["macros", "rt"] }}
[profile.release]
strip = true
"""
PYI_LIB = 'pyi_runtime::provider!("spec");\n'
PYI_MAIN = """#[tokio::main(flavor = "current_thread")]
async fn main() {
    let client = client::Client::builder().base_url("https://localhost:1").app("1", pyi_runtime::Credentials::md5("secret")).build().unwrap();
    let person = client::Person0 { bank_id: "11010519491231002X".into(), bank_name: "张三".into() };
    println!("{:?}", client.person_0(&person).await.map(|reply| reply.billing()));
}
"""

PROGENITOR_TOML = """[package]
name = "client"
version = "0.0.0"
edition = "2024"
[workspace]
[dependencies]
progenitor = "={version}"
reqwest = {{ version = "0.13", default-features = false, features = ["rustls-no-provider", "json", "query", "form", "stream", "gzip"] }}
rustls = {{ version = "0.23", default-features = false, features = ["ring", "std", "tls12"] }}
serde = {{ version = "1", features = ["derive"] }}
tokio = {{ version = "1", default-features = false, features = ["macros", "rt"] }}
[profile.release]
strip = true
"""
PROGENITOR_LIB = 'progenitor::generate_api!("api.json");\n'
PROGENITOR_MAIN = """#[tokio::main(flavor = "current_thread")]
async fn main() {
    rustls::crypto::ring::default_provider().install_default().unwrap();
    let client = client::Client::new("https://localhost:1");
    let body = client::types::Person0Body {
        appid: "1".into(), bank_id: "11010519491231002X".into(), bank_name: "张三".into(),
        format: client::types::FormatJson::Json, sign: "signed elsewhere".into(), time: None,
    };
    println!("{:?}", client.person_0(&body).await.map(|reply| reply.into_inner().codeid));
}
"""


#: Unstable options for the generated crate alone: set for all of them, the variable would have their dependencies built anew.
UNSTABLE = {"RUSTC_WORKSPACE_WRAPPER": str(HERE / "unstable.sh")}


def endpoint(number, title="身份证二要素实名认证"):
    """An endpoint of the shape of /pyi/62/169: its file, with a path and a title of its own, POST and JSON alone."""
    text = (ROOT / "spec" / "endpoints" / "id_card_two_factor.yaml").read_text()
    text = re.sub(r"(?m)^path: .*$", f"path: /pyi/62/{number}", text)
    text = re.sub(r"(?m)^title: .*$", f"title: {title}", text)
    text = re.sub(r"(?m)^methods: .*$", "methods: [POST]", text)
    return re.sub(r"(?m)^formats: .*$", "formats: [json]", text)


def sharing_envelope(document):
    """The document with one schema for the envelope, which each reply extends by `allOf`."""
    schemas = document["components"]["schemas"]
    replies = [name for name in schemas if name.endswith(".Reply")]
    for name in replies:
        reply = schemas[name]
        payload = {"retdata": reply["properties"].pop("retdata")}
        schemas.setdefault("Envelope", reply)
        assert schemas["Envelope"] == reply, f"{name} has an envelope of its own"
        schemas[name] = {"allOf": [{"$ref": "#/components/schemas/Envelope"}, {"type": "object", "properties": payload}]}
    return document


class Crate:
    """A generated crate in a folder of its own. Crates of one kind share a target folder, and so what they depend on."""

    def __init__(self, kind, size):
        self.kind, self.size, self.folder = kind, size, WORK / f"{kind}-{size}"
        self.target = WORK / f"{kind}-target"

    def make(self, pyi):
        spec = self.folder / "spec"
        shutil.rmtree(self.folder / "src", ignore_errors=True)
        shutil.rmtree(spec, ignore_errors=True)
        (self.folder / "src").mkdir(parents=True)
        (spec / "endpoints").mkdir(parents=True)
        shutil.copy(ROOT / "spec" / "provider.yaml", spec / "provider.yaml")
        for number in range(self.size):
            (spec / "endpoints" / f"person_{number}.yaml").write_text(endpoint(number))
        if self.kind == "pyi":
            (self.folder / "Cargo.toml").write_text(PYI_TOML.format(root=ROOT))
            (self.folder / "build.rs").write_text('fn main() { println!("cargo::rerun-if-changed=spec"); }\n')
            lib, main = PYI_LIB, PYI_MAIN
        else:
            (self.folder / "Cargo.toml").write_text(PROGENITOR_TOML.format(version=PROGENITOR))
            lib, main = PROGENITOR_LIB, PROGENITOR_MAIN
            self.export(pyi)
        (self.folder / "src" / "lib.rs").write_text(lib)
        (self.folder / "src" / "main.rs").write_text(main)
        lock = WORK / f"{self.kind}.lock"
        if lock.exists():
            shutil.copy(lock, self.folder / "Cargo.lock")
        self.cargo("fetch")
        shutil.copy(self.folder / "Cargo.lock", lock)

    def export(self, pyi):
        document = subprocess.run([pyi, "export", "openapi", "--openapi", "3.0"], cwd=self.folder, check=True, capture_output=True)
        text = document.stdout.decode()
        if self.kind == "progenitor-allof":
            text = json.dumps(sharing_envelope(json.loads(text)), ensure_ascii=False)
        (self.folder / "api.json").write_text(text)

    def touch(self):
        os.utime(self.folder / "src" / "lib.rs")

    def edit(self, pyi, words):
        """One endpoint gets another title; for progenitor, the document is written anew, which is not timed."""
        (self.folder / "spec" / "endpoints" / "person_0.yaml").write_text(endpoint(0, words))
        if self.kind != "pyi":
            self.export(pyi)
            self.touch()

    def cargo(self, *arguments, env=None, output=subprocess.DEVNULL):
        """Runs cargo; gives wall seconds, and the peak memory in MiB of the largest process in it."""
        environment = {**os.environ, "CARGO_TARGET_DIR": str(self.target), "CARGO_INCREMENTAL": "1", **(env or {})}
        began = time.monotonic()
        child = subprocess.Popen(["cargo", *arguments], cwd=self.folder, env=environment, stdout=output, stderr=subprocess.PIPE)
        self.said = child.stderr.read().decode()
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.monotonic() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            sys.exit(f"{self.kind} of {self.size}: cargo {' '.join(arguments)} failed:\n{self.said[-4000:]}")
        return seconds, usage.ru_maxrss / 1024

    def expanded_lines(self):
        path = self.folder / "expanded.rs"
        with path.open("wb") as file:
            self.cargo("rustc", "--lib", "--profile", "check", "--", "-Zunpretty=expanded", env=UNSTABLE, output=file)
        with path.open("rb") as file:
            return sum(1 for _ in file)

    def expansion_seconds(self):
        """What of a check is the macro's own time: reading the spec or the document, and writing the code."""
        self.touch()
        self.cargo("rustc", "--lib", "--profile", "check", "--", "-Ztime-passes", env=UNSTABLE)
        return float(re.search(r"time:\s*([0-9.]+).*\bmacro_expand_crate\b", self.said).group(1))

    def crates(self):
        tree = subprocess.run(["cargo", "tree", "--prefix", "none", "-e", "normal,build", "--target", "x86_64-unknown-linux-gnu"],
                              cwd=self.folder, check=True, capture_output=True, text=True)
        names = {line.replace(" (*)", "").split(" (")[0] for line in tree.stdout.splitlines() if line}
        return len(names) - 1


def measure(sizes, rounds, pyi, kinds):
    """Every figure of the kinds, each a list of what the rounds gave."""
    crates = {(kind, size): Crate(kind, size) for size in sizes for kind in kinds}
    figures = {key: {} for key in crates}

    def note(key, name, value):
        figures[key].setdefault(name, []).append(value)

    for key, crate in crates.items():
        crate.make(pyi)
        if crate.size == min(sizes):
            note(key, "crates", crate.crates())
    smallest = [crate for crate in crates.values() if crate.size == min(sizes)]
    for _ in range(rounds):
        for crate in smallest:
            shutil.rmtree(crate.target, ignore_errors=True)
            note((crate.kind, crate.size), "cold build s", crate.cargo("build")[0])
            print("cold", crate.kind, round(figures[crate.kind, crate.size]["cold build s"][-1], 1), flush=True)
    for key, crate in crates.items():
        crate.cargo("check")
        crate.cargo("build", "--release")
        binary = crate.target / "release" / "client"
        note(key, "binary KiB", binary.stat().st_size / 1024)
        note(key, "expanded lines", crate.expanded_lines())
        crate.cargo("check")
    for turn in range(rounds):
        for size in sizes:
            for kind in kinds:
                key, crate = (kind, size), crates[kind, size]
                crate.touch()
                seconds, memory = crate.cargo("check")
                note(key, "check s", seconds)
                note(key, "check MiB", memory)
                crate.edit(pyi, f"二要素 {turn} {time.time_ns()}")
                note(key, "check after an edit s", crate.cargo("check")[0])
                note(key, "macro s", crate.expansion_seconds())
                crate.touch()
                seconds, memory = crate.cargo("build", "--release")
                note(key, "release s", seconds)
                note(key, "release MiB", memory)
                print(key, {name: round(values[-1], 2) for name, values in figures[key].items()}, flush=True)
    return {f"{kind} {size}": {name: statistics.median(values) for name, values in named.items()}
            for (kind, size), named in figures.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1,10,100,500")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kinds", default="pyi,progenitor", help="others than the default need --dry")
    parser.add_argument("--keep", action="store_true", help="keep the crates and their target folders")
    parser.add_argument("--dry", action="store_true", help="measure, and write nothing")
    given = parser.parse_args()
    sizes = sorted(int(size) for size in given.sizes.split(","))
    subprocess.run(["cargo", "build", "--quiet", "--bin", "pyi"], cwd=ROOT, check=True)
    WORK.mkdir(parents=True, exist_ok=True)
    figures = measure(sizes, given.rounds, ROOT / "target" / "debug" / "pyi", given.kinds.split(","))
    results = {"machine": report.machine(), "rounds": given.rounds, "sizes": sizes, "progenitor": PROGENITOR, "figures": figures}
    if given.dry:
        print(json.dumps(results, indent=1))
    else:
        (HERE / "results.json").write_text(json.dumps(results, indent=1) + "\n")
        report.compile_time(results)
    if not given.keep:
        shutil.rmtree(WORK)


if __name__ == "__main__":
    main()

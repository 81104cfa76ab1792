"""Writes what the benches measured into docs/BENCHMARKS.md, between marks of their own, and draws the plot."""

import os
import pathlib
import platform
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "BENCHMARKS.md"

#: Rows of the table of compile time: the figure, its name, the goal as a ratio to progenitor at the largest size.
COMPILE = [
    ("check s", "check after a touch, s", "1/8"),
    ("check after an edit s", "check after an edit of one endpoint, s", ""),
    ("macro s", "of a check, the macro itself, s", ""),
    ("release s", "release build after a touch, s", "1/10"),
    ("check MiB", "peak memory of a check, MiB", "1/4"),
    ("release MiB", "peak memory of a release build, MiB", "1/4"),
    ("expanded lines", "expanded lines", "1/7"),
    ("binary KiB", "stripped program, KiB", ""),
]
SMALLEST = [("cold build s", "cold build, s"), ("crates", "crates in the tree")]


def machine():
    """The shape of the machine, in one line."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    rustc = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    return f"{os.cpu_count()} cores ({model}), {memory:.0f} GiB, Rust {rustc}"


def environment():
    """The variables that the benches run with: this program's own, and no colours in what cargo prints."""
    return {**os.environ, "CARGO_TERM_COLOR": "never"}


def between(mark, text):
    """Puts a text between the marks of its name."""
    page = PAGE.read_text(encoding="utf-8")
    begin, end = f"<!-- {mark} -->", f"<!-- end of {mark} -->"
    head, rest = page.split(begin, 1)
    _, tail = rest.split(end, 1)
    PAGE.write_text(f"{head}{begin}\n\n{text.strip()}\n\n{end}{tail}", encoding="utf-8")


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def number(value):
    return f"{value:.2f}" if value < 10 else f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def ratio(ours, theirs):
    """A ratio as its reader says it."""
    return f"1/{theirs / ours:.1f}" if ours < theirs else f"{ours / theirs:.2f}"


#: Rows of the table of instructions: ours, what it is held against, what it is, the goal.
CALLS = [
    ("encode_pyi pyi", "encode_floor floor", "encode and sign 62/169", "≤ 1.3"),
    ("decode_pyi plain", "decode_serde plain", "decode its reply", "≤ 1.0"),
    ("decode_pyi plain", "decode_untagged plain", "by hand with an untagged enum", ""),
    ("decode_pyi escaped", "decode_serde escaped", "the same, in `\\u` escapes", "≤ 1.0"),
    ("decode_pyi escaped", "decode_untagged escaped", "by hand with an untagged enum", ""),
    ("list_pyi mebibyte", "list_serde mebibyte", "decode a list of 1 MiB", "≤ 1.0"),
]


def gate(figures):
    rows = []
    for ours, theirs, name, goal in CALLS:
        ours, theirs = figures[f"instructions {ours}"], figures[f"instructions {theirs}"]
        rows.append([name, f"{ours:,}", f"{theirs:,}", f"{ours / theirs:.2f}", goal])
    text = table(["instructions", "pyi", "by hand", "ratio", "goal"], rows)
    allocations = {name: figures[f"allocations {name}"] for name in ("encode_pyi", "decode_pyi", "decode_serde")}
    text += f"\n\nAllocations: {allocations['encode_pyi']} to encode and sign (goal ≤ 2), "
    text += f"{allocations['decode_pyi']} to decode ({allocations['decode_serde']} by hand). "
    text += f"`pyi expand` prints {figures['lines of the shipped spec']:,} lines."
    between("call", text)


def whole(results):
    figures = results["figures"]
    rows = []
    for key, of in figures.items():
        server, client, in_flight = key.split(" ")
        if server != "axum":
            continue
        hand = figures.get(f"axum reqwest {in_flight}", of)
        rows.append([in_flight, client, number(of["calls_s"]), f"{of['calls_s'] / hand['calls_s']:.2f}",
                     number(of["p50_us"]), number(of["p99_us"]), number(of["calls_core_s"])])
    rows.sort(key=lambda row: int(row[0]))
    head = ["in flight", "client", "calls a second", "to reqwest by hand", "p50, µs", "p99, µs", "calls a core-second"]
    text = table(head, rows)
    rows = []
    for in_flight in (1, 8, 64):
        of = [figures[f"{server} reqwest {in_flight}"]["calls_s"] for server in ("sandbox", "axum")]
        rows.append([in_flight, *(number(value) for value in of), f"{of[0] / of[1]:.2f}", "≥ 0.5"])
    text += "\n\n" + table(["in flight", "the sandbox, calls a second", "bare axum", "ratio", "goal"], rows)
    text += f"\n\nMedian of 120 rounds of 2,000 calls in turns (PHP and Python: 1,000 calls, a connection each); {results['machine']}."
    between("whole", text)


def batch(results):
    rows = []
    for way in results["ways"]:
        answers = f"after {way['delay ms']} ms" if way["delay ms"] else "at once"
        rows.append([answers, way["in flight"], number(way["bare rows_s"]), number(way["batch rows_s"]), f"{way['ratio']:.2f}", "≥ 0.8",
                     number(way["syncs a thousand rows"])])
    head = ["the server answers", "in flight", "bare loop, rows a second", "batch, rows a second", "ratio", "goal", "syncs a thousand rows"]
    text = table(head, rows)
    long = results["long"]
    tenths = ", ".join(f"{value:.0f}" for value in long["MiB at tenths"])
    text += f"\n\n{long['rows']:,} rows, 64 in flight, a server that answers at once: {number(long['rows_s'])} rows a second, ledger "
    text += f"{number(long['ledger MiB'])} MiB; resident memory at each tenth of the run {tenths} MiB, {number(long['peak MiB'])} MiB at its "
    text += f"peak (goal: flat, and ≤ 64). Median of three rounds in turns; {results['machine']}."
    between("batch", text)


def compile_time(results):
    sizes, figures = results["sizes"], results["figures"]
    largest, smallest = sizes[-1], sizes[0]
    rows = []
    for key, name, goal in COMPILE:
        for kind in ("pyi", "progenitor"):
            row = [name if kind == "pyi" else "", kind]
            row += [number(figures[f"{kind} {size}"][key]) for size in sizes]
            ours, theirs = (figures[f"{other} {largest}"][key] for other in ("pyi", "progenitor"))
            row += [ratio(ours, theirs), goal] if kind == "pyi" else ["", ""]
            rows.append(row)
    text = table(["", "", *(f"N={size}" for size in sizes), f"ratio at {largest}", "goal"], rows)
    rows = []
    for key, name in SMALLEST:
        ours, theirs = (figures[f"{kind} {smallest}"][key] for kind in ("pyi", "progenitor"))
        rows.append([name, number(ours), number(theirs), ratio(ours, theirs), "below progenitor's"])
    text += "\n\n" + table([f"N={smallest}", "pyi", "progenitor", "ratio", "goal"], rows)
    if {100, 500} <= set(sizes):
        rows = []
        for key, name in [("check s", "check"), ("release s", "release build"), ("expanded lines", "expanded lines")]:
            growth = [figures[f"{kind} 500"][key] / figures[f"{kind} 100"][key] for kind in ("pyi", "progenitor")]
            rows.append([name, *(f"{value:.2f}" for value in growth), "≤ 5.5"])
        text += "\n\n" + table(["growth from 100 to 500", "pyi", "progenitor", "goal"], rows)
    per = figures[f"pyi {largest}"]["expanded lines"] / largest, figures[f"progenitor {largest}"]["expanded lines"] / largest
    text += f"\n\nExpanded lines an endpoint at N={largest}: {per[0]:.0f} and {per[1]:.0f}. "
    text += f"Median of {results['rounds']} rounds in turns; progenitor {results['progenitor']}; {results['machine']}."
    between("compile", text)
    (HERE / "compile" / "cost.svg").write_text(plot(results), encoding="utf-8")


def plot(results):
    """Seconds over N for both generators, check and release side by side, as SVG."""
    width, height, margin = 360, 240, 46
    sizes, figures = results["sizes"], results["figures"]
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * width} {height + 34}" font-family="sans-serif" font-size="11">',
             f'<rect width="{2 * width}" height="{height + 34}" fill="#fff"/>']
    colours = {"pyi": "#0a7d55", "progenitor": "#b5541c"}
    for index, (key, name) in enumerate([("check s", "check after a touch, seconds"), ("release s", "release build after a touch, seconds")]):
        left = index * width
        most = max(figures[f"{kind} {size}"][key] for kind in colours for size in sizes) * 1.1

        def place(size, value, left=left, most=most):
            x = left + margin + (width - margin - 16) * size / sizes[-1]
            return x, height - 24 - (height - 60) * value / most

        zero, corner = place(0, 0), place(sizes[-1], 0)
        parts.append(f'<text x="{left + margin}" y="20" font-size="13">{name}</text>')
        parts.append(f'<path d="M{zero[0]:.1f},{place(0, most)[1]:.1f} V{zero[1]:.1f} H{corner[0]:.1f}" fill="none" stroke="#888"/>')
        for size in sizes[-2:]:
            x, y = place(size, 0)
            parts.append(f'<text x="{x:.1f}" y="{y + 14:.1f}" text-anchor="middle">{size}</text>')
        for part in (0.5, 1.0):
            x, y = place(0, most / 1.1 * part)
            parts.append(f'<text x="{x - 5:.1f}" y="{y + 4:.1f}" text-anchor="end">{number(most / 1.1 * part)}</text>')
        for kind, colour in colours.items():
            points = [place(size, figures[f"{kind} {size}"][key]) for size in sizes]
            line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
            parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
    for index, (kind, colour) in enumerate(colours.items()):
        x = margin + 130 * index
        parts.append(f'<circle cx="{x}" cy="{height + 14}" r="4" fill="{colour}"/><text x="{x + 9}" y="{height + 18}">{kind}</text>')
    parts.append(f'<text x="{2 * width - 16}" y="{height + 18}" text-anchor="end">endpoints</text></svg>')
    return "\n".join(parts) + "\n"

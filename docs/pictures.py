#!/usr/bin/env python3
"""Makes the pictures of README from the real program: the sandbox's page, and a batch on a terminal.

    docs/pictures.py

Needs Chromium, a font with Chinese characters (`fonts-wqy-zenhei` on Debian), and `cargo build` before it. The people are those of the specification's examples, and invented ones.
"""

import fcntl
import html
import json
import os
import pathlib
import pty
import re
import select
import struct
import subprocess
import tempfile
import termios
import time
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
PYI = ROOT / "target" / "debug" / "pyi"
COLUMNS, ROWS = 100, 24


def page():
    """The sandbox's page, as a browser shows it."""
    sandbox = subprocess.Popen([PYI, "sandbox", "--spec", ROOT / "spec"], stdout=subprocess.PIPE, text=True)
    try:
        text = ""
        while not (found := re.search(r"http://127\.0\.0\.1:\d+", text)):
            line = sandbox.stdout.readline()
            assert line, f"the sandbox ended: {text}"
            text += line
        with tempfile.TemporaryDirectory() as profile:
            subprocess.run(
                ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={profile}",
                 "--lang=en", "--window-size=1100,760", "--virtual-time-budget=4000", f"--screenshot={PICTURES / 'page.png'}",
                 found.group() + "/"],
                check=True, stderr=subprocess.DEVNULL)
    finally:
        sandbox.terminate()
        sandbox.wait()


def terminal(command, folder):
    """What a command shows on a terminal: its screens, one after another, each a list of lines."""
    process, descriptor = pty.fork()
    if process == 0:
        os.chdir(folder)
        os.execvpe(command[0], command, {**os.environ, "TERM": "xterm-256color", "XDG_STATE_HOME": folder})
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    screens, lines, cursor = [], [""], 0
    while True:
        try:
            ready, _, _ = select.select([descriptor], [], [], 30)
            read = os.read(descriptor, 65536).decode("utf-8", "replace") if ready else ""
        except OSError:
            break
        if not read:
            break
        # The program moves in its last line alone: back to its beginning, and on to the next.
        for part in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|\r|\n|[^\x1b\r\n]+", read):
            if part == "\n":
                lines.append("")
                cursor = 0
            elif part == "\r":
                cursor = 0
            elif part.startswith("\x1b["):
                if part.endswith("K"):
                    lines[-1] = "" if part[2:-1] == "2" else lines[-1][:cursor]
            else:
                lines[-1] = lines[-1][:cursor] + part + lines[-1][cursor + len(part):]
                cursor += len(part)
        screens.append([line.rstrip() for line in lines])
    os.waitpid(process, 0)
    return screens


def svg(lines, path):
    """Lines of a terminal as a picture."""
    def cells(text):
        return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)

    width = max(cells(line) for line in lines) * 8.4 + 32
    height = len(lines) * 20 + 28
    rows = "\n".join(
        f'<text x="16" y="{30 + 20 * number}" xml:space="preserve">{html.escape(line)}</text>' for number, line in enumerate(lines))
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" role="img">\n'
        '<rect width="100%" height="100%" rx="8" fill="#1e2127"/>\n'
        '<g fill="#d7dae0" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="14">\n'
        f"{rows}\n</g>\n</svg>\n", encoding="utf-8")


def wrapped(line):
    """A line in pieces that a picture has room for."""
    words, pieces = line.split(" "), [""]
    for word in words:
        if len(pieces[-1]) + len(word) >= COLUMNS and pieces[-1].strip():
            pieces.append("    ")
        pieces[-1] += word if not pieces[-1].strip() else f" {word}"
    return pieces


def batch():
    """A batch of invented people on the sandbox: its progress, and its summary."""
    with tempfile.TemporaryDirectory() as folder:
        people = pathlib.Path(folder) / "people.csv"
        people.write_text("姓名,身份证号\n" + "".join(f"张{row}号,11010519491231002X\n" for row in range(200)), encoding="utf-8")
        command = [str(PYI), "batch", "run", "people.csv", "--endpoint", "id_card_two_factor", "-o", "results.csv",
                   "--budget", "100.00", "--concurrency", "4", "--per-second", "60", "--sandbox"]
        screens = terminal(command, folder)
    middle = next(screen for screen in screens if any(re.search(r"\b1[0-4]\d/200 rows", line) for line in screen))
    bar = next(line for line in middle if "/200 rows" in line)
    summary = [line for line in screens[-1] if line and "/200 rows" not in line]
    typed = ["$ pyi " + " ".join(command[1:9]) + " \\", "    " + " ".join(command[9:])]
    shown = [piece for line in [*typed, bar, "", *summary] for piece in wrapped(line)]
    svg(shown, PICTURES / "batch.svg")
    print(json.dumps(shown, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    page()
    batch()

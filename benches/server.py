"""A server of pyi-whole in a process of its own, for as long as a bench needs it."""

import json
import subprocess


class Server:
    """What it prints first says where it is, and whom it knows: `url`, `app`, `secret`."""

    def __init__(self, program, *arguments):
        self.process = subprocess.Popen([program, *arguments], stdout=subprocess.PIPE, text=True)
        self.at = json.loads(self.process.stdout.readline())

    def __enter__(self):
        return self.at

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def account(at):
    """Where a server is, and whom it knows, as arguments of a program."""
    return [at["url"], at["app"], at["secret"]]

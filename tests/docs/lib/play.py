"""Runs every command of the pages that are named, on hosts that the lab makes, and holds the answers against the pages. Counts commands, and says what it did not run, and why."""
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pages

ROOT = Path(__file__).resolve().parents[3]
HERE = ROOT / "tests" / "docs"
PATIENCE = 40
AT_ONCE = 2
EXCEPTIONS = [line.split("\t") for line in (HERE / "exceptions.tsv").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


class Wrong(Exception):
    pass


class Shell:
    """A shell on a host: commands go in, their lines and exit codes come out."""

    def __init__(self, lab, host):
        self.lab, self.lines, self.changed = lab, [], threading.Condition()
        self.process = subprocess.Popen(
            lab.command(f'on {host} bash --norc --noprofile'), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace", bufsize=1)
        threading.Thread(target=self._read, daemon=True).start()
        self.run("cd", PATIENCE)

    def _read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line.rstrip("\n"))
                self.changed.notify_all()
        with self.changed:
            self.lines.append(None)
            self.changed.notify_all()

    def run(self, command, seconds):
        mark = f"::{time.monotonic_ns()}::"
        with self.changed:
            self.lines.clear()
        self.process.stdin.write(f"{command}\nprintf '\\n%s%s\\n' '{mark}' \"$?\"\n")
        self.process.stdin.flush()
        said = self._until(lambda lines: any(line is None or line.startswith(mark) for line in lines), seconds, command)
        at = next(i for i, line in enumerate(said) if line is None or line.startswith(mark))
        if said[at] is None:
            raise Wrong(f"the shell ended in: {command}")
        return said[:at], int(said[at].removeprefix(mark))

    def start(self, command, expected, seconds):
        """What stays: it has come up when it has said what the page says, whatever it says in between."""
        with self.changed:
            self.lines.clear()
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        loose = [part for line in expected for part in ("…", line)] + ["…"]
        self._until(lambda lines: pages.fits([line for line in lines if line], loose) is None, seconds, command, expected)

    def _until(self, holds, seconds, command, expected=()):
        end = time.monotonic() + seconds
        with self.changed:
            while not holds(self.lines):
                if not self.changed.wait(end - time.monotonic()) and time.monotonic() >= end:
                    raise Wrong("\n    ".join([f"not within {seconds} s: {command}", *expected, "it said:", *(line or "" for line in self.lines[-20:])]))
            return list(self.lines)


class Lab:
    """The hosts of one page."""

    def __init__(self, number):
        self.name, self.folder, self.shells, self.staying = f"cd{os.getpid()}{number}", tempfile.TemporaryDirectory(prefix="concentrator-docs."), {}, 0
        self.work = Path(self.folder.name)
        self.work.chmod(0o711)
        program = self.work / "bin" / "concentrator"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec dotnet {ROOT}/src/Concentrator/bin/Release/net10.0/concentrator.dll "$@"\n')
        program.chmod(0o755)

    def command(self, text):
        return ["env", f"LAB={self.name}", f"WORK={self.work}", f"ROOT={ROOT}", "bash", "-c", f'set -uo pipefail; . "{HERE}/lib/lab.sh"; {text}']

    def do(self, text, given=None):
        log = self.work / "lab.log"
        with log.open("w", encoding="utf-8") as out:
            done = subprocess.run(self.command(f"set -e\n{text}"), input=given, text=True, stdout=out, stderr=subprocess.STDOUT, timeout=2 * PATIENCE, check=False)
        if done.returncode != 0:
            raise Wrong(f"the lab: {text}\n    " + "\n    ".join(log.read_text(encoding="utf-8").splitlines()[-20:]))

    def shell(self, host):
        if host not in self.shells:
            self.shells[host] = Shell(self, host)
        return self.shells[host]

    def leave(self, host):
        """What stays has its terminal; the reader opens another."""
        self.staying += 1
        self.shells[f"{host} {self.staying}"] = self.shells.pop(host)

    def close(self):
        for shell in self.shells.values():
            shell.process.kill()
        subprocess.run(self.command("lab_down"), check=False, timeout=PATIENCE)
        self.folder.cleanup()


def exception(command):
    return next((reason for pattern, reason in EXCEPTIONS if re.search(pattern, command)), None)


def play_block(page, lab, block, counts, out):
    where = f"{page.path.name}:{block.line}"
    if block.file:
        host, path = block.file.split(":", 1)
        lab.do(f"put {host} {path}", "\n".join(block.lines) + "\n")
        return
    if block.language not in pages.SHELLS:
        return
    commands = block.commands()
    if not commands:
        raise Wrong(f"{where}: a block of commands without one")
    instead = list(block.instead)
    for command in commands:
        last = command is commands[-1]
        reason = exception(command.text)
        if reason:
            counts["excepted"] += 1
            stand_in = instead.pop(0) if instead else None
            out.append(f"   not run: {page.path.name}:{command.line}: {command.text.splitlines()[0]} ({reason}{'; the lab does: ' + stand_in if stand_in else ''})")
            if stand_in:
                lab.do(stand_in)
            continue
        host = command.host or (page.lab and re.search(r"\bhost (\w+)", page.lab)[1])
        if not host:
            raise Wrong(f"{where}: a page with commands says on which hosts: <!-- lab: … -->")
        play_command(lab, host, command, block.run, last)
        counts["run"] += 1
    if instead:
        raise Wrong(f"{where}: 'instead' of nothing: {instead[0]}")


def play_command(lab, host, command, run, last):
    shell = lab.shell(host)
    if "stays" in run and last:
        shell.start(command.text, command.output, PATIENCE)
        lab.leave(host)
        return
    end = time.monotonic() + PATIENCE
    while True:
        said, code = shell.run(command.text, PATIENCE)
        missed = pages.fits(said, command.output) if command.output or "quiet" in run else None
        fails = "fails" in run and last
        if missed is None and (code != 0) == fails:
            return
        if "again" not in run or time.monotonic() > end:
            what = f"the page says: {missed}" if missed else f"exit code {code}"
            raise Wrong(f"line {command.line}: {command.text}\n    {what}\n    it said:\n    " + "\n    ".join(line for line in said if line))
        time.sleep(0.3)


def play(chain, number):
    """The pages of a chain on the same hosts, one after the other: which of them hold, and what is to be said of them."""
    lab, held, out = Lab(number), 0, []
    try:
        for page in chain:
            counts, begin = {"run": 0, "excepted": 0}, time.monotonic()
            if page.lab and page is chain[0]:
                lab.do(page.lab)
            for block in page.blocks:
                play_block(page, lab, block, counts, out)
            out.append(f"ok {page.path.name}: {counts['run']} commands run, {counts['excepted']} not ({time.monotonic() - begin:.0f} s)")
            held += 1
    except (Wrong, subprocess.TimeoutExpired, OSError) as wrong:
        out.append(f"FAILED {page.path.name}: {wrong}")
        for log in sorted(lab.work.glob("*.log")):
            out.append(f"--- {log.name}")
            out += ["    " + line[:300] for line in log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]]
    finally:
        lab.close()
    return held, out


def chains(paths):
    """Pages, each followed by those that go on where it ends (<!-- lab: after PAGE -->)."""
    read = {path.name: pages.read(path) for path in paths}
    roots = [page for page in read.values() if not page.after]
    for page in read.values():
        if page.after and page.after not in read:
            raise pages.PageError(f"{page.path.name} goes on after {page.after}: name both")

    def following(page):
        return [page] + [later for other in read.values() if other.after == page.path.name for later in following(other)]

    return [following(page) for page in roots]


def main():
    paths = [Path(name) for name in sys.argv[1:]] or sorted((ROOT / "docs").glob("*.md"))
    try:
        todo = chains(paths)
        for path in paths:
            pages.check_links(path)
    except pages.PageError as wrong:
        print(f"FAILED {wrong}\ndocs: 0 passed, 1 failed")
        return 1
    held = 0
    # Most of the time a page waits for something: several at once, those with the most commands first.
    todo.sort(key=lambda chain: -sum(len(block.lines) for page in chain for block in page.blocks if block.language in pages.SHELLS))
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for passed, out in pool.map(play, todo, range(len(todo))):
            held += passed
            print("\n".join(out), flush=True)
    print(f"docs: {held} passed, {len(paths) - held} failed")
    return 0 if held == len(paths) > 0 else 1


if __name__ == "__main__":
    sys.exit(main())

"""Pages of docs/ as the steps that a reader would take: files to write and commands to run, with what the page says they answer."""
import re
from dataclasses import dataclass, field
from pathlib import Path

COMMENT = re.compile(r"^<!--\s*(lab|run|file|instead)\b:?[ \t]*(.*?)\s*-->$", re.S)
PROMPT = re.compile(r"^(?:([a-z][a-z0-9]*)# |\$ )(.*)$")
SHELLS = {"console", "sh", "bash", "shell"}
# What a page may show without anybody running it; a block that says nothing of itself might be a command.
TEXTS = {"swanctl", "json", "mermaid", "text", "ini", "toml", "yaml", "promql", "csharp", "http"}


@dataclass
class Command:
    line: int
    host: str | None
    text: str
    output: list[str] = field(default_factory=list)


@dataclass
class Block:
    line: int
    language: str
    lines: list[str]
    run: set[str] = field(default_factory=set)
    file: str | None = None
    instead: list[str] = field(default_factory=list)

    def commands(self) -> list[Command]:
        """In `console` what follows a prompt, and the lines until the next one are its answer; in others each line."""
        found: list[Command] = []
        continued = False
        for number, line in enumerate(self.lines, self.line + 1):
            prompt = PROMPT.match(line) if self.language == "console" else None
            if continued:
                found[-1].text += "\n" + line.removeprefix("> ")
            elif prompt:
                found.append(Command(number, prompt[1], prompt[2]))
            elif self.language != "console":
                if not line.strip() or line.startswith("#"):
                    continue
                found.append(Command(number, None, line))
            elif found:
                found[-1].output.append(line)
            else:
                raise PageError(f"line {number}: an answer without a command: {line}")
            continued = bool(found) and found[-1].text.endswith("\\") and (continued or prompt is not None or self.language != "console")
        return found


@dataclass
class Page:
    path: Path
    lab: str | None
    blocks: list[Block]

    @property
    def after(self) -> str | None:
        return self.lab.removeprefix("after ") if self.lab and self.lab.startswith("after ") else None


class PageError(Exception):
    pass


LINK = re.compile(r"\]\(([^)#]*)(#[^)]*)?\)")


def check_links(path: Path) -> None:
    """What a page links to is there, and so is the heading in it."""
    for target, heading in LINK.findall(path.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        file = path.parent / target if target else path
        if not file.exists():
            raise PageError(f"{path.name}: there is no {target}")
        if heading and heading[1:] not in anchors(file):
            raise PageError(f"{path.name}: there is no {heading} in {file.name}")


def anchors(file: Path) -> set[str]:
    heads = [line.lstrip("#").strip().lower() for line in file.read_text(encoding="utf-8").split("\n") if line.startswith("#")]
    return {re.sub(r"[^\w -]", "", head).replace(" ", "-") for head in heads}


def read(path: Path) -> Page:
    lab, blocks = None, []
    pending = Block(0, "", [])
    lines = path.read_text(encoding="utf-8").split("\n")
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.startswith("<!--"):
            end = next((i for i in range(at, len(lines)) if lines[i].endswith("-->")), None)
            if end is None:
                raise PageError(f"line {at + 1}: a comment without an end")
            comment = COMMENT.match("\n".join(lines[at:end + 1]))
            if comment and comment[1] == "lab":
                lab = comment[2].strip()
            elif comment and comment[1] == "run":
                pending.run |= set(comment[2].split())
            elif comment and comment[1] == "file":
                pending.file = comment[2]
            elif comment:
                pending.instead.append(comment[2])
            at = end
        elif line.startswith("```"):
            end = next((i for i in range(at + 1, len(lines)) if lines[i] == "```"), None)
            if end is None:
                raise PageError(f"line {at + 1}: a block without an end")
            pending.line, pending.language, pending.lines = at + 1, line[3:].strip(), lines[at + 1:end]
            if pending.language not in SHELLS | TEXTS:
                raise PageError(f"line {at + 1}: a block of '{pending.language}': is it run, or what is it?")
            unknown = pending.run - {"stays", "again", "fails", "quiet"}
            if unknown:
                raise PageError(f"line {at + 1}: run: {unknown}")
            blocks.append(pending)
            pending = Block(0, "", [])
            at = end
        elif line.strip() and (pending.run or pending.file or pending.instead):
            raise PageError(f"line {at + 1}: a comment for a block, and no block")
        at += 1
    return Page(path, lab, blocks)


# What is another one each time: times, what has a point or more than three digits, seconds, and what is written in hexadecimal digits. Addresses stay. Spaces and lines only draw.
VARIABLE = re.compile(
    r"(?P<address>\b\d{1,3}(?:\.\d{1,3}){3}\b)"
    r"|(?<![0-9A-Za-z])(?:[0-9a-f]{16}|[0-9a-f]{14}|[0-9a-f]{8}|(?=[a-f]*[0-9])[0-9a-f]{6,})(?![0-9A-Za-z]|\.\d)"
    r"|\d\d:\d\d:\d\d(?:\.\d+)?|\d+\.\d+|\d{4,}(?:-\d\d-\d\d)?|\d+(?=m?s\b)")
DRAWN = re.compile(r"[\s─│┌┐└┘├┤┬┴┼━┃╭╮╰╯╞╪╡═]+")


def plain(line: str) -> str:
    return DRAWN.sub(" ", VARIABLE.sub(lambda found: found["address"] or "#", line)).strip()


def fits(said: list[str], expected: list[str]) -> str | None:
    """None where it fits; else the line of the page that was missed. A line `…` stands for any lines, `…` in a line for any text."""
    rest = [plain(line) for line in said if plain(line)]
    loose = False
    for line in expected:
        if line.strip() == "…":
            loose = True
            continue
        if not plain(line):
            continue
        pattern = re.compile(".*".join(re.escape(plain(part)) for part in line.split("…")).replace("\\ ", " *"))
        while rest and loose and not pattern.fullmatch(rest[0]):
            rest.pop(0)
        if not rest or not pattern.fullmatch(rest[0]):
            return line
        rest.pop(0)
        loose = False
    return f"and no more: {rest[0]}" if rest and not loose else None

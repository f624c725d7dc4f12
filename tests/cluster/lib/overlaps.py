"""Reads what `ip -ts -o monitor address` told in the namespaces of several nodes, and exits with 1 when a service address was on two of them at once.

An address is on a node from when its kernel tells of it until it tells that it is deleted, or until a line `[time] halted`: who wrote it has ended the kernel. SLACK, in seconds, allows for the order in which two processes write down the time; a lab of guests sets its own.
"""
import os
import re
import sys
from datetime import datetime

SLACK = float(os.environ.get("SLACK", "0.025"))
LINE = re.compile(r"^\[(\S+)\] (Deleted )?\d+: eth0(?:@\S+?)?:?\s+inet6? ([0-9a-f.:]+)/\d+")
HALTED = re.compile(r"^\[(\S+)\] halted$")
SERVICE = re.compile(r"^(192\.0\.2\.10\d|2001:db8::10\d)$")


def intervals(path):
    begun, found = {}, []
    for line in open(path, encoding="ascii", errors="replace"):
        if halted := HALTED.match(line):
            end = datetime.fromisoformat(halted[1]).timestamp()
            found += [(address, at, end, path) for address, at in begun.items()]
            begun.clear()
        match = LINE.match(line)
        if not match or not SERVICE.match(match[3]):
            continue
        at, address = datetime.fromisoformat(match[1]).timestamp(), match[3]
        if not match[2]:
            begun.setdefault(address, at)
        elif address in begun:
            found.append((address, begun.pop(address), at, path))
    return found + [(address, at, float("inf"), path) for address, at in begun.items()]


def main(paths):
    everything = sorted(interval for path in paths for interval in intervals(path))
    if not everything:
        print("nothing was told")
        return 1
    bad = 0
    for i, (address, begin, end, path) in enumerate(everything):
        for other, start, stop, where in everything[i + 1:]:
            if other != address or path == where:
                continue
            both = min(end, stop) - start
            if both > SLACK:
                bad += 1
                print(f"{address} was on {path} and {where} for {both:.3f} s")
    return 1 if bad else 0


sys.exit(main(sys.argv[1:]))

"""A guest's clock and its host's: a guest that is kept from the processor loses time, half a second while it boots and more later. Run in a folder on the host's disk.

The host tells what time it is by that of a new file, to some milliseconds.
  host_clock.py set         sets the guest's clock
  host_clock.py addresses   what the guest's kernel tells of its addresses, by the host's clock, and without what only prolongs them
"""
import os
import subprocess
import sys
import time
from datetime import datetime, timedelta


def behind():
    """In nanoseconds: of several answers that in the middle."""
    found, name = [], f"clock.{os.getpid()}"
    for _ in range(7):
        begin = time.time_ns()
        os.close(os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        found.append(os.stat(name).st_mtime_ns - begin)
        os.unlink(name)
    return sorted(found)[3]


def set_clock():
    for _ in range(20):
        off = behind()
        if abs(off) < 6_000_000:
            break
        time.clock_settime_ns(time.CLOCK_REALTIME, time.time_ns() + off)


def addresses():
    there = set()
    monitor = subprocess.Popen(["ip", "-ts", "-o", "monitor", "address"], stdout=subprocess.PIPE, text=True)
    for line in monitor.stdout:
        words = line.split()
        gone = words[1] == "Deleted"
        key = (words[2 + gone], words[4 + gone])
        if gone != (key in there):
            continue
        (there.discard if gone else there.add)(key)
        at = datetime.fromisoformat(words[0][1:-1]) + timedelta(microseconds=behind() / 1000)
        print(f"[{at.isoformat(timespec='microseconds')}]{line[line.index(']') + 1:]}", end="", flush=True)


{"set": set_clock, "addresses": addresses}[sys.argv[1]]()

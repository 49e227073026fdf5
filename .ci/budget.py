"""Fail where tests take more of the processor than they may, and print the dearest tests and files.

It counts the processor's seconds, not the clock's, so a busy machine fails nothing. Every limit stands here.
What kernels take that a browser test starts is not in it: tests/browser/test_lessons.py looks at that itself.
"""

from __future__ import annotations

import sys
from collections import Counter
from xml.etree import ElementTree

TEST = 20  # seconds of one test, without what it shares with others
ROOM = {"vrx": 220, "reproduce": 100}  # of all tests of a room, with what they share
OTHER_ROOM = 90
ALL = 2 * 60 * 9  # two cores for 9 minutes
N_PRINTED = 20

own: Counter[str] = Counter()
rooms: Counter[str] = Counter()
files: Counter[str] = Counter()
for case in ElementTree.parse(sys.argv[1]).iter("testcase"):
    spent = {one.get("name"): float(one.get("value", 0)) for one in case.iter("property")}
    name = f"{case.get('classname')}.{case.get('name')}"
    own[name] = spent.get("call", 0.0)
    shared = spent.get("setup", 0.0) + spent.get("call", 0.0)
    rooms[name.split(".")[1]] += shared
    files[".".join(name.split(".")[:3])] += shared

print("the dearest tests, in seconds of the processor:")
for name, seconds in own.most_common(N_PRINTED):
    print(f"{seconds:7.1f}  {name}")
print("the dearest files, with what their tests share:")
for name, seconds in files.most_common(N_PRINTED):
    print(f"{seconds:7.1f}  {name}")
print("rooms, likewise:")
for room, seconds in rooms.most_common():
    print(f"{seconds:7.1f}  {room}")
print(f"{rooms.total():7.1f}  in all, of {ALL}")
over = [f"{name} took {seconds:.0f} of {TEST}" for name, seconds in own.items() if seconds > TEST]
limits = {room: ROOM.get(room, OTHER_ROOM) for room in rooms}
over += [f"{room} took {rooms[room]:.0f} of {most}" for room, most in limits.items() if rooms[room] > most]
over += [f"all took {rooms.total():.0f} of {ALL}"] if rooms.total() > ALL else []
if over or not rooms.total():
    sys.exit("over the budget of processor seconds: " + "; ".join(over or ["nothing was measured"]))

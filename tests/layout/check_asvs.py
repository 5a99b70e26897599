"""docs/asvs.md has each requirement of level 2 once, with a state, and every file that it names is there."""
import os
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
STATES = {"met", "partly", "no", "council", "n/a"}
# Of OWASP ASVS 4.0.3, without those that it says are deleted.
LEVEL_2 = """1.1:1-7 1.2:1-4 1.4:1,4-5 1.5:1-4 1.6:1-4 1.7:1-2 1.8:1-2 1.9:1-2 1.10:1 1.11:1-2 1.12:2 1.14:1-6 2.1:1-12 2.2:1-3 2.3:1-3
2.4:1-5 2.5:1-7 2.6:1-3 2.7:1-6 2.8:1-7 2.9:1-3 2.10:1-4 3.1:1 3.2:1-4 3.3:1-4 3.4:1-5 3.5:1-3 3.7:1 4.1:1-3,5 4.2:1-2 4.3:1-3 5.1:1-5
5.2:1-8 5.3:1-10 5.4:1-3 5.5:1-4 6.1:1-3 6.2:1-6 6.3:1-2 6.4:1-2 7.1:1-4 7.2:1-2 7.3:1,3-4 7.4:1-3 8.1:1-4 8.2:1-3 8.3:1-8 9.1:1-3
9.2:1-4 10.2:1-2 10.3:1-3 11.1:1-8 12.1:1-3 12.2:1 12.3:1-6 12.4:1-2 12.5:1-2 12.6:1 13.1:1,3-5 13.2:1-3,5-6 13.3:1-2 13.4:1-2 14.1:1-4
14.2:1-6 14.3:2-3 14.4:1-7 14.5:1-4"""


def spread(section, numbers):
    for part in numbers.split(","):
        first, _, last = part.partition("-")
        yield from ("%s.%d" % (section, n) for n in range(int(first), int(last or first) + 1))


wanted = [number for group in LEVEL_2.split() for number in spread(*group.split(":"))]
tracked = set(subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=TOP, capture_output=True, text=True,
                             check=True).stdout.split())
folders = {os.path.dirname(path) for path in tracked} | {os.path.dirname(os.path.dirname(path)) for path in tracked}
names = {os.path.basename(path) for path in tracked}
found, problems = [], []
with open(os.path.join(TOP, "docs/asvs.md"), encoding="utf-8") as f:
    for at, line in enumerate(f, 1):
        row = re.match(r"\| (\d+\.\d[^|]*) \|[^|]*\| ([^|]*) \|", line)
        if not row:
            continue
        if row.group(2) not in STATES:
            problems.append("line %d: \"%s\" is no state" % (at, row.group(2)))
        for part in row.group(1).split(", "):
            first, _, last = part.partition(" to ")
            section, number = first.rsplit(".", 1)
            found += spread(section, number + ("-" + last.rsplit(".", 1)[1] if last else ""))
        for path in re.findall(r"`([\w./-]+)`", line):
            if "/" in path and not path.startswith("/") and not any(("/" + there).endswith("/" + path) for there in tracked | folders):
                problems.append("line %d: there is no %s" % (at, path))
            if "/" not in path and re.search(r"\.(c|h|md)$", path) and path not in names:
                problems.append("line %d: there is no %s" % (at, path))
problems += ["%s is missing" % n for n in wanted if n not in found]
problems += ["%s is there and should not be" % n for n in sorted(set(found)) if n not in wanted or found.count(n) > 1]
print("\n".join(problems) or "%d requirements" % len(found))
sys.exit(1 if problems else 0)

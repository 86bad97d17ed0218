"""Where a server is and how to get in: address, user and database from options, environment or the workspace.

Every failure becomes one `StoreError` that says what to do; no message, log or representation holds a password.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from graph.errors import StoreError

if TYPE_CHECKING:
    import neo4j

SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
OLDEST = (5, 26)
"""The oldest version that the statements run on: 5.26 LTS."""
FILE = "neo4j.toml"
"""The file of a workspace with `uri`, `username`, `password`, `database`; only its owner may read it."""
_VARIABLES = {
    "uri": "NEO4J_URI",
    "username": "NEO4J_USERNAME",
    "password": "NEO4J_PASSWORD",
    "database": "NEO4J_DATABASE",
}


@dataclass(frozen=True, slots=True)
class Target:
    """A server and who enters it."""

    uri: str
    user: str = "neo4j"
    password: str | None = field(default=None, repr=False)
    database: str | None = None

    def __str__(self) -> str:
        return self.uri + (f" ({self.database})" if self.database else "")


def is_address(text: str) -> bool:
    """Whether a text is the address of a Neo4j server: `neo4j://…`, `bolt://…` and their encrypted forms."""
    return text.partition("://")[0] in SCHEMES and "://" in text


def target(
    address: str | None = None,
    *,
    user: str | None = None,
    password: str | None = None,
    database: str | None = None,
    workspace: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> Target:
    """The server to talk to: what is given here, else the environment, else `neo4j.toml` of the workspace.

    Raises:
        StoreError: no address is given anywhere, it is no address, it carries a password, or others than its
            owner may read the file with the password.
    """
    given = {"uri": address, "username": user, "password": password, "database": database}
    env = os.environ if environ is None else environ
    file = _file(workspace / FILE) if workspace else {}
    found = {name: given[name] or env.get(variable) or file.get(name) for name, variable in _VARIABLES.items()}
    uri = found["uri"]
    if not uri:
        raise StoreError(f"no Neo4j address; give one (neo4j://host:7687), set NEO4J_URI or write uri to {FILE}")
    parts = urlsplit(uri)
    if "@" in parts.netloc:
        raise StoreError("an address must not hold user or password; set NEO4J_USERNAME and NEO4J_PASSWORD")
    if not is_address(uri) or not parts.hostname:
        raise StoreError(f"{uri!r} is no address of a Neo4j server; write it as neo4j://host:7687 or bolt://host:7687")
    return Target(uri, found["username"] or "neo4j", found["password"], found["database"])


def _file(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise StoreError(f"{path}: others may read the password in it; run: chmod 600 {path}")
    try:
        cells = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        # the parser's own text may quote the line, and the line may hold the password
        raise StoreError(f'{path}: is not TOML; write lines such as uri = "neo4j://host:7687"') from (
            None if isinstance(error, tomllib.TOMLDecodeError) else error
        )
    wrong = sorted(set(cells) - set(_VARIABLES))
    if wrong or not all(isinstance(v, str) for v in cells.values()):
        raise StoreError(
            f"{path}: write texts named {', '.join(_VARIABLES)}" + (f", not {', '.join(wrong)}" if wrong else "")
        )
    return cells


@contextmanager
def said_plainly(target: Target, doing: str) -> Iterator[None]:
    """What the driver raises inside, as a `StoreError` that says where, what and what to do."""
    from neo4j import exceptions

    try:
        yield
    except exceptions.AuthError as error:
        raise StoreError(
            f"{target}: the server refused user {target.user!r} and the password; set NEO4J_USERNAME and NEO4J_PASSWORD"
        ) from error
    except (exceptions.ServiceUnavailable, exceptions.SessionExpired, OSError) as error:
        raise StoreError(f"{target}: {_UNREACHABLE[doing]}{_untrusted(target)}") from error
    except exceptions.ConfigurationError as error:
        raise StoreError(f"{target}: the address cannot be used; write it as neo4j://host:7687") from error
    except exceptions.Neo4jError as error:
        raise StoreError(f"{target}: {_explained(error, target, doing)}") from error
    except exceptions.DriverError as error:
        raise StoreError(f"{target}: the driver failed while {doing} ({type(error).__name__}); try again") from error


_UNREACHABLE = {
    "connecting": "no Neo4j server answers there; start it (make neo4j, or docker compose up), or correct the address",
    "reading": "the connection was lost while reading; see that the server runs and ask again",
    "pushing": "the connection was lost in mid-push; push again, it goes on from there and ends as a whole one",
}


def _untrusted(target: Target) -> str:
    """What to add where the address asks for encryption: a server without it looks like none."""
    scheme, plus, _ = target.uri.partition("://")[0].partition("+")
    return f"; a server without encryption wants {scheme}://" if plus else ""


def _explained(error: neo4j.exceptions.Neo4jError, target: Target, doing: str) -> str:
    code = error.code or ""
    text = (error.message or "").splitlines()[0][:300] if error.message else ""
    if "DatabaseNotFound" in code:
        return f"there is no database {target.database!r}; name another one (NEO4J_DATABASE), Community has only neo4j"
    if "ReadOnly" in code or "read only" in text or "read-only" in text or "FollowerWrites" in code:
        return "the database is read-only; push to another one, or set server.databases.default_to_read_only=false"
    if "DatabaseUnavailable" in code:
        return "the database is not there to be used now; see the logs of the server, and try again"
    if "ConstraintValidationFailed" in code or "ConstraintCreationFailed" in code:
        return "something that is there already has an id of ours; push to an empty database, or remove it first"
    if "AuthenticationRateLimit" in code:
        return "too many wrong passwords; wait some seconds, then set NEO4J_PASSWORD"
    if "CredentialsExpired" in code:
        return f"the password of user {target.user!r} must be changed first; do so in cypher-shell or Browser"
    if "Forbidden" in code or "Security" in code:
        return f"user {target.user!r} may not do this; ask whoever runs the server for the right to write"
    if "OutOfMemory" in code or "MemoryPool" in code or "MemoryLimit" in code:
        return "the server ran out of memory; give it more heap (server.memory.heap.max_size) and push again"
    return f"the server refused while {doing}: {text} ({code})"


def open_driver(found: Target) -> neo4j.Driver:
    """A driver whose server answers and is new enough.

    Raises:
        StoreError: unreachable, refused, or older than 5.26.
    """
    import neo4j

    with said_plainly(found, "connecting"):
        try:
            auth = (found.user, found.password) if found.password is not None else None
            driver = neo4j.GraphDatabase.driver(
                found.uri, auth=auth, connection_timeout=10, max_transaction_retry_time=20,
                notifications_min_severity="OFF", user_agent="repgraph",
            )  # fmt: skip
        except ValueError as error:
            raise StoreError(f"{found}: the address cannot be used; write it as neo4j://host:7687") from error
        try:
            driver.verify_connectivity()
            if found.database:
                driver.execute_query("RETURN 1", database_=found.database, routing_="r")
            check_version(found, driver.get_server_info().agent)
        except BaseException:
            driver.close()
            raise
    return driver


def check_version(found: Target, agent: str) -> None:
    """Nothing, if the server calls itself `Neo4j/5.26…` or newer.

    Raises:
        StoreError: it is older, or no Neo4j.
    """
    product, _, text = agent.partition("/")
    numbers = tuple(int(n) for n in text.split("-")[0].split(".")[:2] if n.isdigit())
    if product != "Neo4j" or numbers < OLDEST:
        raise StoreError(f"{found}: {agent} is too old; repgraph needs Neo4j {OLDEST[0]}.{OLDEST[1]} or newer")

"""The command `repgraph`: options in, one call, lines out. What a command prints is what one documented function returns."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from graph.analysis import Analysis, Option
    from graph.answers import Answer
    from graph.asking import Place
    from graph.bolt.place import Server
    from graph.workspace import Workspace

DEFAULT_WORKSPACE = "repgraph-data"
DEMO_WORKSPACE = "repgraph-demo"


@dataclass(frozen=True, slots=True)
class Settings:
    """The four options that every command takes, before or after its name; `at` is set by `asof`."""

    workspace: str | None = None
    store: str | None = None
    profile: str | None = None
    lang: str | None = None
    at: int | None = None

    @property
    def folder(self) -> Path:
        return Path(self.workspace or os.environ.get("REPGRAPH_WORKSPACE") or DEFAULT_WORKSPACE)

    @property
    def language(self) -> str:
        return self.lang or "en"

    def leaving(self) -> str:
        """The profile of what leaves the workspace."""
        return self.profile or "public"

    def staying(self) -> str:
        """The profile of an answer on the terminal: everything there is."""
        return self.profile or "internal"

    def open(self) -> Workspace:
        from graph.workspace import Workspace

        return Workspace.open(self.folder)


class Commands(click.Group):
    """A group that shows errors made for users as lines, in one place, and finds commands in the order they are written."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        from graph.errors import RepgraphError
        from ontology import UnknownTerm

        try:
            return super().invoke(ctx)
        except RepgraphError as error:
            _fail(error, 1)
        except (UnknownTerm, ValueError) as error:
            if os.environ.get("REPGRAPH_TRACEBACK"):
                raise
            _fail(error, 2)
        except BaseException as error:
            if not type(error).__module__.startswith(("polars", "pyo3")) or os.environ.get("REPGRAPH_TRACEBACK"):
                raise
            from graph.row_files import unreadable

            _fail(unreadable(error), 1)


def _fail(error: Exception, code: int) -> None:
    from graph.names import display

    for line in str(error).splitlines():
        click.echo(f"repgraph: {display(line)}", err=True)
    sys.exit(code)


def _common(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that every command takes."""
    options = [
        click.option(
            "--workspace", metavar="DIR", help="The workspace (else REPGRAPH_WORKSPACE, else ./repgraph-data)."
        ),
        click.option(
            "--store", metavar="ADDRESS", help="Ask a server (neo4j://HOST, bolt://HOST) instead of the workspace."
        ),
        click.option(
            "--profile", type=click.Choice(["public", "partner", "internal"]), help="Who may see what comes out."
        ),
        click.option("--lang", type=click.Choice(["en", "ru"]), help="Language of labels. JSON is the same in both."),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def _merged(given: dict[str, Any]) -> Settings:
    """The settings before the command, overridden by those after it."""
    context = click.get_current_context()
    before = context.find_object(Settings) or Settings()
    after = {k: v for k in ("workspace", "store", "profile", "lang") if (v := given.pop(k)) is not None}
    return replace(before, **after)


def command(name: str | None = None, **options: Any) -> Callable[[Callable[..., Any]], click.Command]:
    """A command whose first argument is the settings."""

    def wrap(function: Callable[..., Any]) -> click.Command:
        @functools.wraps(function)
        def call(**given: Any) -> Any:
            return function(_merged(given), **given)

        return main.command(name, **options)(_common(call))

    return wrap


def _forms(function: Callable[..., Any]) -> Callable[..., Any]:
    said = {
        "table": "Draw the table in a pipe too, with the columns that fit.",
        "csv": "Print CSV, all columns.",
        "json": "Print JSON, all columns.",
    }
    for kind, text in said.items():
        function = click.option(f"--{kind}", "form", flag_value=kind, help=text)(function)
    return function


def answers(function: Callable[..., Answer]) -> Callable[..., None]:
    """Print what a command returns: drawn on a terminal, tab-separated in a pipe, `--table`, `--csv` or `--json`."""

    @_forms
    @functools.wraps(function)
    def call(settings: Settings, form: str | None = None, **given: Any) -> None:
        _print(function(settings, **given), form, settings.language)

    return call


def _print(answer: Answer, form: str | None, lang: str) -> None:
    from graph import answers as forms

    if form == "json":
        click.echo(forms.as_json(answer), nl=False)
    elif form == "csv":
        click.echo(forms.as_csv(answer), nl=False)
    elif form == "table" or sys.stdout.isatty():
        from rich.console import Console

        from visualizations.terminal import draw

        draw(answer, Console(), lang=lang)
    else:
        click.echo(forms.as_tsv(answer), nl=False)
    _tell(answer)


def _tell(answer: Answer) -> None:
    for note in answer.notes:
        _note(note)
    left_out = ", ".join(f"{n} {reason.replace('_', ' ')}" for reason, n in answer.left_out.items() if n)
    if left_out:
        _note(f"left out: {left_out}")


def _note(text: str) -> None:
    from graph.names import display

    click.echo(display(text), err=True)


def _server(settings: Settings, address: str) -> Server:
    """The server at an address, let go when the command ends; what it may not show is told."""
    from graph.bolt.place import Server

    server = Server.at(address, settings.folder)
    click.get_current_context().call_on_close(server.store.close)
    for note in server.told(settings.folder):
        _note(note)
    return server


@contextmanager
def _progress() -> Iterator[Callable[[str, int], None]]:
    """A line on standard error for work that takes over a second."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda step, done: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed:,}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda step, done: bar.update(task, description=step, completed=done)


def _place(settings: Settings) -> Place:
    """Where to ask: the server of --store, else the workspace (as it was, under `asof`)."""
    if settings.store:
        return _server(settings, settings.store)
    from graph.asking import Moment

    return Moment(settings.open(), settings.at)


def _write(path: str, text: str | bytes) -> None:
    """Write a file whole (or standard output for `-`), UTF-8, LF, whatever the locale says."""
    from graph.manifest import replace as replace_file

    data = text.encode() if isinstance(text, str) else text
    if path == "-":
        sys.stdout.buffer.write(data)
        return
    try:
        replace_file(Path(path), data)
    except OSError as error:
        from graph.errors import WorkspaceError

        raise WorkspaceError(f"{path}: cannot be written ({error.strerror})") from error
    _note(f"wrote {path} ({len(data) / 1000:,.0f} kB)")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="repgraph")
@_common
@click.pass_context
def main(ctx: click.Context, /, **given: Any) -> None:
    """Case records in; who judged whom, and who says so, out.

    Start with `repgraph demo`, then `repgraph who Mendeleeva --workspace repgraph-demo`.
    """
    ctx.obj = replace(ctx.obj or Settings(), **{k: v for k, v in given.items() if v is not None})


# --- the workspace ---------------------------------------------------------------------------------------


@command()
@click.argument("folder", required=False, metavar="[DIR]")
def init(settings: Settings, folder: str | None) -> None:
    """Make an empty workspace.

    Example: repgraph init my-cases
    """
    from graph.workspace import Workspace

    path = Path(folder) if folder else settings.folder
    Workspace.create(path)
    _note(f"made the workspace {path}")


@command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(exists=True, path_type=Path))
@click.option("--dataset", metavar="NAME", help="Name of the dataset (else the folder's name).")
@click.option("--check", is_flag=True, help="Read, report every fault, write nothing.")
@click.option("--diff", is_flag=True, help="Show what would change, write nothing.")
@click.option("--accept-drop", is_flag=True, help="Load although a table or a column lost a third.")
@click.option("--wait", type=float, default=0, metavar="SECONDS", help="Wait for another writer.")
@answers
def load(
    settings: Settings,
    paths: tuple[Path, ...],
    dataset: str | None,
    check: bool,
    diff: bool,
    accept_drop: bool,
    wait: float,
) -> Answer:
    """Load case tables (a folder, an XLSX, single CSV files), a file of judgements, or a bundle.

    A dataset that is loaded again is compared: what changed is replaced, what vanished is retracted, and the
    difference is printed. Everything is loaded or nothing.

    Example: repgraph load my-tables --dataset my-ngo --check
    """
    from loaders.loading import load_paths

    with _progress() as progress:
        return load_paths(
            settings.folder, paths, dataset=dataset, dry="check" if check else "diff" if diff else None,
            accept_drop=accept_drop, wait=wait, progress=progress, say=_note,
        )  # fmt: skip


@command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def template(settings: Settings, folder: Path) -> None:
    """Write empty tables to fill in, with a page that explains each column.

    Example: repgraph template my-tables
    """
    from loaders.tables.template import template as write_template

    for path in write_template(folder):
        _note(f"wrote {path}")


@command()
@click.option(
    "-o", "--output", default="network.html", show_default=True, metavar="FILE", help="Where the picture goes."
)
@answers
def demo(settings: Settings, output: str) -> Answer:
    """Load the two shipped datasets and their judgements, print who recurs, draw the network.

    The workspace is ./repgraph-demo unless --workspace names another.

    Example: repgraph demo
    """
    from graph.officials import officials as recurring
    from loaders.loading import load_paths
    from loaders.shipped import paths

    named = settings.workspace or os.environ.get("REPGRAPH_WORKSPACE")
    settings = replace(settings, workspace=named or DEMO_WORKSPACE)
    with _progress() as progress:
        loaded = load_paths(settings.folder, paths(), progress=progress, say=_note)
    _tell(loaded)
    _draw_network(settings, output)
    _note(f"ask on: repgraph who Mendeleeva --workspace {settings.folder}")
    return recurring(settings.open().casebook())


@command()
@answers
def status(settings: Settings) -> Answer:
    """Show what is loaded: from where, when, how much, how many sources lack a copy.

    Example: repgraph status
    """
    from graph.status import status as of

    return of(settings.open())


@command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(settings: Settings, shell: str) -> None:
    """Print what makes a shell complete commands and options.

    Example: repgraph completion bash >> ~/.bashrc
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None  # the choice above names the shells that click knows
    click.echo(found(main, {}, "repgraph", "_REPGRAPH_COMPLETE").source())


# --- questions -------------------------------------------------------------------------------------------

_unresolved = click.option("--unresolved", is_flag=True, help="Answer without the judgements: every record for itself.")


@command()
@click.argument("name")
@_unresolved
@answers
def who(settings: Settings, name: str, unresolved: bool) -> Answer:
    """Show every involvement of a person: role, court, date, outcome, the others, the source of each line.

    NAME may be in either script, inflected, with initials, a surname alone, another romanisation, or an id.

    Example: repgraph who Менделеевой
    """
    return _question(settings, "person", name, unresolved)


@command()
@click.argument("name", metavar="NAME_OR_ID")
@_unresolved
@answers
def case(settings: Settings, name: str, unresolved: bool) -> Answer:
    """Show everybody in a case, in order of time. The name may be the defendant's.

    Example: repgraph case Gorinov
    """
    return _question(settings, "case", name, unresolved)


@command()
@click.argument("name")
@_unresolved
@answers
def court(settings: Settings, name: str, unresolved: bool) -> Answer:
    """Show the officials of a court, most matters first.

    Example: repgraph court "Moscow City Court"
    """
    return _question(settings, "body", name, unresolved)


@command()
@click.argument("name", metavar="NAME_OR_DATE")
@_unresolved
@answers
def exchange(settings: Settings, name: str, unresolved: bool) -> Answer:
    """Show both sides of an exchange: who was released, who was asked for or offered, and the officials behind.

    Example: repgraph exchange 2024-08-01
    """
    return _question(settings, "exchange", name, unresolved)


def _question(settings: Settings, kind: str, text: str, unresolved: bool) -> Answer:
    from graph.asking import ask_about

    return ask_about(_place(settings), kind, text, resolved=not unresolved, profile=settings.staying())


def _filters(function: Callable[..., Any]) -> Callable[..., Any]:
    """The filters of `officials`, which views and pictures take too."""
    options = [
        click.option("--role", metavar="ROLE", help="Only this role, as presiding_judge or prosecutor."),
        click.option("--court", metavar="NAME", help="Only acts in this court."),
        click.option("--article", metavar="ARTICLE", help='Only cases under this article, as "RU-CC 207.3" or 207.3.'),
        click.option("--since", metavar="DATE", help="Only acts on or after this date."),
        click.option("--until", metavar="DATE", help="Only acts on or before this date."),
        click.option(
            "--min-matters", type=click.IntRange(min=1), default=2, show_default=True, help="Leave out who has fewer."
        ),
        click.option(
            "--listed-by", metavar="A,B", help="Only officials listed now by any of these authorities or programmes."
        ),
        click.option("--not-listed-by", metavar="A,B", help="Only officials looked up in all of these and not found."),
    ]
    for option in reversed(options):
        function = option(function)
    return function


@command()
@_filters
@_unresolved
@answers
def officials(settings: Settings, unresolved: bool, **given: Any) -> Answer:
    """List the officials who recur, most matters against defendants first.

    Example: repgraph officials --role presiding_judge --min-matters 3
    """
    from graph.asking import recurring

    return recurring(_place(settings), given, resolved=not unresolved, profile=settings.staying())


@command()
@click.argument("thing")
@_unresolved
@answers
def sources(settings: Settings, thing: str, unresolved: bool) -> Answer:
    """Show the records behind a thing: what each says, its source, place, words and status.

    Example: repgraph sources cases-ru/gorinov-1
    """
    from graph.asking import sources_of

    return sources_of(_place(settings), thing, resolved=not unresolved, profile=settings.staying())


@command()
@click.argument("thing", required=False)
@_unresolved
@answers
def conflicts(settings: Settings, thing: str | None, unresolved: bool) -> Answer:
    """Show where sources say different things, side by side.

    Example: repgraph conflicts
    """
    from graph.asking import conflicts_of

    return conflicts_of(_place(settings), thing, resolved=not unresolved, profile=settings.staying())


@command()
@click.argument("question", required=False)
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="A parameter of the question.")
@click.option("--list", "listing", is_flag=True, help="List the ready questions.")
@click.option("--cypher", is_flag=True, help="Print the question in Cypher (with --store: run it on the server).")
@answers
def ask(settings: Settings, question: str | None, params: tuple[str, ...], listing: bool, cypher: bool) -> Answer:
    """Answer a ready question (a file of graph/questions).

    Example: repgraph ask --list
    """
    from graph.questions import ready_list

    if listing or question is None:
        return ready_list()
    return _ready(settings, question, dict(_pair(p) for p in params), cypher=cypher)


def _ready(settings: Settings, name: str, parameters: dict[str, str], *, cypher: bool) -> Answer:
    from graph import questions

    if settings.store:
        return questions.ask(_server(settings, settings.store).store, name, **parameters)
    if cypher:
        return questions.in_cypher(name)
    workspace = settings.open()
    return questions.ask(
        workspace.store() if settings.at is None else workspace.store_at(settings.at), name, **parameters
    )


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"{text!r} is not of the form name=value", param_hint="--param")
    return name, value


@command()
@click.argument("file", metavar="FILE.rq|-", type=click.File("r", encoding="utf-8"))
@click.option("--seconds", type=click.FloatRange(min=0.1), default=10, show_default=True, help="Stop after this time.")
@click.option(
    "--rows", type=click.IntRange(min=1), default=10_000, show_default=True, help="Stop after this many rows."
)
@answers
def query(settings: Settings, file: Any, seconds: float, rows: int) -> Answer:
    """Run a SPARQL query: read-only, without network, within limits.

    Example: echo 'SELECT (COUNT(*) AS ?n) { ?s a <https://w3id.org/repgraph/ns#Person> }' | repgraph query -
    """
    from graph.sparql_sandbox import run_query

    return run_query(settings.open().state / "store", file.read(), seconds=seconds, rows=rows)


@command()
@answers
def validate(settings: Settings) -> Answer:
    """Check the claims against the shapes of the ontology (SHACL).

    Example: repgraph validate
    """
    from graph.validation import validate as against_shapes

    return against_shapes(settings.open().store().graph())


# --- judgements and custody --------------------------------------------------------------------------------

_wait = click.option("--wait", type=float, default=0, metavar="SECONDS", help="Wait for another writer.")
_by = click.option("--by", metavar="NAME", help="Who decided; stays in the workspace.")


@command()
@click.argument("left", metavar="A")
@click.argument("right", metavar="B")
@click.argument("verdict", type=click.Choice(["same", "different", "unsure"]))
@click.option("--why", required=True, metavar="TEXT", help="Because of what.")
@click.option("--evidence", metavar="TEXT", help="An address or a note that bears it out.")
@click.option(
    "--kind", type=click.Choice(["person", "body", "case", "proceeding"]), help="Where an id names several things."
)
@_by
@_wait
@answers
def judge(
    settings: Settings, left: str, right: str, verdict: str, why: str, by: str | None, evidence: str | None,
    kind: str | None, wait: float,
) -> Answer:  # fmt: skip
    """Judge two things to be the same, different, or unsure. The last judgement of a pair stands.

    Example: repgraph judge exchanges/lavrov-oleg cases-ru/lavrov-oleg unsure --why "two posts, one name"
    """
    from graph.judging import judge as make
    from graph.judging import judgements as standing

    workspace = settings.open()
    made = make(workspace, left, right, verdict, why=why, by=by, evidence=evidence, kind=kind, wait=wait)
    answer = standing(workspace)
    pair = {made.left, made.right}
    return replace_rows(answer, [r for r in answer.rows if {r["left"], r["right"]} == pair and r["kind"] == made.kind])


def replace_rows(answer: Answer, rows: Sequence[dict[str, Any]]) -> Answer:
    """The same answer with other rows."""
    from dataclasses import replace as changed

    return changed(answer, rows=rows)


@command()
@answers
def judgements(settings: Settings) -> Answer:
    """List the judgements that stand; with --csv, in the form that `load` reads.

    Example: repgraph judgements --csv > judgements.csv
    """
    from graph.judging import judgements as standing

    return standing(settings.open(), at=settings.at)


@command()
@click.argument("record")
@click.option("--why", required=True, metavar="TEXT", help="Because of what.")
@_by
@_wait
@answers
def retract(settings: Settings, record: str, why: str, by: str | None, wait: float) -> Answer:
    """Take a record back: its claims leave the store, its history stays, loads do not bring it back.

    Example: repgraph retract 7d716d58b3a476144478 --why "the source withdrew it"
    """
    from graph.custody import retract as take_back

    return take_back(settings.open(), record, why=why, by=by, wait=wait)


@command()
@click.argument("record")
@click.option("--why", metavar="TEXT", help="Because of what.")
@_by
@_wait
@answers
def restore(settings: Settings, record: str, why: str | None, by: str | None, wait: float) -> Answer:
    """Bring back a record that was retracted.

    Example: repgraph restore 7d716d58b3a476144478
    """
    from graph.custody import restore as bring_back

    return bring_back(settings.open(), record, why=why, by=by, wait=wait)


@command()
@click.argument("thing")
@answers
def history(settings: Settings, thing: str) -> Answer:
    """Show every version of every statement about a thing, with load, file, row and date.

    Example: repgraph history cases-ru/gorinov-1
    """
    from graph.asking import history_of

    return history_of(settings.open(), thing)


_ASOF = ("who", "case", "court", "officials", "exchange", "sources", "conflicts", "ask", "judgements")


@command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("when")
@click.argument("question", type=click.Choice(_ASOF))
@click.argument("rest", nargs=-1, type=click.UNPROCESSED)
def asof(settings: Settings, when: str, question: str, rest: tuple[str, ...]) -> None:
    """Answer a question from what was known at a moment: a day, an instant in UTC, or a manifest line.

    Example: repgraph asof 3 who Mendeleeva
    """
    from graph.workspace import line_at

    known = replace(settings, at=line_at(settings.open(), when))
    context = click.get_current_context()
    asked = main.commands[question]
    with asked.make_context(question, list(rest), parent=context, obj=known) as inner:
        asked.invoke(inner)


@command()
@click.argument("record")
@click.option("--why", required=True, metavar="TEXT", help="Because of what; this text stays.")
@click.option("--with-referring", is_flag=True, help="Purge the records that refer to it too.")
@_by
@_wait
@answers
def purge(settings: Settings, record: str, why: str, with_referring: bool, by: str | None, wait: float) -> Answer:
    """Delete a record for ever: from originals, store and history. A tombstone stays.

    Example: repgraph purge 7d716d58b3a476144478 --why "person at risk"
    """
    from graph.purging import purge as delete
    from loaders import known_loaders

    return delete(settings.open(), record, known_loaders(), why=why, by=by, with_referring=with_referring, wait=wait)


@command()
@click.argument("bundle", required=False, metavar="[FILE.zip]", type=click.Path(exists=True, path_type=Path))
@click.option("--head", metavar="HASH", help="A head hash that was kept elsewhere.")
@answers
@click.pass_context
def verify(context: click.Context, settings: Settings, bundle: Path | None, head: str | None) -> Answer:
    """Prove that originals, manifest, judgements and state agree; or check a bundle.

    Example: repgraph verify
    """
    from graph.custody import verify as proven
    from loaders import known_loaders

    if bundle is not None:
        from graph.bundles import verify_bundle

        answer = verify_bundle(bundle)
    else:
        with _progress() as progress:
            answer = proven(settings.open(), known_loaders(), kept=head, progress=progress)
    if answer.rows:
        context.call_on_close(lambda: sys.exit(1))
    return answer


@command()
def head(settings: Settings) -> None:
    """Print the hash of the last manifest line: keep it elsewhere, or have it time-stamped.

    Example: repgraph head
    """
    click.echo(settings.open().head.hash)


@command()
@_wait
def rebuild(settings: Settings, wait: float) -> None:
    """Make the state again from originals and manifest.

    Example: repgraph rebuild
    """
    from graph.custody import rebuild as again
    from loaders import known_loaders

    with _progress() as progress:
        again(settings.open(), known_loaders(), wait=wait, progress=progress)
    _note("the state was made again from originals and manifest")


# --- what leaves the workspace -------------------------------------------------------------------------------

_output = click.option("-o", "--output", metavar="FILE", help="The file to write, - for standard output.")


@command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path), required=False)
@click.option("--view", metavar="VIEW", help="A view for researchers, as official-case; without it, the claims.")
@click.option("--list", "listing", is_flag=True, help="List the views.")
@click.option("--with-names", is_flag=True, help="Name who made the judgements instead of a pseudonym.")
@click.option("--min-weight", type=click.IntRange(min=1), default=1, help="Views: leave out edges of less weight.")
@_filters
@_unresolved
@answers
def export(
    settings: Settings, file: Path | None, view: str | None, listing: bool, with_names: bool, min_weight: int,
    unresolved: bool, **given: Any,
) -> Answer:  # fmt: skip
    """Write the claims (.trig .nq .ttl .jsonld .csv .xlsx .cypher), or a view (.graphml .gexf .csv .parquet .json).

    A view comes with a sidecar that says what it rests on; `reproduce` makes it again from the sidecar.

    Example: repgraph export --view official-case --min-matters 3 officials.graphml
    """
    from graph import leaving

    if listing:
        return leaving.views()
    if file is None:
        raise click.UsageError("give the FILE to write; its ending names the format")
    if view is None:
        with _progress() as progress:
            return leaving.claims(
                settings.open(), file, profile=settings.leaving(), resolved=not unresolved, with_names=with_names,
                progress=progress,
            )  # fmt: skip
    return leaving.view(
        settings.open(), file, view, given, profile=settings.leaving(), resolved=not unresolved, lang=settings.language,
        min_weight=min_weight,
    )  # fmt: skip


@command()
@click.argument("sidecar", type=click.Path(exists=True, path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Where to (else beside the sidecar)."
)
@answers
def reproduce(settings: Settings, sidecar: Path, output: Path | None) -> Answer:
    """Make the file of a sidecar again, byte for byte, or say what differs.

    Example: repgraph reproduce officials.graphml.sidecar.json
    """
    from graph.exports.sidecars import reproduce as again

    return again(sidecar, settings.open(), output)


@command()
@click.argument("address", required=False, metavar="[neo4j://HOST]")
@click.option("--user", metavar="NAME", help="Else NEO4J_USERNAME, else neo4j. The password comes from NEO4J_PASSWORD.")
@click.option("--database", metavar="NAME", help="Else NEO4J_DATABASE, else the server's own.")
@click.option("--full", is_flag=True, help="Push everything anew instead of what changed.")
@click.option("--into", is_flag=True, help="Push although the database holds somebody else's data.")
@click.option("--with-names", is_flag=True, help="Name who made the judgements instead of a pseudonym.")
@answers
def push(
    settings: Settings,
    address: str | None,
    user: str | None,
    database: str | None,
    full: bool,
    into: bool,
    with_names: bool,
) -> Answer:
    """Push the graph to a Neo4j server: only what changed since the last push.

    Example: repgraph push neo4j://localhost
    """
    from graph.neo4j_store import connect

    workspace = settings.open()
    casebook = workspace.casebook(profile=settings.leaving())
    hide = str if with_names else workspace.pseudonym
    with (
        connect(address or settings.store, user=user, database=database, workspace=workspace.path) as server,
        _progress() as tell,
    ):
        return server.push(
            casebook, full=full, into=into, origin=workspace.origin, pseudonym=hide,
            progress=tell,
        )  # fmt: skip


@command()
@click.argument("file", metavar="FILE.zip", type=click.Path(path_type=Path))
@click.option(
    "--question",
    "questions",
    multiple=True,
    metavar='"who NAME"',
    help="What to select (who, case, court, exchange); everything without.",
)
@click.option("--with-names", is_flag=True, help="Name who made the judgements instead of a pseudonym.")
@answers
def bundle(settings: Settings, file: Path, questions: tuple[str, ...], with_names: bool) -> Answer:
    """Write an evidence package: claims, tables, saved pages, the manifest's lines, a page for the reader.

    Example: repgraph bundle gorinov.zip --question "case Gorinov"
    """
    from graph.bundles import write_bundle

    return write_bundle(settings.open(), file, questions, profile=settings.leaving(), with_names=with_names)


@command()
@click.option("--official", metavar="NAME", help="Draw what is around an official.")
@click.option("--case", "case_", metavar="NAME", help="Draw what is around a case.")
@click.option("--court", metavar="NAME", help="Draw what is around a court.")
@click.option("--exchange", metavar="NAME", help="Draw what is around an exchange.")
@click.option("--team", metavar="A,B", help="Draw what is around several officials together.")
@click.option(
    "--depth",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Steps from officials to matters and back.",
)
@click.option(
    "--min-shared", type=click.IntRange(min=1), default=2, show_default=True, help="Matters an official is shown from."
)
@click.option("--pairs", is_flag=True, help="Link officials with each other, by the matters that they share.")
@click.option(
    "--limit", type=click.IntRange(min=1, max=5000), default=2000, show_default=True, help="The most nodes to draw."
)
@click.option(
    "-o", "--output", default="network.html", show_default=True, metavar="FILE", help="The file: .html .svg .gexf"
)
def network(settings: Settings, output: str, **given: Any) -> None:
    """Draw the network as one page that works offline: who recurs, with whom, in which matters, who says so.

    Example: repgraph network --official Mendeleeva -o mendeleeva.html
    """
    from visualizations.drawing import network as drawn

    _write(
        output,
        drawn(
            _place(settings),
            settings.open(),
            Path(output).suffix,
            profile=settings.leaving(),
            lang=settings.language,
            **given,
        ),
    )


def _draw_network(settings: Settings, output: str) -> None:
    from visualizations.drawing import network as drawn

    _write(
        output,
        drawn(
            _place(settings), settings.open(), Path(output).suffix, profile=settings.leaving(), lang=settings.language
        ),
    )


def _picture(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option(
        "-o", "--output", default=name, show_default=True, metavar="FILE", help="The file: .html or .svg"
    )


@command()
@click.argument("name", metavar="OFFICIAL|CASE|COURT")
@click.option(
    "--of", type=click.Choice(["official", "case", "court"]), help="What the name names, where it could be several."
)
@_picture("timeline.html")
def timeline(settings: Settings, name: str, of: str | None, output: str) -> None:
    """Draw the timeline of an official, a case or a court.

    Example: repgraph timeline Mendeleeva -o mendeleeva.html
    """
    _sheet(settings, "timeline", output, name, of=of)


@command("exchange-view")
@click.argument("deal", metavar="DEAL")
@_picture("exchange.html")
def exchange_view(settings: Settings, deal: str, output: str) -> None:
    """Draw both sides of an exchange, each person with the officials behind.

    Example: repgraph exchange-view 2024-08-01 -o ankara.html
    """
    _sheet(settings, "exchange_view", output, deal)


@command("court-view")
@click.argument("court", metavar="COURT")
@_picture("court.html")
def court_view(settings: Settings, court: str, output: str) -> None:
    """Draw a court: its judges over time, matters by year and article.

    Example: repgraph court-view "Basmanny District Court" -o basmanny.html
    """
    _sheet(settings, "court_view", output, court)


@command()
@click.option("--role", metavar="ROLE", help="Only this role.")
@click.option("--court", metavar="NAME", help="Only this court.")
@click.option(
    "--min-matters", type=click.IntRange(min=1), default=2, show_default=True, help="Leave out who has fewer."
)
@_picture("matrix.html")
def matrix(settings: Settings, output: str, **given: Any) -> None:
    """Draw who is listed where: listed, delisted, cannot tell, not found, not looked.

    Example: repgraph matrix -o matrix.html
    """
    _sheet(settings, "matrix", output, **given)


@command()
@_picture("report.html")
def report(settings: Settings, output: str) -> None:
    """Put the findings on one page: what recurs, who is not listed, each exchange, what the data cannot say.

    Example: repgraph report -o report.html
    """
    _sheet(settings, "report", output)


def _sheet(settings: Settings, name: str, output: str, *words: str, **given: Any) -> None:
    from visualizations import drawing

    draw: Callable[..., str] = getattr(drawing, name)
    made = draw(
        _place(settings), settings.open(), Path(output).suffix, *words, profile=settings.leaving(), lang=settings.language,
        **given,
    )  # fmt: skip
    _write(output, made)


# --- analyses -------------------------------------------------------------------------------------------------


class Analyses(click.Group):
    """The analyses as commands, each with the options it declares."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        from graph.analysis import ANALYSES

        return list(ANALYSES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        from graph.analysis import ANALYSES

        found = ANALYSES.get(cmd_name)
        return _analysis(found) if found else None


def _analysis(analysis: Analysis) -> click.Command:
    def run(settings: Settings, plot: str | None = None, **given: Any) -> Answer:
        from visualizations.drawing import analysed

        place, options = _place(settings), {k: v for k, v in given.items() if v not in (None, ())}
        answer = analysed(place, analysis, options, profile=settings.staying())
        if plot is not None:
            from visualizations.charts import plotted

            shown = analysed(place, analysis, options, profile=settings.leaving())
            _write(plot, plotted(shown, Path(plot).suffix, lang=settings.language))
        return answer

    printed = answers(run)

    def call(**given: Any) -> Any:
        return printed(_merged(given), **given)

    wrapped = click.option("--plot", metavar="FILE.svg|png", help="Draw the answer as well.")(_forms(_common(call)))
    for option in reversed(analysis.options):
        wrapped = _option(option)(wrapped)
    text = f"{analysis.question}\n\nExample: repgraph analyse {analysis.name}"
    return click.command(analysis.name, help=text, short_help=analysis.question)(wrapped)


def _option(option: Option) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """An option as an analysis declares it; several values are joined with commas."""
    flag, choices = (
        "--" + option.name.replace("_", "-"),
        f" Choices: {', '.join(option.choices)}." if option.choices else "",
    )
    if option.type is bool:
        return click.option(flag, option.name, is_flag=True, help=option.help)
    if option.many:
        return click.option(flag, option.name, callback=_several, metavar="A,B", help=option.help + choices)
    kind = (
        click.Choice(option.choices)
        if option.choices
        else click.Path(path_type=Path)
        if option.type is Path
        else option.type
    )
    return click.option(flag, option.name, type=kind, default=option.default, show_default=True, help=option.help)


def _several(context: click.Context, parameter: click.Parameter, value: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (value or "").split(",") if part.strip())


@main.group(cls=Analyses, invoke_without_command=True)
@_forms
@_common
@click.pass_context
def analyse(context: click.Context, /, form: str | None, **given: Any) -> None:
    """Run an analysis; without a name, list them with the question each answers.

    Example: repgraph analyse recurring --role presiding_judge
    """
    settings = _merged(given)
    context.obj = settings
    if context.invoked_subcommand is None:
        from graph.analysis import listing

        _print(listing(), form, settings.language)


if __name__ == "__main__":
    main(prog_name="repgraph")

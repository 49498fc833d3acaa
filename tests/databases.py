"""Databases for tests: copies of a template, given back as they were taken.

Copying and dropping a database costs a checkpoint each, so a copy is used again: after a test the
tables that differ from the template are written anew. A copy whose schema a test changed, or on a
server where we are not superuser, is dropped at the end and another one made.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import psycopg
from psycopg import Connection, sql
from sqlalchemy import make_url

from app.settings import Settings

TABLES = """
select relname from pg_class
where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
  and relname not in ('spatial_ref_sys', 'alembic_version')
order by relname
"""
SHAPE = """
select (select array[count(*), max(oid::bigint)] from pg_class
        where relnamespace = 'public'::regnamespace)
    || (select array[count(*), max(oid::bigint)] from pg_trigger)
    || (select array[count(*), max(oid::bigint)] from pg_proc)
    || (select array[count(*), max(oid::bigint)] from pg_constraint)
"""
MARK = "(select array[count(*), coalesce(max(xmin::text::bigint), 0)] from public.{})"
"""Of a table's rows: whatever is written has a newer transaction, whatever is deleted is fewer."""
OTHERS = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid()
"""
IN_ORDER = {"outbox_event", "change"}
"""Nothing is in these at first; written anew they are read in the order in which it happened."""
Row = tuple[object, ...]


@dataclass
class Copies:
    """The copies of one template on one server."""

    server: Settings
    template: str
    idle: list[Settings] = field(default_factory=list)
    spoilt: list[Settings] = field(default_factory=list)

    @contextmanager
    def lent(self) -> Iterator[Settings]:
        """A database that is as the template is, for the length of a test."""
        copy = self.idle.pop() if self.idle else self._made()
        try:
            yield copy
        finally:
            (self.idle if restored(copy) else self.spoilt).append(copy)

    def drop_all(self) -> None:
        """The end of the session."""
        for copy in [*self.idle, *self.spoilt]:
            self._admin("drop database {} with (force)", name_of(copy))

    def _made(self) -> Settings:
        name = f"test_{uuid4().hex}"
        self._admin("create database {} template {}", name, self.template)
        self._admin("alter database {} set synchronous_commit = off", name)
        url = make_url(self.server.libpq_url).set(database=name)
        copy = Settings(database_url=url.render_as_string(hide_password=False))
        with psycopg.connect(copy.libpq_url) as connection:
            remember(connection)
        return copy

    def _admin(self, command: str, *names: str) -> None:
        with psycopg.connect(self.server.libpq_url, autocommit=True) as admin:
            admin.execute(sql.SQL(command).format(*map(sql.Identifier, names)))


def name_of(database: Settings) -> str:
    """What a database is called on its server."""
    return make_url(database.libpq_url).database or ""


def remember(connection: Connection[Row]) -> None:
    """Keep beside the tables what they hold now."""
    connection.execute("create schema pristine")
    for (table,) in connection.execute(TABLES).fetchall():
        copy = sql.SQL("create table pristine.{0} as table public.{0}")
        connection.execute(copy.format(sql.Identifier(str(table))))
    connection.execute(
        "create table pristine.sequences as"
        " select schemaname, sequencename, last_value from pg_sequences where schemaname = 'public'"
    )
    connection.execute("create table pristine.marks (name text primary key, mark bigint[])")
    note(connection, tables(connection))
    connection.execute("create table pristine.shape (shape bigint[])")
    connection.execute("insert into pristine.shape " + SHAPE)


def tables(connection: Connection[Row]) -> list[str]:
    """All that a test may write to."""
    return [str(name) for (name,) in connection.execute(TABLES).fetchall()]


def marks(connection: Connection[Row], names: Sequence[str]) -> dict[str, object]:
    """By table: what tells whether it was written to."""
    asked = sql.SQL(", ").join(sql.SQL(MARK).format(sql.Identifier(name)) for name in names)
    found = connection.execute(sql.SQL("select {}").format(asked)).fetchone() or ()
    return dict(zip(names, found, strict=True))


def note(connection: Connection[Row], names: Sequence[str]) -> None:
    """Remember the marks of tables that are as they should be."""
    for name, mark in marks(connection, names).items() if names else ():
        connection.execute(
            "insert into pristine.marks values (%s, %s)"
            " on conflict (name) do update set mark = excluded.mark",
            (name, mark),
        )


def restored(database: Settings) -> bool:
    """Whether a database could be made what it was."""
    with psycopg.connect(database.libpq_url) as connection:
        connection.execute(OTHERS)
        superuser = connection.execute("select usesuper from pg_user where usename = current_user")
        if superuser.fetchone() != (True,):
            return False
        shape = connection.execute(SHAPE).fetchone()
        if shape != connection.execute("select shape from pristine.shape").fetchone():
            return False
        connection.execute("set session_replication_role = replica")
        _undo(connection)
    return True


def _undo(connection: Connection[Row]) -> None:
    """Write anew what was written to."""
    rows = connection.execute("select name, mark from pristine.marks").fetchall()
    noted = {str(row[0]): row[1] for row in rows}
    found = marks(connection, tables(connection))
    touched = [name for name, mark in found.items() if mark != noted[name]]
    for name in touched:
        again = _empty if name in IN_ORDER else _restore
        again(connection, sql.Identifier(name))
    note(connection, touched)
    connection.execute(
        "select setval(format('%I.%I', schemaname, sequencename)::regclass,"
        " coalesce(was.last_value, 1), was.last_value is not null)"
        " from pristine.sequences was join pg_sequences found"
        " using (schemaname, sequencename)"
        " where was.last_value is distinct from found.last_value"
    )


def _empty(connection: Connection[Row], table: sql.Identifier) -> None:
    connection.execute(sql.SQL("truncate public.{}").format(table))


def _restore(connection: Connection[Row], table: sql.Identifier) -> None:
    connection.execute(sql.SQL("delete from public.{}").format(table))
    connection.execute(
        sql.SQL("insert into public.{0} overriding system value table pristine.{0}").format(table)
    )

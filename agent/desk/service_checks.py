"""What must hold in the description of a tool over HTTP beyond the shape of its tables. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from pydantic import BaseModel

from agent.desk.faults import known
from agent.desk.service_shapes import AskTable, FieldTable, HttpToolTable, SayingTable
from tools.http.request import address, fits_header
from tools.http.spec import INJECTED, placeholders
from tools.phrases.catalogue import languages, shown_fields

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")
_STATE = "state"  #: of a side effect's result: requested, done, refused, expired, failed
_OURS = frozenset(
    {
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "cookie",
        "host",
        "transfer-encoding",
    }
)
#: Left out with an optional argument, they would no more say whose record it is, or the key.
_NEVER_LEFT_OUT = frozenset({"requester", "key"})

Problem = tuple[str, str, str]
"""Where, what is wrong, what to do."""


def problems(table: HttpToolTable) -> Iterator[Problem]:
    """Everything in a well-shaped description that cannot be used."""
    yield from _effect_problems(table)
    yield from _argument_problems(table)
    yield from _request_problems(table, "", table.url, table.query)
    for name, part in (("check", table.check), ("done", table.done)):
        if part is not None:
            yield from _request_problems(table, f"{name}.", part.url, part.query)
            yield from _field_problems(f"{name}.", part.fields)
            yield from _require_problems(name, part)
    yield from _header_problems(table)
    yield from _body_problems(table)
    yield from _field_problems("", table.fields)
    yield from _label_problems(table)
    yield from _scope_problems(table)
    for number, saying in enumerate(table.says, start=1):
        yield from _saying_problems(table, f"says[{number}]", saying)


def _effect_problems(table: HttpToolTable) -> Iterator[Problem]:
    if table.method != "GET" and table.effect is None:
        mend = 'write effect = "read" for a search, or "write" for what changes something'
        yield "effect", f"is missing for {table.method}", mend
    if table.method == "GET" and table.effect == "write":
        yield "method", "is GET, which changes nothing", 'write "POST", "PUT", "PATCH", "DELETE"'
    if table.method == "GET" and table.body:
        yield "body", "is not sent with GET", "use query"
    if table.effect == "write":
        if table.owner is not None:
            mend = "look first: put it into check"
            yield "owner", "is read when it is done already", mend
        if not table.personal:
            yield "personal", "is false", "a side effect is always somebody's; remove the key"
        return
    for name in ("check", "done"):
        if getattr(table, name) is not None:
            yield name, "belongs to a side effect", 'write effect = "write", or remove it'


def _argument_problems(table: HttpToolTable) -> Iterator[Problem]:
    for name, one in table.arguments.items():
        where = f"arguments.{name}"
        if name in INJECTED or name == _STATE:
            mend = "rename it: code alone says whose records are touched"
            yield where, f"{name!r} cannot be an argument", mend
        elif hasattr(BaseModel, name):
            yield (
                where,
                f"{name!r} cannot be an argument",
                "rename it: its model has a part so named",
            )
        if (one.type == "choice") != bool(one.choices):
            yield f"{where}.choices", "go with type 'choice'", "add the choices, or the type"
        if one.pattern and one.type != "text":
            yield f"{where}.pattern", f"says nothing of type {one.type!r}", "remove it"


def _request_problems(
    table: HttpToolTable, part: str, url: str, query: Mapping[str, str]
) -> Iterator[Problem]:
    yield from _url_problems(table, f"{part}url", url)
    allowed = _known(table, part)
    for where, template in ((f"{part}query.{name}", text) for name, text in query.items()):
        yield from _template_problems(table, where, template, allowed)
    yield from _name_problems(f"{part}url", url, allowed)
    for name in placeholders(url):
        if name in table.arguments and not table.arguments[name].required:
            yield f"{part}url", f"'{{{name}}}' may be missing", "a path needs what is required"


def _url_problems(table: HttpToolTable, where: str, url: str) -> Iterator[Problem]:
    try:
        parts, place = urlsplit(url), address(url)
    except ValueError as exc:
        yield where, f"is no address: {exc}", "write https://host/path"
        return
    if parts.scheme not in ("https", "http") or not parts.hostname:
        yield where, "is no address", "write https://host/path"
    elif "{" in parts.netloc:
        yield where, "leaves its host open", "write the host; placeholders stand in the path"
    elif "?" in url:
        yield where, "holds a query", "put it into the table query"
    elif parts.username is not None or parts.fragment:
        yield where, "holds a login or a fragment", "put the login into auth"
    elif place not in table.hosts:
        yield where, f"is at {place!r}, which hosts does not list", known(table.hosts, near=place)
    elif parts.scheme == "http" and parts.hostname not in _LOOPBACK and not table.plain_http:
        mend = "write https, or plain_http = true on a network of your own"
        yield where, "sends the secret and the data unencrypted", mend


def _header_problems(table: HttpToolTable) -> Iterator[Problem]:
    auth, key = table.auth, table.key_header.lower()
    ours = _OURS | {key, auth.header.lower() if auth else ""}
    for name, text in table.headers.items():
        where = f"headers.{name}"
        if name.lower() in ours:
            yield where, "is set by code", "use auth, or remove it"
        if not fits_header(text):
            yield where, "holds more than printable ASCII", "a header holds nothing else"
        yield from _template_problems(table, where, text, _known(table, ""))
    if key in _OURS:
        yield "key_header", f"{table.key_header!r} is set by code", "name another header"
    if auth is None:
        return
    if auth.header.lower() in _OURS - {"authorization"}:
        yield "auth.header", f"{auth.header!r} is set by code", "name another header"
    if auth.header.lower() == key:
        yield "auth.header", "is the key_header too", "one header holds one thing; name another"
    if auth.kind == "basic" and (not auth.user or ":" in auth.user):
        problem = "holds ':'" if auth.user else "is missing"
        yield "auth.user", problem, "basic needs the user's name, which has no colon"


def _body_problems(table: HttpToolTable) -> Iterator[Problem]:
    for where, text in _texts("body", table.body):
        try:
            yield from _template_problems(table, where, text, _known(table, ""))
        except ValueError as exc:
            yield where, str(exc), "write a brace that is meant as one as '{{' or '}}'"


def _texts(where: str, part: object) -> Iterator[tuple[str, str]]:
    """Every text in a body, with its place."""
    if isinstance(part, str):
        yield where, part
    elif isinstance(part, dict):
        for name, inner in part.items():  # pyright: ignore[reportUnknownVariableType] -- raw TOML
            yield from _texts(f"{where}.{name}", inner)  # pyright: ignore[reportUnknownArgumentType] -- raw TOML
    elif isinstance(part, list):
        for number, inner in enumerate(part, start=1):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] -- raw TOML
            yield from _texts(f"{where}[{number}]", inner)  # pyright: ignore[reportUnknownArgumentType] -- raw TOML


def _known(table: HttpToolTable, part: str) -> frozenset[str]:
    """What a template of that part may name."""
    if part == "done.":
        return frozenset({"key"})
    key = {"key"} if table.effect == "write" and not part else set[str]()
    return frozenset({*table.arguments, "requester", "desk", *key})


def _template_problems(
    table: HttpToolTable, where: str, template: str, allowed: frozenset[str]
) -> Iterator[Problem]:
    """Of a template that is left out whole when an optional argument in it is not given."""
    yield from _name_problems(where, template, allowed)
    names = set(placeholders(template))
    optional = {n for n in names & table.arguments.keys() if not table.arguments[n].required}
    if optional and (fixed := names & _NEVER_LEFT_OUT):
        told = f"loses '{{{min(fixed)}}}' when '{{{min(optional)}}}' is not given"
        yield where, told, "give each a template of its own, or make the argument required"


def _name_problems(where: str, template: str, allowed: frozenset[str]) -> Iterator[Problem]:
    for name in placeholders(template):
        if name not in allowed:
            yield where, f"'{{{name}}}' is no argument", known(allowed, near=name)


def _field_problems(part: str, fields: Mapping[str, FieldTable]) -> Iterator[Problem]:
    for name, one in fields.items():
        where = f"{part}fields.{name}"
        if name == _STATE:
            yield where, "'state' is said by code", "rename it"
        if (one.type == "choice") != bool(one.choices):
            yield f"{where}.choices", "go with type 'choice'", "add the choices, or the type"
        if one.currency and one.type != "money":
            yield f"{where}.currency", f"says nothing of type {one.type!r}", "remove it"


def _require_problems(name: str, part: AskTable) -> Iterator[Problem]:
    for field in part.require.keys() - part.fields.keys():
        yield f"{name}.require.{field}", "is no field", known(part.fields, near=field)
    if name == "done" and part.owner:
        yield "done.owner", "is not known then", "it is asked by the key; remove it"


def _label_problems(table: HttpToolTable) -> Iterator[Problem]:
    yield from _name_problems("label", table.label, frozenset({*table.arguments, *table.fields}))


def _scope_problems(table: HttpToolTable) -> Iterator[Problem]:
    """Whose record it is must be in each request, or be checked in its answer."""
    texts = [table.url, *table.query.values(), *table.headers.values()]
    texts += [text for _, text in _texts("body", table.body)]
    says = table.owner is not None or _requester_in(texts)
    if not table.personal and table.effect != "write":
        if says:
            mend = "remove it: a requester whose identity is only claimed would be believed"
            yield "personal", "is false, and the request or its answer names the requester", mend
        return
    if not says:
        yield "", "never says whose record it reads or changes", _scope_mend(table)
    check = table.check
    if check and check.owner is None and not _requester_in((check.url, *check.query.values())):
        mend = "use {requester} in its url or query, or name the answer's owner field"
        yield "check", "never says whose record it reads", mend


def _scope_mend(table: HttpToolTable) -> str:
    mend = "use {requester} in url, query, headers or body"
    if table.effect == "write":
        return mend
    return f"{mend}, or name the answer's owner field; personal = false if it is nobody's"


def _requester_in(texts: Iterable[str]) -> bool:
    return any("requester" in _names(text) for text in texts)


def _names(template: str) -> frozenset[str]:
    """The placeholders of a template; none of one that is faulty, which is told elsewhere."""
    try:
        return frozenset(placeholders(template))
    except ValueError:
        return frozenset()


def _saying_problems(table: HttpToolTable, where: str, one: SayingTable) -> Iterator[Problem]:
    fields = set(table.fields)
    if table.effect == "write":
        fields |= {_STATE, *table.arguments, *(table.check.fields if table.check else ())}
    for name in one.when.keys() - fields:
        yield f"{where}.when.{name}", "is no field", known(fields, near=name)
    for language, text in one.text.items():
        if language not in languages():
            mend = known(languages(), label="languages with forms of dates and money")
            yield f"{where}.text.{language}", "is not a language of results", mend
        for name in set(shown_fields(text)) - fields:
            yield f"{where}.text.{language}", f"'{{{name}}}' is no field", known(fields, near=name)
        for name in shown_fields(text):
            if name in table.fields and table.fields[name].type == "boolean":
                mend = "say it by a sentence with when"
                yield f"{where}.text.{language}", f"'{{{name}}}' is true or false", mend

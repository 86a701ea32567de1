"""What must hold in the description of a tool over HTTP beyond the shape of its tables. Pure."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from agent.desk.faults import known
from agent.desk.service_shapes import AskTable, FieldTable, HttpToolTable, SayingTable
from tools.http.request import address
from tools.http.spec import INJECTED, placeholders
from tools.phrases.catalogue import languages, shown_fields

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")
_STATE = "state"  #: of a side effect's result: requested, done, refused, expired, failed
_OURS = frozenset(
    {"authorization", "cookie", "host", "content-length", "content-type", "transfer-encoding"}
)


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
        yield from _name_problems(where, template, allowed)
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
    elif parts.username is not None or parts.fragment:
        yield where, "holds a login or a fragment", "put the login into auth"
    elif place not in table.hosts:
        yield where, f"is at {place!r}, which hosts does not list", known(table.hosts, near=place)
    elif parts.scheme == "http" and parts.hostname not in _LOOPBACK and not table.plain_http:
        mend = "write https, or plain_http = true on a network of your own"
        yield where, "sends the secret and the data unencrypted", mend


def _header_problems(table: HttpToolTable) -> Iterator[Problem]:
    auth = table.auth
    ours = _OURS | {table.key_header.lower(), auth.header.lower() if auth else ""}
    for name, text in table.headers.items():
        if name.lower() in ours:
            yield f"headers.{name}", "is set by code", "use auth, or remove it"
        yield from _name_problems(f"headers.{name}", text, _known(table, ""))
    for where, text in _texts("body", table.body):
        try:
            yield from _name_problems(where, text, _known(table, ""))
        except ValueError as exc:
            yield where, str(exc), "write a brace that is meant as one as '{{' or '}}'"
    if auth and auth.kind == "basic" and not auth.user:
        yield "auth.user", "is missing", "basic needs the user's name"


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
    if name == "done" and (part.owner or part.require):
        yield name, "has owner or require", "it only says what was done under the key"


def _label_problems(table: HttpToolTable) -> Iterator[Problem]:
    yield from _name_problems("label", table.label, frozenset({*table.arguments, *table.fields}))


def _scope_problems(table: HttpToolTable) -> Iterator[Problem]:
    """Whose record it is must be in the request, or be checked in the answer."""
    if not table.personal:
        return
    texts = [table.url, *table.query.values(), *table.headers.values()]
    texts += [text for _, text in _texts("body", table.body)]
    if table.owner is None and not any("{requester}" in text for text in texts):
        mend = (
            "use {requester} in url, query, headers or body"
            + (", or name the answer's owner field" if table.effect != "write" else "")
            + ("; personal = false if it is nobody's" if table.effect != "write" else "")
        )
        yield "", "never says whose record it reads or changes", mend


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

"""What a desk says of an HTTP service: pure values, and the sentences on its results."""

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from tools.base import Effect, Phrase, Scalar
from tools.phrases.catalogue import catalogue, shown_fields
from tools.values import Data

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
ArgumentKind = Literal["text", "integer", "number", "boolean", "date", "money", "choice"]
FieldKind = Literal["text", "integer", "number", "boolean", "date", "money", "choice"]
AuthKind = Literal["bearer", "basic", "header"]

#: Filled in by code and never an argument: whose records, for which desk, under which key.
INJECTED: Final = ("requester", "desk", "key")


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    """How the service knows the desk. The secret itself is in the settings, by this name."""

    kind: AuthKind
    secret: str
    header: str = "Authorization"
    user: str = ""  #: of `basic`


@dataclass(frozen=True, slots=True, kw_only=True)
class ArgumentSpec:
    """One argument that a ticket may give."""

    name: str
    kind: ArgumentKind = "text"
    description: str = ""
    required: bool = True
    pattern: str = ""  #: a whole text matches it
    max_length: int = 200  #: characters
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """One field of the result, and where it stands in the answer."""

    name: str
    path: tuple[str, ...]  #: keys, and numbers from 0 for places of a list
    kind: FieldKind = "text"
    required: bool = True
    choices: tuple[str, ...] = ()
    currency: str = ""  #: of `money` that is a bare amount: ISO 4217
    max_length: int = 500  #: characters of a text


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """One sentence on a result, by language, said when these fields have these values."""

    text: Mapping[str, str]
    when: Mapping[str, Scalar] = field(default_factory=dict[str, Scalar])
    topic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request to the service, as templates."""

    method: Method = "GET"
    url: str
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: Mapping[str, Any] = field(default_factory=dict[str, Any])
    fields: tuple[FieldSpec, ...] = ()
    owner: tuple[str, ...] = ()  #: where the answer says whose record it is
    require: Mapping[str, Scalar] = field(default_factory=dict[str, Scalar])


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSpec:
    """A tool over HTTP. Equal specs make equal tools."""

    name: str
    description: str
    effect: Effect
    personal: bool
    ask: Ask  #: the lookup, or the effect
    check: Ask | None = None  #: of an effect: what is asked before a person is
    done: Ask | None = None  #: of an effect: what was done under a key
    hosts: tuple[str, ...]  #: `host` or `host:port`; nothing else is ever reached
    auth: Auth | None = None
    timeout: float = 5.0  #: seconds for one call, redirects and repeats included
    max_bytes: int = 65_536  #: of an answer
    key_header: str = "Idempotency-Key"
    arguments: tuple[ArgumentSpec, ...] = ()
    label: str = ""
    says: tuple[Saying, ...] = ()

    def phrases(self, data: Data, language: str) -> tuple[Phrase, ...]:
        """The desk's own sentences whose conditions hold and whose fields are all known."""
        words = catalogue(language)
        if words is None:
            return ()
        return tuple(
            Phrase(text=text, fields=_rests_on(saying, template), topic=saying.topic or self.name)
            for saying in self.says
            if all(same(data.get(name), value) for name, value in saying.when.items())
            and (template := saying.text.get(language))
            and (text := words.render(template, data))
        )

    def labelled(self, values: Mapping[str, Any]) -> str:
        """What a reader calls the result; the tool's name where a value is not known."""
        names = list(placeholders(self.label))
        if not self.label or any(values.get(name) is None for name in names):
            return self.name.replace("_", " ")
        return self.label.format_map({name: values[name] for name in names})


def placeholders(template: str) -> Iterator[str]:
    """The names in braces, in order; raises ValueError for a brace that is none."""
    for _, name, form, conversion in string.Formatter().parse(template):
        if name is None:
            continue
        if form or conversion or not name.isidentifier():
            raise ValueError(f"'{{{name}}}' is not a bare name in braces")
        yield name


def _rests_on(saying: Saying, template: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*saying.when, *shown_fields(template))))


def same(found: Scalar, wanted: Scalar) -> bool:
    """Equal in value and kind: `1` is not `true`."""
    return found == wanted and isinstance(found, bool) == isinstance(wanted, bool)

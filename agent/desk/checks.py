"""What must hold inside a `desk.toml` beyond the shape of its tables."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise
from string import Formatter

from agent.desk.faults import known, listing
from agent.desk.inspection import Inspection
from agent.desk.schema import DeskTable, RuleTable
from agent.domain.desk import FRAMES
from agent.domain.triage import Priority

FILE = "desk.toml"
ANY_LANGUAGE = "*"
#: What a frame may leave open; a frame that is not named here has no fields.
FIELDS: Mapping[str, frozenset[str]] = {"greeting_name": frozenset({"name"})}


def check_desk(look: Inspection, desk: DeskTable, *, known_tools: Iterable[str]) -> None:
    """Faults for names that do not fit together."""
    folder = look.folder.resolve().name
    if desk.name != folder:
        problem = f"{desk.name!r} is not the folder's name"
        look.add(FILE, problem, key="name", mend=f"write {folder!r}, or rename the folder")
    _check_languages(look, desk)
    _check_tools(look, desk, frozenset(known_tools))
    _check_near(look, desk)
    _check_sla(look, desk)
    _check_distinct(look, "categories", [category.id for category in desk.categories])
    _check_distinct(look, "rules", [rule.id for rule in desk.rules])
    for rule in desk.rules:
        _check_rule(look, rule, understood(desk))
    _check_voices(look, desk)


def understood(desk: DeskTable) -> tuple[str, ...]:
    """The languages that the desk reads."""
    return tuple(desk.understands or desk.languages)


def _check_distinct(look: Inspection, key: str, names: Iterable[str]) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            look.add(FILE, f"{name!r} stands {count} times", key=key, mend="ids are distinct")


def _check_languages(look: Inspection, desk: DeskTable) -> None:
    _check_distinct(look, "languages", desk.languages)
    _check_distinct(look, "understands", desk.understands)
    if desk.default_language not in desk.languages:
        problem = f"{desk.default_language!r} is not one of `languages`"
        look.add(FILE, problem, key="default_language", mend=known(desk.languages))
    lacking = set(desk.languages) - set(understood(desk))
    if lacking:
        problem = f"lacks {listing(lacking)}, which the desk answers in"
        look.add(FILE, problem, key="understands", mend="it lists all of `languages`, and more")


def _check_tools(look: Inspection, desk: DeskTable, registered: frozenset[str]) -> None:
    for name in desk.tools:
        if name not in registered:
            mend = known(registered, near=name)
            look.add(FILE, f"{name!r} is not registered", key="tools", mend=mend)
    for category in desk.categories:
        for name in category.tools:
            names = f"category {category.id!r} names tool {name!r}, which "
            if name not in registered:
                look.add(FILE, f"{names}is not registered", mend=known(registered, near=name))
            elif name not in desk.tools:
                mend = f"add it there; {known(desk.tools, label='listed')}"
                look.add(FILE, f"{names}the desk's `tools` does not list", mend=mend)


def _check_near(look: Inspection, desk: DeskTable) -> None:
    names = [category.id for category in desk.categories]
    for category in desk.categories:
        for name in category.near:
            if name not in names or name == category.id:
                problem = f"category {category.id!r} is near {name!r}, which is no other category"
                look.add(FILE, problem, mend=known(names, near=name))


def _check_sla(look: Inspection, desk: DeskTable) -> None:
    for sooner, later in pairwise(Priority):
        if getattr(desk.sla, sooner) > getattr(desk.sla, later):
            problem = f"is longer than {later!s}"
            look.add(FILE, problem, key=f"sla.{sooner}", mend="the more urgent, the shorter")


def _check_rule(look: Inspection, rule: RuleTable, languages: Iterable[str]) -> None:
    key = f"rules[{rule.id!r}]"
    if not any(rule.words.values()):
        look.add(FILE, "has no words", key=key, mend="add phrases under [rules.words]")
    for part, by_language in (("words", rule.words), ("unless", rule.unless)):
        for language, phrases in by_language.items():
            where = f"{key}.{part}.{language}"
            if language not in {*languages, ANY_LANGUAGE}:
                mend = known({*languages, ANY_LANGUAGE})
                look.add(FILE, "is not a language of the desk", key=where, mend=mend)
            for phrase in phrases:
                check_phrase(look, where, phrase)


def check_phrase(look: Inspection, key: str, phrase: str, *, file: str = FILE) -> None:
    """A fault for a phrase that matches anything, or that no text can match as it is meant."""
    if not phrase.strip().rstrip("*"):
        look.add(file, f"{phrase!r} would match anything", key=key, mend="write words")
    elif "*" in phrase.strip()[:-1]:
        problem = f"{phrase!r} has a '*' before its end"
        look.add(file, problem, key=key, mend="only a '*' at the end matches any ending")


def _check_voices(look: Inspection, desk: DeskTable) -> None:
    for language in desk.languages:
        if language not in desk.voice:
            mend = f"add [voice.{language}] with the frames {', '.join(FRAMES)}"
            look.add(FILE, f"language {language!r} has no voice", mend=mend)
    for language, frames in desk.voice.items():
        if language not in understood(desk):
            mend = known(understood(desk), label="the desk understands")
            look.add(FILE, "is not a language of the desk", key=f"voice.{language}", mend=mend)
        _check_frames(look, f"voice.{language}", frames)


def _check_frames(look: Inspection, key: str, frames: Mapping[str, str]) -> None:
    for frame in FRAMES:
        if frame not in frames:
            look.add(FILE, "is missing", key=f"{key}.{frame}", mend="every voice says all frames")
    for frame, text in frames.items():
        if frame not in FRAMES:
            mend = known(FRAMES, near=frame)
            look.add(FILE, "is not a known frame", key=f"{key}.{frame}", mend=mend)
        elif not text.strip():
            look.add(FILE, "is empty", key=f"{key}.{frame}", mend="write the sentence")
        else:
            _check_fields(look, f"{key}.{frame}", text, FIELDS.get(frame, frozenset()))


def _check_fields(look: Inspection, key: str, text: str, allowed: frozenset[str]) -> None:
    try:
        parts = list(Formatter().parse(text))
    except ValueError as exc:
        mend = "write a brace that is meant as one as '{{' or '}}'"
        look.add(FILE, f"cannot be filled in: {exc}", key=key, mend=mend)
        return
    fields = {name for _, name, _, _ in parts if name is not None}
    for name in fields - allowed:
        look.add(FILE, f"has an unknown field '{{{name}}}'", key=key, mend=known(allowed))
    for name in allowed - fields:
        look.add(FILE, f"lacks its field '{{{name}}}'", key=key, mend="say where it goes")
    if any(spec or conversion for _, _, spec, conversion in parts):
        look.add(FILE, "formats a field", key=key, mend="write the field alone, as in '{name}'")

"""Folders and archives of Markdown files as they are, read as policies."""

import hashlib
import re
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from agent.evals.errors import BadCases
from retrieval.corpus import Policy

_ARCHIVES = (".tar.gz", ".tgz", ".tar")
_MARKDOWN = (".md", ".markdown", ".mdx")
_FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n(?P<yaml>.*?\r?\n)---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_TITLE = re.compile(r"^title:[ \t]*[\"']?(.*?)[\"']?[ \t]*\r?$", re.MULTILINE)
_LARGEST = 5_000_000  #: bytes of one file; a policy that a person wrote has a hundredth of it


def read_handbooks(
    place: Path, corpora: Iterable[str], *, lang: str
) -> Mapping[str, tuple[Policy, ...]]:
    """The policies of each corpus: what lies in `place` under its name, or all of it.

    A corpus `acme` is the folder `acme`, or an archive or folder whose name begins with `acme`.
    Where nothing is named for any corpus, every one is the whole place. Raises `BadCases`.
    """
    corpora = sorted(set(corpora))
    named = {name: found for name in corpora if (found := _named(place, name)) is not None}
    lacking = [name for name in corpora if name not in named]
    if named and lacking:
        mend = f"add {lacking[0]}/ or {lacking[0]}.tar.gz, with the Markdown files of that corpus"
        raise BadCases(place, f"nothing is named for corpus {lacking[0]!r}", mend=mend)
    places = named or dict.fromkeys(corpora, place)
    read = {where: _policies(where, lang) for where in dict.fromkeys(places.values())}
    return {name: read[where] for name, where in places.items()}


def _named(place: Path, corpus: str) -> Path | None:
    if not place.is_dir():
        return None
    if (place / corpus).is_dir():
        return place / corpus
    begins = re.compile(rf"{re.escape(corpus)}(?![A-Za-z0-9])")
    found = (p for p in sorted(place.iterdir()) if begins.match(p.name))
    return next((p for p in found if p.is_dir() or p.name.endswith(_ARCHIVES)), None)


def _policies(place: Path, lang: str) -> tuple[Policy, ...]:
    files = _in_folder(place) if place.is_dir() else _in_archive(place)
    policies = tuple(_policy(name, data, lang, place) for name, data in sorted(files))
    if not policies:
        raise BadCases(
            place, "holds no Markdown file", mend="give a folder or .tar.gz of .md files"
        )
    return policies


def _in_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        if path.suffix.lower() in _MARKDOWN and path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def _in_archive(file: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(file) as archive:
            for member in archive:
                stream = archive.extractfile(member) if member.isfile() else None
                name = member.name.removeprefix("./")
                if stream is not None and name.lower().endswith(_MARKDOWN):
                    yield name, stream.read(_LARGEST)
    except (tarfile.TarError, EOFError) as exc:
        mend = "give a folder, or pack one with `tar czf handbook.tar.gz -C folder .`"
        raise BadCases(file, "is no readable archive", mend=mend) from exc


def _policy(name: str, data: bytes, lang: str, place: Path) -> Policy:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as exc:
        problem = f"{name} is not UTF-8 at byte {exc.start}"
        raise BadCases(place, problem, mend="save it as UTF-8") from exc
    front = _FRONT.match(text)
    title = _TITLE.search(front["yaml"]) if front else None
    return Policy(
        id=name,
        language=lang,
        title=title[1] if title else Path(name).stem.replace("-", " ").replace("_", " "),
        file=name,
        text=text,
        body_start=front.end() if front else 0,
        content_hash=hashlib.sha256(data).hexdigest(),
    )

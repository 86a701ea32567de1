"""The desk's concepts: what its messages say in so many ways, phrases by language."""

from collections.abc import Iterable

from agent.desk.checks import ANY_LANGUAGE, check_phrase
from agent.desk.faults import known
from agent.desk.inspection import Inspection
from agent.desk.schema import ConceptsTable
from agent.domain.desk import Concept

FILE = "concepts.toml"


def read_concepts(look: Inspection) -> tuple[Concept, ...]:
    """The concepts in the order of the file; none when the desk has no such file."""
    data = look.toml(FILE)
    table = None if data is None else look.shaped(FILE, ConceptsTable, {"concepts": data})
    if table is None:
        return ()
    return tuple(
        Concept(id=name, words={code: tuple(p.strip() for p in ps) for code, ps in words.items()})
        for name, words in table.concepts.items()
    )


def check_concepts(
    look: Inspection, concepts: Iterable[Concept], *, languages: Iterable[str]
) -> None:
    """Faults for languages that the desk does not read and phrases that mean nothing."""
    languages = {*languages, ANY_LANGUAGE}
    for concept in concepts:
        for language, phrases in concept.words.items():
            key = f"{concept.id}.{language}"
            if language not in languages:
                mend = known(languages)
                look.add(FILE, "is not a language of the desk", key=key, mend=mend)
            for phrase in phrases:
                check_phrase(look, key, phrase, file=FILE)

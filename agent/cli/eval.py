"""`citedesk eval`: how good the parts are on a file of cases, as a table or one JSON object."""

from pathlib import Path
from typing import Annotated, Any

import typer

evals = typer.Typer(no_args_is_help=True, help="Measure the parts on files of cases.")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")]


@evals.command()
def tickets(
    file: Annotated[Path, typer.Argument(help="Labelled tickets, one JSON object a line.")],
    desk: Annotated[Path, typer.Option("--desk", help="A desk's folder.")] = Path("desks/support"),
    as_json: Json = False,
) -> None:
    """Measure intake and triage of a desk on labelled tickets, over all and by language.

    A line has `body`, `lang` and `category`; further `subject`, `gold_category_alt`, `priority`,
    `sentiment`, `needs_human` and `entities` where they are known. Example:

        citedesk eval tickets labelled.jsonl --desk desks/support --json
    """
    from agent.cli.triage import load
    from agent.evals.tickets import measure_tickets, read_cases, rows_of

    loaded, triager = load(desk)
    report = measure_tickets(read_cases(file, loaded), loaded, triager)
    _print(report, as_json, ("figure", "all", *report["by_lang"]), rows_of)


@evals.command()
def claims(
    file: Annotated[Path, typer.Argument(help="Pairs of source and claim, a JSON object a line.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="Write a verdict for each pair to this file.")
    ] = None,
    judge: Annotated[
        str, typer.Option("--judge", help="learned, or encoder:FOLDER with an ONNX model.")
    ] = "learned",
    as_json: Json = False,
) -> None:
    """Measure the claim checker: wrong claims caught, supported ones flagged, the whole curve.

    A line has `id`, `lang`, `source`, `claim`, `label` (`supported` or `unsupported`) and `kind`.
    Example:

        citedesk eval claims bench/claims/hard.dev.jsonl --json --out verdicts.jsonl
    """
    import asyncio

    from agent.evals.claims import (
        COLUMNS,
        measure_claims,
        read_pairs,
        rows_of,
        tell_all,
        verdict_lines,
    )

    told = asyncio.run(tell_all(read_pairs(file), judge))
    if out is not None:
        out.write_text(verdict_lines(told), encoding="utf-8")
    _print(measure_claims(told), as_json, COLUMNS, rows_of)


@evals.command()
def retrieval(
    corpus: Annotated[Path, typer.Option("--corpus", help="Documents, JSON Lines, .gz or not.")],
    queries: Annotated[Path, typer.Option("--queries", help="Queries, JSON Lines, .gz or not.")],
    qrels: Annotated[Path, typer.Option("--qrels", help="Judgements, three columns, tabs.")],
    lang: Annotated[str, typer.Option("--lang", help="Language of the documents.")] = "en",
    query_lang: Annotated[
        str | None, typer.Option("--query-lang", help="Of the queries; default: --lang.")
    ] = None,
    legs: Annotated[
        str, typer.Option("--legs", help="words, grams, dense: one, or several with commas.")
    ] = "words",
    engine: Annotated[
        str | None, typer.Option("--engine", help="rank-bm25 or postings; default: by size.")
    ] = None,
    synonyms: Annotated[
        bool, typer.Option("--synonyms", help="Widen by the general tables within a language.")
    ] = False,
    feedback: Annotated[
        bool, typer.Option("--feedback", help="Ask also for what the first passages found say.")
    ] = False,
    model: Annotated[
        Path | None, typer.Option("--model", help="Folder of an embedding model, for leg dense.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Measure search on a collection in BEIR form: nDCG, recall, time; each leg alone beside.

    Example:

        citedesk eval retrieval --corpus corpus.jsonl --queries queries.jsonl --qrels qrels.tsv
    """
    from agent.evals.retrieval import choose, measure_retrieval, read_collection, rows_of

    options = choose(legs=legs, engine=engine, synonyms=synonyms, feedback=feedback, model=model)
    collection = read_collection(corpus, queries, qrels, lang=lang)
    report = measure_retrieval(collection, query_lang=query_lang or lang, options=options)
    _print(report, as_json, ("figure", "value"), rows_of)


@evals.command()
def questions(
    file: Annotated[Path, typer.Argument(help="Questions with gold spans, JSON Lines.")],
    policies: Annotated[
        Path, typer.Option("--policies", help="A folder or .tar.gz of Markdown files.")
    ],
    desk: Annotated[
        Path | None, typer.Option("--desk", help="Use this desk's glossary and settings.")
    ] = None,
    lang: Annotated[str, typer.Option("--lang", help="Language of the policies.")] = "en",
    legs: Annotated[str, typer.Option("--legs", help="As `eval retrieval` has them.")] = "words",
    feedback: Annotated[
        bool, typer.Option("--feedback", help="Ask also for what the first passages found say.")
    ] = False,
    model: Annotated[
        Path | None, typer.Option("--model", help="Folder of an embedding model, for leg dense.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Measure answers from handbooks: gold passages found, quoted, and near misses declined.

    A line has `id`, `lang`, `question`, `corpus`, `gold` (`file`, `quote`, `start`) and
    `answerable`; a corpus is looked for in the folder under its name. Example:

        citedesk eval questions questions.jsonl --policies handbooks --json
    """
    from agent.cli.desks import desk_folder
    from agent.evals import questions as topic
    from agent.evals.handbooks import read_handbooks

    options, audience = topic.options_of(
        desk and desk_folder(desk), legs=legs, feedback=feedback, model=model
    )
    asked = topic.read_questions(file)
    books = read_handbooks(policies, (one.corpus for one in asked), lang=lang)
    report = topic.measure_questions(asked, books, options=options, audience=audience)
    _print(report, as_json, topic.columns(report), topic.rows_of)


@evals.command(name="triage")
def triage_(
    train: Annotated[Path, typer.Option("--train", help="CSV of text and label; gz is read too.")],
    test: Annotated[Path, typer.Option("--test", help="CSV of text and label, to be answered.")],
    reject: Annotated[
        str | None, typer.Option("--reject", help="Label of the rows that are out of scope.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write a report to this file.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Measure the classifier alone: learn one file, answer another.

    A row labelled as `--reject` is never learnt, and right when it is refused. Example:

        citedesk eval triage --train train.csv --test test.csv --reject oos --html report.html
    """
    from agent.evals.report import page
    from agent.evals.triage import measure_triage, read_labelled

    measured = measure_triage(read_labelled(train), read_labelled(test), reject=reject)
    if html:
        html.write_text(page(measured.report, measured.answers), encoding="utf-8")
    _print(measured.report, as_json, ("figure", "value"), _items)


@evals.command()
def faithfulness(
    file: Annotated[Path, typer.Argument(help="Answers over passages, JSON Lines, also gzip.")],
    fit: Annotated[
        Path | None, typer.Option("--fit", help="Fit to the labelled answers of this file first.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Measure how well a model's unsupported words are found, by answer and by character.

    A line has `d1` (passages), `d2` (the answer) and `labels` (spans with `start` and `end`), as in
    RAGTruth. Example:

        citedesk eval faithfulness answers.jsonl.gz --json --fit development.jsonl.gz
    """
    from agent.evals.faithfulness import (
        FIGURES,
        judged,
        measure_faithfulness,
        read_answers,
        rows_of,
    )

    answers = read_answers(file)
    if fit is not None:
        from agent.evals.fitted import Fitted

        found = [*map(Fitted(read_answers(fit)).judged, answers)]
    else:
        found = [*map(judged, answers)]
    _print(measure_faithfulness(found), as_json, ("of", *FIGURES), rows_of)


@evals.command()
def model(
    file: Annotated[Path, typer.Argument(help="Labelled tickets, as for `eval tickets`.")],
    desk: Annotated[Path, typer.Option("--desk", help="A desk's folder.")] = Path("desks/support"),
    engine: Annotated[
        list[str] | None,
        typer.Option("--engine", help="vllm, a profile or a name of yours; default: the chain."),
    ] = None,
    save: Annotated[
        bool, typer.Option("--save", help="Keep the calibration for the service.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Measure a model's triage beside the classifier's and both together; one call a ticket.

    `--save` keeps how often each level of its sureness was right, and how the two are pooled, for
    the service on this data folder. Example:

        citedesk eval model labelled.jsonl --desk desks/support --engine ovhcloud --save
    """
    from agent.bootstrap.calibrate import calibrate
    from agent.evals.model_triage import FIGURES, rows_of

    report = calibrate(file, desk, engine, save=save)
    _print(report, as_json, ("of", *FIGURES), rows_of)


def _items(report: dict[str, Any]) -> list[tuple[str, Any]]:
    return list(report.items())


def _print(report: dict[str, Any], as_json: bool, columns: Any, rows: Any) -> None:
    from agent.cli.output import as_json_line, out, table

    if as_json:
        as_json_line(report)
    else:
        out.print(table(columns, rows(report)))

"""A desk's own tools over HTTP: read whole, or refused with file, key and mend."""

from pathlib import Path

import pytest

from agent.desk import DeskError, load_desk, load_desks
from agent.domain.desk import Desk
from tests.unit.desk.conftest import TOOLS
from tools.base import Effect
from tools.http.spec import HttpSpec

READ = """
[[http_tools]]
name = "payslip"
description = "When the requester's last payslip was sent."
url = "https://hr.example.com/people/{requester}/payslips/{month}"
hosts = ["hr.example.com"]
auth = { kind = "bearer", secret = "hr" }
owner = "employee.id"
label = "payslip of {month}"
[http_tools.query]
lang = "{language}"
[http_tools.arguments.month]
pattern = "[0-9]{4}-[0-9]{2}"
[http_tools.arguments.language]
required = false
[http_tools.fields]
sent_on = { path = "payslip.sent_on", type = "date" }
final = { path = "payslip.final", type = "boolean" }
[[http_tools.says]]
when = { final = true }
text = { en = "Your payslip was sent on {sent_on}." }
"""
WRITE = """
[[http_tools]]
name = "resend"
description = "Send the requester's payslip again."
method = "POST"
effect = "write"
url = "https://hr.example.com/payslips"
hosts = ["hr.example.com"]
body = { who = "{requester}", month = "{month}", deep = { list = ["{month}-{key}"] } }
arguments = { month = {} }
fields = { sent_on = { path = "sent_on", type = "date" } }
[http_tools.check]
url = "https://hr.example.com/people/{requester}"
fields = { active = { path = "active", type = "boolean" } }
require = { active = true }
[http_tools.done]
url = "https://hr.example.com/effects/{key}"
[[http_tools.says]]
when = { state = "done" }
text = { en = "Your payslip of {month} was sent on {sent_on}." }
"""


def add(folder: Path, text: str) -> None:
    """Above the rest, so that a key of the desk stays one."""
    file = folder / "desk.toml"
    head, first, rest = file.read_text().partition("\n[thresholds]")
    file.write_text(head + "\n" + text + first + rest)


def loaded(folder: Path) -> Desk:
    return load_desk(folder, known_tools=TOOLS)


def faults(folder: Path) -> list[str]:
    with pytest.raises(DeskError) as caught:
        loaded(folder)
    start = f"{(folder / 'desk.toml').as_posix()}: "
    return [line.removeprefix(start) for line in str(caught.value).splitlines()]


def test_a_desk_describes_its_own_tools(desk_folder: Path) -> None:
    add(desk_folder, READ + WRITE)

    payslip, resend = loaded(desk_folder).described

    assert isinstance(payslip, HttpSpec)
    assert (payslip.name, payslip.effect, payslip.personal) == ("payslip", Effect.READ, True)
    assert payslip.ask.owner == ("employee", "id")
    assert [field.name for field in payslip.ask.fields] == ["sent_on", "final"]
    assert isinstance(resend, HttpSpec)
    assert resend.effect is Effect.WRITE
    assert resend.check is not None
    assert resend.check.require == {"active": True}


def test_a_desk_may_list_what_it_describes(desk_folder: Path) -> None:
    add(desk_folder, READ)
    file = desk_folder / "desk.toml"
    listed = 'tools = ["leave_balance"]\n'
    text = file.read_text().replace(listed, 'tools = ["leave_balance", "payslip"]\n', 1)
    file.write_text(text)
    assert loaded(desk_folder).tools == ("leave_balance", "payslip")


def test_what_is_said_rests_on_the_fields_that_decided_it(desk_folder: Path) -> None:
    add(desk_folder, READ)
    (payslip,) = loaded(desk_folder).described
    (said,) = payslip.phrases({"sent_on": "2026-10-28", "final": True}, "en")
    assert said.text == "Your payslip was sent on 28 October 2026."
    assert said.fields == ("final", "sent_on")
    assert payslip.phrases({"sent_on": "2026-10-28", "final": False}, "en") == ()
    assert payslip.phrases({"sent_on": "2026-10-28", "final": 1}, "en") == ()
    assert payslip.phrases({"sent_on": None, "final": True}, "en") == ()


R, W = "http_tools['payslip']", "http_tools['resend']"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "description =",
            "descripton =",
            f"{R}.descripton: is not a known key (did you mean 'desc",
        ),
        ('name = "payslip"\n', "", "http_tools[1].name: is missing (add it)"),
        ('name = "payslip"', 'name = "Pay slip"', "http_tools['Pay slip'].name: 'Pay slip' is not"),
        ('name = "payslip"', 'name = "order"', "http_tools['order'].name: is a tool already"),
        (
            '"https://hr.example.com/people',
            '"http://hr.example.com/people',
            f"{R}.url: sends the s",
        ),
        (
            '"https://hr.example.com/people',
            '"https://hr.example.org/people',
            f"{R}.url: is at 'hr.e",
        ),
        (
            '"https://hr.example.com/people',
            '"ftp://hr.example.com/people',
            f"{R}.url: is no address",
        ),
        (
            '"https://hr.example.com/people',
            '"https://a:b@hr.example.com/p',
            f"{R}.url: holds a login",
        ),
        (
            "https://hr.example.com/people",
            "https://{month}.example.com/people",
            f"{R}.url: leaves it",
        ),
        ("{requester}", "{employee}", f"{R}.url: '{{employee}}' is no argument (known: 'desk', "),
        ("{month}", "{language}", f"{R}.url: '{{language}}' may be missing (a path needs"),
        ("{month}", "{month!r}", f"{R}.url: '{{month}}' is not a bare name"),
        ("{requester}", "{key}", f"{R}.url: '{{key}}' is no argument"),
        (
            'hosts = ["hr.example.com"]',
            "hosts = []",
            f"{R}.hosts: list should have at least 1 item",
        ),
        (
            'hosts = ["hr.example.com"]',
            'hosts = ["https://x"]',
            f"{R}.hosts.0: 'https://x' is not a",
        ),
        ('kind = "bearer"', 'kind = "magic"', f"{R}.auth.kind: input should be 'bearer', 'basic'"),
        ('kind = "bearer"', 'kind = "basic"', f"{R}.auth.user: is missing (basic needs"),
        (
            'kind = "bearer"',
            'kind = "basic", user = "a:b"',
            f"{R}.auth.user: holds ':' (basic needs",
        ),
        (
            "arguments.month",
            "arguments.requester",
            f"{R}.arguments.requester: 'requester' cannot be",
        ),
        ('"[0-9]{4}-[0-9]{2}"', '"["', f"{R}.arguments.month.pattern: is no regular expression"),
        ('type = "date"', 'type = "day"', f"{R}.fields.sent_on.type: input should be 'text', "),
        ('"payslip.sent_on"', '"payslip..sent_on"', f"{R}.fields.sent_on.path: 'payslip..sent_on'"),
        ('type = "date"', 'type = "choice"', f"{R}.fields.sent_on.choices: go with type 'choice'"),
        (
            "final = true",
            "fnal = true",
            f"{R}.says[1].when.fnal: is no field (did you mean 'final'",
        ),
        (
            "{sent_on}",
            "{sent}",
            f"{R}.says[1].text.en: '{{sent}}' is no field (did you mean 'sent_",
        ),
        ("{sent_on}", "{final}", f"{R}.says[1].text.en: '{{final}}' is true or false"),
        ("text = { en", "text = { xx", f"{R}.says[1].text.xx: is not a language of results"),
        ("auth = {", 'method = "POST"\nauth = {', f"{R}.effect: is missing for POST (write effect"),
        ("auth = {", 'effect = "write"\nauth = {', f"{R}.method: is GET, which changes nothing"),
        (
            "auth = {",
            "timeout_seconds = 900\nauth = {",
            f"{R}.timeout_seconds: input should be less",
        ),
        ("auth = {", 'headers = { Host = "x" }\nauth = {', f"{R}.headers.Host: is set by code"),
        (
            "auth = {",
            'headers = { Authorization = "x" }\nauth = {',
            f"{R}.headers.Authorization: is",
        ),
        ("auth = {", "body = { a = 1 }\nauth = {", f"{R}.body: is not sent with GET"),
        (
            "/{month}",
            "/{month}?who={requester}",
            f"{R}.url: holds a query (put it into the table q",
        ),
        (
            '"{language}"',
            '"{requester}-{language}"',
            f"{R}.query.lang: loses '{{requester}}' when '{{language}}' is not given",
        ),
        (
            "auth = {",
            'headers = { X-Who = "{language} {requester}" }\nauth = {',
            f"{R}.headers.X-Who: loses '{{requester}}' when '{{language}}' is not given",
        ),
        ("auth = {", 'headers = { X-Who = "Zoë" }\nauth = {', f"{R}.headers.X-Who: holds more th"),
        ("auth = {", "personal = false\nauth = {", f"{R}.personal: is false, and the request or"),
        ('owner = "employee.id"\n', "personal = false\n", f"{R}.personal: is false, and the requ"),
        ('"hr" }', '"hr", header = "Host" }', f"{R}.auth.header: 'Host' is set by code"),
        (
            '"hr" }',
            '"hr", header = "idempotency-key" }',
            f"{R}.auth.header: is the key_header too",
        ),
        ("auth = {", 'key_header = "Cookie"\nauth = {', f"{R}.key_header: 'Cookie' is set by code"),
        (
            "arguments.language",
            "arguments.model_dump",
            f"{R}.arguments.model_dump: 'model_dump' cannot be an argument (rename it",
        ),
    ],
)
def test_a_fault_names_the_key_and_the_mend(
    desk_folder: Path, old: str, new: str, said: str
) -> None:
    assert old in READ
    add(desk_folder, READ.replace(old, new, 1))
    assert any(line.startswith(said) for line in faults(desk_folder)), faults(desk_folder)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('who = "{requester}"', 'who = "x"', f"{W}: never says whose record it reads or changes"),
        ("active = true", "activ = true", f"{W}.check.require.activ: is no field (did you mean"),
        (
            'who = "{requester}"',
            'who = "{{requester}}"',
            f"{W}: never says whose record it reads or",
        ),
        (
            "people/{requester}",
            "people/{month}",
            f"{W}.check: never says whose record it reads (use",
        ),
        ("people/{requester}", "people?who={requester}", f"{W}.check.url: holds a query"),
        ("effects/{key}", "effects?key={key}", f"{W}.done.url: holds a query"),
        (
            "arguments = { month = {} }",
            "arguments = { month = { required = false } }",
            f"{W}.body.deep.list[1]: loses '{{key}}' when '{{month}}' is not given",
        ),
        (
            'effects/{key}"',
            'effects/{key}"\nowner = "who"',
            f"{W}.done.owner: is not known then (it is asked by the key; remove it)",
        ),
        ("effects/{key}", "effects/{month}", f"{W}.done.url: '{{month}}' is no argument"),
        (
            "-{key}",
            "-{kye}",
            f"{W}.body.deep.list[1]: '{{kye}}' is no argument (did you mean",
        ),
        ('method = "POST"', 'method = "POST"\nowner = "id"', f"{W}.owner: is read when it is done"),
        ('method = "POST"', 'method = "POST"\npersonal = false', f"{W}.personal: is false"),
        ('effect = "write"', 'effect = "read"', f"{W}.check: belongs to a side effect"),
    ],
)
def test_a_side_effect_has_rules_of_its_own(
    desk_folder: Path, old: str, new: str, said: str
) -> None:
    assert old in WRITE
    add(desk_folder, WRITE.replace(old, new, 1))
    assert any(line.startswith(said) for line in faults(desk_folder)), faults(desk_folder)


def test_what_was_done_may_have_to_say_so(desk_folder: Path) -> None:
    fields = 'fields = { state_of = { path = "state" } }\nrequire = { state_of = "completed" }'
    add(desk_folder, WRITE.replace('effects/{key}"', f'effects/{{key}}"\n{fields}'))
    (resend,) = loaded(desk_folder).described
    assert isinstance(resend, HttpSpec)
    assert resend.done is not None
    assert resend.done.require == {"state_of": "completed"}


def test_the_check_may_leave_the_owner_to_its_answer(desk_folder: Path) -> None:
    asked = WRITE.replace('people/{requester}"', 'people/{month}"\nowner = "who"')
    add(desk_folder, asked)
    assert len(loaded(desk_folder).described) == 1


def test_a_host_may_be_an_address_of_ipv6(desk_folder: Path) -> None:
    add(desk_folder, READ.replace("hr.example.com", "[::1]:8080").replace("https://", "http://"))
    (payslip,) = loaded(desk_folder).described
    assert isinstance(payslip, HttpSpec)
    assert payslip.hosts == ("[::1]:8080",)


def test_two_tools_of_one_name_are_one_too_many(desk_folder: Path) -> None:
    add(desk_folder, READ + READ)
    assert faults(desk_folder) == ["http_tools: names 'payslip' twice (names are distinct)"]


def test_plain_http_is_for_this_machine_or_said_aloud(desk_folder: Path) -> None:
    plain = READ.replace("https://", "http://")
    local = plain.replace("hr.example.com", "127.0.0.1:8080")
    add(
        desk_folder,
        local
        + plain.replace("auth =", "plain_http = true\nauth =").replace(
            '"payslip"', '"payslip_of_old"'
        ),
    )
    assert len(load_desks(desk_folder.parent, known_tools=TOOLS)["hr"].described) == 2  # pyright: ignore[reportArgumentType] -- a name


def test_the_examples_of_the_docs_are_whole(desk_folder: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "tools.md").read_text()
    blocks = [part.partition("```")[0] for part in page.split("```toml\n")[1:]]
    described = [block[block.index("[[http_tools]]") :] for block in blocks]
    add(desk_folder, "\n".join(described))
    assert [one.name for one in loaded(desk_folder).described] == ["warranty", "extend_return"]

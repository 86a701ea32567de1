"""The API keeps what its OpenAPI document says, whatever is sent.

`CITEDESK_TEST_EXAMPLES=500` sends as many requests to each operation; `make fuzz-api` does.
"""

# schemathesis leaves its type parameters open.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import os
import zlib
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from tests.contract.api.conftest import Running

EXAMPLES = int(os.environ.get("CITEDESK_TEST_EXAMPLES", "4"))
FEWEST = 18  #: operations that a document of this API has


@pytest.mark.timeout(120 + 60 * EXAMPLES)
def test_every_answer_is_one_that_the_document_knows(running: Running) -> None:
    """No crash, no undocumented status, type, header or shape; what does not fit is refused."""
    document = schemathesis.openapi.from_url(f"{running.url}/api/v1/openapi.json")
    operations = [found.ok() for found in document.get_all_operations() if isinstance(found, Ok)]
    broken: list[BaseException] = []
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            try:
                _try_out(operation, mode, running)
            except Unsatisfiable:
                assert mode is GenerationMode.NEGATIVE  # without parameters nothing can be wrong
            except (Exception, BaseExceptionGroup) as exc:  # one report of all operations
                exc.add_note(f"{operation.method.upper()} {operation.path}, {mode.value} data")
                broken.append(exc)
    assert len(operations) >= FEWEST
    if broken:
        raise BaseExceptionGroup("answers that the document does not know", broken)


def _try_out(operation: Any, mode: GenerationMode, running: Running) -> None:
    @settings(
        max_examples=max(1, EXAMPLES // 2),
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        place = zlib.crc32(repr((case.body, case.query)).encode())
        if "draft_id" in (case.path_parameters or {}) and place % 3:
            case.path_parameters["draft_id"] = running.drafts[place % len(running.drafts)]
        case.call_and_validate(headers={"x-csrf-token": running.csrf})

    send()

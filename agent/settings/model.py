"""What the pipeline asks of language models, whichever engine answers."""

from pydantic import Field

from agent.settings.sections import Section


class ModelSettings(Section):
    context_tokens: int = Field(
        default=6_000,
        ge=1_500,
        le=200_000,
        description="a prompt's budget; what a thread has beyond it is summarised, oldest first",
    )
    temperature: float = Field(default=0.3, ge=0, le=2, description="of replies; triage takes 0")
    tool_steps: int = Field(
        default=3, ge=0, le=10, description="lookups a model may ask for in one ticket; 0: none"
    )
    mend: bool = Field(
        default=True, description="ask once more where the check refuses sentences of a reply"
    )
    judge: bool = Field(
        default=False,
        description="ask about each sentence that is neither quoted nor refused: a call each",
    )

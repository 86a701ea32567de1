"""Every name of a span, a metric and an attribute, so that each is spelled once.

The `gen_ai.*` names follow OpenTelemetry's semantic conventions for generative AI, which are still
in development: when they move, they move here.
"""

from typing import Final

SERVICE: Final = "citedesk"

# Spans
INGEST: Final = "citedesk.ingest"
ADMIT: Final = "citedesk.admit"
TICKET: Final = "citedesk.ticket"
STAGE: Final = "citedesk.stage."  #: followed by the stage's name
SETTLE: Final = "citedesk.settle"
RELAY: Final = "citedesk.relay"

# Metrics. Prometheus shows them with `_` for `.`, and `_total` or the unit behind.
INGESTED: Final = "citedesk.tickets.ingested"
ADMITTED: Final = "citedesk.tickets.admitted"
SETTLED: Final = "citedesk.tickets.settled"
RETRIED: Final = "citedesk.tickets.retried"
PUBLISHED: Final = "citedesk.relay.published"
BACKLOG: Final = "citedesk.backlog"
SLOTS: Final = "citedesk.slots.busy"
STAGE_DURATION: Final = "citedesk.stage.duration"
STAGE_CPU: Final = "citedesk.stage.cpu"
LATENCY: Final = "citedesk.ticket.latency"

# Stages of the service's own; those of a ticket are named by the pipeline
STAGE_INGEST: Final = "ingest"
STAGE_ADMIT: Final = "admit"
STAGE_LEASE: Final = "lease"
STAGE_TICKET: Final = "ticket"  #: reading and packing, around the pipeline's stages
STAGE_SETTLE: Final = "settle"
STAGE_RELAY: Final = "relay"

# Attributes
TICKET_ID: Final = "citedesk.ticket.id"
CONVERSATION: Final = "citedesk.conversation"
DESK: Final = "citedesk.desk"
REVISION: Final = "citedesk.revision"
ATTEMPT: Final = "citedesk.attempt"
DECISION: Final = "decision"
OUTCOME: Final = "outcome"
ERROR: Final = "error.type"
STATE: Final = "state"
STAGE_NAME: Final = "stage"
BATCH: Final = "messaging.batch.message_count"

GEN_AI_OPERATION: Final = "gen_ai.operation.name"
GEN_AI_PROVIDER: Final = "gen_ai.provider.name"
GEN_AI_MODEL: Final = "gen_ai.request.model"
GEN_AI_FINISH: Final = "gen_ai.response.finish_reasons"
GEN_AI_TOKENS_IN: Final = "gen_ai.usage.input_tokens"
GEN_AI_TOKENS_OUT: Final = "gen_ai.usage.output_tokens"
GEN_AI_TOKENS_CACHED: Final = "gen_ai.usage.cache_read.input_tokens"
GEN_AI_TOKEN_TYPE: Final = "gen_ai.token.type"
GEN_AI_TOKEN_USAGE: Final = "gen_ai.client.token.usage"  #: a metric
GEN_AI_DURATION: Final = "gen_ai.client.operation.duration"  #: a metric
GEN_AI_CHAT: Final = "chat"  #: the operation's name, and how its span's name begins
MODEL_COST: Final = "citedesk.model.cost"

"""Kafka: topics, ingest into the inbox, relay out of the outbox, the AsyncAPI document."""

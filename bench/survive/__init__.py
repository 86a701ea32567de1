"""Kill the service at random moments under load, then prove that nothing was lost or doubled.

    python -m bench.survive --tickets 10000 --kills 5

starts a real Kafka and Postgres, sends tickets while it kills `citedesk serve` with SIGKILL, waits
until everything has ended, and checks what Kafka and the database hold. `checker` is pure and is
tested with planted faults.
"""

"""How much the service carries, beside naive designs, on a real Kafka and Postgres.

    python -m bench.pipeline --tickets 5000 --seconds 60

One run, three acts, one table and one JSON line. `slots`: a scripted model that takes 4 s a ticket,
300 in flight. `naive`: the same 4 s of work inside Kafka handlers. `free`: the model-free pipeline,
with CPU time by stage. Everything runs on two cores, broker, database and load included.
"""

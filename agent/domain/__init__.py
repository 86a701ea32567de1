"""The desk's words: pure values and decisions, no I/O.

The modules here are the vocabulary that every other room speaks:

- `ids`      the identifiers, as distinct types
- `ticket`   what came in: `Ticket`, `Message`, `Requester`
- `triage`   what it is about: `Triage`, `Entities`, `Priority`
- `draft`    what goes out: `Draft`, `Claim`, `Evidence`, `Route`
- `events`   the v1 contracts on the wire
"""

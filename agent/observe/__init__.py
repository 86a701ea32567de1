"""What the rooms say about their work: names, log lines, spans, measurements."""

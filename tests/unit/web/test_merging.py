"""Several processes' metrics on one page."""

from agent.web.merging import merged

PAGE = """\
# HELP citedesk_slots_busy Tickets in flight
# TYPE citedesk_slots_busy gauge
citedesk_slots_busy {busy}
# HELP citedesk_tickets_settled_total How they ended
# TYPE citedesk_tickets_settled_total counter
citedesk_tickets_settled_total{{outcome="ready"}} 7.0
"""


def test_each_sample_says_whose_it_is_below_one_head() -> None:
    page = merged({"0": PAGE.format(busy="3.0"), "1": PAGE.format(busy="4.0")})

    assert page.splitlines() == [
        "# HELP citedesk_slots_busy Tickets in flight",
        "# TYPE citedesk_slots_busy gauge",
        'citedesk_slots_busy{process="0"} 3.0',
        'citedesk_slots_busy{process="1"} 4.0',
        "# HELP citedesk_tickets_settled_total How they ended",
        "# TYPE citedesk_tickets_settled_total counter",
        'citedesk_tickets_settled_total{process="0",outcome="ready"} 7.0',
        'citedesk_tickets_settled_total{process="1",outcome="ready"} 7.0',
    ]


def test_a_histograms_lines_stay_together_and_a_process_that_is_silent_adds_none() -> None:
    histogram = """\
# TYPE d histogram
d_bucket{le="0.1"} 1.0
d_count 1.0
d_sum 0.05
"""

    page = merged({"0": histogram, "1": "", "2": histogram})

    assert [line.split("{")[0] for line in page.splitlines()] == [
        "# TYPE d histogram",
        *("d_bucket", "d_count", "d_sum"),
        *("d_bucket", "d_count", "d_sum"),
    ]

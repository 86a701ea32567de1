"""Rows of the search dictionary whose words mean the same, by the plainest English word of each.

The dictionary is made for finding: most of its rows hold what is looked up together, such as dogs
and cats, and a rule of the one does not hold for the other. Only these rows were read for that.
"""

from functools import cache

from retrieval.text import stem

_SAME = """
    annual immediately automatic extra enough difficult correct wrong answer say write see search
    decide choose change add remove create help happen stay attend invite continue check protect
    cooperate child baby trip city cancel apartment live monitor headset connect password website
    data update replace repair stolen damaged fast ship parcel buy shop colour warranty medicine
    doctor hospital surgery pregnant appointment sick injury pain die friend amount expensive
    cheap defective refund complaint urgent delayed employee employer company department colleague
    supervisor job contract freelancer intern newcomer hire candidate application resume
    conviction referral start onboarding probation resign dismissal redundancy retire salary raise
    overtime timesheet remote headquarters course learn certification diploma mentor goal
    harassment rule handbook procedure vacation accrue balance expire forfeit donate sabbatical
    military closure approve eligible benefit reimburse expense tax deduct insurance premium
    coverage enrol contribute childcare commute gift celebration citizen disability court lawyer
    agreement deadline notify form document proof signature submit complete percent debt
    relocation location survey workload task visitor seller
"""


@cache
def same() -> frozenset[str]:
    """The stems of the words that name these rows."""
    return frozenset(stem(word, "en") for word in _SAME.split())

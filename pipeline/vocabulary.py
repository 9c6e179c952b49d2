"""The closed lists of words that code, files and reports share.

Belongs here: names fixed by DESIGN (arms, streams, points of delivery, populations, verdicts, datasets).
Does not belong here: thresholds or codelists that a contract or protocol may choose (`study.yaml`, `terms.yaml`).
"""

from typing import Literal, get_args

Arm = Literal["intervention", "control", "wider"]
Stream = Literal["apc", "ae", "op"]
Pod = Literal["non_elective", "elective", "day_case", "ae", "op_first", "op_follow_up", "op_procedure", "other"]
Population = Literal["eligible", "referred", "engaged", "high_engaged"]
FindingVerdict = Literal["pass", "inform", "undetermined", "adjust", "fail", "waived", "not_evaluated"]
PriceState = Literal["priced", "ungroupable", "no_price", "missing", "fallback", "out_of_scope"]
Fate = Literal["kept", "quarantined", "merged", "out_of_scope"]

ARMS: tuple[str, ...] = get_args(Arm)
STREAMS: tuple[str, ...] = get_args(Stream)
PODS: tuple[str, ...] = get_args(Pod)
POPULATIONS: tuple[str, ...] = get_args(Population)
FATES: tuple[str, ...] = get_args(Fate)

#: streams in words, for people who read findings
STREAM_NAMES = {"apc": "admitted care", "ae": "A&E", "op": "outpatients"}

#: which points of delivery a stream's rows become
PODS_OF_STREAM = {
    "apc": ("non_elective", "elective", "day_case", "other"),
    "ae": ("ae",),
    "op": ("op_first", "op_follow_up", "op_procedure"),
}
STREAM_OF_POD = {pod: stream for stream, pods in PODS_OF_STREAM.items() for pod in pods}

#: what an outpatient attendance was, whatever its price
ATTENDANCE_KINDS = ("first", "follow_up", "procedure", "first_not_face_to_face", "follow_up_not_face_to_face")

#: the dataset of contacts with the practice, and the point of delivery under which the panel counts them: they have no price,
#: so it is none of PODS
GP_DATASET = "gp_contact"
GP_CONTACT = "gp_contact"

#: activity outcomes and the points of delivery whose rows they count; bed_days sums length of stay
ACTIVITY_OUTCOMES = {
    "unplanned_admissions": ("non_elective",),
    "ae_attendances": ("ae",),
    "outpatient_attendances": ("op_first", "op_follow_up", "op_procedure"),
    "bed_days": ("non_elective", "elective"),
    "gp_contacts": (GP_CONTACT,),
}

"""Every branch of the pricing rule, priced by hand from the official workbooks: a case a row, with its sum and its reason.

Numbers of branches are those of files_and_pricing section 2. A row says what differs from PLAIN, the sum at constant 2016/17
prices as one would write it beside the printed book (pounds, then the market forces factor), the reason, and the same at the
list of its own year.

As printed, GBP. 2016/17 sheet `1 APC & OPROC` (E combined, F day case, G ordinary, H trim, I non-elective, J trim, K a day,
N short stay; D outpatient procedure): EB03H E 4065, H 43, I 3270, J 40, K 204, N 1038; GA10E F 1726, G 1394, H 5, K 203;
DZ21A I 504, N 504; DZ50Z D 467, F 467, G 519; FZ51Z D 441, E 441; LB72A D 386, E 221; PB03Z, SB97Z, SC97Z, LA08E 0 throughout.
2017/18 `1a`: EB03C I 2887, J 28, K 229, N 866; FZ51Z D 403, E 403; CA14Z D 108,
F 1259, G 1138, H 5, K 241. 2018/19 `1b`: EB03C I 2898, N 869. A&E and outpatients as in
test_pricing_ambulatory_by_hand; 2017/18 TFC 320 WF01B 157, WF02A 131. MFF RTD 1.035817, RR7 1.028218, RXF 1.040601,
RW4 1.038589 in 2016/17 and 1.036203 after, RJX 1.028613 in 2016/17 only.
"""

from datetime import date

from pipeline.study import Prices

PRICES = Prices(base="2016-17", grouper="HRG4", grouper_by_year={"2017-18": "HRG4+", "2018-19": "HRG4+", "2019-20": "HRG4+"})
OTHER = "HRG is not of HRG4, the grouper of the 2016-17 price list"
NO_LIST = "no price list of its financial year is held"
NO_HRG_EXCLUDED = "; no HRG, as SUS leaves what it excludes"
PRIVATE = "private patient: outside the national tariff"
EXCLUDED = "treatment function that the national tariff excludes"
SHORT = "reduced short-stay emergency"
ONLY = "; no spell HRG, HRG of the only episode"
AS_0 = "; day-case class with a non-elective admission, taken as length of stay 0"
#: the same sum and the same reason at the list of its own year
SAME = ("same", "same")

MAY = date(2016, 5, 2)
#: an emergency spell of five days at EB03H and RTD, admitted in May 2016
PLAIN_SPELL = {"hrg": "EB03H", "by": "21", "as": "1", "days": 5, "from": MAY, "age": 70, "at": "RTD"}
SPELLS = [
    # 1: the spell's HRG, that of its only episode, none; what is excluded is no fault
    ("1", {}, "3270 x 1.035817", "non-elective", *SAME),
    ("1", {"hrg": None, "episode_hrg": "EB03H"}, "3270 x 1.035817", "non-elective" + ONLY, *SAME),
    ("1", {"hrg": "EB03H", "episode_hrg": "DZ21A"}, "3270 x 1.035817", "non-elective", *SAME),
    ("1", {"spell_hrgs": 2}, "3270 x 1.035817", "non-elective; episodes carry more than one spell HRG", *SAME),
    ("1", {"hrg": None, "episodes": 2}, None, "no spell HRG and more than one episode", *SAME),
    ("1", {"hrg": None}, None, "no HRG", *SAME),
    ("1", {"hrg": None, "admin_category": "02"}, None, PRIVATE + NO_HRG_EXCLUDED, *SAME),
    ("1", {"hrg": None, "treatment_function": "710"}, None, EXCLUDED + NO_HRG_EXCLUDED, *SAME),
    ("1", {"treatment_function": "424"}, None, EXCLUDED, *SAME),
    ("1", {"hrg": "UZ01Z"}, None, "HRG UZ01Z: data invalid for grouping", *SAME),
    ("1", {"hrg": "ZZ99Z"}, None, "HRG is not on the 2016-17 price list", None, "HRG is not on its own year's price list"),
    # 2: the year of discharge decides, not that of admission; HRG4+ from 1 April 2017
    ("2", {"from": date(2016, 3, 30)}, "3270 x 1.035817", "non-elective", *SAME),  # discharged 4 April 2016
    ("2", {"from": date(2016, 3, 26)}, "3270 x 1.035817", "non-elective", None, NO_LIST),  # 31 March: 2015/16
    ("2", {"from": date(2017, 3, 26)}, "3270 x 1.035817", "non-elective", *SAME),  # 31 March 2017
    ("2", {"from": date(2017, 3, 27), "hrg": "EB03C"}, None, OTHER, "2887 x 1.035817", "non-elective"),  # 1 April 2017
    ("2", {"from": date(2018, 3, 27), "hrg": "EB03C"}, None, OTHER, "2898 x 1.035817", "non-elective"),
    ("2", {"from": date(2019, 3, 27), "hrg": "EB03C"}, None, OTHER, None, NO_LIST),
    ("2", {"days": None}, None, "not discharged yet", *SAME),
    # a code that stands on both lists is looked up in that of its own year alone
    ("2", {"from": date(2017, 6, 1), "hrg": "FZ51Z", "by": "11", "as": "2", "days": 0}, None, OTHER,
     "403 x 1.035817", "day case"),
    # an HRG4 code in a year of HRG4+ is on no list
    ("2", {"from": date(2017, 6, 1)}, None, OTHER, None, "HRG is not on its own year's price list"),
    # 3: elective, emergency, other non-elective, none of them
    ("3", {"by": "11", "days": 3}, "4065 x 1.035817", "ordinary elective", *SAME),
    ("3", {"by": "12", "days": 3}, "4065 x 1.035817", "ordinary elective", *SAME),
    ("3", {"by": "13", "days": 3}, "4065 x 1.035817", "ordinary elective", *SAME),
    ("3", {"by": "2C"}, "3270 x 1.035817", "non-elective", *SAME),
    *(("3", {"by": method, "days": 1}, "3270 x 1.035817", "non-elective", *SAME) for method in ("31", "32", "81", "82", "83")),
    ("3", {"by": "98"}, None, "admission method not known", *SAME),
    ("3", {"by": None}, None, "admission method not known", *SAME),
    # 4: combined, day case and ordinary apart; lawful combinations of patient class
    ("4", {"by": "11", "as": "2", "days": 0}, "4065 x 1.035817", "day case", *SAME),
    ("4", {"by": "11", "as": "2", "days": 60}, "4065 x 1.035817", "day case", *SAME),  # no excess days
    ("4", {"hrg": "GA10E", "by": "11", "as": "2", "days": 0}, "1726 x 1.035817", "day case", *SAME),
    ("4", {"hrg": "GA10E", "by": "11", "days": 1}, "1394 x 1.035817", "ordinary elective", *SAME),
    ("4", {"hrg": "GA10D", "by": "11", "as": "2", "days": 0}, None, "HRG has no day case price", *SAME),
    ("4", {"from": date(2017, 6, 1), "hrg": "CA14Z", "by": "11", "as": "2", "days": 0}, None, OTHER,
     "1259 x 1.035817", "day case"),
    ("4", {"as": "2", "days": 0}, "1038 x 1.035817", SHORT + AS_0, *SAME),
    ("4", {"as": "2", "days": 3}, "1038 x 1.035817", SHORT + AS_0, *SAME),
    ("4", {"as": "2", "by": "81", "days": 0}, "3270 x 1.035817", "non-elective" + AS_0, *SAME),
    ("4", {"as": "3"}, None, "regular attender: no national price", *SAME),
    ("4", {"as": "4"}, None, "regular attender: no national price", *SAME),
    ("4", {"as": "5"}, None, "mother and baby using delivery facilities only: no national price", *SAME),
    ("4", {"as": "8"}, None, "patient class not known", *SAME),
    # 5: excess days; stay = trim point none, one more one
    ("5", {"by": "11", "days": 43}, "4065 x 1.035817", "ordinary elective", *SAME),
    ("5", {"by": "11", "days": 44}, "(4065 + 1 x 204) x 1.035817", "ordinary elective with excess days", *SAME),
    ("5", {"hrg": "GA10E", "by": "11", "days": 8}, "(1394 + 3 x 203) x 1.035817", "ordinary elective with excess days", *SAME),
    ("5", {"days": 40}, "3270 x 1.035817", "non-elective", *SAME),
    ("5", {"days": 50}, "(3270 + 10 x 204) x 1.035817", "non-elective with excess days", *SAME),
    ("5", {"by": "81", "days": 41}, "(3270 + 1 x 204) x 1.035817", "non-elective with excess days", *SAME),
    ("5", {"from": date(2017, 6, 1), "hrg": "EB03C", "days": 30}, None, OTHER,
     "(2887 + 2 x 229) x 1.035817", "non-elective with excess days"),
    ("5", {"from": date(2017, 6, 1), "hrg": "CA14Z", "by": "11", "days": 7}, None, OTHER,
     "(1138 + 2 x 241) x 1.035817", "ordinary elective with excess days"),
    # 6: the short stay: emergency, 0 or 1 day, 19 or over at admission, printed column N
    ("6", {"days": 0}, "1038 x 1.035817", SHORT, *SAME),
    ("6", {"days": 1, "age": 19}, "1038 x 1.035817", SHORT, *SAME),
    ("6", {"days": 1, "age": 18}, "3270 x 1.035817", "non-elective", *SAME),
    ("6", {"days": 2}, "3270 x 1.035817", "non-elective", *SAME),
    ("6", {"days": 1, "age": None}, None, "age not known where the short-stay price depends on it", *SAME),
    ("6", {"hrg": "DZ21A", "days": 1}, "504 x 1.035817", SHORT, *SAME),  # 100%: reduced is equal to full
    ("6", {"hrg": "GA10D", "days": 1}, "3061 x 1.035817", "non-elective", *SAME),  # L is No
    ("6", {"from": date(2017, 6, 1), "hrg": "EB03C", "days": 1}, None, OTHER, "866 x 1.035817", SHORT),
    ("6", {"from": date(2018, 6, 1), "hrg": "EB03C", "days": 1}, None, OTHER, "869 x 1.035817", SHORT),
    # 7: the factor of the provider's first three characters, of the year of the list; never 1
    ("7", {"at": "RR7"}, "3270 x 1.028218", "non-elective", *SAME),
    ("7", {"at": "RXF"}, "3270 x 1.040601", "non-elective", *SAME),
    ("7", {"at": "RXF-X"}, "3270 x 1.040601", "non-elective", *SAME),  # PROCODET of a treatment centre
    ("7", {"at": "RXF01"}, "3270 x 1.040601", "non-elective", *SAME),  # a site
    ("7", {"at": "RW4"}, "3270 x 1.038589", "non-elective", *SAME),
    ("7", {"at": "RW4", "from": date(2017, 6, 1), "hrg": "EB03C"}, None, OTHER, "2887 x 1.036203", "non-elective"),
    ("7", {"at": "RJX", "from": date(2017, 6, 1), "hrg": "EB03C"}, None, OTHER, None,
     "provider has no market forces factor in its own year"),
    ("7", {"at": "NT401"}, None, "provider has no market forces factor in 2016-17", None,
     "provider has no market forces factor in its own year"),
    # 10: unbundled HRGs are outside; the empty cores are printed at 0 and counted
    ("10", {"hrg": "XC01Z"}, None, "unbundled HRG: paid outside the core prices", *SAME),
    ("10", {"hrg": "SB97Z", "by": "11", "as": "2", "days": 0}, "0 x 1.035817",
     "day case; empty core of chemotherapy at £0: its money stands in unbundled HRGs", *SAME),
    ("10", {"hrg": "SC97Z", "by": "11", "as": "2", "days": 0}, "0 x 1.035817",
     "day case; empty core of radiotherapy at £0: its money stands in unbundled HRGs", *SAME),
    ("10", {"hrg": "LA08E", "by": "11", "as": "2", "days": 0}, "0 x 1.035817", "day case", *SAME),  # dialysis, paid elsewhere
    ("10", {"hrg": "PB03Z", "by": "82", "days": 1, "age": 0}, "0 x 1.035817", "non-elective", *SAME),
]  # fmt: skip

TYPE_3 = "type 3 department, flat price"
PLAIN_VISIT = {"hrg": "VB01Z", "kind": "01", "on": MAY, "at": "RTD"}
VISITS = [
    # 8: HRG by department
    ("8", {}, "246 x 1.035817", "type 1 or 2 department", *SAME),
    ("8", {"kind": "02", "hrg": "VB04Z", "at": "RR7"}, "174 x 1.028218", "type 1 or 2 department", *SAME),
    ("8", {"hrg": "VB99Z"}, "83 x 1.035817", "type 1 or 2 department", *SAME),  # note in A17: as VB09Z
    ("8", {"kind": "03"}, "57 x 1.035817", TYPE_3, *SAME),
    ("8", {"kind": "03", "hrg": "VB77Z"}, "57 x 1.035817", TYPE_3, *SAME),  # an odd VB
    ("8", {"kind": "03", "hrg": None}, "57 x 1.035817", TYPE_3 + "; no HRG", *SAME),
    ("8", {"kind": "03", "hrg": None, "on": date(2017, 6, 1)}, "57 x 1.035817", TYPE_3 + "; no HRG",
     "63 x 1.035817", TYPE_3 + "; no HRG"),
    ("8", {"kind": "04"}, None, "walk-in centre (type 4): outside the national tariff", *SAME),
    ("8", {"kind": None}, None, "department type not known", *SAME),
    ("8", {"hrg": None}, None, "no HRG", *SAME),  # not VB11Z
    ("8", {"hrg": "UZ01Z"}, None, "HRG UZ01Z: data invalid for grouping", *SAME),
    ("8", {"hrg": "VB77Z"}, None, "HRG is not on the 2016-17 A&E price list", None,
     "HRG is not on its own year's A&E price list"),
    ("8", {"attendance_category": "2"}, "246 x 1.035817", "type 1 or 2 department", *SAME),  # planned, priced
    ("8", {"disposal": "12", "hrg": "VB11Z"}, "57 x 1.035817", "type 1 or 2 department", *SAME),  # left, priced
    ("8", {"on": date(2017, 6, 1)}, None, OTHER, "322 x 1.035817", "type 1 or 2 department"),
    ("8", {"on": date(2018, 6, 1), "hrg": "VB99Z"}, None, OTHER, "93 x 1.035817", "type 1 or 2 department"),
    ("8", {"on": date(2015, 6, 1)}, "246 x 1.035817", "type 1 or 2 department", None, NO_LIST),
    ("8", {"on": date(2019, 6, 1)}, None, OTHER, None, NO_LIST),
]  # fmt: skip

FIRST, FOLLOW_UP = "first attendance, single-professional", "follow-up attendance, single-professional"
FIRST_MULTI, FOLLOW_UP_MULTI = "first attendance, multi-professional", "follow-up attendance, multi-professional"
SINGLE = "; no HRG, single professional assumed"
WITHOUT_D = "; HRG without outpatient procedure price, single professional assumed"
PLAIN_CLINIC = {"hrg": "WF01B", "first": "1", "tfc": "300", "main": "300", "on": MAY, "at": "RTD"}
CLINICS = [
    # 9: a procedure, an attendance by treatment function, first or follow-up, single or multi-professional
    ("9", {}, "183 x 1.035817", FIRST, *SAME),
    ("9", {"hrg": "WF02B"}, "259 x 1.035817", FIRST_MULTI, *SAME),
    ("9", {"hrg": "WF01A", "first": "2"}, "108 x 1.035817", FOLLOW_UP, *SAME),
    ("9", {"hrg": "WF02A", "first": "2", "tfc": "320"}, "148 x 1.035817", FOLLOW_UP_MULTI, *SAME),
    ("9", {"hrg": "FZ51Z"}, "441 x 1.035817", "outpatient procedure", *SAME),
    ("9", {"hrg": "LB72A", "tfc": None}, "386 x 1.035817", "outpatient procedure", *SAME),
    ("9", {"hrg": "DZ50Z", "first": "2"}, "467 x 1.035817", "outpatient procedure", *SAME),
    ("9", {"hrg": "EB03H"}, "183 x 1.035817", FIRST + WITHOUT_D, *SAME),  # D is `-`
    ("9", {"hrg": None}, "183 x 1.035817", FIRST + SINGLE, *SAME),
    ("9", {"hrg": None, "first": "2"}, "108 x 1.035817", FOLLOW_UP + SINGLE, *SAME),
    ("9", {"hrg": "WF01A"}, "108 x 1.035817", FOLLOW_UP + "; FIRSTATT says otherwise than the HRG", *SAME),
    ("9", {"hrg": None, "first": "3"}, None, "not face to face: no national price", *SAME),
    ("9", {"hrg": "WF01C", "first": "4"}, None, "not face to face: no national price", *SAME),
    ("9", {"hrg": None, "first": "9"}, None, "first or follow-up not known", *SAME),
    ("9", {"first": "5"}, None, "referral-to-treatment administrative event, not an attendance", *SAME),
    ("9", {"tfc": None}, None, "treatment function not known", *SAME),  # TRETSPEF `&`: MAINSPEF stands in for nothing
    ("9", {"tfc": "150"}, None, "treatment function is not on the 2016-17 price list", None,
     "treatment function is not on its own year's price list"),
    ("9", {"tfc": "329", "hrg": "WF01A", "first": "2"}, None, "treatment function has no price for this kind of attendance",
     *SAME),
    ("9", {"tfc": "812"}, "0 x 1.035817", FIRST, *SAME),
    ("9", {"main": "950"}, None, "attendance that is not consultant-led: outside the national tariff", *SAME),
    ("9", {"main": "950", "hrg": "FZ51Z"}, "441 x 1.035817", "outpatient procedure", *SAME),
    ("9", {"tfc": "560"}, None, "maternity pathway: paid outside the attendance prices", *SAME),
    ("9", {"tfc": "713", "hrg": None}, None, EXCLUDED + NO_HRG_EXCLUDED, *SAME),
    ("9", {"admin_category": "02"}, None, PRIVATE, *SAME),
    ("9", {"hrg": "UZ01Z"}, None, "HRG UZ01Z: data invalid for grouping", *SAME),
    # an attendance rests on no grouper, a procedure does
    ("9", {"on": date(2017, 6, 1)}, "183 x 1.035817", FIRST, "190 x 1.035817", FIRST),
    ("9", {"on": date(2018, 6, 1), "tfc": "320"}, "166 x 1.035817", FIRST, "157 x 1.035817", FIRST),
    ("9", {"on": date(2017, 6, 1), "tfc": "320", "hrg": "WF02A", "first": "2"}, "148 x 1.035817", FOLLOW_UP_MULTI,
     "131 x 1.035817", FOLLOW_UP_MULTI),
    ("9", {"on": date(2017, 6, 1), "hrg": "FZ51Z"}, None, OTHER, "403 x 1.035817", "outpatient procedure"),
    ("9", {"on": date(2017, 6, 1), "hrg": "CA14Z"}, None, OTHER, "108 x 1.035817", "outpatient procedure"),
    ("9", {"on": date(2014, 6, 1)}, "183 x 1.035817", FIRST, None, NO_LIST),
    # 10
    ("10", {"hrg": "RD01A"}, None, "unbundled HRG: paid outside the core prices", *SAME),
]  # fmt: skip

#: clause of `pricing` and its value -> stream, the case, its sum and reason, all at constant prices
CLAUSES = [
    ({"short_stay_minimum_age": 16}, "apc", {"days": 1, "age": 18}, "1038 x 1.035817", SHORT),
    ({"short_stay_maximum_days": 2}, "apc", {"days": 2}, "1038 x 1.035817", SHORT),
    ({"other_non_elective_methods": ("31", "81")}, "apc", {"by": "82"}, None, "admission method not known"),
    ({"other_non_elective_methods": ("31", "84")}, "apc", {"by": "84", "days": 0}, "3270 x 1.035817", "non-elective"),
    ({"day_case_class_not_elective": "unpriced"}, "apc", {"as": "2", "days": 0}, None,
     "day-case class with a non-elective admission: not priced by the protocol"),
    ({"patient_class_priced_as": {"3": "2"}}, "apc", {"as": "3", "by": "11", "days": 0}, "4065 x 1.035817",
     "day case; patient class priced as the protocol says"),
    ({"patient_class_priced_as": {"8": "1"}}, "apc", {"as": "8", "days": 41}, "(3270 + 1 x 204) x 1.035817",
     "non-elective with excess days; patient class priced as the protocol says"),
    ({"missing_mff": 1.02}, "apc", {"at": "NT401"}, "3270 x 1.02",
     "non-elective; market forces factor of the provider missing, protocol's substitute"),
    ({"type_3_without_hrg": "unpriced"}, "ae", {"kind": "03", "hrg": None}, None, "no HRG"),
    ({"type_3_without_hrg": "unpriced"}, "ae", {"kind": "03"}, "57 x 1.035817", TYPE_3),
    ({"planned_attendances": "out_of_scope"}, "ae", {"attendance_category": "2"}, None,
     "planned attendance: the protocol leaves it out"),
    ({"left_before_treatment": "no_price"}, "ae", {"disposal": "13"}, None,
     "left before treatment: the protocol gives it no price"),
    ({"procedure_hrg_without_price": "no_price"}, "op", {"hrg": "EB03H"}, None,
     "HRG has no outpatient procedure price: the protocol takes no other"),
    ({"procedure_hrg_without_price": "no_price"}, "op", {"hrg": "FZ51Z"}, "441 x 1.035817", "outpatient procedure"),
    ({"not_face_to_face_pence": 2300}, "op", {"hrg": None, "first": "3"}, "23 x 1.035817",
     "not face to face, the protocol's price"),
]  # fmt: skip

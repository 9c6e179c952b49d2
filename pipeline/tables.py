"""The tables that pass from room to room, as declared schemas: names, types, grain.

Belongs here: one schema a table, and casting a table to it. Does not belong here: how rows come to be (the rooms).
Delivered tables (kept rows of a delivery) keep the contract's column names in capitals and are text throughout, plus three
columns that say where a row came from. Everything later is lower case and typed. Money is integer pence.
"""

import ibis
import ibis.expr.types as ir

#: added to every delivered table: fingerprint of the delivery, its received date, the row number in it (1 = first data row)
ORIGIN = {"DELIVERY": "string", "RECEIVED": "string", "ROW_NO": "int64"}

#: one row a delivered row: what became of it (promise 7). merged_into is "DELIVERY:ROW_NO" of the row it went to
FATES = ibis.schema(
    {"delivery": "string", "row_no": "int64", "fate": "string", "reason": "string", "clause": "string", "merged_into": "string"}
)

#: provider spell (grain: spell_key). discharge_date, month, financial_year are null while unfinished
SPELLS = ibis.schema(
    {
        "spell_key": "string",  # smallest EPIKEY of the spell
        "person": "string",
        "provider": "string",  # PROCODE3
        "practice": "string",  # GPPRAC of the first episode; null for V81997-9, V99998, &
        "admission_date": "date",
        "discharge_date": "date",
        "month": "string",  # of discharge, YYYY-MM
        "financial_year": "string",  # of discharge, 2018-19
        "admission_method": "string",  # ADMIMETH of the first episode, text
        "admission_source": "string",  # ADMISORC of the first episode
        "discharge_destination": "string",  # DISDEST of the last episode
        "patient_class": "string",  # CLASSPAT of the first episode
        "age": "int64",  # at admission, STARTAGE of the first episode; 7001-7007 are 0
        "spell_hrg": "string",  # SUSCOREHRG; null when absent
        "spell_hrgs": "int64",  # distinct non-null SUSCOREHRG in the spell: more than one is reported
        "episode_hrg": "string",  # SUSHRG of a single-episode spell, else null
        "episodes": "int64",
        "admin_category": "string",
        "treatment_function": "string",
        "main_specialty": "string",
        "diagnosis": "string",  # first diagnosis of the first episode
        "supplier_cost_pence": "int64",  # sum of COST_GBP over the spell; null when none was delivered
    }
)

#: stay in hospital across providers (grain: continuous_key); counted, never priced
CONTINUOUS_SPELLS = ibis.schema(
    {
        "continuous_key": "string",  # smallest spell_key of the stay
        "person": "string",
        "practice": "string",  # of the first provider spell, as are admission_method and patient_class
        "admission_date": "date",
        "discharge_date": "date",  # the last of its provider spells; null while one is unfinished
        "month": "string",
        "financial_year": "string",
        "admission_method": "string",
        "patient_class": "string",
        "spells": "int64",  # provider spells in it
        "providers": "int64",
    }
)

#: emergency-care attendance (grain: attendance_key)
ATTENDANCES = ibis.schema(
    {
        "attendance_key": "string",
        "person": "string",
        "provider": "string",
        "practice": "string",
        "arrival_date": "date",
        "month": "string",
        "financial_year": "string",
        "department_type": "string",  # 01-04, null when 99
        "attendance_category": "string",  # 1 first, 2 planned follow-up, 3 unplanned follow-up
        "disposal": "string",
        "hrg": "string",
        "diagnosis": "string",
        "supplier_cost_pence": "int64",
    }
)

#: attended outpatient appointment (grain: appointment_key)
APPOINTMENTS = ibis.schema(
    {
        "appointment_key": "string",
        "person": "string",
        "provider": "string",
        "practice": "string",
        "appointment_date": "date",
        "month": "string",
        "financial_year": "string",
        "first_attendance": "string",  # FIRSTATT 1 first, 2 follow-up, 3 and 4 telephone
        "attendance_kind": "string",  # pipeline.vocabulary.ATTENDANCE_KINDS, null where nothing tells
        "admin_category": "string",
        "main_specialty": "string",
        "treatment_function": "string",  # three digits as text; null for &
        "hrg": "string",
        "supplier_cost_pence": "int64",
    }
)

#: contact with the practice (grain: contact_key)
GP_CONTACTS = ibis.schema(
    {
        "contact_key": "string",  # made of where the row stands: the layout has none
        "person": "string",
        "practice": "string",
        "contact_date": "date",
        "month": "string",
        "financial_year": "string",
        "kind": "string",  # CONTACT_TYPE, lower case
    }
)

#: every contact with its price (grain: stream, activity_key)
PRICED_ACTIVITY = ibis.schema(
    {
        "stream": "string",
        "activity_key": "string",
        "person": "string",
        "provider": "string",
        "department_type": "string",  # A&E department type, '' for other streams
        "date": "date",  # of discharge, arrival or appointment
        "month": "string",
        "financial_year": "string",
        "pod": "string",  # pipeline.vocabulary.PODS
        "currency": "string",  # the HRG or treatment function that was looked up
        "price_state": "string",  # priced | ungroupable | no_price | missing | fallback | out_of_scope
        "price_reason": "string",  # which branch of the rule, in words
        "price_pence": "int64",  # at constant prices; null unless priced or fallback; 0 only where the workbook prints 0
        "supplier_cost_pence": "int64",
        "bed_days": "int64",  # unadjusted length of stay, 0 for other streams
        # how price_pence came to be, null unless a list priced it: base x factor, half a penny rounded up
        "base_pence": "int64",  # before the market forces factor
        "excess_pence": "int64",  # part of base_pence for days beyond the trim point
        "other_stay_pence": "int64",  # base had the short-stay question been answered the other way; null where not asked
        "factor_millionths": "int64",  # the market forces factor
        # at the list of its own financial year; null where none is held, or none prices it
        "current_price_pence": "int64",
        "current_price_reason": "string",  # which branch of the rule, in words
    }
)

REGISTRATIONS = ibis.schema(
    {
        "person": "string",
        "practice": "string",
        "start": "date",
        "end": "date",  # null while open
        "birth_date": "date",
        "sex": "string",
        "lsoa": "string",
        "death_date": "date",
    }
)

REGISTERS = ibis.schema({"person": "string", "practice": "string", "register": "string", "start": "date", "end": "date"})

REFERRALS = ibis.schema(
    {
        "person": "string",
        "practice": "string",
        "referral_date": "date",
        "first_contact_date": "date",
        "status": "string",
        "provider": "string",
        "end_date": "date",
    }
)

#: contacts between people and link workers (grain: all columns)
LINK_WORKER_CONTACTS = ibis.schema({"person": "string", "contact_date": "date", "contact_type": "string", "provider": "string"})

#: aggregates drawn from the feed before cohort selection (grain: all columns up to age_band)
FEED_COUNTS = ibis.schema(
    {
        "practice": "string",
        "month": "string",
        "stream": "string",
        "pod": "string",
        "department_type": "string",  # '' where not A&E
        "provider": "string",
        "population": "string",  # eligible | not_eligible | all | age_40_74
        "age_band": "string",
        "rows": "int64",
        "rows_linked": "int64",
        "people_with_activity": "int64",
        "cost_pence": "int64",  # at constant prices; null where nothing could be priced
        "unpriced_rows": "int64",
    }
)

#: person-months behind FEED_COUNTS (grain: practice, month, population, age_band)
FEED_POPULATION = ibis.schema(
    {
        "practice": "string",
        "month": "string",
        "population": "string",
        "age_band": "string",
        "person_months": "int64",
        "deaths": "int64",
        "joiners": "int64",
        "leavers": "int64",
    }
)

#: the eligible cohort, fixed at baseline (grain: person)
PEOPLE = ibis.schema(
    {
        "person": "string",
        "practice": "string",  # baseline practice
        "arm": "string",
        "area": "string",
        "age": "int64",  # at the eligibility date
        "age_band": "string",  # 40-54, 55-64, 65-74: strata of the weights
        "need": "int64",  # listed registers held at baseline, 3 = three or more: strata of the weights
        "registers": "string",  # sorted, '+' between
        "observed_from": "string",  # first month observed (registered in the study's practices), not before the baseline period
        "lost_from": "string",  # first month no longer observed though not known dead (left, opted out); null if never
        "died_in": "string",  # month of death if observed; null if alive. Cost is zero after it, the head stays
        "sex": "string",  # of the registration that counts; null where not known
        "referred_on": "date",  # exposure: intervention people only, while observed
        "engaged_on": "date",
        "high_engaged_on": "date",  # day of the contact that meets cohorts.high_engaged
    }
)

#: sums a cell (grain: practice, month, age_band, need, pod); cells without contacts are absent
CELLS = ibis.schema(
    {
        "practice": "string",
        "month": "string",
        "age_band": "string",
        "need": "int64",
        "pod": "string",
        "contacts": "int64",
        "cost_pence": "int64",
        "cost_pence_squared": "decimal(38, 0)",  # sum over person-months of squared pence
        "unpriced": "int64",
        "bed_days": "int64",
        # at the list of each contact's own year: contacts with such a price, and their pence
        "current_contacts": "int64",
        "current_pence": "int64",
        # of contacts that have a constant and a current price, both
        "both_constant_pence": "int64",
        "both_current_pence": "int64",
    }
)

#: what a kind of contact cost before launch (grain: pod, kind)
KINDS = ibis.schema(
    {
        "pod": "string",
        "kind": "string",  # null: contacts whose kind is not known
        "contacts": "int64",
        "pence": "int64",
        "reference_price": "int64",  # mean, millionths of a penny; null where the kind is not known
    }
)

#: CELLS valued at KINDS' prices as well (grain: practice, month, age_band, need, pod); cells without contacts are absent
VALUED_CELLS = ibis.schema(
    {
        "practice": "string",
        "month": "string",
        "age_band": "string",
        "need": "int64",
        "pod": "string",
        "contacts": "int64",
        "cost_pence": "int64",
        "reference_value": "int64",  # contacts at their kinds' reference prices, millionths of a penny
        "unpriced": "int64",
        "unknown_contacts": "int64",  # of no known kind, or of one that the baseline lacks: valued at their own price
        "unknown_pence": "int64",
    }
)

#: heads behind CELLS (grain: practice, month, age_band, need); complete for every month asked for
HEADS = ibis.schema(
    {
        "practice": "string",
        "month": "string",
        "age_band": "string",
        "need": "int64",
        "heads": "int64",  # baseline heads: constant over months
        "lost": "int64",  # of them not observed this month though not known dead (not yet joined, left, opted out)
        "dead": "int64",  # of them dead before this month
    }
)


def cast(table: ir.Table, schema: ibis.Schema) -> ir.Table:
    """Select and cast to the declared schema, so that every engine hands on the same types."""
    return table.select(**{name: table[name].cast(kind) for name, kind in schema.items()})

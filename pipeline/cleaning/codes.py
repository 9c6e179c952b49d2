"""Codes that mean "not known", and how codes are written alike.

Belongs here: sentinels by field, from the HES data dictionary and the cleaning rules of HFAnalyticsLab/HES_pipeline.
Does not belong here: which codes are in scope or have a price (the streams' own files, `pipeline.pricing`).
Codes stay text, and are tested only after stripping: files deliver `'-   '` and `'8 '`.
CLASSPAT 8 and 9 and FIRSTATT 9 are left standing: the pricing rule names them among what has no price.
"""

import ibis
import ibis.expr.types as ir

#: no registered practice, practice not known, no fixed practice
NO_PRACTICE = ("V81997", "V81998", "V81999", "V99998", "&")
#: not applicable, not known, in two-digit administrative codes
NOT_KNOWN_98_99 = ("98", "99")
NO_PROVIDER = ("&", "899", "89997", "89999")
NO_CODE = ("&", "-")
NO_DIAGNOSIS = ("&", "-", "R69X", "R69X3", "R69X6", "R69X8")
NO_AREA = ("Z99999999", "&")
#: transfer from or to another hospital provider, in ADMISORC and DISDEST
OTHER_HOSPITAL = ("51", "52", "53")
#: ADMIMETH: emergency and other transfer from another provider
TRANSFER_METHODS = ("2B", "81")
#: DISMETH: not applicable (the patient is still in hospital), not known
NOT_DISCHARGED = ("8", "9")


def known(code: ir.StringValue, *sentinels: str) -> ir.StringValue:
    """The code, null where it is one of the sentinels."""
    return code.isin(sentinels).ifelse(ibis.null("string"), code)


def department_type(code: ir.StringValue) -> ir.StringValue:
    """AEDEPTTYPE as `01` to `04` (a spreadsheet may have lost the zero); null when 99 or anything else."""
    return code.re_search(r"^0?[1-4]$").ifelse(code.lpad(2, "0"), ibis.null("string"))


def transit(*, source: ir.StringValue, method: ir.StringValue, destination: ir.StringValue) -> ir.IntegerValue:
    """Place of an episode in a transfer between hospitals: 1 only out, 2 in and out, 3 only in, 0 neither.

    Not a delivered column: derived as HFAnalyticsLab/HES_pipeline (doc/derived_variables) does.
    """
    came = transferred_in(source=source, method=method)
    went = destination.isin(OTHER_HOSPITAL).fill_null(False)
    return ibis.cases((came & went, 2), (came, 3), (went, 1), else_=0)


def transferred_in(*, source: ir.StringValue, method: ir.StringValue) -> ir.BooleanValue:
    """True where ADMISORC or ADMIMETH says that the patient came from another hospital."""
    return source.isin(OTHER_HOSPITAL).fill_null(False) | method.isin(TRANSFER_METHODS).fill_null(False)

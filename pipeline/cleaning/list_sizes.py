"""Registered patients of each practice, from "NHS Payments to General Practice" as published.

Belongs here: the headers and blanks of those files. Does not belong here: person-months of the study (`feed.population`).
Headers differ in trailing spaces and a byte-order mark; list sizes are whole numbers in 2014/15 and quarterly averages with
decimals in 2018/19; a close date is `-`, a space or DD/MM/YYYY.
"""

import ibis
import ibis.expr.types as ir

LIST_SIZES = ibis.schema({"practice": "string", "ccg": "string", "list_size": "decimal(12, 2)", "closed": "date"})

_SIZE = "Number of Registered Patients (Last Known Figure)"


def list_sizes(published: ir.Table) -> ir.Table:
    """`LIST_SIZES`, one row a practice, of an all-text table with the published headers. A list of 0 is a closing practice."""
    named = published.rename({name.strip("\ufeff ").strip(): name for name in published.columns})
    size = named[_SIZE].strip().replace(",", "")
    plain = size.re_search(r"^\d{1,9}(\.\d{1,2})?$").ifelse(size, ibis.null("string"))
    day = named["Practice Close Date"].strip() if "Practice Close Date" in named.columns else ibis.null("string")
    iso = day.re_search(r"^\d{2}/\d{2}/\d{4}$").ifelse(
        day.substr(6, 4) + "-" + day.substr(3, 2) + "-" + day.substr(0, 2), ibis.null("string")
    )
    return named.select(
        practice=named["Practice Code"].strip(),
        ccg=named["CCG Code"].strip(),
        list_size=plain.try_cast("decimal(12, 2)"),
        closed=iso.try_cast("date"),
    )

"""Price, volume and mix: the formula, which kind a contact is of, and what it would have cost before launch.

Belongs here: contacts with their kind and their value at reference prices. Does not belong here: those prices
(`reference_prices`), sums by practice and month (`pipeline.panel`), the effect on each part
(`pipeline.estimation.decomposition`), pence (`pipeline.settlement.parts`).

With n contacts of a point of delivery, n_k of them of kind k costing c_k, reference price p of the point of delivery and p_k
of the kind, cost is split in three, in every practice-month and so in every sum of them:

    volume = n x p                      as many contacts as there were, each at the point of delivery's price before launch
    mix    = sum_k n_k x (p_k - p)      of which kinds they were, each kind at its price before launch
    price  = sum_k (c_k - n_k x p_k)    what each kind's contacts cost beyond its price before launch

Volume + mix is a volume at fixed prices (Laspeyres) and price is measured at the contacts there were (Paasche): the pair that
leaves no residual (System of National Accounts 2008, chapter 15). Another order gives another split, since what is both fewer
and dearer can be counted once only; here it is counted in price. Each part is linear in contacts, so weights and differences
apply to it as they do to cost, and the parts of an effect add to the effect.

Reference prices are means of the baseline months that the estimate compares with, all arms pooled: prices of after launch would
carry the effect, and prices of an arm of its own would show a difference between the arms' hospitals as a change.

At constant prices a kind of contact becomes cheaper in four ways only: by fewer days beyond the trim point, by the reduced
price of a short emergency stay, by another route of admission, and by a provider with a smaller market forces factor. A
tariff that falls is none of them. Two sorts of contact have no price part:

- a contact without a price costs nothing in what is paid on. It is of the kind `no price`, whose reference price is £0: a
  change in how many there are shows in mix.
- a contact on the fall-back mean, or of a kind that the baseline does not know, has no price of before launch to be compared
  with. It is valued at what it costs, so its whole difference from its point of delivery's price is mix. Where years rest on
  the fall-back, mix therefore says which lengths of stay there were, and price says nothing of them.
"""

import ibis
import ibis.expr.types as ir

from pipeline.pricing.market_forces import MILLION

#: the kind of every contact without a price
NO_PRICE = "no price"
#: what is written on contacts of more than one profession, whose price is another than the treatment function's usual one
_MULTI = "multi-professional"


def with_kind(priced: ir.Table) -> ir.Table:
    """`tables.PRICED_ACTIVITY` with `kind` beside it: of its point of delivery. Null on the fall-back: not known.

    The HRG or the treatment function; outpatient attendances apart by one or several professions, A&E of departments with a
    flat price (type 3) as one kind, whatever the HRG.
    """
    several = priced.pod.isin(["op_first", "op_follow_up"]) & priced.price_reason.contains(_MULTI)
    kind = ibis.cases(
        (priced.price_state == "fallback", ibis.null("string")),
        ((priced.price_state != "priced") | priced.price_pence.isnull(), NO_PRICE),
        ((priced.pod == "ae") & (priced.department_type == "03"), "type 3"),
        (several.fill_null(False), priced.currency + ", " + _MULTI),
        else_=priced.currency,
    )
    return priced.mutate(kind=kind)


def at_reference(contacts: ir.Table, references: ir.Table) -> ir.Table:
    """Contacts with `reference_value` (millionths of a penny) and `known_kind`.

    contacts : as of `with_kind`. references : `tables.KINDS`. A contact of no known kind, or of one
    that the baseline lacks, is valued at its own price, at 0 without one.
    """
    by_kind = references.filter(references.kind.notnull(), references.reference_price.notnull())
    by_kind = by_kind.select(reference_pod="pod", reference_kind="kind", reference_price="reference_price")
    met = contacts.left_join(by_kind, (contacts.pod == by_kind.reference_pod) & (contacts.kind == by_kind.reference_kind)).drop(
        "reference_pod", "reference_kind"
    )
    own = met.price_pence.fill_null(0) * MILLION
    known = met.reference_price.notnull() | (met.kind == NO_PRICE).fill_null(False)
    nothing = (met.kind == NO_PRICE).fill_null(False)
    value = ibis.cases((nothing, ibis.literal(0, "int64")), else_=met.reference_price.coalesce(own).cast("int64"))
    return met.mutate(reference_value=value, known_kind=known).drop("reference_price")

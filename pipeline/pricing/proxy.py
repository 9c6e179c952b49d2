"""A multi-episode spell without a spell HRG, priced as the dearest of its episodes: a proxy that a protocol may choose.

Belongs here: choosing that HRG. Does not belong here: the rule that prices it (`spells`), which HRGs the episodes have
(`pipeline.cleaning`). Grouping looks at all episodes of a spell, so its HRG may be one that no episode has: hence the default
leaves such spells without a price, and the reason of a price by proxy says that it is one.
"""

from collections.abc import Callable

import ibis
import ibis.expr.types as ir

SAID = "no spell HRG, dearest HRG of its episodes as a proxy"


def with_proxy(facts: ir.Table, episode_hrgs: ir.Table, valued: Callable[[ir.Table], ir.Table]) -> ir.Table:
    """`facts` of spells (spell_key, hrg, episodes) with the HRG filled where it is a proxy, and by_proxy.

    episode_hrgs : spell_key and hrg, of episodes of such spells. valued : facts with base_pence of their hrg, null without a
    price. Of HRGs at one price the first in the alphabet is taken; a spell none of whose episodes has a price keeps no HRG.
    """
    gaps = facts.filter(facts.hrg.isnull() & (facts.episodes > 1))
    candidates = gaps.drop("hrg").inner_join(episode_hrgs.select("spell_key", "hrg"), "spell_key")
    priced = valued(candidates).select("spell_key", "hrg", "base_pence").filter(lambda t: t.base_pence.notnull())
    falling = ibis.window(group_by="spell_key", order_by=[ibis.desc("base_pence"), ibis.asc("hrg")])
    dearest = priced.mutate(place=ibis.row_number().over(falling)).filter(lambda t: t.place == 0)
    dearest = dearest.select(proxy_spell="spell_key", proxy_hrg="hrg")
    met = facts.left_join(dearest, facts.spell_key == dearest.proxy_spell)
    return met.mutate(hrg=met.hrg.coalesce(met.proxy_hrg), by_proxy=met.proxy_hrg.notnull()).drop("proxy_spell", "proxy_hrg")

"""Fragments that the hand-written queries of the three streams share.

Belongs here: text of SQL. Does not belong here: a stream (`by_hand_*`), running it (`cleaning_by_hand`).
"""

#: which of several rows of one contact stays
BEST = (
    "submitted DESC NULLS LAST, RECEIVED DESC NULLS LAST, filled DESC, length({0}) DESC NULLS LAST, {0} DESC NULLS LAST, "
    "DELIVERY DESC, ROW_NO DESC"
)
NO_PRACTICE = "('V81997', 'V81998', 'V81999', 'V99998', '&')"
NO_PROVIDER = "('&', '899', '89997', '89999')"
OUTSIDE = (
    "('199','264','318','319','343','424','499','700','710','711','712','713','715','720','721','722','723','724','725',"
    "'726','727')"
)
GROUP = (
    "CASE WHEN admission_method IN ('11', '12', '13') THEN 'elective' WHEN admission_method LIKE '2%' THEN 'emergency' "
    "WHEN admission_method IN ('31', '32', '81', '82', '83') THEN 'other' END"
)


def again(table: str, key: str, record: str, into: str, said: str) -> str:
    """Rows of `table` that share `key` go to the best of them."""
    best = BEST.format(record)
    return f"""
CREATE OR REPLACE TEMP TABLE {into} AS
WITH shared AS (SELECT {key} FROM {table} WHERE fate = 'kept' AND {key} IS NOT NULL GROUP BY {key} HAVING count(*) > 1),
ranked AS (
  SELECT DELIVERY, ROW_NO, row_number() OVER w AS place, first_value(DELIVERY) OVER w AS to_delivery,
    first_value(ROW_NO) OVER w AS to_row
  FROM {table} SEMI JOIN shared USING ({key}) WHERE fate = 'kept' WINDOW w AS (PARTITION BY {key} ORDER BY {best})
)
SELECT DELIVERY, ROW_NO, to_delivery, to_row FROM ranked WHERE place > 1;
UPDATE {table} SET fate = 'merged', reason = '{said}', into_delivery = g.to_delivery, into_row = g.to_row
FROM {into} AS g WHERE {table}.DELIVERY = g.DELIVERY AND {table}.ROW_NO = g.ROW_NO;
UPDATE {table} SET into_delivery = g.to_delivery, into_row = g.to_row
FROM {into} AS g WHERE {table}.fate = 'merged' AND {table}.into_delivery = g.DELIVERY AND {table}.into_row = g.ROW_NO;
"""


def told(table: str, dataset: str) -> str:
    """The fate of every row, and its count."""
    return f"""
COPY (SELECT DELIVERY AS delivery, ROW_NO AS row_no, fate, reason, clause, into_delivery || ':' || into_row AS merged_into
      FROM {table} ORDER BY 1, 2) TO '{{out}}/{dataset}_fates.parquet' (FORMAT parquet, COMPRESSION zstd);
COPY (SELECT fate, coalesce(reason, '') AS reason, coalesce(clause, '') AS clause, count(*) AS rows FROM {table} GROUP BY ALL)
  TO '{{out}}/{dataset}_accounting.parquet' (FORMAT parquet);
"""


PRICED = """
COPY (
  SELECT stream, activity_key, person, month, pod,
    CASE WHEN price_state = 'priced' AND value IS NULL THEN 'missing' ELSE price_state END AS price_state,
    CASE WHEN price_state = 'priced' THEN (base * value * 2 + 1000000) // 2000000 END AS price_pence, bed_days
  FROM decided LEFT JOIN (SELECT list_provider AS provider, list_value AS value FROM list_mff) USING (provider)
  ORDER BY stream, activity_key
) TO '{out}/%s_priced.parquet' (FORMAT parquet, COMPRESSION zstd);
DROP TABLE decided;
"""

"""A&E rows to priced attendances, written by hand.

Belongs here: the query. Does not belong here: what streams share (`by_hand_parts`).
"""

from bench.by_hand_parts import BEST, NO_PRACTICE, NO_PROVIDER, PRICED, again, told

SCRIPT = f"""
CREATE OR REPLACE TEMP TABLE attendance AS
WITH typed AS (
  SELECT DELIVERY, RECEIVED, ROW_NO, filled, submitted, CASE WHEN code(AEKEY) <> '0' THEN code(AEKEY) END AS attendance_key,
    code(PSEUDO_HESID) AS person, CASE WHEN code(PROCODE3) NOT IN {NO_PROVIDER} THEN code(PROCODE3) END AS provider,
    CASE WHEN code(GPPRAC) NOT IN {NO_PRACTICE} THEN code(GPPRAC) END AS practice, day(ARRIVALDATE) AS arrival_date,
    CASE WHEN try_cast(left(replace(code(ARRIVALTIME), ':', ''), 2) AS INTEGER) < 24
      THEN try_cast(left(replace(code(ARRIVALTIME), ':', ''), 2) AS BIGINT) * 60
         + try_cast(substr(replace(code(ARRIVALTIME), ':', ''), 3, 2) AS BIGINT) END AS arrival_minute,
    CASE WHEN lpad(code(AEDEPTTYPE), 2, '0') IN ('01', '02', '03', '04') THEN lpad(code(AEDEPTTYPE), 2, '0') END
      AS department_type,
    CASE WHEN code(AEATTENDCAT) <> '9' THEN code(AEATTENDCAT) END AS attendance_category,
    CASE WHEN code(AEATTENDDISP) <> '99' THEN code(AEATTENDDISP) END AS disposal,
    CASE WHEN code(SUSHRG) NOT IN ('&', '-') THEN code(SUSHRG) END AS hrg,
    CASE WHEN code(DIAG2_01) NOT IN ('&', '-', 'R69X', 'R69X3', 'R69X6', 'R69X8') THEN code(DIAG2_01) END AS diagnosis,
    CASE WHEN code(TREAT2_01) NOT IN ('&', '-') THEN code(TREAT2_01) END AS treatment,
    pounds(COST_GBP) AS supplier_cost_pence
  FROM hes_ae_rows
), judged AS (
  SELECT *, CASE WHEN person IS NULL THEN 'PSEUDO_HESID is empty' WHEN attendance_key IS NULL THEN 'AEKEY is empty'
      WHEN arrival_date IS NULL THEN 'ARRIVALDATE is empty or not a date' END AS reason FROM typed
)
SELECT *, CASE WHEN reason IS NULL THEN 'kept' ELSE 'quarantined' END AS fate, CAST(NULL AS VARCHAR) AS clause,
  CAST(NULL AS VARCHAR) AS into_delivery, CAST(NULL AS BIGINT) AS into_row,
  CASE WHEN arrival_minute IS NOT NULL THEN hash(person, arrival_date, provider, diagnosis, treatment) END AS alike
FROM judged;
{again("attendance", "attendance_key", "attendance_key", "again_1", "the same attendance delivered again")}
CREATE OR REPLACE TEMP TABLE near AS
WITH shared AS (SELECT alike FROM attendance WHERE fate = 'kept' AND alike IS NOT NULL GROUP BY alike HAVING count(*) > 1)
SELECT alike, DELIVERY, ROW_NO, arrival_minute, CAST(NULL AS BIGINT) AS stays_at,
  row_number() OVER (PARTITION BY alike ORDER BY {BEST.format("attendance_key")}) AS place
FROM attendance SEMI JOIN shared USING (alike) WHERE fate = 'kept';
{
    "".join(
        '''
UPDATE near SET stays_at = b.place FROM (SELECT alike, min(place) AS place, arg_min(arrival_minute, place) AS at_minute
  FROM near WHERE stays_at IS NULL GROUP BY alike) AS b
WHERE near.alike = b.alike AND near.stays_at IS NULL AND abs(near.arrival_minute - b.at_minute) <= 60;
'''
        for _ in range(6)
    )
}
CREATE OR REPLACE TEMP TABLE again_3 AS
SELECT l.DELIVERY, l.ROW_NO, s.DELIVERY AS to_delivery, s.ROW_NO AS to_row
FROM near l JOIN near s ON l.alike = s.alike AND l.stays_at = s.place WHERE l.stays_at <> l.place;
UPDATE attendance SET fate = 'merged', reason = 'the same attendance within the minutes of the protocol',
  into_delivery = g.to_delivery, into_row = g.to_row
FROM again_3 AS g WHERE attendance.DELIVERY = g.DELIVERY AND attendance.ROW_NO = g.ROW_NO;
UPDATE attendance SET into_delivery = g.to_delivery, into_row = g.to_row
FROM again_3 AS g WHERE attendance.fate = 'merged' AND into_delivery = g.DELIVERY AND into_row = g.ROW_NO;
{told("attendance", "hes_ae")}
COPY (
  SELECT attendance_key, person, provider, practice, arrival_date, left(CAST(arrival_date AS VARCHAR), 7) AS month,
    financial_year(arrival_date) AS financial_year, department_type, attendance_category, disposal, hrg, diagnosis,
    supplier_cost_pence
  FROM attendance WHERE fate = 'kept' ORDER BY attendance_key
) TO '{{out}}/attendances.parquet' (FORMAT parquet, COMPRESSION zstd);
CREATE OR REPLACE TEMP TABLE decided AS
WITH listed AS (
  SELECT a.*, l.*, (SELECT min(list_type3) FROM list_ae HAVING min(list_type3) = max(list_type3)) AS flat
  FROM attendance a LEFT JOIN list_ae l ON a.hrg = l.list_hrg WHERE fate = 'kept'
), decided AS (
  SELECT *, CASE WHEN department_type = '04' THEN 'out_of_scope' WHEN hrg = 'UZ01Z' THEN 'ungroupable'
      WHEN department_type IS NULL THEN 'missing'
      WHEN department_type = '03' AND (hrg IS NULL OR hrg LIKE 'VB%') AND flat IS NOT NULL THEN 'priced'
      WHEN hrg IS NULL THEN 'missing' WHEN list_hrg IS NULL THEN 'no_price'
      WHEN department_type IN ('01', '02') AND list_type12 IS NOT NULL THEN 'priced' ELSE 'no_price' END AS price_state
  FROM listed
)
SELECT 'ae' AS stream, attendance_key AS activity_key, person, provider, left(CAST(arrival_date AS VARCHAR), 7) AS month,
  'ae' AS pod, price_state,
  CASE WHEN price_state = 'priced' THEN CASE WHEN department_type = '03' THEN flat ELSE list_type12 END
  END AS base, 0 AS bed_days
FROM decided;
DROP TABLE attendance;
{PRICED % "hes_ae"}
"""

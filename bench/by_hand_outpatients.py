"""Appointments to priced attendances, written by hand.

Belongs here: the query. Does not belong here: what streams share (`by_hand_parts`).
"""

from bench.by_hand_parts import NO_PRACTICE, NO_PROVIDER, OUTSIDE, PRICED, again, told

SCRIPT = f"""
CREATE OR REPLACE TEMP TABLE appointment AS
WITH typed AS (
  SELECT DELIVERY, RECEIVED, ROW_NO, filled, submitted, code(ATTENDKEY) AS appointment_key, code(PSEUDO_HESID) AS person,
    CASE WHEN code(PROCODE3) NOT IN {NO_PROVIDER} THEN code(PROCODE3) END AS provider,
    CASE WHEN code(GPPRAC) NOT IN {NO_PRACTICE} THEN code(GPPRAC) END AS practice, day(APPTDATE) AS appointment_date,
    code(ATTENDED) AS attended, code(FIRSTATT) AS first_attendance,
    CASE WHEN code(ADMINCAT) NOT IN ('98', '99') THEN code(ADMINCAT) END AS admin_category,
    CASE WHEN code(MAINSPEF) NOT IN ('&', '-') THEN code(MAINSPEF) END AS main_specialty,
    CASE WHEN code(TRETSPEF) NOT IN ('&', '-') THEN code(TRETSPEF) END AS treatment_function,
    CASE WHEN code(SUSHRG) NOT IN ('&', '-') THEN code(SUSHRG) END AS hrg, pounds(COST_GBP) AS supplier_cost_pence
  FROM hes_op_rows
), judged AS (
  SELECT *, CASE WHEN attended IN ('0', '2', '3', '4', '7') THEN 'not attended'
      WHEN attended IS NULL OR attended = '9' THEN 'outcome not known'
      WHEN attended NOT IN ('5', '6') THEN 'ATTENDED is not one of its codes' WHEN person IS NULL THEN 'PSEUDO_HESID is empty'
      WHEN appointment_key IS NULL THEN 'ATTENDKEY is empty'
      WHEN appointment_date IS NULL THEN 'APPTDATE is empty or not a date' END AS reason FROM typed
)
SELECT *, CASE WHEN reason IS NULL THEN 'kept' WHEN reason IN ('not attended', 'outcome not known') THEN 'out_of_scope'
    ELSE 'quarantined' END AS fate,
  CASE reason WHEN 'not attended' THEN 'National tariff: attended appointments only (ATTENDED 5 or 6)'
    WHEN 'outcome not known' THEN 'This software''s choice: an appointment whose outcome is not known (ATTENDED 9 or empty) '
      || 'is not counted' END AS clause,
  CAST(NULL AS VARCHAR) AS into_delivery, CAST(NULL AS BIGINT) AS into_row,
  hash(person, appointment_date, provider, main_specialty, treatment_function, attended) AS same_appointment
FROM judged;
{again("appointment", "appointment_key", "appointment_key", "again_1", "the same appointment delivered again")}
{again("appointment", "same_appointment", "appointment_key", "again_2", "the same appointment delivered again")}
{told("appointment", "hes_op")}
COPY (
  SELECT appointment_key, person, provider, practice, appointment_date, left(CAST(appointment_date AS VARCHAR), 7) AS month,
    financial_year(appointment_date) AS financial_year, first_attendance, admin_category, main_specialty, treatment_function,
    hrg, supplier_cost_pence
  FROM appointment WHERE fate = 'kept' ORDER BY appointment_key
) TO '{{out}}/appointments.parquet' (FORMAT parquet, COMPRESSION zstd);
CREATE OR REPLACE TEMP TABLE decided AS
WITH listed AS (
  SELECT a.*, o.*, CASE WHEN a.hrg <> 'UZ01Z' THEN p.list_op_procedure END AS procedure_price,
    CASE WHEN a.hrg IN ('WF01B', 'WF02B') THEN 'B' WHEN a.hrg IN ('WF01A', 'WF02A') THEN 'A'
      WHEN a.hrg IN ('WF01D', 'WF02D') THEN 'D' WHEN a.hrg IN ('WF01C', 'WF02C') THEN 'C'
      ELSE CASE first_attendance WHEN '1' THEN 'B' WHEN '2' THEN 'A' WHEN '3' THEN 'D' WHEN '4' THEN 'C' END END AS letter
  FROM appointment a LEFT JOIN list_apc p ON a.hrg = p.list_hrg
    LEFT JOIN list_outpatient o ON a.treatment_function = o.list_tfc
  WHERE fate = 'kept'
), based AS (
  SELECT *, CASE WHEN admin_category = '02' OR treatment_function IN {OUTSIDE} OR first_attendance = '5' THEN 'out_of_scope'
      WHEN hrg = 'UZ01Z' THEN 'ungroupable' WHEN procedure_price IS NOT NULL THEN 'priced'
      WHEN main_specialty IN ('560', '900', '901', '902', '903', '904', '950', '960', '199', '499')
        OR treatment_function IN ('501', '560') THEN 'out_of_scope'
      WHEN letter IN ('C', 'D') THEN 'no_price' WHEN letter IS NULL OR treatment_function IS NULL THEN 'missing'
      WHEN list_tfc IS NULL THEN 'no_price' END AS said,
    CASE coalesce(CASE WHEN hrg IN ('WF01A', 'WF01B', 'WF02A', 'WF02B') THEN hrg END, 'WF01' || letter)
      WHEN 'WF01A' THEN "list_WF01A" WHEN 'WF01B' THEN "list_WF01B" WHEN 'WF02A' THEN "list_WF02A"
      WHEN 'WF02B' THEN "list_WF02B" END AS attendance_price
  FROM listed
)
SELECT 'op' AS stream, appointment_key AS activity_key, person, provider,
  left(CAST(appointment_date AS VARCHAR), 7) AS month,
  CASE WHEN procedure_price IS NOT NULL THEN 'op_procedure' WHEN letter IN ('B', 'D') THEN 'op_first' ELSE 'op_follow_up' END
    AS pod,
  coalesce(said, CASE WHEN attendance_price IS NOT NULL THEN 'priced' ELSE 'no_price' END) AS price_state,
  CASE WHEN said = 'priced' THEN procedure_price WHEN said IS NULL THEN attendance_price END AS base, 0 AS bed_days
FROM based;
DROP TABLE appointment;
{PRICED % "hes_op"}
"""

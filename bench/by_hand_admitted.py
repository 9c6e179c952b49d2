"""Episodes to priced spells, written by hand.

Belongs here: the query. Does not belong here: what streams share (`by_hand_parts`).
"""

from bench.by_hand_parts import GROUP, NO_PRACTICE, NO_PROVIDER, OUTSIDE, PRICED, again, told

SCRIPT = f"""
CREATE OR REPLACE TEMP TABLE episode AS
WITH typed AS (
  SELECT DELIVERY, RECEIVED, ROW_NO, filled, submitted, code(EPIKEY) AS epikey, code(PSEUDO_HESID) AS person,
    CASE WHEN code(PROCODE3) NOT IN {NO_PROVIDER} THEN code(PROCODE3) END AS provider,
    CASE WHEN code(GPPRAC) NOT IN {NO_PRACTICE} THEN code(GPPRAC) END AS practice, code(EPISTAT) AS status,
    day(EPISTART) AS episode_start, day(EPIEND) AS episode_end,
    CASE WHEN code(EPIORDER) NOT IN ('98', '99') THEN try_cast(code(EPIORDER) AS BIGINT) END AS episode_order,
    day(ADMIDATE) AS stated_admission, day(DISDATE) AS stated_discharge, code(DISMETH) AS discharge_method,
    coalesce(code(ADMISORC) IN ('51', '52', '53'), false) OR coalesce(code(ADMIMETH) IN ('2B', '81'), false) AS came,
    coalesce(code(DISDEST) IN ('51', '52', '53'), false) AS went,
    code(ADMIMETH) AS admission_method, code(CLASSPAT) AS patient_class,
    CASE WHEN try_cast(code(STARTAGE) AS DOUBLE) BETWEEN 7001 AND 7007 THEN 0
         WHEN try_cast(code(STARTAGE) AS DOUBLE) <= 130 THEN CAST(try_cast(code(STARTAGE) AS DOUBLE) AS BIGINT) END AS age,
    CASE WHEN code(SUSCOREHRG) NOT IN ('&', '-') THEN code(SUSCOREHRG) END AS spell_hrg,
    CASE WHEN code(SUSHRG) NOT IN ('&', '-') THEN code(SUSHRG) END AS episode_hrg,
    CASE WHEN code(PROVSPNOPS) NOT IN ('&', '-') THEN code(PROVSPNOPS) END AS provider_spell,
    CASE WHEN code(ADMINCAT) NOT IN ('98', '99') THEN code(ADMINCAT) END AS admin_category,
    CASE WHEN code(TRETSPEF) NOT IN ('&', '-') THEN code(TRETSPEF) END AS treatment_function,
    CASE WHEN code(MAINSPEF) NOT IN ('&', '-') THEN code(MAINSPEF) END AS main_specialty,
    CASE WHEN code(DIAG_4_01) NOT IN ('&', '-', 'R69X', 'R69X3', 'R69X6', 'R69X8') THEN code(DIAG_4_01) END AS diagnosis,
    pounds(COST_GBP) AS supplier_cost_pence
  FROM hes_apc_rows
), dated AS (
  SELECT *, coalesce(stated_admission, CASE WHEN episode_order = 1 AND NOT came THEN episode_start END) AS admission_date,
    CASE WHEN came AND went THEN 2 WHEN came THEN 3 WHEN went THEN 1 ELSE 0 END AS transit
  FROM typed
), judged AS (
  SELECT *, CASE WHEN stated_discharge < admission_date THEN NULL ELSE stated_discharge END AS discharge_date,
    CASE WHEN status = '1' THEN 'unfinished episode'
      WHEN status IS NULL OR status <> '3' THEN 'EPISTAT is neither 1 nor 3' WHEN person IS NULL THEN 'PSEUDO_HESID is empty'
      WHEN epikey IS NULL THEN 'EPIKEY is empty' WHEN provider IS NULL THEN 'PROCODE3 is empty or not known'
      WHEN episode_start IS NULL THEN 'EPISTART is empty or not a date'
      WHEN episode_end IS NULL THEN 'EPIEND is empty or not a date'
      WHEN episode_end < episode_start THEN 'EPIEND before EPISTART'
      WHEN admission_date IS NULL THEN 'ADMIDATE is empty or not a date'
      WHEN stated_discharge < admission_date THEN 'DISDATE before ADMIDATE: discharge not known'
      WHEN stated_admission IS NULL THEN 'ADMIDATE filled from EPISTART' END AS reason
  FROM dated
)
SELECT * EXCLUDE (stated_admission, stated_discharge, came, went, status),
  CASE WHEN reason = 'unfinished episode' THEN 'out_of_scope'
    WHEN reason IS NULL OR reason LIKE 'DISDATE%' OR reason LIKE 'ADMIDATE filled%' THEN 'kept' ELSE 'quarantined' END AS fate,
  CASE WHEN reason = 'unfinished episode' THEN
    'HES Technical Output Specification, EPISTAT: finished episodes (3) count, unfinished (1) do not' END AS clause,
  CAST(NULL AS VARCHAR) AS into_delivery, CAST(NULL AS BIGINT) AS into_row,
  hash(person, episode_start, episode_end, episode_order, provider, transit, admission_date, discharge_date, provider_spell)
    AS same_episode
FROM judged;
{again("episode", "epikey", "epikey", "again_1", "the same episode delivered again")}
{again("episode", "same_episode", "epikey", "again_2", "the same episode delivered again")}
{told("episode", "hes_apc")}
CREATE OR REPLACE TEMP TABLE spell AS
WITH ordered AS (
  SELECT *, coalesce(patient_class IN ('3', '4'), false) AS regular FROM episode WHERE fate = 'kept'
), looked AS (
  SELECT *, row_number() OVER w AS place, lag(epikey) OVER w AS l_epikey, lag(admission_date) OVER w AS l_admission,
    lag(episode_start) OVER w AS l_start, lag(episode_end) OVER w AS l_end, lag(discharge_date) OVER w AS l_discharge,
    lag(discharge_method) OVER w IN ('8', '9') AS l_staying, lag(provider_spell) OVER w AS l_spell
  FROM ordered WINDOW w AS (PARTITION BY person, provider, regular ORDER BY admission_date NULLS FIRST,
    provider_spell NULLS FIRST, episode_start NULLS FIRST, episode_end NULLS FIRST, episode_order NULLS FIRST,
    transit NULLS FIRST, epikey NULLS FIRST)
), opened AS (
  SELECT *, CASE WHEN l_epikey IS NULL OR regular THEN true WHEN provider_spell <> l_spell THEN true
    WHEN provider_spell = l_spell AND (admission_date = l_admission OR episode_start <= l_end) THEN false
    WHEN episode_order = 1 AND l_discharge <= episode_start AND NOT coalesce(l_staying, false) THEN true
    WHEN admission_date = l_admission OR episode_start = l_start
      OR (coalesce(l_staying, false) AND episode_start = l_end) THEN false ELSE true END AS opens
  FROM looked
), numbered AS (
  SELECT *, sum(CAST(opens AS INTEGER)) OVER w AS spell_number, coalesce(lead(opens) OVER w, true) AS closes
  FROM opened WINDOW w AS (PARTITION BY person, provider, regular ORDER BY place)
), gathered AS (
  SELECT min(epikey) AS spell_key, person, provider, max(practice) FILTER (opens) AS practice,
    max(admission_date) FILTER (opens) AS admission_date, max(discharge_date) FILTER (closes) AS discharge_date,
    max(admission_method) FILTER (opens) AS admission_method, max(patient_class) FILTER (opens) AS patient_class,
    max(age) FILTER (opens) AS age, arg_min(spell_hrg, place) FILTER (spell_hrg IS NOT NULL) AS spell_hrg,
    count(DISTINCT spell_hrg) AS spell_hrgs, CASE WHEN count(*) = 1 THEN max(episode_hrg) END AS episode_hrg,
    count(*) AS episodes, max(admin_category) FILTER (opens) AS admin_category,
    max(treatment_function) FILTER (opens) AS treatment_function, max(main_specialty) FILTER (opens) AS main_specialty,
    max(diagnosis) FILTER (opens) AS diagnosis, CAST(sum(supplier_cost_pence) AS BIGINT) AS supplier_cost_pence
  FROM numbered GROUP BY person, provider, regular, spell_number
)
SELECT *, left(CAST(discharge_date AS VARCHAR), 7) AS month, financial_year(discharge_date) AS financial_year FROM gathered;
COPY (SELECT * FROM spell ORDER BY spell_key) TO '{{out}}/spells.parquet' (FORMAT parquet, COMPRESSION zstd);
CREATE OR REPLACE TEMP TABLE decided AS
WITH fact AS (
  SELECT *, coalesce(spell_hrg, CASE WHEN episodes = 1 THEN episode_hrg END) AS hrg, {GROUP} AS grouped,
    discharge_date - admission_date AS days FROM spell
), staying AS (SELECT *, CASE WHEN patient_class = '2' THEN 0 ELSE days END AS stay FROM fact),
listed AS (SELECT s.*, l.* FROM staying s LEFT JOIN list_apc l ON s.hrg = l.list_hrg),
branch AS (
  SELECT *, grouped = 'elective' AND patient_class = '2' AS day_case, greatest(stay - list_ne_trim, 0) AS excess,
    grouped = 'emergency' AND list_short_stay_applies AND stay <= 1 AS may_be_short, CASE
      WHEN admin_category = '02' OR treatment_function IN {OUTSIDE} THEN 'out_of_scope'
      WHEN discharge_date IS NULL THEN 'missing' WHEN patient_class IN ('3', '4', '5') THEN 'no_price'
      WHEN patient_class IS NULL OR patient_class NOT IN ('1', '2') OR hrg IS NULL THEN 'missing'
      WHEN hrg = 'UZ01Z' THEN 'ungroupable' WHEN grouped IS NULL THEN 'missing' WHEN list_hrg IS NULL THEN 'no_price'
      WHEN NOT (grouped = 'elective' AND patient_class = '2') AND (stay IS NULL OR stay < 0) THEN 'missing' END AS refused
  FROM listed
), based AS (
  SELECT *, CASE WHEN refused IS NOT NULL THEN NULL WHEN day_case THEN coalesce(list_combined, list_day_case)
      WHEN grouped = 'elective' AND stay <= list_elective_trim THEN coalesce(list_combined, list_ordinary_elective)
      WHEN grouped = 'elective'
        THEN coalesce(list_combined, list_ordinary_elective) + (stay - list_elective_trim) * list_per_day
      WHEN may_be_short AND age IS NULL THEN NULL
      WHEN may_be_short AND age >= 19 THEN list_short_stay_price
      WHEN excess = 0 THEN list_non_elective ELSE list_non_elective + excess * list_per_day END AS base
  FROM branch
)
SELECT 'apc' AS stream, spell_key AS activity_key, person, provider, month,
  CASE WHEN patient_class IN ('3', '4', '5') THEN 'other' WHEN grouped IN ('emergency', 'other') THEN 'non_elective'
    WHEN grouped = 'elective' AND patient_class = '2' THEN 'day_case' WHEN grouped = 'elective' AND patient_class = '1'
    THEN 'elective' ELSE 'other' END AS pod,
  CASE WHEN refused IS NOT NULL THEN refused WHEN base IS NOT NULL THEN 'priced'
    WHEN may_be_short AND age IS NULL THEN 'missing' ELSE 'no_price' END AS price_state, base,
  coalesce(greatest(days, 0), 0) AS bed_days
FROM based;
DROP TABLE episode; DROP TABLE spell;
{PRICED % "hes_apc"}
"""

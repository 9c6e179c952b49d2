"""The same job as a hand-written DuckDB query: rows of three streams cleaned, accounted for and priced.

Belongs here: the query, as an analyst who knows HES and this engine would write it for these files and this protocol: one typed
table a stream, duplicates sought among the few rows that share a key, windows over what they need, one ordered file a result.
Nothing of `pipeline` is imported, so that equal results mean something. Does not belong here: measuring (`cleaning_scale`).
It writes what the product writes: clean tables, the fate of every row, counts of fates and of cells read otherwise, prices.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

_DAY = (
    "coalesce(try_cast(left(nullif(trim({0}), ''), 10) AS DATE), CAST(try_strptime(nullif(trim({0}), ''), '%Y%m%d') AS DATE))"
)
_MACROS = f"""
CREATE MACRO code(raw) AS nullif(trim(raw), '');
CREATE MACRO day(raw) AS CASE WHEN {_DAY.format("raw")} IN (DATE '1800-01-01', DATE '1801-01-01', DATE '1600-01-01',
  DATE '1582-10-15') THEN NULL ELSE {_DAY.format("raw")} END;
CREATE MACRO financial_year(d) AS CAST(year(d) - CAST(month(d) < 4 AS INTEGER) AS VARCHAR) || '-'
  || right(CAST(year(d) - CAST(month(d) < 4 AS INTEGER) + 1 AS VARCHAR), 2);
CREATE MACRO none_day(raw) AS left(replace(raw, '-', ''), 8) IN ('18000101', '18010101', '16000101', '15821015');
CREATE MACRO pounds(raw) AS CAST(try_cast(code(raw) AS DECIMAL(18, 2)) * 100 AS BIGINT);
"""
#: which of several rows of one contact stays
_BEST = (
    "submitted DESC NULLS LAST, RECEIVED DESC NULLS LAST, filled DESC, length({0}) DESC NULLS LAST, {0} DESC NULLS LAST, "
    "DELIVERY DESC, ROW_NO DESC"
)
_PRACTICE = "('V81997', 'V81998', 'V81999', 'V99998', '&')"
_PROVIDER = "('&', '899', '89997', '89999')"
_OUTSIDE = (
    "('199','264','318','319','343','424','499','700','710','711','712','713','715','720','721','722','723','724','725',"
    "'726','727')"
)
_GROUP = (
    "CASE WHEN admission_method IN ('11', '12', '13') THEN 'elective' WHEN admission_method LIKE '2%' THEN 'emergency' "
    "WHEN admission_method IN ('31', '32', '81', '82', '83') THEN 'other' END"
)


def run(files: Mapping[str, Sequence[str]], lists: Path, out: Path, *, memory_limit: str = "1500MB", threads: int = 2) -> None:
    """Write `out`/<result>.parquet for every result of the three streams.

    files : dataset to delivered files. lists : folder with apc, outpatient, ae, mff .parquet, prices in pence.
    """
    out.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect(config={"memory_limit": memory_limit, "threads": threads, "temp_directory": str(out / "spill")})
    con.execute("SET preserve_insertion_order = false")
    con.execute(_MACROS)
    for name in ("apc", "outpatient", "ae", "mff"):
        con.execute(f"CREATE TABLE list_{name} AS SELECT * FROM read_parquet('{lists / name}.parquet')")
    for dataset, script in (("hes_apc", _APC), ("hes_ae", _AE), ("hes_op", _OP)):
        con.execute(f"CREATE VIEW {dataset} AS SELECT * FROM read_parquet({list(files[dataset])}, union_by_name = true)")
        con.execute(_filled(con, dataset))
        for statement in script.split(";"):
            if statement.strip():
                con.execute(statement.replace("{out}", str(out)))
        _repairs(con, dataset, out)
    con.close()


def _filled(con: duckdb.DuckDBPyConnection, dataset: str) -> str:
    """How many delivered columns of a row hold something."""
    names = [
        row[0] for row in con.execute(f"DESCRIBE {dataset}").fetchall() if row[0] not in ("DELIVERY", "RECEIVED", "ROW_NO")
    ]
    said = " + ".join(f"CAST({name} IS NOT NULL AS TINYINT)" for name in names)
    held = "day(SUBDATE)" if "SUBDATE" in names else "CAST(NULL AS DATE)"
    return f"CREATE VIEW {dataset}_rows AS SELECT *, {said} AS filled, {held} AS submitted FROM {dataset}"


def _repairs(con: duckdb.DuckDBPyConnection, dataset: str, out: Path) -> None:
    names = [
        row[0] for row in con.execute(f"DESCRIBE {dataset}").fetchall() if row[0] not in ("DELIVERY", "RECEIVED", "ROW_NO")
    ]
    days = [name for name in names if name.endswith(("DATE", "EPISTART", "EPIEND"))]
    counts = ", ".join(f"count(*) FILTER (none_day({name})) AS {name}" for name in days)
    con.execute(
        f"COPY (SELECT field || ' holds a date that stands for none' AS reason, rows FROM "
        f"(UNPIVOT (SELECT {counts} FROM {dataset}) ON COLUMNS(*) INTO NAME field VALUE rows) WHERE rows > 0) "
        f"TO '{out / dataset}_repairs.parquet' (FORMAT parquet)"
    )


def _again(table: str, key: str, record: str, into: str, said: str) -> str:
    """Rows of `table` that share `key` go to the best of them."""
    best = _BEST.format(record)
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


def _told(table: str, dataset: str) -> str:
    """The fate of every row, and its count."""
    return f"""
COPY (SELECT DELIVERY AS delivery, ROW_NO AS row_no, fate, reason, clause, into_delivery || ':' || into_row AS merged_into
      FROM {table} ORDER BY 1, 2) TO '{{out}}/{dataset}_fates.parquet' (FORMAT parquet, COMPRESSION zstd);
COPY (SELECT fate, coalesce(reason, '') AS reason, coalesce(clause, '') AS clause, count(*) AS rows FROM {table} GROUP BY ALL)
  TO '{{out}}/{dataset}_accounting.parquet' (FORMAT parquet);
"""


_PRICED = """
COPY (
  SELECT stream, activity_key, person, month, pod,
    CASE WHEN price_state = 'priced' AND value IS NULL THEN 'missing' ELSE price_state END AS price_state,
    CASE WHEN price_state = 'priced' THEN (base * value * 2 + 1000000) // 2000000 END AS price_pence, bed_days
  FROM decided LEFT JOIN (SELECT list_provider AS provider, list_value AS value FROM list_mff) USING (provider)
  ORDER BY stream, activity_key
) TO '{out}/%s_priced.parquet' (FORMAT parquet, COMPRESSION zstd);
DROP TABLE decided;
"""

_APC = f"""
CREATE OR REPLACE TEMP TABLE episode AS
WITH typed AS (
  SELECT DELIVERY, RECEIVED, ROW_NO, filled, submitted, code(EPIKEY) AS epikey, code(PSEUDO_HESID) AS person,
    CASE WHEN code(PROCODE3) NOT IN {_PROVIDER} THEN code(PROCODE3) END AS provider,
    CASE WHEN code(GPPRAC) NOT IN {_PRACTICE} THEN code(GPPRAC) END AS practice, code(EPISTAT) AS status,
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
{_again("episode", "epikey", "epikey", "again_1", "the same episode delivered again")}
{_again("episode", "same_episode", "epikey", "again_2", "the same episode delivered again")}
{_told("episode", "hes_apc")}
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
  SELECT *, coalesce(spell_hrg, CASE WHEN episodes = 1 THEN episode_hrg END) AS hrg, {_GROUP} AS grouped,
    discharge_date - admission_date AS days FROM spell
), staying AS (SELECT *, CASE WHEN patient_class = '2' THEN 0 ELSE days END AS stay FROM fact),
listed AS (SELECT s.*, l.* FROM staying s LEFT JOIN list_apc l ON s.hrg = l.list_hrg),
branch AS (
  SELECT *, grouped = 'elective' AND patient_class = '2' AS day_case, greatest(stay - list_ne_trim, 0) AS excess,
    grouped = 'emergency' AND list_short_stay_applies AND stay <= 1 AS may_be_short, CASE
      WHEN admin_category = '02' OR treatment_function IN {_OUTSIDE} THEN 'out_of_scope'
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
{_PRICED % "hes_apc"}
"""

_AE = f"""
CREATE OR REPLACE TEMP TABLE attendance AS
WITH typed AS (
  SELECT DELIVERY, RECEIVED, ROW_NO, filled, submitted, CASE WHEN code(AEKEY) <> '0' THEN code(AEKEY) END AS attendance_key,
    code(PSEUDO_HESID) AS person, CASE WHEN code(PROCODE3) NOT IN {_PROVIDER} THEN code(PROCODE3) END AS provider,
    CASE WHEN code(GPPRAC) NOT IN {_PRACTICE} THEN code(GPPRAC) END AS practice, day(ARRIVALDATE) AS arrival_date,
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
{_again("attendance", "attendance_key", "attendance_key", "again_1", "the same attendance delivered again")}
CREATE OR REPLACE TEMP TABLE near AS
WITH shared AS (SELECT alike FROM attendance WHERE fate = 'kept' AND alike IS NOT NULL GROUP BY alike HAVING count(*) > 1)
SELECT alike, DELIVERY, ROW_NO, arrival_minute, CAST(NULL AS BIGINT) AS stays_at,
  row_number() OVER (PARTITION BY alike ORDER BY {_BEST.format("attendance_key")}) AS place
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
{_told("attendance", "hes_ae")}
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
{_PRICED % "hes_ae"}
"""

_OP = f"""
CREATE OR REPLACE TEMP TABLE appointment AS
WITH typed AS (
  SELECT DELIVERY, RECEIVED, ROW_NO, filled, submitted, code(ATTENDKEY) AS appointment_key, code(PSEUDO_HESID) AS person,
    CASE WHEN code(PROCODE3) NOT IN {_PROVIDER} THEN code(PROCODE3) END AS provider,
    CASE WHEN code(GPPRAC) NOT IN {_PRACTICE} THEN code(GPPRAC) END AS practice, day(APPTDATE) AS appointment_date,
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
{_again("appointment", "appointment_key", "appointment_key", "again_1", "the same appointment delivered again")}
{_again("appointment", "same_appointment", "appointment_key", "again_2", "the same appointment delivered again")}
{_told("appointment", "hes_op")}
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
  SELECT *, CASE WHEN admin_category = '02' OR treatment_function IN {_OUTSIDE} OR first_attendance = '5' THEN 'out_of_scope'
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
{_PRICED % "hes_op"}
"""

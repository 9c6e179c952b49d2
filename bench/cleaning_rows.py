"""Delivered rows of a large city, written by the engine itself: what the measurement of cleaning and pricing works on.

Belongs here: the rows. Does not belong here: cleaning them (`cleaning_product`, `cleaning_by_hand`).
The rehearsal draws people with a history and takes a minute a city; here only shapes matter: layouts of the contracts, several
episodes a spell, rows delivered again under one key and under another, unfinished and unreadable rows, codes that mean "not
known", padding. Everything follows from row numbers, so the same size is the same rows.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb

#: shares of the rows, as in the rehearsal: outpatients are the bulk
SHARES = {"hes_apc": 0.3, "hes_ae": 0.2, "hes_op": 0.5}
YEARS = range(2010, 2019)
_ROWS_A_PERSON = 14

_DRAWS = """
CREATE OR REPLACE MACRO draw(number, salt) AS (hash(number * 64 + salt) % 1000003) / 1000003.0;
CREATE OR REPLACE MACRO pick(list, number, salt) AS list[1 + CAST(floor(draw(number, salt) * len(list)) AS INTEGER)];
CREATE OR REPLACE MACRO padded(code, number) AS CASE WHEN number % 499 = 0 THEN code || ' ' ELSE code END;
"""
_PROVIDERS = "['ZT1', 'ZT2', 'ZT3', 'ZT4']"


@dataclass(frozen=True, slots=True)
class DeliveredRows:
    """Folder of each dataset's files, one a financial year, and rows in all."""

    folder: Path
    rows: dict[str, int]

    def files(self, dataset: str) -> list[str]:
        return sorted(str(path) for path in (self.folder / dataset).glob("*.parquet"))


def write(folder: Path, rows: int) -> DeliveredRows:
    """About `rows` delivered rows of the three hospital streams as kept rows lie in a store: text, with their origin."""
    con = duckdb.connect(config={"memory_limit": "1500MB", "threads": 2, "temp_directory": str(folder / "spill")})
    con.execute(_DRAWS)
    counted = {}
    for dataset, share in SHARES.items():
        (folder / dataset).mkdir(parents=True, exist_ok=True)
        each = max(1, int(rows * share / len(YEARS) / _REPEATED[dataset]))
        people = max(10, rows // _ROWS_A_PERSON)
        for place, year in enumerate(YEARS):
            query = _QUERIES[dataset].format(
                first=place * each, last=(place + 1) * each, year=year, people=people, providers=_PROVIDERS,
                delivery=f"sha256('{dataset} {year}')", fyear=f"{year % 100:02d}{(year + 1) % 100:02d}",
            )  # fmt: skip
            con.execute(
                f"COPY (SELECT * EXCLUDE (again), {_ORIGIN.format(dataset=dataset, year=year)} FROM ({query})) "
                f"TO '{folder / dataset / str(year)}.parquet' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"
            )
        counted[dataset] = con.execute(f"SELECT count(*) FROM read_parquet('{folder / dataset}/*.parquet')").fetchall()[0][0]
    con.close()
    return DeliveredRows(folder, counted)


_ORIGIN = (
    "sha256('{dataset} {year}') AS DELIVERY, CAST({year} + 1 AS VARCHAR) || '-07-15' AS RECEIVED, "
    "row_number() OVER (ORDER BY again) AS ROW_NO"
)
#: rows that one drawn contact becomes on average: episodes of a spell, rows delivered again
_REPEATED = {"hes_apc": 1.28, "hes_ae": 1.02, "hes_op": 1.01}

_APC = """
WITH spell AS (
  SELECT number, md5(CAST(CAST(floor(draw(number, 1) * {people}) AS BIGINT) AS VARCHAR)) AS person,
    DATE '{year}-04-01' + CAST(floor(draw(number, 2) * 360) AS INTEGER) AS admitted,
    CASE WHEN draw(number, 3) < 0.4 THEN 0 ELSE CAST(floor(-ln(1 - draw(number, 4)) * 5) AS INTEGER) END AS stay,
    CASE WHEN draw(number, 5) < 0.83 THEN 1 WHEN draw(number, 5) < 0.95 THEN 2 ELSE 3 END AS episodes,
    pick(['11', '12', '13', '21', '22', '2A', '28', '31', '81', '99'], number, 6) AS method,
    pick(['DZ21A', 'EB03H', 'FZ18C', 'BZ02Z', 'DZ11A', 'UZ01Z', NULL], number, 7) AS hrg,
    CASE WHEN draw(number, 8) < 0.02 THEN '3' WHEN draw(number, 3) < 0.3 THEN '2' ELSE '1' END AS class
  FROM (SELECT unnest(range({first}, {last})) AS number)
), episode AS (SELECT *, unnest(range(1, episodes + 1)) AS place FROM spell),
sent AS (
  SELECT number * 4 + place AS again, number, place,
    CAST(5000000000 + number * 4 + place AS VARCHAR) AS EPIKEY, person AS PSEUDO_HESID, '{fyear}' AS FYEAR,
    CASE WHEN number % 997 = 0 THEN '1801-01-01' ELSE CAST(admitted AS VARCHAR) END AS ADMIDATE,
    padded(method, number) AS ADMIMETH, CASE WHEN number % 41 = 0 THEN '51' ELSE '19' END AS ADMISORC, class AS CLASSPAT,
    CAST(admitted + CAST(stay * (place - 1) // episodes AS INTEGER) AS VARCHAR) AS EPISTART,
    CAST(admitted + CAST(stay * place // episodes AS INTEGER) AS VARCHAR) AS EPIEND, CAST(place AS VARCHAR) AS EPIORDER,
    CASE WHEN number % 613 = 0 THEN '1' ELSE '3' END AS EPISTAT, '1' AS EPITYPE,
    CASE WHEN place = episodes THEN CAST(admitted + stay AS VARCHAR) END AS DISDATE,
    CASE WHEN place < episodes THEN '8' ELSE '1' END AS DISMETH, CASE WHEN number % 53 = 0 THEN '51' ELSE '19' END AS DISDEST,
    CASE WHEN number % 311 = 0 THEN '02' ELSE '01' END AS ADMINCAT,
    CASE WHEN number % 701 = 0 THEN '7003' ELSE CAST(40 + number % 35 AS VARCHAR) END AS STARTAGE, '1' AS SEX,
    CASE WHEN number % 101 = 0 THEN 'V81999' ELSE 'A80' || lpad(CAST(number % 70 AS VARCHAR), 3, '0') END AS GPPRAC,
    CASE WHEN number % 1999 = 0 THEN '&' ELSE pick({providers}, number, 9) END AS PROCODE3,
    pick(['300', '110', '100', '&'], number, 10) AS MAINSPEF, pick(['300', '110', '100', '318'], number, 11) AS TRETSPEF,
    pick(['I639', 'J441', 'E115', 'R69X'], number, 12) AS DIAG_4_01, '-' AS OPERTN_4_01, hrg AS SUSHRG, hrg AS SUSCOREHRG,
    CAST(admitted + 60 AS VARCHAR) AS SUBDATE, CAST(CAST(900000 + number AS BIGINT) AS VARCHAR) AS PROVSPNOPS,
    CASE WHEN place = 1 THEN CAST(CAST(500 + number % 3000 AS DECIMAL(12, 2)) AS VARCHAR) END AS COST_GBP
  FROM episode
)
SELECT * EXCLUDE (number, place) FROM sent
UNION ALL BY NAME SELECT * EXCLUDE (number, place)
  REPLACE (again + 1000000000000 AS again, CAST(CAST(SUBDATE AS DATE) + 30 AS VARCHAR) AS SUBDATE)
  FROM sent WHERE number % 83 = 0
UNION ALL BY NAME SELECT * EXCLUDE (number, place)
  REPLACE (again + 2000000000000 AS again, CAST(CAST(EPIKEY AS BIGINT) + 90000000000 AS VARCHAR) AS EPIKEY)
  FROM sent WHERE number % 167 = 0
"""
_AE = """
WITH sent AS (
  SELECT number AS again, number, CAST(7000000000 + number AS VARCHAR) AS AEKEY,
    CASE WHEN number % 1501 = 0 THEN NULL ELSE md5(CAST(CAST(floor(draw(number, 1) * {people}) AS BIGINT) AS VARCHAR)) END
      AS PSEUDO_HESID, '{fyear}' AS FYEAR,
    CAST(DATE '{year}-04-01' + CAST(floor(draw(number, 2) * 365) AS INTEGER) AS VARCHAR) AS ARRIVALDATE,
    CASE WHEN number % 89 = 0 THEN '3000' ELSE lpad(CAST(CAST(floor(draw(number, 3) * 24) AS INTEGER) AS VARCHAR), 2, '0')
      || lpad(CAST(CAST(floor(draw(number, 4) * 60) AS INTEGER) AS VARCHAR), 2, '0') END AS ARRIVALTIME,
    pick(['1', '1', '1', '2', '3'], number, 5) AS AEATTENDCAT, pick(['01', '02', '03', '12'], number, 6) AS AEATTENDDISP,
    pick(['01', '01', '02', '03', '04', '99'], number, 7) AS AEDEPTTYPE, '2' AS AEARRIVALMODE,
    CASE WHEN number % 101 = 0 THEN 'V81999' ELSE 'A80' || lpad(CAST(number % 70 AS VARCHAR), 3, '0') END AS GPPRAC,
    pick({providers}, number, 9) AS PROCODE3, padded(pick(['VB08Z', 'VB09Z', 'VB11Z', NULL], number, 10), number) AS SUSHRG,
    pick(['38 ', '05', '12'], number, 11) AS DIAG2_01, pick(['22', '01'], number, 12) AS TREAT2_01,
    CAST(CAST(80 + number % 200 AS DECIMAL(12, 2)) AS VARCHAR) AS COST_GBP
  FROM (SELECT unnest(range({first}, {last})) AS number)
)
SELECT * EXCLUDE (number) FROM sent
UNION ALL BY NAME SELECT * EXCLUDE (number) REPLACE (again + 1000000000000 AS again) FROM sent WHERE number % 103 = 0
UNION ALL BY NAME SELECT * EXCLUDE (number)
  REPLACE (again + 2000000000000 AS again, CAST(CAST(AEKEY AS BIGINT) + 90000000000 AS VARCHAR) AS AEKEY,
           left(ARRIVALTIME, 2) || lpad(CAST((CAST(right(ARRIVALTIME, 2) AS INTEGER) + 25) % 60 AS VARCHAR), 2, '0')
             AS ARRIVALTIME)
  FROM sent WHERE number % 127 = 0 AND number % 89 <> 0
"""
_OP = """
WITH sent AS (
  SELECT number AS again, number, CAST(300000000000 + number AS VARCHAR) AS ATTENDKEY,
    md5(CAST(CAST(floor(draw(number, 1) * {people}) AS BIGINT) AS VARCHAR)) AS PSEUDO_HESID, '{fyear}' AS FYEAR,
    CASE WHEN number % 2003 = 0 THEN '1801-01-01'
      ELSE CAST(DATE '{year}-04-01' + CAST(floor(draw(number, 2) * 365) AS INTEGER) AS VARCHAR) END AS APPTDATE,
    pick(['5', '5', '5', '5', '6', '5', '5', '3', '2', '9'], number, 3) AS ATTENDED,
    pick(['1', '2', '2', '2', '4', '3'], number, 4) AS FIRSTATT, '21' AS ATENTYPE,
    CASE WHEN number % 311 = 0 THEN '02' ELSE '01' END AS ADMINCAT,
    CASE WHEN number % 101 = 0 THEN 'V81999' ELSE 'A80' || lpad(CAST(number % 70 AS VARCHAR), 3, '0') END AS GPPRAC,
    pick({providers}, number, 9) AS PROCODE3, pick(['300', '110', '100', '950'], number, 10) AS MAINSPEF,
    padded(pick(['300', '110', '100', '&', '501'], number, 11), number) AS TRETSPEF,
    pick(['WF01A', 'WF01A', 'WF01B', 'WF02A', 'WF01C', NULL, 'LB72A', 'JC05C', 'WF01D'], number, 12) AS SUSHRG,
    '-' AS OPERTN_4_01,
    CAST(CAST(60 + number % 150 AS DECIMAL(12, 2)) AS VARCHAR) AS COST_GBP
  FROM (SELECT unnest(range({first}, {last})) AS number)
)
SELECT * EXCLUDE (number) FROM sent
UNION ALL BY NAME SELECT * EXCLUDE (number) REPLACE (again + 1000000000000 AS again) FROM sent WHERE number % 211 = 0
UNION ALL BY NAME SELECT * EXCLUDE (number)
  REPLACE (again + 2000000000000 AS again, CAST(CAST(ATTENDKEY AS BIGINT) + 90000000000 AS VARCHAR) AS ATTENDKEY)
  FROM sent WHERE number % 317 = 0
"""
_QUERIES = {"hes_apc": _APC, "hes_ae": _AE, "hes_op": _OP}

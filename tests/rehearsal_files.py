"""Reading a written rehearsal in tests, without the rehearsal's own code. Belongs here: reading. Not: any expected value."""

from functools import cache
from pathlib import Path

import pandas as pd

#: the registers of the protocol
LISTED = ["AST", "COPD", "CHD", "DM", "HF", "EP", "OST"]


def quiet(message: str) -> None:
    """Progress nobody reads."""


@cache
def read(folder: Path) -> pd.DataFrame:
    path = next(p for p in folder.iterdir() if p.suffix in (".csv", ".parquet"))
    return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, dtype=str)


@cache
def all_years(village: Path, dataset: str) -> pd.DataFrame:
    folders = sorted((village / "deliveries").glob(f"{dataset}-20*"))
    return pd.concat([read(f).assign(DELIVERED=f.name.removeprefix(f"{dataset}-")) for f in folders], ignore_index=True)


def eligible_people(village: Path) -> pd.DataFrame:
    """Person to baseline practice, by the protocol's words: 40-74, a listed register and registered on 31 March 2015."""
    registered = read(village / "deliveries/gp_registration")
    held = registered[
        (registered["REGISTRATION_START"] <= "2015-03-31") & ~(registered["REGISTRATION_END"] < "2015-03-31")
    ].copy()
    born = held["MYDOB"].str[2:].astype(int) * 12 + held["MYDOB"].str[:2].astype(int)
    age = (2015 * 12 + 3 - born) // 12
    registers = read(village / "deliveries/qof_register")
    on = registers[
        registers["GROUP_CODE"].isin(LISTED)
        & (registers["REGISTER_START"] <= "2015-03-31")
        & ~(registers["REGISTER_END"] < "2015-03-31")
    ]
    held = held[age.between(40, 74) & held["PSEUDO_HESID"].isin(on["PSEUDO_HESID"])]
    return held.set_index("PSEUDO_HESID")[["PRACTICE_CODE"]]

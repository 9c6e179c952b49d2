"""What contracts say once read. Belongs here: columns against DESIGN's table, expected cells, errors."""

import pytest

from pipeline.contracts import contract_of, contracts_sha256, datasets, expected_cells, read_contract
from pipeline.errors import ProtocolInvalid, UsageError
from pipeline.tables import ORIGIN

#: DESIGN, Deliveries: the columns that a delivery of today must have
MUST = {
    "hes_apc": "EPIKEY PSEUDO_HESID FYEAR ADMIDATE ADMIMETH ADMISORC CLASSPAT EPISTART EPIEND EPIORDER EPISTAT EPITYPE DISDATE "
    "DISMETH DISDEST ADMINCAT STARTAGE SEX GPPRAC PROCODE3 MAINSPEF TRETSPEF DIAG_4_01 OPERTN_4_01 SUSHRG SUSCOREHRG",
    "hes_ae": "AEKEY PSEUDO_HESID FYEAR ARRIVALDATE ARRIVALTIME AEATTENDCAT AEATTENDDISP AEDEPTTYPE AEARRIVALMODE GPPRAC "
    "PROCODE3 SUSHRG",
    "hes_op": "ATTENDKEY PSEUDO_HESID FYEAR APPTDATE ATTENDED FIRSTATT ATENTYPE ADMINCAT GPPRAC PROCODE3 MAINSPEF TRETSPEF "
    "SUSHRG",
    "qof_register": "PSEUDO_HESID PRACTICE_CODE GROUP_CODE REGISTER_START REGISTER_END",
    "qof_prevalence": "PRACTICE_CODE INDICATOR_GROUP_CODE REGISTER PATIENT_LIST_TYPE PATIENT_LIST_SIZE",
    "gp_registration": "PSEUDO_HESID PRACTICE_CODE REGISTRATION_START REGISTRATION_END MYDOB SEX LSOA11 DEATH_DATE",
    "practice_population": "PRACTICE_CODE MONTH POPULATION AGE_BAND PERSON_MONTHS DEATHS JOINERS LEAVERS",
    "practice_activity": "PRACTICE_CODE MONTH POD DEPT_TYPE PROVIDER POPULATION AGE_BAND ROWS ROWS_LINKED PEOPLE_WITH_ACTIVITY "
    "COST_GBP UNPRICED_ROWS",
    "gp_contact": "PSEUDO_HESID PRACTICE_CODE CONTACT_DATE CONTACT_TYPE",
    "programme_referral": "PSEUDO_HESID PRACTICE_CODE REFERRAL_DATE FIRST_CONTACT_DATE STATUS PROVIDER END_DATE",
    "wellbeing_star": "PSEUDO_HESID READING_DATE READING_NO AREA_1 AREA_2 AREA_3 AREA_4 AREA_5 AREA_6 AREA_7 AREA_8",
    "link_worker_contact": "PSEUDO_HESID CONTACT_DATE CONTACT_TYPE PROVIDER",
    "exposure_register": "PRACTICE_CODE PROGRAMME START_DATE END_DATE SHARE_EXPOSED SOURCE",
    "trust_return": "PROVIDER MONTH DEPT_TYPE ATTENDANCES",
}
MAY = {
    "hes_apc": "SUBDATE SUSSPELLID PROVSPNOPS SPELBGIN SPELEND LSOA11 PROCODET SITETRET COST_GBP DIAG_4_02 DIAG_4_20 "
    "OPERTN_4_24",
    "hes_ae": "DIAG2_01 DIAG2_12 TREAT2_01 TREAT2_12 LSOA11 PROCODET COST_GBP",
    "hes_op": "OPERTN_4_01 OPERTN_4_24 LSOA11 PROCODET COST_GBP",
}


def test_every_dataset_of_the_design_has_a_contract() -> None:
    assert set(datasets()) == set(MUST) | {"ecds", "practice", "tariff"}


@pytest.mark.parametrize("dataset", sorted(MUST))
def test_the_columns_are_those_of_the_design(dataset: str) -> None:
    contract = read_contract(dataset)
    present = [column.name for column in contract.columns if column.must_be_present("2016-04")]
    assert present == MUST[dataset].split()
    optional = {column.name for column in contract.columns} - set(present)
    assert optional >= set(MAY.get(dataset, "").split())


def test_no_column_stands_twice_or_hides_an_origin_column() -> None:
    for dataset in datasets():
        names = [*read_contract(dataset).column_names, *ORIGIN]
        assert len(set(names)) == len(names)


def test_numbered_columns_run_to_their_last() -> None:
    names = read_contract("hes_apc").column_names
    assert [name for name in names if name.startswith("DIAG_4_")] == [f"DIAG_4_{n:02d}" for n in range(1, 21)]
    assert "DIAGNOSIS_CODE_12" in read_contract("ecds").column_names


def test_aliases_and_the_month_from_which_a_column_is_due() -> None:
    person, spell_hrg = (
        next(c for c in read_contract("hes_apc").columns if c.name == name) for name in ("PSEUDO_HESID", "SUSCOREHRG")
    )
    assert person.names == ("PSEUDO_HESID", "TOKEN_PERSON_ID", "ENCRYPTED_HESID")
    assert not spell_hrg.must_be_present("2009-03")
    assert spell_hrg.must_be_present("2009-04")


def test_expected_cells_name_every_stream_and_both_arms() -> None:
    cells = {cell.stream: cell for cell in expected_cells()}
    assert {stream: cell.minimum_rows_per_1000_heads_month for stream, cell in cells.items()} == {"apc": 5, "ae": 8, "op": 40}
    assert {cell.arms for cell in cells.values()} == {("intervention", "control")}
    assert {cell.maximum_unpriced_share for cell in cells.values()} == {0.10}


def test_the_hash_is_of_the_meaning() -> None:
    assert contracts_sha256() == contracts_sha256()
    assert len(contracts_sha256()) == 64


def test_an_unknown_dataset_is_a_usage_error_that_lists_the_known() -> None:
    with pytest.raises(UsageError, match="hes_ae"):
        read_contract("hes_xx")


def test_a_contract_without_its_clauses_is_named() -> None:
    with pytest.raises(ProtocolInvalid, match="contract of hes_ae has no 'version'"):
        contract_of({"name": "hes_ae", "schema": [{"properties": []}]})

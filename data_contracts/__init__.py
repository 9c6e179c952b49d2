"""What each delivery must be, and what a result looks like: ODCS v3.1 YAML and JSON schemas, as data.

Belongs here: one contract a dataset, the result schema. Does not belong here: code that reads them (`pipeline.contracts`).
"""

from pathlib import Path

FOLDER = Path(__file__).parent

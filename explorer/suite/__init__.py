"""The paper's experiment on suites of challenge pictures."""

from explorer.suite.builtin import builtin
from explorer.suite.cases import KINDS, Case, CaseResult, Suite
from explorer.suite.experiment import merged, run
from explorer.suite.export import export
from explorer.suite.published import SuiteError, read_suite
from explorer.suite.report import as_csv, as_json, counts, table

__all__ = [
    "KINDS",
    "Case",
    "CaseResult",
    "Suite",
    "SuiteError",
    "as_csv",
    "as_json",
    "builtin",
    "counts",
    "export",
    "merged",
    "read_suite",
    "run",
    "table",
]

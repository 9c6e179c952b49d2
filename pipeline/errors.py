"""One exception tree, one exit code a class.

Belongs here: every error a user can meet. Does not belong here: findings about data (`pipeline.assurance`), which are
results and not exceptions. No message may carry a person-level value: name file, row number and column, never the content.
"""


class OutcomeBError(Exception):
    """Base of every error raised on purpose. `remedy` says what the reader can do about it."""

    exit_code = 70

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} Remedy: {self.remedy}" if self.remedy else self.message


class UsageError(OutcomeBError):
    """The command, its options or the folder it was pointed at do not make sense."""

    exit_code = 2


class DeliveryRefused(OutcomeBError):
    """A delivery is not the dataset it says it is; nothing of it was stored."""

    exit_code = 3


class ProtocolInvalid(OutcomeBError):
    """study.yaml, terms.yaml, approvals.yaml or a contract does not validate (file, line and clause are in the message)."""

    exit_code = 4


class DataGateClosed(OutcomeBError):
    """No data verdict that is open and bound to these inputs: no estimate may be computed."""

    exit_code = 5


class DesignGateClosed(OutcomeBError):
    """No design verdict that is open and bound to these inputs: no estimate may be computed."""

    exit_code = 6


class ApprovalMissing(OutcomeBError):
    """An approval or waiver is missing, void (its hash is not the one in force), by one person twice, or expired."""

    exit_code = 7


class VerificationFailed(OutcomeBError):
    """A stored byte, a chained entry or a rebuilt file is not what was recorded."""

    exit_code = 8


class InternalError(OutcomeBError):
    """Our fault: an identity did not hold or a state that cannot be was reached."""

    exit_code = 70

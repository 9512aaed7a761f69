"""Who revokes and corrects."""

from datetime import UTC, datetime
from typing import Any

import pytest

from hub_core import ids
from hub_core.decisions import FourEyes
from svc_criminal_record.domain import changes
from svc_criminal_record.domain.certificates import RevocationReason, Standing
from svc_criminal_record.domain.changes import Change, Decision, Kind
from svc_criminal_record.errors.changes import CertificateEnded, ChangeDecided

NOON = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SORIN, GABRIELA = ids.new_id(), ids.new_id()


def a_change(**special: Any) -> Change:
    facts: dict[str, Any] = {
        "id": ids.new_id(),
        "certificate_id": ids.new_id(),
        "kind": Kind.REVOCATION,
        "reason": RevocationReason.ISSUED_IN_ERROR,
        "institution_id": ids.new_id(),
        "proposed_by": SORIN,
        "proposed_at": NOON,
    }
    return Change(**(facts | special))


def test_who_proposed_a_change_does_not_decide_on_it() -> None:
    with pytest.raises(FourEyes):
        changes.decide(a_change(proposed_by=GABRIELA), GABRIELA, Decision.APPROVED, NOON)


@pytest.mark.parametrize("decision", list(Decision))
def test_a_head_decides_once(decision: Decision) -> None:
    decided = changes.decide(a_change(), GABRIELA, decision, NOON)
    assert (decided.decided_by, decided.decided_at, decided.decision) == (GABRIELA, NOON, decision)
    with pytest.raises(ChangeDecided):
        changes.decide(decided, GABRIELA, Decision.DECLINED, NOON)


@pytest.mark.parametrize("standing", [one for one in Standing if one is not Standing.VALID])
def test_what_has_ended_does_not_end_again(standing: Standing) -> None:
    with pytest.raises(CertificateEnded):
        changes.refuse_ended(standing)
    changes.refuse_ended(Standing.VALID)

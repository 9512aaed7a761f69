import structlog
from structlog.testing import capture_logs

from hub_service import telemetry
from hub_service.settings import ServiceSettings


def test_a_logger_that_has_spoken_is_heard_when_another_service_was_set_up() -> None:
    log = structlog.get_logger("broker")
    telemetry.configure("petitions", ServiceSettings())
    log.info("broker lost")
    telemetry.configure("notify", ServiceSettings())
    with capture_logs() as logs:
        log.info("broker back")
    assert [line["event"] for line in logs] == ["broker back"]

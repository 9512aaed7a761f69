"""The register of vehicles, of the invented people.

    POST /vehicles/find      {"plate": …}: {"vehicle": null} where no vehicle in the country has it

A vehicle is its owner, who has it on lease, whether its plates are reported stolen, and whether it has
priority. `CV12JON` is Ion's, `CV12MIH` Mihai's, `CV12STV` István's, `CV12ANA` Ana's; `CV90CON` is the
company's, `CV91LEA` a leasing company's with István as its user, `CV92FUR` has stolen plates, and `CV93POL`
is a police car. Nobody else has a vehicle.
"""

from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import demo
from .asking import body


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    plate: Annotated[str, Field(pattern=r"^[A-Z0-9 ]{2,16}$")]


def _person(person: demo.Person) -> dict[str, str]:
    return {"kind": "PERSON", "number": person.cnp, "name": f"{person.family_name} {person.given_name}"}


def _company(cui: str, name: str) -> dict[str, str]:
    return {"kind": "COMPANY", "number": cui, "name": name}


def _vehicle(owner: dict[str, str], **special: Any) -> dict[str, Any]:
    return {"owner": owner, "user": None, "plates_stolen": False, "has_priority": False} | special


VEHICLES: Final = {
    "CV12ANA": _vehicle(_person(demo.ANA)),
    "CV12JON": _vehicle(_person(demo.ION)),
    "CV12STV": _vehicle(_person(demo.ISTVAN)),
    "CV12MIH": _vehicle(_person(demo.MIHAI)),
    "CV90CON": _vehicle(_company(demo.COMPANY.cui, demo.COMPANY.name)),
    "CV91LEA": _vehicle(_company("990000021", "Carpați Leasing SA"), user=_person(demo.ISTVAN)),
    "CV92FUR": _vehicle(_person(demo.MIHAI), plates_stolen=True),
    "CV93POL": _vehicle(_company("990000030", "Poliția de demonstrație"), has_priority=True),
}
"""The vehicles by plate, without spaces."""


async def find_vehicle(request: Request) -> Response:
    """The vehicle with a plate."""
    asked = await body(request, _Asked)
    if isinstance(asked, Response):
        return asked
    return JSONResponse({"vehicle": VEHICLES.get(asked.plate.replace(" ", ""))})


ROUTES: Final = (Route("/vehicles/find", find_vehicle, methods=["POST"]),)

"""What can be booked: HTTP and nothing else."""

from hub_service import policy
from hub_service.routing import Router

from ..reference.types import types
from ..schemas.types import BookableTypesView, BookableTypeView

router = Router(prefix="/passport-booking/v1", tags=["availability"])


@router.get("/types", summary="List what can be booked", **policy.public())
async def list_bookable_types() -> BookableTypesView:
    """Passports by type, and the other things that counters of this engine serve."""
    return BookableTypesView(items=[BookableTypeView.of(each) for each in types().values()])

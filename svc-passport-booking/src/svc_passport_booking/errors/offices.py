"""Problems of offices."""

from hub_core.problem import Problem


class BookingOfficeNotFound(Problem):
    """No office of the appointments has this id."""

    type, status = "booking-office-not-found", 404
    title = "There is no such office"
    detail = "No office that receives people by appointment has this identifier."
    remedy = "Look for the offices of the county, or for the nearest ones."


class PointIncomplete(Problem):
    """One coordinate of a point without the other."""

    type, status = "point-incomplete", 422
    title = "A point needs both coordinates"
    detail = "Give latitude and longitude, or neither."
    remedy = "Send both coordinates in degrees (WGS 84)."

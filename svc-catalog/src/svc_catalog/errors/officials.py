"""Problems of officials of the catalog."""

from hub_core.problem import Problem


class AdministratorRequired(Problem):
    """Only officials of the institution that administers the catalog may."""

    type, status = "catalog-administrator-required", 403
    title = "Only the administrator of the catalog may do this"
    detail = "The institution you act for does not administer the catalog."
    remedy = "Prepare the change and leave its publication to the administrator of the catalog."

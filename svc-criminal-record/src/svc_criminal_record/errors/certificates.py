"""What stands against giving a certificate out; texts are English message ids (see `locale/`)."""

from hub_core.problem import FieldError, Problem


class CertificateNotFound(Problem):
    """No such certificate, or another person's: the two look the same on purpose."""

    type, status = "certificate-not-found", 404
    title = "The certificate was not found"
    detail = "You have no certificate with this identifier."
    remedy = "Check the identifier, and that you are signed in with the account it was issued to."


class CertificateOver(Problem):
    """It is no longer valid: what was issued is not given out again."""

    type, status = "certificate-over", 410
    title = "The certificate is no longer valid"
    detail = "It has expired, or was revoked or replaced; its file is not given out any more."
    remedy = "Ask for a new certificate."


class WalletKeyInvalid(Problem):
    """What was given is no point of the curve."""

    type, status = "wallet-key-invalid", 422
    title = "The key of the wallet is not valid"
    detail = "It is not a public key of P-256."
    remedy = "Send the wallet's public key as a JWK of P-256, without its private part."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/wallet_key", self.type, self.detail)])


class SealOutOfForce(Problem):
    """The certificate of the seal was revoked: nothing is issued until there is another."""

    type, status = "seal-out-of-force", 503
    title = "No certificate can be sealed for the moment"
    detail = "The electronic seal is being replaced."
    remedy = "Try again after the time that Retry-After gives."

    def __init__(self) -> None:
        super().__init__(headers={"retry-after": "3600"})


class DocumentsUnavailable(Problem):
    """The store of the files does not answer; what was asked for was not done."""

    type, status = "documents-unavailable", 503
    title = "Files cannot be stored or fetched for the moment"
    detail = "The store of the documents does not answer. Nothing was changed."
    remedy = "Try again after the time that Retry-After gives."

    def __init__(self) -> None:
        super().__init__(headers={"retry-after": "30"})

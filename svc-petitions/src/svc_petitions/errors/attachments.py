"""The problems of files that are attached (texts: see `locale/`)."""

from hub_core.problem import FieldError, Problem


class AttachmentTypeRefused(Problem):
    """Its content is of no type that is taken, whatever its name says."""

    type, status = "attachment-type-refused", 415
    title = "Files of this type are not taken"
    detail = "By its content it is neither PDF, JPEG, PNG, DOCX or ODT without macros, nor plain text."
    remedy = "Save it as PDF and send that."


class AttachmentTooLarge(Problem):
    """It has more bytes than the rule allows."""

    type, status = "attachment-too-large", 413
    title = "The file is too large"
    detail = "A file may have at most {megabytes} MB."
    remedy = "Send it in parts, or scan it with less detail."


class AttachmentInfected(Problem):
    """The scanner found something harmful; nothing was stored."""

    type, status = "attachment-infected", 422
    title = "Something harmful was found in the file"
    detail = "The virus scanner refused the file. Nothing of it was stored."
    remedy = "Have your device checked, make the file anew and send that. The petition itself can be filed."


class AttachmentUnknown(Problem):
    """None of these uploads is yours, or it has expired, or is attached already."""

    type, status = "attachment-unknown", 422
    title = "A file to be attached was not found"
    detail = "It was not uploaded by you, was attached already or was kept too long without a petition."
    remedy = "Upload the file again, then file the petition with the identifier that you get."

    def __init__(self, pointer: str = "/attachment_ids") -> None:
        super().__init__(errors=[FieldError(pointer, self.type, self.detail)])


class TooManyAttachments(Problem):
    """More files than the rule allows; the petition itself is not limited."""

    type, status = "too-many-attachments", 422
    title = "Too many files"
    detail = "A petition may have at most {most} files."
    remedy = "Put several pages into one file."


class AttachmentNotFound(Problem):
    """No such file of this petition."""

    type, status = "attachment-not-found", 404
    title = "The attached file was not found"
    detail = "The petition has no file with this identifier, or you may not see it."
    remedy = "Check the identifier in the list of the petition's files."


class AttachmentsUnavailable(Problem):
    """Neither scanner nor store can be reached; a petition can be filed without files."""

    type, status = "attachments-unavailable", 503
    title = "Files cannot be taken or given for the moment"
    detail = "The virus scanner or the store of files does not answer."
    remedy = "Try again later. The petition itself can be filed now, without files."

"""Problems of working on templates of institutions."""

from collections.abc import Iterable, Sequence

from hub_core.problem import FieldError, Problem


class TemplateNotFound(Problem):
    """No such template or version, or another institution's: they look the same on purpose."""

    type, status = "template-not-found", 404
    title = "There is no such template"
    detail = "Your institution has no template, or no version of it, by this name."
    remedy = "List the templates of your institution."


class TemplateNotActive(Problem):
    """The template has no version that orders could send by."""

    type, status = "template-not-active", 409
    title = "The template is not active"
    detail = "No version of this template is approved, or it was retired."
    remedy = "Have a version approved by a second person, or send by another template."


class TemplateExists(Problem):
    """A template of the institution has this key already."""

    type, status = "template-exists", 409
    title = "The key is taken"
    detail = "Your institution has a template with this key already."
    remedy = "Open a new version of that template, or choose another key."


class TemplateStepRefused(Problem):
    """The template stands where this step is not possible."""

    type, status = "template-state", 409
    title = "The template does not stand where this is possible"
    detail = "The template is {state}. Open steps: {steps}."
    remedy = "Read the template again, then take one of the open steps."

    def __init__(self, state: str, steps: Iterable[str]) -> None:
        super().__init__(state=state, steps=", ".join(steps) or "-")


class TemplateRefused(Problem):
    """The content may not be saved: `errors` names each flaw with a pointer into it."""

    type, status = "template-refused", 422
    title = "The template may not say this"
    detail = "Each flaw is listed under errors."
    remedy = "Correct what is listed and send it again."

    def __init__(self, flaws: Sequence[FieldError]) -> None:
        super().__init__(errors=flaws)


class ChannelNotOfTemplate(Problem):
    """The template does not go this way."""

    type, status = "channel-not-of-template", 409
    title = "The template does not go this way"
    detail = "This version has no words for the channel that was asked for."
    remedy = "Ask for one of the template's channels, or add the channel to a new version."

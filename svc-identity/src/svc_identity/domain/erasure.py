"""What the deletion of an account means (GDPR art. 17), in words for the person."""

from typing import Final

GOES: Final = (
    "Your account: e-mail address, telephone, name, language, password and every other means of sign-in",
    "Your sign-ins, and what applications got from them",
    "Your registration requests with their evidence, and copies of your data",
)
"""What goes at once, as message ids."""

LINES: Final = "The log of who looked at your data: it protects you, and holds no name"
IDENTITY: Final = "What registers say of you, because acts that concern you refer to it"
REQUESTS: Final = "What you asked about your data, and the answers"
ELSEWHERE: Final = "What institutions hold of you, such as petitions in their registers"
ARCHIVES: Final = "Law 16/1996 on the National Archives, and each institution's archival nomenclature"
"""The law by which institutions decide how long they keep what they hold."""

TEXTS: Final = (*GOES, LINES, IDENTITY, REQUESTS, ELSEWHERE)

"""Problems of recordings and of their uploads (tus 1.0.0)."""

from collections.abc import Mapping
from typing import Final

from hub_core.problem import Problem


class UploadVersionUnknown(Problem):
    """The client speaks another version of the protocol, or does not say which."""

    type, status = "upload-version-unknown", 412
    title = "The version of the upload protocol is not known"
    detail = "The header Tus-Resumable is missing, or names another version than 1.0.0."
    remedy = "Send Tus-Resumable: 1.0.0; the header Tus-Version of this answer names what is spoken."


class UploadHeaderWrong(Problem):
    """A header of the protocol is missing or cannot be read."""

    type, status = "upload-header-wrong", 400
    title = "A header of the upload is wrong"
    detail = "The header {name} is missing, or is not as tus 1.0.0 wants it."
    remedy = "Compare the header with the protocol (https://tus.io), and with what this operation describes."


class UploadTypeWrong(Problem):
    """Bytes of an upload come as one media type only."""

    type, status = "upload-type-wrong", 415
    title = "The content type of the upload is wrong"
    detail = "Bytes of a recording are sent as application/offset+octet-stream."
    remedy = "Send the header Content-Type: application/offset+octet-stream."


class UploadOffsetWrong(Problem):
    """The bytes do not follow what has arrived, or another request brought them at the same time."""

    type, status = "upload-offset-wrong", 409
    title = "The bytes do not begin where the last ones ended"
    detail = "Upload-Offset is not the number of bytes that have arrived."
    remedy = "Ask with HEAD how many bytes have arrived, and go on from there."


class UploadChecksumWrong(Problem):
    """The bytes of this request are not those whose checksum was sent (tus, extension checksum)."""

    type, status = "upload-checksum-wrong", 460
    title = "The bytes arrived damaged"
    detail = "The bytes of this request do not have the checksum that was sent with them; none was kept."
    remedy = "Send the same bytes again."


class UploadTooLong(Problem):
    """More bytes came than were announced."""

    type, status = "upload-too-long", 413
    title = "The recording is longer than announced"
    detail = "With these bytes the recording would be longer than the Upload-Length that was announced."
    remedy = "Begin the upload again, and announce the size of the whole file."


class VideoTooLarge(Problem):
    """The recording has more bytes than are taken."""

    type, status = "video-too-large", 413
    title = "The recording is too large"
    detail = "A recording may have at most {megabytes} MB."
    remedy = "Cut nothing and change no speed: record shorter, or with a lower resolution."


class VideoNotFound(Problem):
    """There is no such recording, or it is somebody else's."""

    type, status = "video-not-found", 404
    title = "The recording was not found"
    detail = "You have no recording with this identifier."
    remedy = "Begin the upload again from the report, while its hour runs."


class VideoGone(Problem):
    """The upload was ended, or another one was begun in its place."""

    type, status = "video-gone", 410
    title = "This upload is over"
    detail = "The upload was ended, another one was begun in its place, or the recording was deleted."
    remedy = "Begin the upload again from the report, while its hour runs."


class VideoBeingChecked(Problem):
    """All bytes are here, and the recording is being looked at."""

    type, status = "video-being-checked", 423
    title = "The recording is being checked"
    detail = "All bytes have arrived. Whether they are a recording is being checked in this moment."
    remedy = "Ask again after the time that Retry-After gives."


class VideosUnavailable(Problem):
    """Recordings can be neither stored nor looked at for now."""

    type, status = "videos-unavailable", 503
    title = "Recordings cannot be taken for the moment"
    detail = "The store of recordings does not answer. What has arrived is kept."
    remedy = "Go on with the upload after the time that Retry-After gives."


class VideoHashWrong(Problem):
    """What arrived is not what the reporter's device computed the hash of."""

    type, status = "video-hash-wrong", 422
    title = "The recording is not the one that was announced"
    detail = "The SHA-256 of what arrived is not the one that was announced in Upload-Metadata."
    remedy = "Begin the upload again with the file that you announced."


class NotAVideo(Problem):
    """The file is of no kind that is taken."""

    type, status = "not-a-video", 422
    title = "The file is not a video that is taken"
    detail = "A recording is an MP4, MOV or MKV file."
    remedy = "Upload the file as your camera made it."


class VideoWithoutPicture(Problem):
    """The file has sound only."""

    type, status = "video-without-picture", 422
    title = "The file shows no picture"
    detail = "There is no picture in the file."
    remedy = "Upload the recording itself, as your camera made it."


class VideoCodecUnknown(Problem):
    """The pictures are written in a way that is not taken."""

    type, status = "video-codec-unknown", 422
    title = "The pictures of the recording are in a form that is not taken"
    detail = "The pictures of a recording are H.264 or H.265."
    remedy = "Upload the file as your camera made it; most cameras write H.264."


class VideoDamaged(Problem):
    """The file ends early, or says of itself what is not so."""

    type, status = "video-damaged", 422
    title = "The recording is damaged"
    detail = "The file ends before the recording does, or cannot be read to its end."
    remedy = "Play the file to its end on your device; upload one that is whole."


class VideoTooLong(Problem):
    """The recording lasts longer than is taken."""

    type, status = "video-too-long", 422
    title = "The recording lasts too long"
    detail = "A recording may last at most {minutes} minutes."
    remedy = "Upload the recording that shows the manoeuvre, not the whole drive."


class VideoPictureSize(Problem):
    """The pictures are too small to tell a plate, or larger than any camera makes them."""

    type, status = "video-picture-size", 422
    title = "The pictures of the recording are too small or too large"
    detail = "A picture has from {least} to {most} points on each side."
    remedy = "Upload the file as your camera made it."


REFUSALS: Final[Mapping[str, type[Problem]]] = {
    problem.type: problem
    for problem in (
        NotAVideo,
        VideoCodecUnknown,
        VideoDamaged,
        VideoHashWrong,
        VideoPictureSize,
        VideoTooLong,
        VideoWithoutPicture,
    )
}
"""Why what arrived is refused, by the problem's type."""

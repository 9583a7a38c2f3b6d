"""What a storage says when it fails, in words for a person. Pure; neither keys nor signatures are repeated."""

from __future__ import annotations

import re

from narrowcast.errors import OutputError
from narrowcast.store.faults import FULL_HINT, PLACE_HINT
from narrowcast.store.files.storage_place import Kind, StoragePlace

_CODE = re.compile(r"<Code>\s*([A-Za-z]{3,60})\s*</Code>|error:\s*code:\s*\"?([A-Za-z]{3,60})")
_STATUS = re.compile(r"status code: (\d{3})")
_NO_BUCKET = {"NoSuchBucket", "ContainerNotFound"}
_KEYS = {"InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "TokenRefreshRequired"} | {
    "AuthenticationFailed",
    "InvalidSecurity",
    "ExpiredTokenException",
}
_REGIONS = {"PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"}
_ASKING_FOR_KEYS = re.compile(
    r"/latest/api/token|/latest/meta-data|/computeMetadata/|/metadata/identity|token request|security-credentials"
    r"|AssumeRole|Account must be specified|[Cc]redential"
)
_CREDENTIALS = {
    Kind.S3: "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or give the machine a role.",
    Kind.GCS: "Set GOOGLE_APPLICATION_CREDENTIALS to a service account's file, or give the machine one.",
    Kind.AZURE: "Set AZURE_STORAGE_ACCOUNT_KEY or AZURE_STORAGE_SAS_KEY, or give the machine an identity.",
    Kind.REPLIT: "It can be reached from within a Replit app alone, which has object storage switched on.",
}
_RIGHTS = "Its user needs to read, write, list and delete: see docs/storage.md for the policy."


def storage_fault(error: Exception, place: StoragePlace) -> OutputError:
    """The fault for what obstore, or the system, reported of `place`."""
    said = str(error)
    if place.folder:
        return _disk_fault(said, place)
    status = _STATUS.search(said)
    number = status[1] if status else ""
    return (
        _by_its_word(code_of(said), number, said, place)
        or _before_it(error, said, place)
        or _refused(error, said, number, place)
    )


def _by_its_word(code: str, number: str, said: str, place: StoragePlace) -> OutputError | None:
    """Where the storage says what is wrong."""
    setting = place.why or "the storage's URL"
    if code in _NO_BUCKET:
        return OutputError(f"There is no bucket {place}.", hint=f"Make it, or correct {setting}.")
    if code == "RequestTimeTooSkewed":
        hint = "Set this machine's clock by the network's time."
        return OutputError(f"{place} takes this machine's clock for wrong.", hint=hint)
    if code in _REGIONS or "without LOCATION" in said:
        hint = "Set AWS_REGION, or add ?region=… to its URL."
        return OutputError(f"{place} lies in another region than the one that is asked.", hint=hint)
    if code in _KEYS or (number == "401" and not _ASKING_FOR_KEYS.search(_first_line(said))):
        return OutputError(f"{place} does not take these keys ({code or number}).", hint=_CREDENTIALS[place.kind])
    return None


def _before_it(error: Exception, said: str, place: StoragePlace) -> OutputError | None:
    """Where the storage itself was not reached."""
    if isinstance(error.__cause__, OutputError):
        return error.__cause__
    if _ASKING_FOR_KEYS.search(_first_line(said)):
        return OutputError(f"There are no keys for {place}.", hint=_CREDENTIALS[place.kind])
    if "error sending request" in said or isinstance(error, TimeoutError) or "imed out" in said:
        hint = "Check the network and the endpoint; what was made so far is kept."
        return OutputError(f"{place} cannot be reached.", hint=hint)
    if "builder error" in said:
        hint = f"Correct the endpoint, or {place.why or 'its URL'}."
        return OutputError(f"{place} has an address that is none.", hint=hint)
    return None


def _refused(error: Exception, said: str, number: str, place: StoragePlace) -> OutputError:
    code = code_of(said)
    if number == "403" or type(error).__name__ == "PermissionDeniedError":
        return OutputError(f"{place} refuses this ({code or number or 'denied'}).", hint=_RIGHTS)
    if code or number:
        hint = "Try again; what was made so far is kept."
        return OutputError(f"{place} failed: {code or f'status {number}'}.", hint=hint)
    hint = f"Look at docs/storage.md, and {place.why or 'the URL'}."
    return OutputError(f"{place} cannot be used: {_first_line(said)}.", hint=hint)


def code_of(said: str) -> str:
    """The storage's own word for a fault, such as `NoSuchBucket`; empty where it has none."""
    found = _CODE.search(said)
    return (found[1] or found[2]) if found else ""


def is_absent_bucket(error: Exception) -> bool:
    """Whether not the object is missing but all of the bucket."""
    return code_of(str(error)) in _NO_BUCKET


def _disk_fault(said: str, place: StoragePlace) -> OutputError:
    reason = said.partition("\n")[0].strip().rstrip(".")
    if "No space left" in reason or "Disk quota" in reason:
        return OutputError(f"The disk that holds {place} is full.", hint=FULL_HINT)
    return OutputError(f"{place} cannot be used: {reason}.", hint=PLACE_HINT)


def _first_line(said: str) -> str:
    """obstore's message without the Rust structure that it prints after it, and without what follows addresses."""
    line = said.partition("\n")[0].strip().rstrip(".")
    return re.sub(r"\?\S*", "", line)[:300]

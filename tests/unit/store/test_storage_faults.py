"""What a storage says when it fails: one sentence, a way out, and no secret."""

from __future__ import annotations

import pytest

from narrowcast.store.files.storage_faults import storage_fault
from narrowcast.store.files.storage_place import storage_place

S3 = "s3://books/p?endpoint=https://minio"


ASKING = "Error performing GET http://169.254.169.254/"


def said(number: int, code: str) -> str:
    """As obstore tells of an answer."""
    return (
        "Generic S3 error: Error performing GET https://minio/books/p/k?sig=hush in 3ms - Server returned non-2xx "
        f"status code: {number} X: <?xml?>\n<Error><Code>{code}</Code><Message>m</Message></Error>\n\nDebug source:"
    )


@pytest.mark.parametrize(
    ("url", "message", "told"),
    [
        (S3, said(404, "NoSuchBucket"), "There is no bucket s3://books/p."),
        (S3, said(403, "InvalidAccessKeyId"), "s3://books/p does not take these keys (InvalidAccessKeyId)."),
        (S3, said(403, "SignatureDoesNotMatch"), "s3://books/p does not take these keys (SignatureDoesNotMatch)."),
        (S3, said(403, "AccessDenied"), "s3://books/p refuses this (AccessDenied)."),
        (S3, said(403, "RequestTimeTooSkewed"), "s3://books/p takes this machine's clock for wrong."),
        (S3, said(301, "PermanentRedirect"), "s3://books/p lies in another region than the one that is asked."),
        (S3, said(503, "SlowDown"), "s3://books/p failed: SlowDown."),
        (S3, "HEAD https://x in 1ms - HTTP error: error sending request", "s3://books/p cannot be reached."),
        (S3, "GET x - HTTP error: builder error", "s3://books/p has an address that is none."),
        ("s3://books", f"{ASKING}latest/api/token in 1ms - status code: 403 F", "There are no keys for s3://books."),
        ("gs://books", f"token request: {ASKING}computeMetadata/", "There are no keys for gs://books."),
        ("az://a-b/cde", said(401, "InvalidToken"), "az://a-b/cde does not take these keys (InvalidToken)."),
        ("gs://books", "New about https://x/?token=hush.\nDebug", "gs://books cannot be used: New about https://x/."),
    ],
)  # fmt: skip
def test_each_fault_has_its_sentence_and_its_way_out(url: str, message: str, told: str) -> None:
    fault = storage_fault(Exception(message), storage_place(url, "NARROWCAST_STORAGE_URL"))
    assert fault.message == told
    assert fault.hint
    assert "hush" not in fault.message + fault.hint


def test_silence_is_no_answer() -> None:
    assert storage_fault(TimeoutError(), storage_place(S3)).message == "s3://books/p cannot be reached."

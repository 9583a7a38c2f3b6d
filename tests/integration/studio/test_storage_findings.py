"""What is found of where files are kept."""

from __future__ import annotations

from pathlib import Path

from narrowcast.settings import read_settings
from narrowcast.store.files.blobs import Blobs
from narrowcast.store.upkeep.bucket import set_up
from narrowcast.studio.findings import Finding, Verdict
from narrowcast.studio.storage_findings import origin_of, storing

PAGES = "https://narrowcast.example.org/casts"


async def found(home: Path, **environ: str) -> list[Finding]:
    settings = read_settings({"NARROWCAST_HOME": str(home), **environ})
    assert settings.places.storage
    return [finding async for finding in storing(Blobs.open(settings.places.storage, "me"), settings)]


async def test_it_is_said_which_storage_it_is_why_and_whether_others_pages_may_read(
    tmp_path: Path, bucket: str
) -> None:
    [folder] = await found(tmp_path)
    assert (folder.verdict, folder.found) == (Verdict.OK, f"{tmp_path / 'blobs'} (NARROWCAST_STORAGE_URL is not set)")

    given = {"AWS_S3_BUCKET": bucket, "NARROWCAST_PUBLIC_URL": PAGES}
    kept, cors = await found(tmp_path / "fresh", **given)
    assert kept.found == f"s3://{bucket} (AWS_S3_BUCKET); listeners are sent there"
    assert (cors.verdict, "storage setup" in cors.hint) == (Verdict.NOTE, True)
    settings = read_settings({"NARROWCAST_HOME": str(tmp_path / "fresh"), **given})
    assert settings.places.storage
    await set_up(settings.places.storage, origin_of(PAGES))
    assert [finding.verdict for finding in await found(tmp_path / "fresh", **given)] == [Verdict.OK, Verdict.OK]

    [gone] = await found(tmp_path, NARROWCAST_STORAGE_URL=f"s3://{bucket}-none")
    assert (gone.verdict, gone.hint) == (Verdict.PROBLEM, "Make it, or correct NARROWCAST_STORAGE_URL.")

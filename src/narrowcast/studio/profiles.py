"""The profiles that a person sees: their own, and the shipped ones, which are copied when they are edited."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from narrowcast.errors import (
    ChangedError,
    ConflictError,
    NarrowcastError,
    NotFoundError,
    ProfileError,
    TooLargeError,
)
from narrowcast.keys.hosts import check_hosts
from narrowcast.keys.profile_keys import seal_keys
from narrowcast.keys.sealing import Sealer
from narrowcast.profiles.catalogue import validate
from narrowcast.script.hidden_keys import hidden, restored
from narrowcast.script.profile import EpisodeProfile, SpeakerProfile
from narrowcast.store.library.profiles import Profile, Profiles

MAX_BYTES = 200_000
FILES = ("cover", "music")
P = TypeVar("P", EpisodeProfile, SpeakerProfile)


@dataclass(frozen=True)
class Shown(Generic[P]):
    """A profile as it is shown. `profile` is none where it cannot be used, and `fault` then says why.

    Keys in `body` and `profile` are hidden. `etag` changes with every change; shipped ones have no times.
    """

    id: str
    name: str
    shipped: bool
    body: Mapping[str, Any]
    etag: str
    profile: P | None = None
    fault: str = ""
    copied_from: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True)
class BroughtIn(Generic[P]):
    """What became of an import: those taken, and of the others what is wrong, by name."""

    taken: tuple[Shown[P], ...]
    refused: Mapping[str, str]


class ProfileShelf(Generic[P]):
    """The profiles of one kind, as each person sees them.

    A shipped one has its name for an id; a person's own of that name goes before it. `private_allowed` is whether who
    asks may name servers in private networks. Raises `NotFoundError`, `ChangedError` where `if_match` names another
    state, `ConflictError` (a name that is taken), `ProfileError` (what may not be in a profile).
    """

    def __init__(
        self, store: Profiles, kind: str, shape: type[P], shipped: Callable[[], Mapping[str, P]], sealer: Sealer
    ) -> None:
        self._store = store
        self._kind = kind
        self._sealer = sealer
        self._shape: type[P] = shape
        self._shipped: Callable[[], Mapping[str, P]] = shipped

    async def all(self, owner_id: str) -> Sequence[Shown[P]]:
        """Their own and the shipped ones, by name."""
        own: list[Shown[P]] = [self._own(stored) for stored in await self._store.all(owner_id, self._kind)]
        names = {one.name for one in own}
        shipped: list[Shown[P]] = [self._of_shipped(one) for name, one in self._shipped().items() if name not in names]
        return sorted(own + shipped, key=lambda one: (one.name.casefold(), one.id))

    async def get(self, owner_id: str, name_or_id: str) -> Shown[P]:
        """One of them, by id or name."""
        stored = await self._store.find(owner_id, self._kind, name_or_id)
        if stored:
            return self._own(stored)
        if name_or_id in (shipped := self._shipped()):
            return self._of_shipped(shipped[name_or_id])
        raise NotFoundError(f"There is no {self._kind} profile {name_or_id!r}.")

    async def add(self, owner_id: str, fields: Mapping[str, Any], *, private_allowed: bool) -> Shown[P]:
        """A new one of their own."""
        name, body = self._checked(fields, {}, private_allowed=private_allowed)
        return self._own(await self._store.add(owner_id, self._kind, name, body))

    async def put(
        self,
        owner_id: str,
        name_or_id: str,
        fields: Mapping[str, Any],
        *,
        private_allowed: bool,
        if_match: str | None = None,
        patch: bool = False,
    ) -> Shown[P]:
        """Put these fields in its place, or with `patch` these among its own; of a shipped one a copy is made."""
        found = await self.get(owner_id, name_or_id)
        _check_match(found.etag, if_match)
        stored = None if found.shipped else await self._store.find(owner_id, self._kind, found.id)
        earlier = stored.body if stored else found.body
        wanted = {**found.body, **fields} if patch else fields
        name, body = self._checked({"name": found.name, **wanted}, earlier, private_allowed=private_allowed)
        if stored is None:
            copy = self._own(await self._store.add(owner_id, self._kind, name, body))
            return dataclasses.replace(copy, copied_from=found.name)
        version = stored.version if if_match or patch else None
        return self._own(await self._store.change(owner_id, self._kind, stored.id, name, body, version=version))

    async def delete(self, owner_id: str, name_or_id: str, if_match: str | None = None) -> None:
        """Remove one of their own; a shipped one of its name is seen again. A shipped one stays: `ConflictError`."""
        found = await self.get(owner_id, name_or_id)
        _check_match(found.etag, if_match)
        if found.shipped:
            raise ConflictError(f"{found.name!r} is shipped with Narrowcast and stays.", hint="Yours can be deleted.")
        version = _version(found.etag) if if_match else None
        await self._store.delete(owner_id, self._kind, found.id, version=version)

    async def duplicate(self, owner_id: str, name_or_id: str, name: str | None) -> Shown[P]:
        """A copy of their own under another name: the one given, else the first that is free."""
        found = await self.get(owner_id, name_or_id)
        stored = None if found.shipped else await self._store.find(owner_id, self._kind, found.id)
        body = stored.body if stored else found.body
        if name is None:
            taken = {shown.name for shown in await self.all(owner_id)}
            name = next(free for number in range(1, 10_000) if (free := _copy_name(found.name, number)) not in taken)
        copy = self._own(await self._store.add(owner_id, self._kind, name, body))
        return dataclasses.replace(copy, copied_from=found.name)

    async def bring_in(
        self, owner_id: str, profiles: Mapping[str, Any], *, replace: bool, private_allowed: bool
    ) -> BroughtIn[P]:
        """Take profiles from a file of podcast-creator's; one that is wrong harms only itself.

        With `replace` they go in the place of the person's own of the same names.
        """
        taken: list[Shown[P]] = []
        refused: dict[str, str] = {}
        for name, fields in profiles.items():
            try:
                if not isinstance(fields, dict):
                    raise ProfileError("It is not an object.")
                existing = await self._store.find(owner_id, self._kind, name) if replace else None
                if existing and existing.name == name:
                    given = {**fields, "name": name}
                    taken.append(await self.put(owner_id, existing.id, given, private_allowed=private_allowed))
                else:
                    taken.append(await self.add(owner_id, {**fields, "name": name}, private_allowed=private_allowed))
            except NarrowcastError as fault:
                refused[name] = f"{fault.message} {fault.hint}".strip()
        return BroughtIn(tuple(taken), refused)

    async def take_out(self, owner_id: str) -> dict[str, Any]:
        """The person's own as podcast-creator's JSON holds them, without their keys."""
        own = await self._store.all(owner_id, self._kind)
        return {stored.name: {**_mapping(hidden(stored.body)), "name": stored.name} for stored in own}

    def _checked(
        self, fields: Mapping[str, Any], earlier: Mapping[str, Any], *, private_allowed: bool
    ) -> tuple[str, dict[str, Any]]:
        """The name and body to keep."""
        given = _mapping(restored(fields, earlier))
        for name in FILES:
            if given.get(name) is not None:
                raise ProfileError(
                    f"A profile on a server names no files, and this one has {name}.",
                    hint=f"Leave {name} out: it would be a file of the server's own machine.",
                )
        _check_plain(given)
        profile = validate(self._shape, str(given.get("name", "")), given, "the request")
        body = profile.model_dump(mode="json", exclude={"name"}, exclude_unset=True)
        if len(json.dumps(body)) > MAX_BYTES:
            raise TooLargeError(f"The profile has more than {MAX_BYTES:,} bytes.", hint="Shorten its texts.")
        check_hosts(body, private_allowed=private_allowed)
        return profile.name, seal_keys(body, self._sealer)

    def _own(self, stored: Profile) -> Shown[P]:
        body = _mapping(hidden(stored.body))
        common: dict[str, Any] = {
            "id": stored.id,
            "name": stored.name,
            "shipped": False,
            "body": body,
            "etag": f'"{stored.version}"',
            "created_at": stored.created_at,
            "updated_at": stored.updated_at,
        }
        try:
            return Shown(**common, profile=validate(self._shape, stored.name, body, "your profiles"))
        except ProfileError as fault:
            return Shown(**common, fault=f"{fault.message} {fault.hint}".strip())

    def _of_shipped(self, profile: P) -> Shown[P]:
        body = profile.model_dump(mode="json", exclude={"name"}, exclude_unset=True)
        return Shown(profile.name, profile.name, shipped=True, body=body, etag='"shipped"', profile=profile)


def _check_match(etag: str, if_match: str | None) -> None:
    """RFC 9110, 13.1.1."""
    if if_match is None or if_match.strip() == "*":
        return
    if etag not in {tag.strip() for tag in if_match.split(",")}:
        raise ChangedError("The profile was changed meanwhile.", hint="Read it again, then make your change.")


def _version(etag: str) -> int:
    return int(etag.strip('"'))


def _copy_name(name: str, number: int) -> str:
    ending = " (copy)" if number == 1 else f" (copy {number})"
    return name[: 100 - len(ending)] + ending


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _check_plain(value: object, deep: int = 0) -> None:
    """Refuse what JSON, or a database, cannot hold: it may lie in a config, which nothing else looks into."""
    if deep > 20:
        raise ProfileError("The profile is nested too deep.")
    if isinstance(value, Mapping):
        for name, inner in value.items():
            _check_plain(name, deep)
            _check_plain(inner, deep + 1)
    elif isinstance(value, list | tuple):
        for inner in value:
            _check_plain(inner, deep + 1)
    elif isinstance(value, str):
        if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
            raise ProfileError("The profile holds a text with characters that are none.")
    elif isinstance(value, float) and not math.isfinite(value):
        raise ProfileError("The profile holds a number that is none.")

"""The base of every value that crosses a file, a process or a provider's wire."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict

DEEPEST = 30
"""Objects and lists within each other: more than anybody means, and fewer than what walks through them can bear."""


class Value(BaseModel):
    """A frozen, validated value; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def _not_too_deep(value: dict[str, Any]) -> dict[str, Any]:
    inside: list[Any] = [value]
    for _ in range(DEEPEST):
        inside = [
            inner
            for outer in inside
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list | tuple)
        ]
        if not inside:
            return value
    raise ValueError(f"it is nested more than {DEEPEST} deep")


Config = Annotated[dict[str, Any], AfterValidator(_not_too_deep)]
"""What a provider makes of it is the provider's matter."""

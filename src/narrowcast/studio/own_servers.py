"""The servers that an episode profile names for its own models."""

from __future__ import annotations

from dataclasses import dataclass, replace

from narrowcast.pipeline.order import Order
from narrowcast.script.own_server import OwnServer, own_server
from narrowcast.writers.choose import AUTO, ModelNames


@dataclass(frozen=True)
class OwnServers:
    """Those of a profile's two models, each with the model that it is for; none where the server's keys are used."""

    outline: OwnServer | None = None
    transcript: OwnServer | None = None
    outline_model: str = ""
    transcript_model: str = ""

    def chosen(self, names: ModelNames) -> tuple[ModelNames, OwnServers]:
        """The models to write with, and where each is: the profile's own where it has a server, else `names`.

        Where only one of the two models can be had, it writes both.
        """
        outline = self.outline_model if self.outline else names.outline
        transcript = self.transcript_model if self.transcript else names.transcript
        servers = replace(
            self,
            outline=self.outline if outline else self.transcript,
            transcript=self.transcript if transcript else self.outline,
        )
        return ModelNames(outline or transcript, transcript or outline), servers


def own_servers(order: Order) -> OwnServers:
    """The servers that the order's profile names. Another model that was asked for is not asked there.

    Raises `ProfileError` for a server without a key, and for one without a provider to speak to.
    """
    profile = order.profile
    outline = own_server(profile.outline_config, "outline_config")
    transcript = own_server(profile.transcript_config, "transcript_config")
    if order.llm != AUTO:
        return OwnServers()
    return OwnServers(
        outline if profile.outline_provider != AUTO else None,
        transcript if profile.transcript_provider != AUTO else None,
        f"{_wire(profile.outline_provider)}:{profile.outline_model}",
        f"{_wire(profile.transcript_provider)}:{profile.transcript_model}",
    )


def _wire(provider: str) -> str:
    """The provider whose wire is spoken; podcast-creator has its own name for others that speak OpenAI's."""
    return "openai" if provider in {"openai-compatible", "openai_compatible"} else provider

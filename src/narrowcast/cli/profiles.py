"""`narrowcast profiles`: what is there to choose from."""

from __future__ import annotations

import typer


def profiles() -> None:
    """List the episode profiles and the speaker profiles."""
    from narrowcast.profiles.catalogue import shipped_episode_profiles, shipped_speaker_profiles

    typer.echo("Episode profiles (--profile):")
    for name, episode in shipped_episode_profiles().items():
        typer.echo(f"  {name:<18} {episode.description} {episode.num_segments} segments, {episode.speaker_config}.")
    typer.echo("\nSpeaker profiles (--speakers):")
    for name, speakers in shipped_speaker_profiles().items():
        names = ", ".join(speaker.name for speaker in speakers.speakers)
        typer.echo(f"  {name:<18} {speakers.description} {names}.")
    typer.echo("\nA JSON file in podcast-creator's format works too: --profile FILE, or FILE#NAME.")

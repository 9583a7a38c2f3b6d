"""German: how its sentences hang together."""

from __future__ import annotations

import re

from narrowcast.writers.extractive.languages.grammar import Grammar

GERMAN = Grammar(
    "de",
    dangling=re.compile(
        r"^[\"„»(]*(?:dies\w*|jene\w*|er|sie|es|ihr\w*|sein\w*|aber|und|doch|jedoch|daher|deshalb|also|außerdem|dann|"
        r"damit|dadurch|dabei|dazu|trotzdem|allerdings|zudem|ebenso|beide|solche\w*|hier|da|so|denn|zum beispiel)\b",
        re.IGNORECASE,
    ),
)

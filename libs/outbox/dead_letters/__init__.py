from libs.outbox.dead_letters.dead_letters import DeadLetters
from libs.outbox.dead_letters.letter import (
    Alike,
    DeadLetter,
    DeadLetterGroup,
    LetterDetail,
    LetterSource,
    Replaying,
    Standing,
)

__all__ = [
    "Alike",
    "DeadLetter",
    "DeadLetterGroup",
    "DeadLetters",
    "LetterDetail",
    "LetterSource",
    "Replaying",
    "Standing",
]

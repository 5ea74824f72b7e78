from libs.outbox.dead_letters.dead_letters import DeadLetters
from libs.outbox.dead_letters.letter import DeadLetter, DeadLetterGroup, LetterDetail, LetterSource, Replaying

__all__ = ["DeadLetter", "DeadLetterGroup", "DeadLetters", "LetterDetail", "LetterSource", "Replaying"]

from gateway.dead_letters.doors import dead_letter_doors

__all__ = ["dead_letter_doors"]

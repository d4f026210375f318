"""What an engine may return, in every dress; and what it may not, each with its sentence."""

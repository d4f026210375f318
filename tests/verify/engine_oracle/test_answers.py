"""One call: how it ended, whatever the engine does; and what it leaves behind."""

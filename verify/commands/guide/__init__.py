"""Commands that answer a question: `backproof completion | list | explain | doctor`.

Rooms, in reading order:


*Rule*: the facts come from where they are defined; nothing is checked, and no word is defined a second time.

Above both wings.
"""

"""The user data stream: what the exchange tells of the account without being asked.

Pure so far: ``events`` reads what a message says, ``live_order`` and ``state`` keep the orders as they stand,
``coverage`` knows since when nothing was missed.
"""

"""The user data stream: what the exchange tells of the account without being asked.

Pure so far. ``events`` reads what a message says; ``standing`` compares what pieces of news say of an order,
``state`` keeps the orders as they stand, ``live_order`` is one of them; ``coverage`` knows since when nothing was
missed, ``duplicates`` what two sockets told twice, ``lifeline`` whether a socket lives.
"""

"""Cancelling that tells the truth: one, many, all.

Binance has no idempotency key for a cancel. When the reply to a DELETE is lost, the order may be cancelled
or not, and sending again turns a success into ``-2011 Unknown order sent.``, which also means "filled
a moment ago". So a cancel here is a small decision procedure: send once, believe what is definite,
ask about what is not, and send again only when an answer shows that this is right.

``decision`` decides about one order, purely, and ``operation`` carries that out;
``clearing`` decides what leaves nothing open of a symbol, purely, and ``clearer`` carries that out.
``resolver`` asks for many at once, ``batch`` feeds many operations, ``ledger`` forgets nothing;
``canceler`` is what the client calls.
"""

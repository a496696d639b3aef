"""What became of requests that change something: the machine that finds it out, whatever they are.

The exchange has no idempotency key. When the reply to a request is lost, it may have been carried out or not,
and sending again turns a success into an error, or one order into two. So each is a small decision procedure:
send once, believe what is definite, ask about what is not, and send again only where that is right.

``steps`` are what a decision says to do next; the decisions themselves, which are pure, stand in ``cancelling``
and in ``placing``. An ``operation`` carries one out, ``batch`` feeds many, ``resolver`` asks for many at once;
``ledger`` forgets nothing, and ``desk`` is where all of that is at hand.
"""

"""Placing and changing that tell the truth: one, many, one in place of another.

``placement`` and ``amendment`` decide, purely; ``operation`` carries either out with what ``deciding`` offers.
``client_ids`` makes up the ids by which everything is found again. ``placer`` is what the client calls.
"""

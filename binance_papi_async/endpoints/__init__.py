"""What the exchange can be asked: pure declarations, one file per topic.

``margin``, ``um`` and ``cm`` gather the topics of a product into one family of methods.
"""

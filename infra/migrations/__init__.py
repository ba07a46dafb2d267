"""Changes of the form of what the table already holds; applied once each, in order, never taken back.

A migration is a file `NNNN_what_it_does.py`, numbered without gaps, whose docstring says what changes and why, with

    def change(item: Raw) -> Raw | None

which is given one item in DynamoDB's own form and answers it in the new form, or None when there is nothing to do. It
is pure, keeps the item's key, and finds nothing to do in what it has made: so it may meet an item twice.

The release that brings a migration must read both forms and write the new one: it is applied while the clinic works,
after that release has all of the traffic. What reads the old form is taken out in a later release. A file that was
applied anywhere is never edited; another one corrects it.
"""

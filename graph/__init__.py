"""Records and claims, the stores, identity, answers, analyses, exports.

Start reading at `records` (what a row becomes), `claims` (its quads), `workspace` (where it is kept),
`casebook` (what every answer reads) and `answers` (the form of every answer).
"""

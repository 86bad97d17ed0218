"""Pictures of the casebook: pages and files made from text, numbers and marks; the caller writes them.

`texts` cleans what is shown and speaks the two languages, `marks` draws one mark, `shell` makes a page,
`layout` places nodes; every picture is built of these four and has no style of its own.
"""

"""JSON Schema as a tree of fields, and the texts that stand for their values. No widgets here.

Beside the words of JSON Schema a few of our own are understood, so that a kind, a trigger or a
condition says all there is to know of its form where it is written:
`x-labels` {JSON of a value: what to call it}, in the order to offer them;
`x-empty` what null, or an empty text, means;
`x-unit` what a number counts;
`x-entry` what one of several named texts is called;
`x-when` {sibling: schema}: the field is shown only while the siblings' values are such;
`x-rare` that few people need the field, so that it is shown on demand;
`x-inline` that the fields of an object stand among its siblings, without a heading;
`x-shell` the sibling that says whether a command line (format `argv`) is one line of shell.
"""

# Ana and Kofi rename one task at the same time, and neither has seen the other's title.
team ana kofi mia
ana adds "parser"
everyone is level

cut ana
cut kofi
ana renames "parser" to "the parser"
wait 1 minute
kofi renames "parser" to "parser, second try"
expect ana shows "the parser"
expect kofi shows "parser, second try"

mend ana
mend kofi
everyone is level
# Who wrote later stands; the other title is on record, for everyone.
expect mia shows "parser, second try"
expect conflict on "parser"

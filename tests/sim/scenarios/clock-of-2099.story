# Kofi's laptop believes that it is 2099.  It may not win for ever because of that.
team ana kofi
ana adds "parser"
everyone is level

clock of kofi is 73 years ahead
kofi renames "parser" to "parser of 2099"
everyone is level
expect ana shows "parser of 2099"

# Ana has seen it: her title is simply the next one.
ana renames "parser" to "parser of today"
everyone is level
expect kofi shows "parser of today"
expect no conflict on "parser"

# Unseen by each other: his counts as written now, not in 2099, and hers came later.
cut kofi
kofi renames "parser" to "parser of 2099, again"
wait 2 minutes
ana renames "parser" to "parser, a little later"
ana is level
mend kofi
everyone is level
expect ana shows "parser of 2099, again"
expect conflict on "parser"

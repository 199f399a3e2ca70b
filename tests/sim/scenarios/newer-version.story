# Mia's program is newer: it writes a field that the server and the others have never heard of.
# The field survives them all, edits of others, a restore and a replica made anew.
team ana kofi mia
ana adds "parser"
everyone is level
mia writes as newer into "parser" "what only mia knows"
kofi renames "parser" to "parser, renamed"
everyone is level
back up server as monday
throw away the replica of kofi
kofi is level
server restored from monday
switch on server
everyone is level
expect mia shows "parser, renamed"
expect no conflict on "parser"

# The server is restored from Monday's backup on Wednesday.  What it forgot comes back from the
# devices that wrote it, once.
team ana kofi mia
ana adds "of monday"
everyone is level
back up server as monday
ana adds "of tuesday, by ana"
kofi adds "of tuesday, by kofi"
everyone is level
cut mia
mia adds "of wednesday, offline"

server restored from monday
switch on server
expect a new lineage
mend mia
everyone is level
expect mia shows "of monday"
expect mia shows "of tuesday, by ana"
expect mia shows "of tuesday, by kofi"
expect ana shows "of wednesday, offline"

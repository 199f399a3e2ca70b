# Somebody copies last week's database over the present one, and the file beside it is lost: the
# server knows nothing of it, and goes on under its old name, with another past.
team ana kofi mia
ana adds "shared"
everyone is level
copy server as monday
cut mia
kofi adds "one that was forgotten"
kofi adds "two that were forgotten"
kofi adds "three that were forgotten"
ana is level
kofi is level
wait 10 seconds
cut ana
cut kofi

server put back silently from monday
switch on server
mend mia
mia adds "in the place of the first"
mia adds "in the place of the second"
mia is level
expect the old lineage

# Kofi holds a signed beacon from ahead: that is proof.
mend kofi
kofi is level
expect a new lineage
mend ana
everyone is level
expect mia shows "one that was forgotten"
expect mia shows "two that were forgotten"
expect mia shows "three that were forgotten"
expect kofi shows "in the place of the first"

# First a laptop turns up twice, then the server goes back to before either was heard.
team ana kofi
ana adds "kept"
everyone is level
back up server as monday
cut kofi
kofi adds "waits on both"
clone kofi as twin
kofi adds "by kofi"
twin adds "by the twin"
mend kofi
everyone is level
expect ana shows "by kofi"
expect ana shows "by the twin"

server put back from monday
switch on server
expect a new lineage
everyone is level
expect ana shows "kept"
expect ana shows "waits on both"
expect ana shows "by kofi"
expect ana shows "by the twin"

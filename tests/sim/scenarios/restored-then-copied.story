# First the server goes back in time, then a laptop turns up twice.
team ana kofi
ana adds "kept"
everyone is level
back up server as monday
kofi adds "forgotten by the server"
kofi adds "forgotten as well"
everyone is level
cut kofi
server restored from monday
switch on server
ana is level
expect a new lineage

kofi adds "never sent yet"
clone kofi as twin
cut twin
twin adds "by the twin"
mend twin
twin is level
mend kofi
everyone is level
expect ana shows "forgotten by the server"
expect ana shows "forgotten as well"
expect ana shows "never sent yet"
expect ana shows "by the twin"

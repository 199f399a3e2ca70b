# The server's disk is full, and later Ana's: nothing is lost, and all goes on when there is room.
team ana kofi
ana adds "before"
everyone is level
disk of server is full
kofi adds "while the server is full"
wait 2 minutes
expect kofi has 1 waiting
disk of server has room
everyone is level
expect ana shows "while the server is full"

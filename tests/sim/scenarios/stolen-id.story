# A change tells everyone its mutation's id.  When the server has forgotten one, Kofi gives an edit
# of his own that id before Ana can send hers again.  He must not make hers count as done.
team ana kofi
ana adds "before"
everyone is level
back up server as monday
ana adds "of ana"
everyone is level
cut ana
cut kofi
server restored from monday
switch on server
kofi adds "of kofi"
kofi gives it the id of the last edit of ana
mend kofi
kofi is level
mend ana
everyone is level
expect kofi shows "of kofi"
expect ana has 1 refused

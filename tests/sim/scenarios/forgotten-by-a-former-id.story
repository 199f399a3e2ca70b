# Ana's edit went out under an id that her replica no longer has, and came back.  Then the server
# goes back in silence, her replica is thrown away, and nobody else can prove anything: her outbox
# alone knows, and she asks.
team ana kofi mia
ana adds "before"
everyone is level
copy server as monday
cut mia
cut kofi
ana adds "forgotten"
ana is level
cut ana
ana adds "bad"
poison the last edit of ana
mend ana
ana is level
switch off ana
switch off kofi
server put back silently from monday
switch on server
mend mia
mia adds "since"
mia is level
throw away the replica of ana
switch on ana
ana is level
mia is level
expect mia shows "forgotten"

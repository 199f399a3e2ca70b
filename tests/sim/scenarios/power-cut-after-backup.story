# A backup of the server covers what Ana wrote, so her journal may forget it.  Then her battery dies,
# and takes what her replica had not synced.  What she wrote is on her own disk all the same, and what
# she writes on the train has something to stand on.
team ana kofi
everyone is level
ana adds "backed up"
everyone is level
wait 10 seconds
back up server as tuesday
wait 20 seconds
power cut of ana
cut ana
switch on ana
expect ana shows "backed up"
ana renames "backed up" to "backed up, renamed on the train"
expect ana shows "backed up, renamed on the train"
mend ana
everyone is level
expect kofi shows "backed up, renamed on the train"

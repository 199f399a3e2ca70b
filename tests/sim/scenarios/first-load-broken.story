# A replica is fetched anew over a line that breaks: what has come is not fetched twice, and what
# waits in the outbox is shown all the while.
team ana kofi
ana adds "a1"
ana adds "a2"
ana adds "a3"
ana adds "a4"
ana adds "a5"
ana adds "a6"
ana adds "a7"
ana adds "a8"
everyone is level
back up server as monday
server restored from monday
switch on server
everyone is level

cut kofi
kofi adds "waits all the while"
throw away the replica of kofi
break the transfer of kofi after 5 chunks
mend kofi
everyone is level
expect kofi resumed its transfer
expect kofi shows "a1"
expect kofi shows "a8"
expect ana shows "waits all the while"

# Kofi's replica is damaged and made anew; then rows are altered where nobody looks.  His outbox is
# another file: nothing of it is lost.
team ana kofi
ana adds "one"
ana adds "two"
everyone is level

cut kofi
kofi adds "waits"
throw away the replica of kofi
expect kofi does not show "one"
mend kofi
everyone is level
expect kofi shows "one"
expect ana shows "waits"

alter the rows of kofi
everyone is level
expect kofi shows "one"
expect kofi shows "two"

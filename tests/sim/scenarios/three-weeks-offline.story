# Kofi works without a network for three weeks.  What he wrote first must not overwrite what Ana
# wrote this morning; what nobody else touched must arrive whole.
team ana kofi
ana adds "release notes"
ana adds "budget"
everyone is level

cut kofi
kofi renames "release notes" to "notes from the train"
kofi adds "idea from the train"
kofi moves "budget" to "Doing"
sleep 3 weeks
expect kofi shows "notes from the train"
expect kofi has 3 waiting

ana renames "release notes" to "notes of this morning"
ana is level
mend kofi
everyone is level
expect ana shows "notes of this morning"
expect kofi shows "notes of this morning"
expect ana shows "idea from the train"
expect conflict on "release notes"
expect no conflict on "budget"

# Kofi's laptop is put back from its backup, and he makes just as many edits as it has lost: the
# count of his numbers is the same, and they mean something else.
team ana kofi
kofi adds "one"
everyone is level
copy kofi
kofi adds "two"
kofi adds "three"
everyone is level

cut kofi
kofi put back
switch on kofi
expect kofi does not show "three"
kofi adds "another two"
kofi adds "another three"
mend kofi
everyone is level
expect kofi shows "two"
expect kofi shows "three"
expect ana shows "another two"
expect ana shows "another three"

# Somebody who reads along at the server tells Kofi the id of an edit that Ana is just sending, and
# he is faster.  When his change comes to Ana, it is not hers, whatever id it bears.
team ana kofi
ana adds "before"
everyone is level
cut ana
ana adds "of ana"
cut kofi
kofi adds "of kofi"
kofi gives it the id of the last edit of ana
mend kofi
kofi is level
mend ana
everyone is level
expect ana shows "of kofi"
expect ana has 1 refused

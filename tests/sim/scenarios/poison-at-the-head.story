# The oldest edit that waits has become something that no server can take.  It is told to its
# author; what stands behind it goes on.
team ana kofi
ana adds "before"
everyone is level
cut ana
ana adds "spoilt"
poison the last edit of ana
ana adds "behind it"
ana adds "further behind"
mend ana
everyone is level
expect kofi shows "behind it"
expect kofi shows "further behind"
expect kofi does not show "spoilt"
expect ana has 1 refused

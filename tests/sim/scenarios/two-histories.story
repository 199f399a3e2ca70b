# The server shows Kofi another version of a change than it shows the others.  The chain gives it
# away at the next beacon; he does not go on from there.
team ana kofi
ana adds "before"
everyone is level
server misleads kofi
ana adds "shown in two versions"
everyone is level
ana adds "after"
everyone is level
expect kofi shows "shown in two versions"
expect kofi shows "after"

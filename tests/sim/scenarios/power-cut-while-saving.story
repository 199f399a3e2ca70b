# The battery dies while edits are saved: what was called saved is there, whatever write it was.
team ana kofi
ana adds "before"
everyone is level
power cut of ana after 0 writes while adding "cut at once"
wait 1 minute
power cut of ana after 2 writes while adding "cut after two"
wait 1 minute
power cut of ana after 5 writes while adding "cut after five"
wait 1 minute
power cut of ana after 9 writes while adding "cut after nine"
wait 1 minute
power cut of ana after 40 writes while adding "cut too late"
wait 1 minute
everyone is level
expect ana shows "before"
expect kofi shows "cut too late"

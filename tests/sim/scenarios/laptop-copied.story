# Kofi's folder is copied to a second laptop, and both are used.
team ana kofi
kofi adds "from before"
everyone is level

cut kofi
kofi adds "written before the copy"
clone kofi as twin
cut twin
kofi adds "on the first laptop"
twin adds "on the second laptop"
twin adds "once more on the second"

mend kofi
kofi is level
mend twin
everyone is level
expect ana shows "written before the copy"
expect ana shows "on the first laptop"
expect ana shows "on the second laptop"
expect ana shows "once more on the second"
expect ana has 0 refused

# Mia is removed while she is connected.  What is written afterwards is sealed with a key that she
# never gets, and she hears no more of it.
team ana kofi mia
ana adds "before"
everyone is level
ana removes mia
ana is level
kofi is level
ana adds "after"
ana is level
kofi is level
expect kofi shows "after"
expect mia shows "before"
expect mia does not show "after"
expect mia cannot open the last change

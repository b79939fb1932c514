import LapseCommands

Lapsectl.start()

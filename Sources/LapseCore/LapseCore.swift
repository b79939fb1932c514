package enum LapseCore {}

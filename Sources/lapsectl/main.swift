print("lapsectl")

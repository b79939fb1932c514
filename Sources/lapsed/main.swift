print("lapsed")

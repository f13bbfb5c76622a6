puts "so far, so good"
raise ArgumentError, "this one is meant to fail"

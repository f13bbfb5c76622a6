puts "so far, so good"
flush stdout
error "this one is meant to fail"

gets stdin name
puts "hello, [expr {$name eq "" ? "world" : $name}]"

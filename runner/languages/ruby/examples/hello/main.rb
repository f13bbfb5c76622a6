name = $stdin.gets.to_s.strip
puts "hello, #{name.empty? ? "world" : name}"

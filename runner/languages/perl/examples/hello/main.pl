use strict;
my $name = <STDIN> // "";
chomp $name;
print "hello, ", $name || "world", "\n";

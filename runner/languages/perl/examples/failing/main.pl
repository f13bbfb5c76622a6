use strict;
$| = 1;
print "so far, so good\n";
die "this one is meant to fail\n";

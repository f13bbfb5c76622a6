<?php
$name = trim((string) fgets(STDIN));
echo "hello, ", $name === "" ? "world" : $name, "\n";

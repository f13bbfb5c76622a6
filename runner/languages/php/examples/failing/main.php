<?php
echo "so far, so good\n";
throw new RuntimeException("this one is meant to fail");

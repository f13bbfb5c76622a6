(display "so far, so good\n")
(force-output)
(error "this one is meant to fail")

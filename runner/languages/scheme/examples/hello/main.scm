(use-modules (ice-9 rdelim))
(let ((name (read-line)))
  (format #t "hello, ~a\n" (if (eof-object? name) "world" name)))

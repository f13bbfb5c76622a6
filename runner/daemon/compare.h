/*
 * compare.h - whether a program printed what a test case expects.
 *
 * Byte for byte, but: a line ends by LF or CR LF; blanks, tabs, CR, form feeds and vertical tabs at its end do not
 * count; nor do empty lines at the end of the whole, nor whether the last line is ended. Anything else does:
 * letters' case, blanks at the start of or inside a line, empty lines before the last one that is not.
 */
#ifndef RUNNER_COMPARE_H
#define RUNNER_COMPARE_H

#include <stddef.h>
#include <stdint.h>

/* 0 when both are the same in this sense, or else the first line that differs, counted from 1. */
size_t compare_lines(const uint8_t *expected, size_t expected_len, const uint8_t *got, size_t got_len);

#endif

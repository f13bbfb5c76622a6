/*
 * main.c - every function's main(): the table of its operations makes the difference.
 */
#include "log.h"
#include "server.h"

int
main(void)
{
	log_init(function_table.name);
	return server_run(&function_table);
}

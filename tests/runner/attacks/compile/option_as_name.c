/*
 * option_as_name.c - a file called like an option is a file
 *
 * file: -fplugin=x.c
 * status: compile_error ok
 * never: cannot load plugin
 */
int main(void) { return 0; }

/*
 * command.h - the commands of `fn`. Each takes what stands behind its name, prints, and returns the exit code.
 */
#ifndef COMMAND_COMMAND_H
#define COMMAND_COMMAND_H

int command_new(int argc, char **argv);
int command_ls(int argc, char **argv);
int command_reload(int argc, char **argv);
int command_top(int argc, char **argv);
int command_logs(int argc, char **argv);
int command_invoke(int argc, char **argv);

/* Says what is wrong with how it was called: EX_USAGE. */
int command_usage(const char *why);

#endif

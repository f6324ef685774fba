/* The verbs that fill a file of their own. */
#ifndef CLI_VERBS_H
#define CLI_VERBS_H

#include <stdio.h>

#include "cli/options.h"

/* `walk`: run to the stop point and explain one translation there. */
bool walk_image(const struct options *o, FILE *out, struct error *e);

/* `decode`: options and NAME=VALUE arguments. */
bool decode_values(int argc, char *const *argv, FILE *out, struct error *e);

/* `trace --from`: print a binary trace as the text trace of that run. */
bool replay_trace(const struct options *o, struct error *e);

/* `bench`: run the suite, or one image, and print how fast it went. */
bool bench_run(const struct options *o, FILE *out, struct error *e);

/* `lab`: returns the exit status. */
int lab_verb(int argc, char *const *argv);

/* `gui`: the window. First go on as the program that has it, if this one has not. */
void gui_become(int argc, char *const *argv);
/* *status: the exit status. */
bool gui_image(const struct options *o, int *status, struct error *e);

#endif

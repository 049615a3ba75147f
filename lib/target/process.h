/* A program that is asked by lines: started, asked one line at a time, and ended. What the lines mean is for others. */
#ifndef TCPSPEC_TARGET_PROCESS_H
#define TCPSPEC_TARGET_PROCESS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

enum { PROCESS_READY_US = 4000000,
       PROCESS_ANSWER_US = 2000000 };

struct process;

/* Starts `sh -c command`, its stdin and stdout ours, in a process group of its own, with all of the caller's environment and what `environment` ("NAME=value", ..., NULL) adds; arguments (NULL at the
 * end) are the command's "$@". The directory of the running program stands first in its PATH. It dies with us. NULL with e. */
struct process *process_start(const char *command, const char *const *environment, const char *const *arguments, struct error *e);
/* Asks it to end (its stdin ends, after `last`), and sees that it does: a second later by force. NULL is nothing. */
void process_stop(struct process *p, const char *last);

/* Its next line, without its end; NULL with e when it has ended, says more than fits, or nothing for so long. Good until the next call. `asked` is for the sentence: NULL, or what it is to answer. */
const char *process_read(struct process *p, const char *asked, uint64_t within_us, struct error *e);
/* Writes a line (its end included) and reads the answer. What had come before the question is an error: nobody had asked. */
const char *process_ask(struct process *p, const char *line, size_t n, struct error *e);
/* Waits for its end, so long at the most: false with e when it has ended. */
bool process_lives(struct process *p, int within_ms, struct error *e);
enum process_loss { PROCESS_THERE,
	            PROCESS_ENDED, /* or it has closed its stdout */
	            PROCESS_MUTE };
/* How the last reading failed. */
enum process_loss process_loss(const struct process *p);
/* The command it was started by, for a sentence. */
const char *process_command(const struct process *p);

#endif

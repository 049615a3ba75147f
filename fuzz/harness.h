/* What the harnesses of stacks share: one input from octets to verdict, and a finding's end. libFuzzer's entry points are fuzz/shim_libfuzzer.c's, AFL++'s fuzz/shim_afl.c's. */
#ifndef TCPSPEC_FUZZ_HARNESS_H
#define TCPSPEC_FUZZ_HARNESS_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "fuzz/core.h"

/* How inputs are made: as they should be, or with something left away, to measure what it is worth. */
enum ablation { ABLATION_NONE,
	        ABLATION_NO_STATE, /* no feedback of states */
	        ABLATION_BYTES,    /* libFuzzer's own mutator, on the octets */
	        ABLATION_RANDOM,   /* every input anew, move by move, by chance */
	        ABLATION_NO_PHRASES };
enum ablation harness_ablation(void);

/* Once, with the arguments that begin with --. Ends the process with 2 and a sentence where one is wrong. */
void harness_begin(int argc, char **argv);
/* The value of --NAME=VALUE among the arguments; NULL. */
const char *harness_option(int argc, char **argv, const char *name);
/* Ends the process with 3 and that sentence: there is nothing to play on. */
_Noreturn void harness_unusable(const struct error *e);
/* Each harness has its own: makes what it plays on. */
void harness_open(int argc, char **argv);
/* Each harness has its own: plays one input. True: f says what was broken. */
bool harness_play(const struct input *in, struct finding *f);
/* A harness that wants an input played next, as it stands, has its own: its octets. 0: none. */
size_t harness_offers(uint8_t *octets, size_t room);
/* A harness that plays what it may come back to in another way than what it may not has its own: the next input is one that was made up, and not one of a file. */
void harness_made(void);
/* A harness that counts more than others has its own: members for the report, and lines for the end. Of the members "sums" and "causes", objects of numbers, `tcpspec fuzz` adds up what its processes say. */
void harness_sums(json_t *report, FILE *lines);
/* 0; -1: not one of ours, to be kept out of the corpus. Does not come back from a finding. */
int harness_input(const uint8_t *octets, size_t n);

#endif

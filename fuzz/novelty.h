/* Counters that say nothing new, taken away before libFuzzer reads them. No feedback of its own: what is left is what libFuzzer would have kept the input for, and no more. */
#ifndef FUZZ_NOVELTY_H
#define FUZZ_NOVELTY_H

/* libFuzzer's arguments. Where they ask for what an input has met, new or not (-reduce_inputs, -entropic, -shrink, -merge, -fork, -focus_function), every counter is left. */
void novelty_begin(int argc, char **argv);

/* Behind an input whose counters libFuzzer is going to read. */
void novelty_only(void);

#endif

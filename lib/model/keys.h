/* The names under which choices and constants are said, and the forms of their values. What says them, a declaration or a ladder, is for others. */
#ifndef TCPSPEC_MODEL_KEYS_H
#define TCPSPEC_MODEL_KEYS_H

#include "lib/model/model.h"

/* Lists end in NULL. */
bool word_among(const char *word, const char *const *list);
/* The least edit distance; the first of equals. The list is not empty. */
const char *word_nearest(const char *word, const char *const *list);

const char *const *choice_names(void);
const char *const *constant_names(void);

/* The choice of that name; NULL for none. */
bool *choice_at(struct choices *c, const char *name);
/* Reads "200 ms" or a count into the constant of that name. NULL when it is set, else what would be right. */
const char *constant_set(struct constants *c, const char *name, const char *value);

/* The constant of that name, which there is: microseconds, or a count. */
uint64_t constant_number(const struct constants *c, const char *name);

/* "challenge_interval=5 s, nagle=yes, rto_min=1 s+" (at least): the next of the list's names and values. False at its end. *wrong is NULL, or what would be right. */
enum { KEY_OCTETS = 32 };
bool with_next(const char **at, char name[KEY_OCTETS], char value[KEY_OCTETS], const char **wrong);
/* Does such a value mean "at least"? Takes the sign away. */
bool value_is_least(char value[KEY_OCTETS]);
/* Puts such a list over the choices and constants of m. NULL when all of it is set, else what would be right. */
const char *with_apply(const char *with, struct model *m);

/* "rfc5961_rst=yes rfc5961_syn=yes ..."; "rto_initial=1s rto_min=200ms ..." */
void choices_print(const struct choices *c, struct text *out);
void constants_print(const struct constants *c, struct text *out);

#endif

/* The little YAML that stands under a test point: quoted scalars, lists of them, one literal block. Not a YAML library. */
#ifndef TCPSPEC_REPORTS_YAML_H
#define TCPSPEC_REPORTS_YAML_H

#include <stdio.h>

/* `indent` spaces, then key: "value", escaped so that any octets are valid YAML. Nothing for an empty value. */
void yaml_string(FILE *to, int indent, const char *key, const char *value);
/* A list with one quoted item a line of `lines`. Nothing when there is none. */
void yaml_list(FILE *to, int indent, const char *key, const char *lines);
/* A literal block: `first` (which must not begin with a space: it fixes the block's indentation for every reader), then the lines. */
void yaml_block(FILE *to, int indent, const char *key, const char *first, const char *lines);

#endif

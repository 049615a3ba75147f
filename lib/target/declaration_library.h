/* The path of a stack's library in the place of a declaration: which file declares it, and what holds where there is none. It loads no library. */
#ifndef TCPSPEC_TARGET_DECLARATION_LIBRARY_H
#define TCPSPEC_TARGET_DECLARATION_LIBRARY_H

#include "lib/target/declaration.h"

struct library_paths {
	char library[sizeof((struct declaration *)0)->library];
	char declaration[sizeof((struct declaration *)0)->library + sizeof ".ini"]; /* it need not exist */
};

/* A library is always meant as a path: without a slash it lies here. False with e: too long. */
bool library_paths_find(const char *path, struct library_paths *l, struct error *e);
/* A library that says nothing of itself: kind `stack`, the file's name without lib and .so, the profile's defaults. */
struct declaration *declaration_of_library(const char *library, enum profile p);

#endif

/* The standard ways into each state, as ladders with the target in column B. It is data; compile.c puts it in front of a script.
 *
 * States stand only where the way ends: each state written is a question to the target, and the ways are played before every script. */
#include "lib/script/prelude.h"

#include <string.h>

#include "lib/script/reader.h"

#define HEAD "id: prelude\nlevel: MUST\nplays: B\n\n"                              \
	     "     TCP A                                                TCP B\n\n" \
	     " 1.                                                       CLOSED\n"

#define PASSIVE HEAD                                                             \
    " 2.                                                       (Open passive)\n" \
    " 3.                --> <SEQ=100><CTL=SYN>                 -->\n"            \
    " 4.                <-- <SEQ=300><ACK=101><CTL=SYN,ACK>    <--\n"

#define ACTIVE HEAD                                                             \
    " 2.                                                       (Open active)\n" \
    "                   <-- <SEQ=300><CTL=SYN>                 <--\n"           \
    " 3.                --> <SEQ=100><ACK=301><CTL=SYN,ACK>    -->\n"

#define PASSIVE_END "                   --> <SEQ=101><ACK=301><CTL=ACK>        -->"
#define ACTIVE_END "                   <-- <SEQ=301><ACK=101><CTL=ACK>        <--"

/* From ESTABLISHED on, numbers go on from 101 (the tester's) and 301 (the target's). */
#define TO_ESTABLISHED " ESTABLISHED\n"
#define TO_FIN_WAIT_1 "\n"                                                                  \
	              " 5.                                                       (Close)\n" \
	              "                   <-- <SEQ=301><ACK=101><CTL=FIN,ACK>    <--"
#define TO_FIN_WAIT_2 TO_FIN_WAIT_1 "\n" \
	                            " 6.                --> <SEQ=101><ACK=302><CTL=ACK>        -->"
#define TO_TIME_WAIT TO_FIN_WAIT_2 "\n"                                                              \
	                           " 7.                --> <SEQ=101><ACK=302><CTL=FIN,ACK>    -->\n" \
	                           " 8.                <-- <SEQ=302><ACK=102><CTL=ACK>        <-- (within 500 ms) TIME-WAIT\n"
#define TO_CLOSING TO_FIN_WAIT_1 "\n"                                                              \
	                         " 6.                --> <SEQ=101><ACK=301><CTL=FIN,ACK>    -->\n" \
	                         " 7.                <-- <SEQ=302><ACK=102><CTL=ACK>        <-- (within 500 ms)"
#define TO_TIME_WAIT_CLOSING TO_CLOSING "\n" \
	                                " 8.                --> <SEQ=102><ACK=302><CTL=ACK>        --> TIME-WAIT\n"
#define TO_CLOSE_WAIT "\n"                                                              \
	              " 5.                --> <SEQ=101><ACK=301><CTL=FIN,ACK>    -->\n" \
	              " 6.                <-- <SEQ=301><ACK=102><CTL=ACK>        <-- (within 500 ms)"
#define TO_LAST_ACK TO_CLOSE_WAIT "\n"                                                                  \
	                          " 7.                                                       (Close)\n" \
	                          "                   <-- <SEQ=301><ACK=102><CTL=FIN,ACK>    <-- LAST-ACK\n"

/* Ways that differ in what the TCB holds. */
#define UNACKED(number, ack)                                                             \
	"\n"                                                                             \
	" " number ".                                                       (Send 10)\n" \
	"                   <-- <SEQ=301><ACK=" ack "><CTL=ACK><DATA=10>   <--"
#define TEXT_UNREAD "\n"                                                                  \
	            " 5.                --> <SEQ=101><ACK=301><CTL=ACK><DATA=10>   -->\n" \
	            " 6.                <-- <SEQ=301><ACK=111><CTL=ACK>        <-- (within 500 ms)"
/* The FIN by itself: with text before it in one segment a stack that answers each of the two would not get there. */
#define TEXT_UNREAD_THEN_FIN TEXT_UNREAD "\n"                                                              \
	                                 " 7.                --> <SEQ=111><ACK=301><CTL=FIN,ACK>    -->\n" \
	                                 " 8.                <-- <SEQ=301><ACK=112><CTL=ACK>        <-- (within 500 ms)"
#define GAP "\n"                                                                  \
	    " 5.                --> <SEQ=111><ACK=301><CTL=ACK><DATA=10>   -->\n" \
	    " 6.                <-- <SEQ=301><ACK=101><CTL=ACK>        <-- (within 500 ms)"
#define THEN_CLOSE(seq, ack)                                                  \
	"\n"                                                                  \
	" 7.                                                       (Close)\n" \
	"                   <-- <SEQ=" seq "><ACK=" ack "><CTL=FIN,ACK>    <-- FIN-WAIT-1\n"

/* The window is closed by one segment that is as large as it: by an active open, for a listener's buffer is that of all its connections. */
#define SHUT                                                                                  \
	HEAD " 2.                                                       (Open active 1000)\n" \
	     "                   <-- <SEQ=300><CTL=SYN>                 <--\n"                \
	     " 3.                --> <SEQ=100><ACK=301><CTL=SYN,ACK>    -->\n"                \
	     "                   <-- <SEQ=301><ACK=101><CTL=ACK>        <--\n"                \
	     " 4.                --> <SEQ=101><ACK=301><CTL=ACK><DATA=RCV.WND> -->\n"         \
	     " 5.                <-- <SEQ=301><CTL=ACK><WND=0>          <-- (within 500 ms)"

static const struct prelude table[] = {
    {LISTEN, "", HEAD " 2.                                                       (Open passive) LISTEN\n"},
    {SYN_SENT, "",
     HEAD " 2.                                                       (Open active)\n"
          "                   <-- <SEQ=300><CTL=SYN>                 <-- SYN-SENT\n"},
    {SYN_RECEIVED, "",
     HEAD " 2.                                                       (Open passive)\n"
          " 3.                --> <SEQ=100><CTL=SYN>                 -->\n"
          " 4.                <-- <SEQ=300><ACK=101><CTL=SYN,ACK>    <-- SYN-RECEIVED\n"},
    {SYN_RECEIVED, "simultaneous",
     HEAD " 2.                                                       (Open active)\n"
          "                   <-- <SEQ=300><CTL=SYN>                 <--\n"
          " 3.                --> <SEQ=100><CTL=SYN>                 -->\n"
          " 4.                <-- <SEQ=300><ACK=101><CTL=SYN,ACK>    <-- SYN-RECEIVED\n"},
    {ESTABLISHED, "", PASSIVE PASSIVE_END TO_ESTABLISHED},
    {ESTABLISHED, "active", ACTIVE ACTIVE_END TO_ESTABLISHED},
    {FIN_WAIT_1, "", PASSIVE PASSIVE_END TO_FIN_WAIT_1 " FIN-WAIT-1\n"},
    {FIN_WAIT_1, "active", ACTIVE ACTIVE_END TO_FIN_WAIT_1 " FIN-WAIT-1\n"},
    {FIN_WAIT_2, "", PASSIVE PASSIVE_END TO_FIN_WAIT_2 " FIN-WAIT-2\n"},
    {FIN_WAIT_2, "active", ACTIVE ACTIVE_END TO_FIN_WAIT_2 " FIN-WAIT-2\n"},
    {CLOSE_WAIT, "", PASSIVE PASSIVE_END TO_CLOSE_WAIT " CLOSE-WAIT\n"},
    {CLOSE_WAIT, "active", ACTIVE ACTIVE_END TO_CLOSE_WAIT " CLOSE-WAIT\n"},
    {CLOSING, "", PASSIVE PASSIVE_END TO_CLOSING " CLOSING\n"},
    {CLOSING, "active", ACTIVE ACTIVE_END TO_CLOSING " CLOSING\n"},
    {LAST_ACK, "", PASSIVE PASSIVE_END TO_LAST_ACK},
    {LAST_ACK, "active", ACTIVE ACTIVE_END TO_LAST_ACK},
    {TIME_WAIT, "", PASSIVE PASSIVE_END TO_TIME_WAIT},
    {TIME_WAIT, "active", ACTIVE ACTIVE_END TO_TIME_WAIT},
    {TIME_WAIT, "closing", PASSIVE PASSIVE_END TO_TIME_WAIT_CLOSING},
    {TIME_WAIT, "active-closing", ACTIVE ACTIVE_END TO_TIME_WAIT_CLOSING},
    {FIN_WAIT_2, "orphan",
     PASSIVE PASSIVE_END "\n"
                         " 5.                                                       (Release)\n"
                         "                   <-- <SEQ=301><ACK=101><CTL=FIN,ACK>    <--\n"
                         " 6.                --> <SEQ=101><ACK=302><CTL=ACK>        --> FIN-WAIT-2\n"},
    {ESTABLISHED, "unacked", PASSIVE PASSIVE_END UNACKED("5", "101") TO_ESTABLISHED},
    {CLOSE_WAIT, "unacked", PASSIVE PASSIVE_END TO_CLOSE_WAIT UNACKED("7", "102") " CLOSE-WAIT\n"},
    {FIN_WAIT_1, "unacked", PASSIVE PASSIVE_END UNACKED("5", "101") THEN_CLOSE("311", "101")},
    {ESTABLISHED, "unread", PASSIVE PASSIVE_END TEXT_UNREAD TO_ESTABLISHED},
    {CLOSE_WAIT, "unread", PASSIVE PASSIVE_END TEXT_UNREAD_THEN_FIN " CLOSE-WAIT\n"},
    {FIN_WAIT_1, "unread", PASSIVE PASSIVE_END TEXT_UNREAD THEN_CLOSE("301", "111")},
    {ESTABLISHED, "gap", PASSIVE PASSIVE_END GAP TO_ESTABLISHED},
    {FIN_WAIT_1, "gap", PASSIVE PASSIVE_END GAP THEN_CLOSE("301", "101")},
    {ESTABLISHED, "shut", SHUT TO_ESTABLISHED},
    {FIN_WAIT_1, "shut",
     SHUT "\n"
          " 6.                                                       (Close)\n"
          "                   <-- <SEQ=301><CTL=FIN,ACK>             <-- FIN-WAIT-1\n"},
};

const struct prelude *preludes(size_t *count)
{
	*count = sizeof table / sizeof *table;
	return table;
}

const struct prelude *prelude_find(enum state s, const char *way)
{
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (table[i].state == s && strcmp(table[i].way, way) == 0)
			return &table[i];
	return NULL;
}

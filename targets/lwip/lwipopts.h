/* How lwIP is built as a target: all that its TCP can do, in one thread, on a clock and in memory of the glue's. What is not here is lwIP's default (src/include/lwip/opt.h). */
#ifndef TCPSPEC_LWIP_OPTS_H
#define TCPSPEC_LWIP_OPTS_H

#include <stddef.h>
#include <stdlib.h>

/* The bare TCP and IP below glue.c: no threads, no sockets, no timers of lwIP's own (poll() calls tcp_tmr()), no link layer. */
#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_TIMERS 0
#define LWIP_NETCONN 0
#define LWIP_SOCKET 0
#define LWIP_STATS 0
#define LWIP_ARP 0
#define LWIP_ETHERNET 0
#define LWIP_UDP 0
#define LWIP_IPV4 1
#define LWIP_IPV6 1
#define LWIP_IPV6_MLD 0

#define LWIP_IPV6_SEND_ROUTER_SOLICIT 0
#define LWIP_IPV6_DUP_DETECT_ATTEMPTS 0
#define LWIP_ND6_QUEUEING 0
#define IPV6_FRAG_COPYHEADER 1 /* pointers of 64 bits */

/* All memory comes from the arena of the tester, so that a snapshot is a copy; it is the only limit on the number of connections. (Versions differ in how they are told another malloc().) */
void *tcpspec_lwip_malloc(size_t octets);
void *tcpspec_lwip_calloc(size_t count, size_t octets);
void tcpspec_lwip_free(void *p);
#define MEM_ALIGNMENT 8
#define MEM_LIBC_MALLOC 1
#define MEMP_MEM_MALLOC 1
#define malloc(octets) tcpspec_lwip_malloc(octets)
#define calloc(count, octets) tcpspec_lwip_calloc(count, octets)
#define free(p) tcpspec_lwip_free(p)

#define LWIP_TCP 1
#define SO_REUSE 1 /* a user may OPEN the same port to several peers */
#define TCP_MSS 1460
#define TCP_QUEUE_OOSEQ 1
#define LWIP_WND_SCALE 1
#define TCP_RCV_SCALE 1
#define TCP_WND (2 * 65535)
#define TCP_SND_BUF (4 * 65535)
#define TCP_SND_QUEUELEN 60000
#define TCP_SNDLOWAT 32768
#define TCP_SNDQUEUELOWAT 5
#define LWIP_TCP_TIMESTAMPS 1
#define LWIP_TCP_SACK_OUT 1
#define LWIP_TCP_KEEPALIVE 1

/* Settable by [stack] of target.ini. Plain names, for lwIP has #if on some; where it says nothing they have lwIP's defaults. */
extern unsigned tcpspec_lwip_msl, tcpspec_lwip_rto_initial, tcpspec_lwip_retries, tcpspec_lwip_syn_retries;
extern unsigned tcpspec_lwip_keepalive_idle, tcpspec_lwip_keepalive_interval, tcpspec_lwip_keepalive_count;
#define TCP_MSL tcpspec_lwip_msl                          /* ms */
#define LWIP_TCP_RTO_TIME ((int)tcpspec_lwip_rto_initial) /* ms */
#define TCP_MAXRTX tcpspec_lwip_retries
#define TCP_SYNMAXRTX tcpspec_lwip_syn_retries
#define TCP_KEEPIDLE_DEFAULT tcpspec_lwip_keepalive_idle /* ms */
#define TCP_KEEPINTVL_DEFAULT tcpspec_lwip_keepalive_interval
#define TCP_KEEPCNT_DEFAULT tcpspec_lwip_keepalive_count

#endif

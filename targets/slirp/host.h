/* The host that libslirp runs on: a network namespace of its own, whose loopback has the users' sockets. */
#ifndef TCPSPEC_SLIRP_HOST_H
#define TCPSPEC_SLIRP_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum place { PLACE_USER,
	     PLACE_FORWARD }; /* 127.0.0.1, 127.0.0.2; ::1, fd00::1 */

/* Once a process: the sockets of one stack are gone when the next is made. False with why: no namespace can be made here. */
bool host_make(char *why, size_t why_octets);
/* family: 4 or 6. Returns the octets of *to. */
socklen_t place_address(uint8_t family, enum place place, uint16_t port, struct sockaddr_storage *to);
/* A TCP socket of a user, bound to the port. -1: it is taken. */
int socket_new(uint8_t family, uint16_t port);
/* The family and port of one end of a socket; 0: it has none. */
uint16_t socket_port(int fd, bool peer, uint8_t *family);

#endif

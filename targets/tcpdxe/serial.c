/* A 16550 at a port of which OVMF knows nothing, so that it does not become a console. No interrupts: it is asked. */
#include "serial.h"

enum { PORT = 0x3e8, /* as start.sh says to QEMU */
       FIFO_CONTROL = PORT + 2,
       LINE_STATUS = PORT + 5,
       FIFO_OF_14_CLEARED = 0xc7, /* with the trigger at one octet QEMU would put in one at a time, and look at its other descriptors before the next */
       HAS_DATA = 1,
       FIFO_OCTETS = 16 };

static void port_write(unsigned short port, unsigned char value)
{
	__asm__ volatile("outb %0, %1"
	                 :
	                 : "a"(value), "d"(port));
}

static unsigned char port_read(unsigned short port)
{
	unsigned char value;
	__asm__ volatile("inb %1, %0"
	                 : "=a"(value)
	                 : "d"(port));
	return value;
}

void serial_open(struct serial *s)
{
	s->length = 0;
	port_write(FIFO_CONTROL, FIFO_OF_14_CLEARED);
}

void serial_put(const char *text, size_t octets)
{
	__asm__ volatile("rep outsb"
	                 : "+S"(text), "+c"(octets)
	                 : "d"((unsigned short)PORT)
	                 : "memory");
}

/* An empty queue reads as 0, which is in no line: so it is emptied without a look at the status before each octet. */
bool serial_take(struct serial *s)
{
	if (s->length && s->line[s->length - 1] == '\0')
		s->length = 0;
	while (port_read(LINE_STATUS) & HAS_DATA)
		for (unsigned i = 0; i < FIFO_OCTETS; i++) {
			const char c = (char)port_read(PORT);
			if (c == '\0')
				break;
			if (s->length < LINE_OCTETS - 1)
				s->line[s->length++] = c;
			if (c != '\n')
				continue;
			s->line[s->length - 1] = '\0';
			return true;
		}
	return false;
}

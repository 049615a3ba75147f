/* Numbers in network order, read from and written to octets. It checks no bounds: its callers do, and cast no header struct. */
#ifndef TCPSPEC_WIRE_OCTETS_H
#define TCPSPEC_WIRE_OCTETS_H

#include <stdint.h>

static inline uint16_t octets_u16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static inline uint32_t octets_u32(const uint8_t *at)
{
	return (uint32_t)octets_u16(at) << 16 | octets_u16(at + 2);
}

static inline void octets_put_u16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static inline void octets_put_u32(uint8_t *at, uint32_t value)
{
	octets_put_u16(at, (uint16_t)(value >> 16));
	octets_put_u16(at + 2, (uint16_t)value);
}

#endif

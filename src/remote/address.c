/* address.c: see address.h. The lists are IANA's registries of special-purpose addresses
 * (RFC 6890), without those for documentation, which lead nowhere. */
#include "remote/address.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/address.h"

#define IPV4_BYTES 4
#define IPV6_BYTES 16

struct prefix {
	uint8_t bytes[IPV6_BYTES];
	unsigned bits;
	size_t embeds; /* index of the IPv4 address that decides; 0: none */
};

static const struct prefix ipv4[] = {
    {{0}, 8, 0},
    {{10}, 8, 0},
    {{100, 64}, 10, 0},
    {{127}, 8, 0},
    {{169, 254}, 16, 0},
    {{172, 16}, 12, 0},
    {{192, 0, 0}, 24, 0},
    {{192, 168}, 16, 0},
    {{198, 18}, 15, 0},
    {{224}, 4, 0},
    {{240}, 4, 0},
};

static const struct prefix ipv6[] = {
    {{0}, 96, 12},                                 /* ::a.b.c.d, ::, ::1 */
    {{[10] = 0xff, [11] = 0xff}, 96, 12},          /* mapped */
    {{[8] = 0xff, [9] = 0xff}, 96, 12},            /* translated, RFC 2765 */
    {{0x00, 0x64, 0xff, 0x9b}, 96, 12},            /* NAT64 */
    {{0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, 48, 0}, /* NAT64 of a network */
    {{0x20, 0x02}, 16, 2},                         /* 6to4 */
    {{0x20, 0x01, 0x00, 0x00}, 32, 0},             /* Teredo */
    {{0x01, 0x00}, 64, 0},                         /* discarded */
    {{0xfc}, 7, 0},                                /* private */
    {{0xfe, 0x80}, 10, 0},                         /* link-local */
    {{0xfe, 0xc0}, 10, 0},                         /* site-local */
    {{0xff}, 8, 0},                                /* multicast */
};

static const struct prefix *
prefix_of(const uint8_t *address, const struct prefix *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (address_have_prefix(address, list[i].bytes, list[i].bits))
			return &list[i];
	return NULL;
}

static bool
ipv4_is_public(const uint8_t *address)
{
	return prefix_of(address, ipv4, sizeof(ipv4) / sizeof(ipv4[0])) == NULL;
}

static bool
ipv6_is_public(const uint8_t *address)
{
	const struct prefix *special = prefix_of(
	    address, ipv6, sizeof(ipv6) / sizeof(ipv6[0]));

	if (special == NULL)
		return true;
	return special->embeds > 0 && ipv4_is_public(address + special->embeds);
}

bool
address_is_public(const struct sockaddr *at)
{
	uint8_t address[IPV6_BYTES];

	switch (at->sa_family) {
	case AF_INET:
		memcpy(address,
		    &((const struct sockaddr_in *)(const void *)at)->sin_addr,
		    IPV4_BYTES);
		return ipv4_is_public(address);
	case AF_INET6:
		memcpy(address,
		    &((const struct sockaddr_in6 *)(const void *)at)->sin6_addr,
		    IPV6_BYTES);
		return ipv6_is_public(address);
	default:
		return false;
	}
}

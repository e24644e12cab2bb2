/* address.c: see address.h. The tables are IANA's registries of special-purpose addresses
 * (RFC 6890), without the networks for documentation: no machine has these addresses. */
#include "base/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>

#include "base/str.h"

#define UNIX_PEER "unix:"

/* ---- networks ---- */

struct network {
	int family;
	unsigned char bytes[sizeof(struct in6_addr)];
	unsigned bits; /* prefix length */
};

static bool
parse_address(struct str text, struct network *out)
{
	char copy[INET6_ADDRSTRLEN];

	if (text.n >= sizeof(copy) || str_has(text, '\0'))
		return false;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	out->family = str_has(text, ':') ? AF_INET6 : AF_INET;
	out->bits = out->family == AF_INET6 ? 128 : 32;
	return inet_pton(out->family, copy, out->bytes) == 1;
}

static bool
parse_network(const char *text, struct network *out)
{
	struct str bits = str_of(text), address = str_cut(&bits, '/');
	long long n;

	if (!parse_address(address, out))
		return false;
	if (bits.p == NULL)
		return true;
	if (!str_to_int64(bits, &n) || n > out->bits)
		return false;
	out->bits = (unsigned)n;
	return true;
}

/* "::ffff:192.0.2.1" is 192.0.2.1 on a socket that takes both families (RFC 4291, section
 * 2.5.5.2). */
static void
unmap(struct network *n)
{
	static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
	const unsigned bits = 8 * sizeof(mapped);

	if (n->family != AF_INET6 || n->bits < bits ||
	    memcmp(n->bytes, mapped, sizeof(mapped)) != 0)
		return;
	memmove(n->bytes, n->bytes + sizeof(mapped), sizeof(struct in_addr));
	n->family = AF_INET;
	n->bits -= bits;
}

bool
address_is_network(const char *text)
{
	struct network network;

	return strcmp(text, UNIX_PEER) == 0 || parse_network(text, &network);
}

/* Do both begin with the same `bits` bits? */
static bool
have_prefix(const unsigned char *a, const unsigned char *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	return memcmp(a, b, whole) == 0 &&
	       (rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0);
}

bool
address_in(const char *network, const char *address)
{
	struct network n, a;

	if (strcmp(network, UNIX_PEER) == 0)
		return strcmp(address, UNIX_PEER) == 0;
	if (!parse_network(network, &n) || !parse_address(str_of(address), &a))
		return false;
	unmap(&n);
	unmap(&a);
	if (n.family != a.family)
		return false;
	return have_prefix(n.bytes, a.bytes, n.bits);
}

/* ---- public addresses ---- */

#define IPV4_BYTES 4
#define IPV6_BYTES 16

struct prefix {
	unsigned char bytes[IPV6_BYTES];
	unsigned bits;
	size_t embeds; /* where an IPv4 address is, which decides; 0: none */
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
prefix_of(const unsigned char *address, const struct prefix *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (have_prefix(address, list[i].bytes, list[i].bits))
			return &list[i];
	return NULL;
}

static bool
ipv4_is_public(const unsigned char *address)
{
	return prefix_of(address, ipv4, sizeof(ipv4) / sizeof(ipv4[0])) == NULL;
}

static bool
ipv6_is_public(const unsigned char *address)
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
	unsigned char address[IPV6_BYTES];

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

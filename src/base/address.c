/* address.c: see address.h. */
#include "base/address.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/str.h"

#define UNIX_PEER "unix:"

struct network {
	int family;
	unsigned char bytes[sizeof(struct in6_addr)];
	unsigned bits; /* that count */
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

bool
address_have_prefix(const unsigned char *a, const unsigned char *b, unsigned bits)
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
	return address_have_prefix(n.bytes, a.bytes, n.bits);
}

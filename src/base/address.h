/* address.h: addresses of peers, and networks of them: "192.0.2.1", "10.0.0.0/8",
 * "2001:db8::/32". "unix:" is what nginx calls the peer on a Unix socket. */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include <stdbool.h>

/* An address, an address with the number of leading bits that count, or "unix:". */
bool address_is_network(const char *text);

/* Does the address lie in the network? Also false when either is malformed. An IPv4 address
 * that is written as an IPv6 one ("::ffff:192.0.2.1") is the IPv4 address. */
bool address_in(const char *network, const char *address);

/* Do both, in network byte order, begin with the same `bits` bits? */
bool address_have_prefix(
    const unsigned char *a, const unsigned char *b, unsigned bits);

#endif

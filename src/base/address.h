/* address.h: IP addresses, and networks of them as text: "192.0.2.1", "10.0.0.0/8",
 * "2001:db8::/32". "unix:" is what nginx calls the peer on a Unix socket. */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/* An address, an address with the number of leading bits that count, or "unix:". */
bool address_is_network(const char *text);

/* Does the address lie in the network? Also false when either is malformed. An IPv4 address
 * that is written as an IPv6 one ("::ffff:192.0.2.1") is the IPv4 address. */
bool address_in(const char *network, const char *address);

/* Is it an address of the public internet? False: loopback, link-local (with the metadata
 * services of clouds), private (RFC 1918, RFC 6598, RFC 4193), multicast, reserved; an IPv6
 * address that stands for such an IPv4 address (mapped, NAT64, 6to4, Teredo); any other
 * family. */
bool address_is_public(const struct sockaddr *at);

#endif

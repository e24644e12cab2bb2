/* address.h: IP addresses and networks as text: "192.0.2.1", "10.0.0.0/8", "2001:db8::/32".
 * "unix:" is nginx's name for a peer on a Unix socket. */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/* Is it an address, an address with a prefix length, or "unix:"? */
bool address_is_network(const char *text);

/* Is the address in the network? False if either is malformed. An IPv4-mapped IPv6 address
 * ("::ffff:192.0.2.1") counts as the IPv4 address. */
bool address_in(const char *network, const char *address);

/* Is it an address of the public internet? False: loopback, link-local (also the metadata
 * services of clouds), private (RFC 1918, RFC 6598, RFC 4193), multicast and reserved
 * addresses; IPv6 addresses that contain such an IPv4 address (mapped, NAT64, 6to4); Teredo;
 * any other family. */
bool address_is_public(const struct sockaddr *at);

#endif

/* address.h: tells public addresses from those that lead into a machine or a private
 * network. Seen by this room alone. */
#ifndef REMOTE_ADDRESS_H
#define REMOTE_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/* False: loopback, link-local (with the metadata services of clouds), private (RFC 1918,
 * RFC 6598, RFC 4193), multicast, reserved; an IPv6 address that stands for such an IPv4
 * address (mapped, NAT64, 6to4, Teredo); any other family. */
bool address_is_public(const struct sockaddr *at);

#endif

/* options.h: what the configuration says about the answers of the APIs; filled in by cmd. */
#ifndef API_OPTIONS_H
#define API_OPTIONS_H

#include <stdbool.h>

struct api_options {
	const char
	    *flavor;       /* of config.yml; clients of API v1 see it in a header */
	const char *issue; /* the answer to GET /; NULL: the usual text */
	const char
	    *endpoints;    /* X-Docker-Endpoints; NULL: the Host of the request */
	const char *about; /* JSON of /_ping, about the machine; NULL: "true" */
	/* berth is its own index: it answers the calls of the index */
	bool standalone;
};

#endif

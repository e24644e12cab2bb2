/* err.h: how a call ended.
 *
 * Every call that can end in more than one way returns an enum result; the
 * reason in words stands in the struct err beside it, written where it was first
 * seen. A client hears what the API's own table (v1/errors.c) makes of the
 * result; the words go to the log, and to the client where they help.
 *
 * The list is one for all rooms, so that a result can travel from the store to
 * the API without being translated on the way. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum result {
	RC_OK = 0,

	/* what the caller gave is wrong */
	RC_BAD_REQUEST,  /* the request breaks HTTP's or the API's form */
	RC_BAD_JSON,     /* no JSON, or none of the kind that was asked for */
	RC_BAD_DATA,     /* JSON, but it says something impossible */
	RC_NO_ID,        /* image json without an id */
	RC_BAD_ID,       /* no image id */
	RC_OTHER_ID,     /* image json of another image */
	RC_BAD_NAME,     /* no name of a repository or tag */
	RC_BAD_SUM,      /* no checksum that berth knows how to read */
	RC_NO_SUM,       /* a checksum was due */
	RC_BAD_LAYER,    /* no archive, damaged, or a bomb */
	RC_NO_PARENT,    /* the parent image is not there, or is the image itself */
	RC_MISMATCH,     /* the bytes do not have the sum */
	RC_TOO_LARGE,    /* more than the limit of this call */
	RC_NO_ROUTE,     /* no such path */
	RC_BAD_METHOD,   /* not this method on this path */
	RC_BAD_TAG,      /* no tag of API v2 */
	RC_BAD_DIGEST,   /* not a digest, or content cannot be taken under it */
	RC_OTHER_DIGEST, /* a digest of an algorithm that berth does not compute */
	RC_BAD_MANIFEST, /* no manifest, or not of the type it was called */
	RC_UNVERIFIED,   /* a signature of a manifest is wrong */
	RC_FALLBACK,     /* an old form, from a client that knows a newer one */
	RC_BAD_PAGE,     /* no number of entries */
	RC_BAD_SIZE,     /* another length than was promised */
	RC_BAD_RANGE,    /* this part of an upload is not the next one */
	RC_TOO_MANY,     /* more names at once than this call takes */
	RC_MISSING,      /* a manifest refers to what the repository has not */
	RC_CONDITION,    /* If-Match or If-None-Match does not hold */
	RC_OTHER_SITE,   /* sent by a page of another site, in a browser */

	/* what the store says */
	RC_ABSENT, /* no such file; the caller knows what that means */
	RC_IMAGE_UNKNOWN,
	RC_NOT_GRANTED, /* the index does not count the image to the repository */
	RC_PARENT_REFUSED,   /* the index does not let the caller use the parent */
	RC_UNAUTHORIZED,     /* no token, or not the right one */
	RC_IMAGE_EXISTS,     /* complete: nothing of it changes */
	RC_IMAGE_UNFINISHED, /* its push is not over */
	RC_LAYER_UNKNOWN,    /* no layer waits for this checksum */
	RC_SUM_REFUSED,      /* the image is complete and has another sum */
	RC_REPOSITORY_UNKNOWN,
	RC_TAG_UNKNOWN,
	RC_BLOB_UNKNOWN,
	RC_MANIFEST_UNKNOWN,
	RC_UPLOAD_UNKNOWN,

	/* what the machine says */
	RC_GONE,       /* the client went away; no error of ours */
	RC_FULL,       /* no room on the disk */
	RC_BUSY,       /* too many do the same already */
	RC_REMOTE,     /* another server was asked and does not answer */
	RC_REBUILDING, /* the index is damaged and being rebuilt */
	RC_IO,         /* a system call failed; err names it */

	RC_MAX
};

struct err {
	char text[256];
};

/* Writes the reason and returns r: `return err_set(err, RC_IO, "link %s: %m",
 * name)`. */
enum result err_set(struct err *err, enum result r, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The result's name for the log: "bad_json". */
const char *err_name(enum result r);

#endif

/* err.h: results and errors.
 *
 * A function that can fail returns an enum result. Where an error is detected first, its
 * reason is written in words to a struct err. Each API has a table from results to status
 * codes and replies (v1/errors.c, v2/errors.c). The words go to the log, and to the client if
 * they help it.
 *
 * All rooms share this one list, so that a result needs no translation on its way from the
 * store to the API. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum result {
	RC_OK = 0,

	/* what the caller sent is wrong */
	RC_BAD_REQUEST,  /* the request breaks the rules of HTTP or of the API */
	RC_BAD_JSON,     /* not JSON, or not the kind of JSON that is expected */
	RC_BAD_DATA,     /* valid JSON with impossible values */
	RC_NO_ID,        /* the json of an image has no id */
	RC_BAD_ID,       /* not an image id */
	RC_OTHER_ID,     /* the json is of another image than the path */
	RC_BAD_NAME,     /* not a name of a repository or tag */
	RC_BAD_CHECKSUM, /* not a checksum of a kind that berth can read */
	RC_NO_CHECKSUM,  /* a checksum is required and was not sent */
	RC_BAD_LAYER,  /* not an archive, a damaged one, or a decompression bomb */
	RC_NO_PARENT,  /* the parent image is not here, or is the image itself */
	RC_MISMATCH,   /* the bytes do not have the checksum or digest */
	RC_TOO_LARGE,  /* more than the limit of this call */
	RC_NO_ROUTE,   /* no such path */
	RC_BAD_METHOD, /* the path does not allow this method */
	RC_BAD_TAG,    /* not a tag of API v2 */
	RC_BAD_DIGEST, /* not a digest, or of an algorithm that cannot be pushed */
	RC_OTHER_DIGEST, /* a digest of an algorithm that berth does not compute */
	RC_BAD_MANIFEST, /* not a manifest, or not of the type that was announced */
	RC_UNVERIFIED,   /* a signature of a manifest is wrong */
	RC_FALLBACK,     /* an old format from a client that supports a newer one */
	RC_BAD_PAGE,     /* ?n= is not a number of entries */
	RC_BAD_SIZE,     /* the body has not the length that was announced */
	RC_BAD_RANGE,    /* this part of an upload is not the next one */
	RC_TOO_MANY,     /* more names in one request than this call accepts */
	RC_NOT_BRIDGED,  /* the image has no form in this API */
	RC_UNRESOLVED_REF, /* a manifest refers to content that the repository lacks */
	RC_CONDITION,      /* If-Match or If-None-Match does not hold */
	RC_OTHER_SITE,     /* a browser sent it from a page of another site */

	/* what the store answers */
	RC_NOT_FOUND, /* no such file or entry; the caller decides what it means */
	RC_IMAGE_UNKNOWN,
	RC_NOT_GRANTED,      /* the image does not belong to the repository */
	RC_PARENT_REFUSED,   /* the caller may not build on the parent image */
	RC_UNAUTHORIZED,     /* no token, or one that does not permit this */
	RC_IMAGE_EXISTS,     /* the image is complete and cannot be changed */
	RC_IMAGE_UNFINISHED, /* the image is still being pushed */
	RC_LAYER_UNKNOWN,    /* no layer waits for this checksum */
	RC_CHECKSUM_REFUSED, /* the image is complete and has another checksum */
	RC_REPOSITORY_UNKNOWN,
	RC_TAG_UNKNOWN,
	RC_BLOB_UNKNOWN,
	RC_MANIFEST_UNKNOWN,
	RC_UPLOAD_UNKNOWN,

	/* what else can happen */
	RC_CLIENT_GONE, /* the client closed the connection */
	RC_STOPPED,     /* the receiver of a stream asked to end it */
	RC_FULL,        /* the disk is full */
	RC_BUSY,        /* too many requests of this kind are running */
	RC_UPSTREAM,    /* another server does not answer, or not as it should */
	RC_REBUILDING,  /* the index is damaged and is being rebuilt */
	RC_IO,          /* a system call failed; err names it */

	RC_MAX
};

struct err {
	char text[256];
};

/* Writes the reason and returns r, so that a function can end with
 * `return err_set(err, RC_IO, "link %s: %m", name)`. */
enum result err_set(struct err *err, enum result r, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The name of the result for the log: "bad_json". */
const char *err_name(enum result r);

#endif

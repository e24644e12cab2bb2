/* push.h: pushes through the verbs of API v1, a step a request, and what must hold of the
 * store after each of them, also when the process was killed. P1 to P8 are v1push.h's.
 * A function that is called ..._fault returns NULL, or what is wrong. */
#ifndef LIB_PUSH_H
#define LIB_PUSH_H

#include "lib/registry.h"
#include "lib/v1_image.h"

enum verb {
	ANNOUNCE,
	JSON,
	LAYER,
	CHECKSUM,
	TAG,
	FINISH,
	DROP_TAG,
	DROP_ALL,
	DESCRIBE,
	HIDE, /* the repository becomes private */
	SWEEP /* of pushes that were never finished */
};

struct step {
	enum verb verb;
	const struct image *im; /* of JSON to TAG */
	const char *tag;        /* or a description */
};

/* What a step is, for the name of a test. */
const char *step_name(const struct step *s);

/* Sends the i-th request. */
enum result run_step(const struct step *steps, size_t n, size_t i);

/* Sends all, as a docker does: of an image that is complete nothing is sent. */
enum result push_all(const struct step *steps, size_t n);

/* True when all files of the image are there, with its bytes. */
bool is_whole(const struct image *im);

/* True when the store says that the image is complete. */
bool is_complete(const struct image *im);

/* im[0..n-1] are the images that were pushed under one id. */
const char *image_fault(const struct image *const *im, size_t n);

/* Of what waits until the image is complete. */
const char *waiting_fault(const struct image *im);

/* Each tag of the repository means an image that is there. */
const char *tags_fault(void);

/* True when no file of the tag is there. */
bool is_dropped(const char *tag);

/* What was acknowledged must hold: the first `done` steps. */
const char *acknowledged_fault(const struct step *steps, size_t n, size_t done);

/* How many of the steps P1 to P8 of its push are done, by the files in the store. */
unsigned p_steps_done(const struct image *im);

/* step_name(), and how far the push of its image came. */
const char *step_place(const struct step *s);

#endif

/* jws.c: signatures of JSON, and the key that berth signs with. The keys and signatures
 * were made by openssl(1). */
#include "auth/jws.h"

#include "auth/signing_key.h"
#include "base/base64url.h"
#include "lib/unit.h"

/* All of them over "eyJ0IjoxfQ.eyJhIjoxfQ". */
#define PROTECTED "eyJ0IjoxfQ"
#define PAYLOAD   "eyJhIjoxfQ"

#define P256_HEADER \
	"{\"jwk\": {\"crv\": \"P-256\", \"kid\": \"7YFN:OPMP:O4YK:3XCM:OD3G:GOMU:" \
	"H6EE:MSCN:NFHY:L4CE:7V4N:WN5U\", \"kty\": \"EC\", \"x\": \"Nlmq48Q8_iYyq" \
	"jkpaliAmoD_FM6Yf5W68hjGRb7fIJM\", \"y\": \"MhALDohK4gN3n4kzwUNmoTIQzti1d" \
	"zdms-pGmdFSji0\"}, \"alg\": \"ES256\"}"

#define P256_SIGNATURE \
	"XHPzFNquPhihantojx4fHkXsaaPqZI0knGNnsXnsG_bSttKJA__3V9e1z7FrOrcX_U2TQMlP" \
	"EENZEuZ8N7tmWA"

#define P384_HEADER \
	"{\"jwk\": {\"crv\": \"P-384\", \"kid\": \"J2BW:VL4Z:QDG6:3Z3R:6D65:W2QR:" \
	"BB2V:NYH6:G37F:5YFT:6JUX:5ILK\", \"kty\": \"EC\", \"x\": \"Cwkng_urmNECn" \
	"ZWV6CumuBDrrtz5ZKdBVfCerbmLydOd4UKzPKEMqEEJsm5w9Qvp\", \"y\": \"B4wGPMeA" \
	"sE0Mbv6RCWdZEhEHZSbf_F2y680EJ3PK7H4OjcW2Dnw_SpBxX2ZMq--S\"}, \"alg\": \"" \
	"ES384\"}"

#define P384_SIGNATURE \
	"XagdOP2mo6gcBgLjWzBgdN8daHndkCs_amq8oPdHBJP3MoW9pVdYBGN-YnYdfrBdVnLUCU_L" \
	"kB3kK4-RqAO2SJHgFkQz6r65C6Bw0PAPzILYblEiud8ork_rzngu9KiC"

#define P521_HEADER \
	"{\"jwk\": {\"crv\": \"P-521\", \"kid\": \"VFLP:O6DR:X5US:IUFA:VXRA:PCJN:" \
	"OUYB:FJ6T:RDYO:BMR6:4JVR:FBMB\", \"kty\": \"EC\", \"x\": \"AM_f5tO_AYMCE" \
	"tRplRxaTJHOq6f3PVE7pGf4a56JPga6KeFr28RUtW38AEx80L62HHTiKfedeRwt-Ai_sjVip" \
	"suo\", \"y\": \"AUtFnXKILJRXeAe24FvBQUH2A17vaczP86FBhNcqXYNo440xaQZhKbOO" \
	"Xj5aQ-OmJAxxsXnqAeOd6TukWOQUKStl\"}, \"alg\": \"ES512\"}"

#define P521_SIGNATURE \
	"ARzZAGynVLNjXFC_ThdxpR0CsQaUPefYrjgVNOSakMtgP75qJ-RLemSHIZcwUOHrm3LqoyFD" \
	"H6VYAvlmUiQuNyRVAHA7a_GnrN7PJj0Q6r4tRoeLDo6mRqZYjY0L1jbEvt7qcbeaLsqM9j4w" \
	"96vAWC51m4grs9Dkh4krZogql0uBnXYO"

#define RSA_HEADER \
	"{\"jwk\": {\"e\": \"AQAB\", \"kid\": \"N7WD:RRLT:Z6DX:ZHFT:Z4FB:VP6P:QMD" \
	"W:UK5Y:LR3M:4NAX:OQOL:CXIV\", \"kty\": \"RSA\", \"n\": \"sfJFWL6B5-5HdFQ" \
	"FCTwP-ynnlA0NeE9yKp0tX8X0MmyDIq_tP3GxfZkgvtnoX-bnSD0JR1Zy6izZIM-XVLwFoZT" \
	"G78Lu5vvrRvrL2nex699KxP9aq5vZKw-HV5tL90rcVhYnwmNViJuYwLopzKoQUZB9TGR1kde" \
	"80n_At6Jd4Lukqn9waQKP8yQnEw3cyF-aQlgc_KvRaz3KjzgWOplG5wdEFl2EERzukHSaj6Z" \
	"vmEERAnu8aX0ME0Nt8gisKfCX0JQTX_RFxNoZdBWKYcQEbHL6opWLTdi3fqtUyVL2eD7XJ0p" \
	"smDfh2Z2URZp23zLRr20BykcVyobX2a7EHHFJow\"}, \"alg\": \"RS256\"}"

#define RSA_RS256 \
	"m1khsMc1IdQ51zWNLva5zLmAYeyM00tz2aitDX1r_SMqzFZWwEffzZyMGa8SmT1I6253Euzv" \
	"H7aSHJXVHSWIb-1G2ueEakJcRGFtAYRV1IL0eS_9MiqgiOIxm9uSMdctRsePjyiJJfD_e1MX" \
	"2MUTsL0u-bGoRm5y83Th2_RGqlzr7k4j62GFJzelpUCyufNlp3MMLj8zxJn376KI3oe4JuES" \
	"2dU4Fuo_wPflkxyq0nK7qk3fi-brZ8D0Iz0J3XOvNpsUTJmFKudpEEnGLogKHbtymRmfQjzz" \
	"37vxWBdLKIz1Fr3u1ID9k6qfRZV8QUCkpPRzkwAMqTa8SbO1f0KEJg"

#define RSA_RS384 \
	"Vcv06Z050NGwEkZo0sbgjdHj9kaMtqgJCFUih9LAbJgXlNPZKBSCnodiuueIYd69if521hfE" \
	"AELX2WhihSTWqxNeH4IFXJKc3ShxJ5EzvUkH1ZnbdUpE_-I9UX-ceatisZG-UrpLTOTSfvJB" \
	"IeLg3VTC_-NRS0iIccHEhqN17iTOFUvul7Nm0Av4a4nV57On4wRvPF9T0bwxlQeS4l_EQ3Dc" \
	"1AO929GxZjIUQTNH9d9LzYlkeuG90HdVbd5hLV4hbnoq9lCfuBFon4TI_6AnOE7GeycTD6JO" \
	"T2sfxJS2-smyy3fYG-9LgOTdQRF_-GJhaB5lIdUzcD1GR_oRhqAX-Q"

#define RSA_RS512 \
	"IB4qWufisPmULYYQQkLeVBsKzy7FWDcPH978wfpOFVrphcQtpw9hvhOxlZ_1TaQLqiHI3JUb" \
	"tl_A9J1PDEbp4ifKvGqJwAU0VF4deMN8S5zVX03vyH1RW8-An54cVq5DdYnbvC-n6__mXGu8" \
	"3lKKe110zn6N9yzHhNeunQIeU3uzV0FIrX4oSyVW1tHpSO1Exa4alyQ65XI7vmM_M0vd-hzF" \
	"km0-iaQC2p5dpcSzpkpY57P08IN8sJasibBZpEan6X8B7_1wpqXm9SonjTctBQGc4fAgyEKp" \
	"9V1A7kcPZEzFcgnWvwOyQYDYZVhiVEPofg4juYcwqueHTQY9UFMJ5A"

#define SMALL_HEADER \
	"{\"jwk\": {\"e\": \"AQAB\", \"kid\": \"QUCW:3CWG:QMAX:57J3:5KTN:PRBL:2XE" \
	"D:HDXB:XJWM:NMKO:EB46:2AQL\", \"kty\": \"RSA\", \"n\": \"renwbAWLBsI6XmF" \
	"eL931wB04YjvjHuaTGT4jPUnB3RLSjxUzHkN3nrY7fAgl4ipP-9ZsqIZGjkNoKyh03ncMEQ" \
	"\"}, \"alg\": \"RS256\"}"

#define SMALL_RS256 \
	"jHWb9pcDXv2oDJl3Gz1h1Ks-yNso5Psj2V7pR690bKJqJpHpXACjRrgxRGudv8y9jvEGRm27" \
	"qX6J8Z3MPa7Hlg"

#define SMALL_RS384 ""

#define SMALL_RS512 ""

#define X5C \
	"MIIBbjCCARWgAwIBAgIUMwrZYsiT0hCZkrCB3C02hqDMdhQwCgYIKoZIzj0EAwIwDDEKMAgG" \
	"A1UEAwwBeDAgFw0yNjExMjgwNTU1MDFaGA8yMTI2MTEwNDA1NTUwMVowDDEKMAgGA1UEAwwB" \
	"eDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABDZZquPEPP4mMqo5KWpYgJqA/xTOmH+VuvIY" \
	"xkW+3yCTMhALDohK4gN3n4kzwUNmoTIQzti1dzdms+pGmdFSji2jUzBRMB0GA1UdDgQWBBSr" \
	"LOSFZiZnDg2Qo8+HbeyaR/NY9TAfBgNVHSMEGDAWgBSrLOSFZiZnDg2Qo8+HbeyaR/NY9TAP" \
	"BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCIGIAos5dxfbcZAS1SQNqhZxhuFRp" \
	"6cWbAjgyzHs9z0aUAiAukpHYNrGpcUh9YUliA+HmJ8z/GnSYURVT4ODfp6ko3w=="

/* Certificates of keys on secp256k1 and Ed25519. */

#define K1_X5C \
	"MIIBbTCCARKgAwIBAgIUORL1eb/u4NceZM888ysSMvPqJmowCgYIKoZIzj0EAwIwDDEKMAgG" \
	"A1UEAwwBeDAgFw0yNjExMjgwNjEyMTRaGA8yMTI2MTEwNDA2MTIxNFowDDEKMAgGA1UEAwwB" \
	"eDBWMBAGByqGSM49AgEGBSuBBAAKA0IABD74Kd6pF1/dlVQ2dgwUvX1Qbci54Jfa7pSUQOfH" \
	"Tl0ZjCgUJy+dAZLDuO9L5FqDE5KliM7l6KVK0cFGfUW4GY+jUzBRMB0GA1UdDgQWBBSCA0hV" \
	"ANDSSd1ygXLJ6CBLwq/i6zAfBgNVHSMEGDAWgBSCA0hVANDSSd1ygXLJ6CBLwq/i6zAPBgNV" \
	"HRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQD3svytcxN96h5ppUFc67LlnpeqKPIG" \
	"RAJlYJaCymAoFAIhAOH5yeFiosVFMnDCkeixyba2v68uIAR8OKVEQ2zremKG"

#define ED_X5C \
	"MIIBLjCB4aADAgECAhR4DctgmMe6zGaVnCWGEyajy1d5SzAFBgMrZXAwDDEKMAgGA1UEAwwB" \
	"eDAgFw0yNjExMjgwNjEyMTRaGA8yMTI2MTEwNDA2MTIxNFowDDEKMAgGA1UEAwwBeDAqMAUG" \
	"AytlcAMhACOpK584jSi1pKK3OMAr3QuS6eG2rh9kpWyxstYx+QFfo1MwUTAdBgNVHQ4EFgQU" \
	"gvmT1gZ3Pz104o860YVGyDFiwZ4wHwYDVR0jBBgwFoAUgvmT1gZ3Pz104o860YVGyDFiwZ4w" \
	"DwYDVR0TAQH/BAUwAwEB/zAFBgMrZXADQQDDv49v9GWBa+nJx7QA7u4KQ130lmTx0/HSZuJu" \
	"hXwBCOBxD6KS4DUH4QzaMQmEHV/Mk1DTM94xR5is79Faoo8M"

/* The key of P256_HEADER. */

#define PEM \
	"-----BEGIN EC PRIVATE KEY-----\n" \
	"MHcCAQEEIDOU3l7Ic6C4EGiELSPpsOMgavN1ydnDXeWXGZVHqhA7oAoGCCqGSM49\n" \
	"AwEHoUQDQgAENlmq48Q8/iYyqjkpaliAmoD/FM6Yf5W68hjGRb7fIJMyEAsOiEri\n" \
	"A3efiTPBQ2ahMhDO2LV3N2az6kaZ0VKOLQ==\n" \
	"-----END EC PRIVATE KEY-----\n"

#define PKCS8 \
	"-----BEGIN PRIVATE KEY-----\n" \
	"MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgM5TeXshzoLgQaIQt\n" \
	"I+mw4yBq83XJ2cNd5ZcZlUeqEDuhRANCAAQ2WarjxDz+JjKqOSlqWICagP8Uzph/\n" \
	"lbryGMZFvt8gkzIQCw6ISuIDd5+JM8FDZqEyEM7YtXc3ZrPqRpnRUo4t\n" \
	"-----END PRIVATE KEY-----\n"

#define LOCKED \
	"-----BEGIN ENCRYPTED PRIVATE KEY-----\n" \
	"MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgCquRSAsKskQICCAAw\n" \
	"DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEGlI10b6hHrLAMbno2K3JVYEgZC1\n" \
	"cI5fOZb9ahfghe1C+TIAMoMx64B9T5pLEbYRt0NqXd2jJcsvV7mJy/Mrvp2g41G5\n" \
	"1eox9jjquJ6NfN7Y0LV37m6edYWw6YOWrbPrRTkTOWn2MSOMADCMyPN5odjRqnFs\n" \
	"GZ2NutxEdWSF6aWvat9n+PF6RO3GtkU2GIGukXd5hAL/VZ0o2YHk0ECNSX+mzPI=\n" \
	"-----END ENCRYPTED PRIVATE KEY-----\n"

#define PEM384 \
	"-----BEGIN EC PRIVATE KEY-----\n" \
	"MIGkAgEBBDDPRsz/7WHbtz1CLDhG1qmnU8GdQl/cIKU9RjiHD/3um0pwoOqlf7lv\n" \
	"FdUkqSeUlbagBwYFK4EEACKhZANiAAQLCSeD+6uY0QKdlZXoK6a4EOuu3Plkp0FV\n" \
	"8J6tuYvJ053hQrM8oQyoQQmybnD1C+kHjAY8x4CwTQxu/pEJZ1kSEQdlJt/8XbLr\n" \
	"zQQnc8rsfg6NxbYOfD9KkHFfZkyr75I=\n" \
	"-----END EC PRIVATE KEY-----\n"

#define JWK(kid, d) \
	"{\"crv\": \"P-256\", \"kty\": \"EC\", " kid \
	"\"x\": \"Nlmq48Q8_iYyqjkpaliAmoD_FM6Yf5W68hjGRb7fIJM\", " \
	"\"y\": \"MhALDohK4gN3n4kzwUNmoTIQzti1dzdms-pGmdFSji0\"" d "}"
#define KID "7YFN:OPMP:O4YK:3XCM:OD3G:GOMU:H6EE:MSCN:NFHY:L4CE:7V4N:WN5U"
#define D   ", \"d\": \"M5TeXshzoLgQaIQtI-mw4yBq83XJ2cNd5ZcZlUeqEDs\""

static const struct json *
header_of(const char *text)
{
	struct json *v;
	const char *why;

	if (!json_parse(arena, str_of(text), &v, &why))
		abort();
	return v;
}

/* "right", or why not. */
static const char *
verify(const char *header, const char *protected_text, const char *payload,
    const char *signature)
{
	const struct jws_text text = {
	    exact_copy(str_of(protected_text)), exact_copy(str_of(payload))};
	struct str bytes;
	enum result r;

	if (!base64url_decode(arena, str_of(signature), &bytes))
		abort();
	r = jws_verify(arena, header_of(header), &text, exact_copy(bytes), &err);
	if (r != RC_OK && r != RC_UNVERIFIED)
		abort();
	return r == RC_OK ? "right" : err.text;
}

/* The header with this text in place of that one. */
static const char *
with(const char *header, const char *from, const char *to)
{
	const char *at = strstr(header, from);

	if (at == NULL)
		abort();
	return arena_printf(
	    arena, "%.*s%s%s", (int)(at - header), header, to, at + strlen(from));
}

static void
test_right(void)
{
	const char *x5c = "{\"alg\": \"ES256\", \"x5c\": [\"" X5C "\"]}";
	const struct {
		const char *name, *header, *signature;
	} rows[] = {
	    {"ES256", P256_HEADER, P256_SIGNATURE},
	    {"ES384", P384_HEADER, P384_SIGNATURE},
	    {"ES512", P521_HEADER, P521_SIGNATURE},
	    {"RS256", RSA_HEADER, RSA_RS256},
	    {"RS384", with(RSA_HEADER, "RS256", "RS384"), RSA_RS384},
	    {"RS512", with(RSA_HEADER, "RS256", "RS512"), RSA_RS512},
	    {"no kid", with(P256_HEADER, "\"kid\"", "\"kit\""), P256_SIGNATURE},
	    {"a certificate", x5c, P256_SIGNATURE},
	    {"which goes before a key", with(x5c, "}", ", \"jwk\": 1}"),
		P256_SIGNATURE},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		is_str(
		    verify(rows[i].header, PROTECTED, PAYLOAD, rows[i].signature),
		    "right", "%s", rows[i].name);
		ok(strcmp(verify(rows[i].header, PROTECTED, "eyJhIjoyfQ",
			      rows[i].signature),
		       "a signature does not match its payload and key") == 0,
		    "%s: another payload", rows[i].name);
		ok(strcmp(verify(rows[i].header, "eyJ0IjoyfQ", PAYLOAD,
			      rows[i].signature),
		       "a signature does not match its payload and key") == 0,
		    "%s: another header", rows[i].name);
	}
}

static void
test_wrong(void)
{
#define NO_ALG \
	"alg of a signature must be one of ES256, ES384, ES512, RS256, " \
	"RS384 and RS512"
#define NO_KEY "jwk must be a valid key of type EC (P-256, P-384, P-521) or RSA"
#define NO_FIT "of a signature does not fit its key"
#define NO_CURVE \
	"the certificate's key must be on P-256, P-384 or P-521, or an RSA " \
	"key of 1024 to 8192 bits"
#define NOT_RIGHT "a signature does not match its payload and key"
	const struct {
		const char *header, *signature, *want;
	} rows[] = {
	    {with(P256_HEADER, "ES256", "none"), P256_SIGNATURE, NO_ALG},
	    {with(P256_HEADER, "ES256", "HS256"), P256_SIGNATURE, NO_ALG},
	    {with(P256_HEADER, "ES256", "es256"), P256_SIGNATURE, NO_ALG},
	    {"{}", P256_SIGNATURE, NO_ALG},
	    {"[]", P256_SIGNATURE, NO_ALG},
	    {"{\"alg\": \"ES256\"}", P256_SIGNATURE,
		"the header of a signature must have the key in jwk or x5c"},
	    {"{\"alg\": \"ES256\", \"jwk\": []}", P256_SIGNATURE, NO_KEY},
	    {with(P256_HEADER, "\"EC\"", "\"oct\""), P256_SIGNATURE, NO_KEY},
	    {with(P256_HEADER, "P-256", "P-224"), P256_SIGNATURE, NO_KEY},
	    {with(P256_HEADER, "P-256", "P-384"), P256_SIGNATURE, NO_KEY},
	    {with(P256_HEADER, "\"x\": \"N", "\"x\": \"O"), P256_SIGNATURE, NO_KEY},
	    {with(P256_HEADER, "\"x\": \"N", "\"x\": \"!"), P256_SIGNATURE, NO_KEY},
	    {with(P256_HEADER, "\"x\": \"N", "\"x\": \""), P256_SIGNATURE, NO_KEY},
	    {with(P256_HEADER, "\"y\"", "\"z\""), P256_SIGNATURE, NO_KEY},
	    {with(RSA_HEADER, "AQAB", ""), RSA_RS256, NO_KEY},
	    {with(P256_HEADER, "ES256", "ES384"), P256_SIGNATURE,
		"alg ES384 " NO_FIT},
	    {with(P384_HEADER, "ES384", "ES256"), P384_SIGNATURE,
		"alg ES256 " NO_FIT},
	    {with(P256_HEADER, "ES256", "RS256"), P256_SIGNATURE,
		"alg RS256 " NO_FIT},
	    {with(RSA_HEADER, "RS256", "ES256"), RSA_RS256, "alg ES256 " NO_FIT},
	    {with(RSA_HEADER, "RS256", "RS384"), RSA_RS256, NOT_RIGHT},
	    {P256_HEADER, "", NOT_RIGHT},
	    {P256_HEADER, P384_SIGNATURE, NOT_RIGHT},
	    {P384_HEADER, P256_SIGNATURE, NOT_RIGHT},
	    {RSA_HEADER, P256_SIGNATURE, NOT_RIGHT},
	    {RSA_HEADER, "", NOT_RIGHT},
	    {SMALL_HEADER, SMALL_RS256,
		"a key of type RSA must have 1024 to 8192 bits"},
	    {"{\"alg\": \"ES256\", \"x5c\": [\"AAAA\"]}", P256_SIGNATURE,
		"the first entry of x5c must be a certificate"},
	    {"{\"alg\": \"ES256\", \"x5c\": [\"" K1_X5C "\"]}", P256_SIGNATURE,
		NO_CURVE},
	    {"{\"alg\": \"ES256\", \"x5c\": [\"" ED_X5C "\"]}", P256_SIGNATURE,
		NO_CURVE},
	    {"{\"alg\": \"ES256\", \"x5c\": [7]}", P256_SIGNATURE,
		"the first entry of x5c must be a certificate"},
	    {with(P256_HEADER, "7YFN", "7YFM"), P256_SIGNATURE,
		"kid must be the id of its key, " KID},
	    {with(P256_HEADER, "\"" KID "\"", "7"), P256_SIGNATURE,
		"kid must be the id of its key, " KID},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(
		    verify(rows[i].header, PROTECTED, PAYLOAD, rows[i].signature),
		    rows[i].want, "%.60s", rows[i].header);
	is_str(verify(P256_HEADER, PROTECTED, PAYLOAD,
		   with(P256_SIGNATURE, P256_SIGNATURE,
		       "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		       "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")),
	    NOT_RIGHT, "zeros");
}

/* ---- the registry's own ---- */

static const char *
name_of(const char *text)
{
	const struct signing_key *key;
	enum result r = signing_key_parse(
	    arena, exact_copy(str_of(text)), &key, &err);

	if (r != RC_OK && r != RC_BAD_DATA)
		abort();
	return r == RC_OK ? signing_key_public(key)->kid : "none";
}

static void
test_files(void)
{
	const struct {
		const char *name, *text, *want;
	} rows[] = {
	    {"PEM, SEC 1", PEM, KID},
	    {"PEM, PKCS #8", PKCS8, KID},
	    {"text before it", "Key of the registry\n" PEM, KID},
	    {"JWK", JWK("", D), KID},
	    {"JWK with its kid", JWK("\"kid\": \"" KID "\", ", D), KID},
	    {"JWK with another kid", JWK("\"kid\": \"AAAA\", ", D), "none"},
	    {"JWK without the private half", JWK("", ""), "none"},
	    {"JWK whose halves do not fit",
		JWK("", ", \"d\": \"N5TeXshzoLgQaIQtI-mw4yBq83XJ2cNd5ZcZlUeqEDs\""),
		"none"},
	    {"with a password", LOCKED, "none"},
	    {"another curve", PEM384, "none"},
	    {"cut off", with(PEM, "-----END", ""), "none"},
	    {"empty", "", "none"},
	    {"something else", "secret\n", "none"},
	    {"a list", "[]", "none"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(name_of(rows[i].text), rows[i].want, "%s", rows[i].name);
}

static void
test_signing(void)
{
	const struct jws_text text = {str_of(PROTECTED), str_of(PAYLOAD)};
	const struct signing_key *key = signing_key_new(arena);
	const struct pretty_jws_key *public = signing_key_public(key);
	struct str signature, x = base64url_encode(arena, public->x);
	struct str y = base64url_encode(arena, public->y);
	const char *header = arena_printf(arena,
	    "{\"alg\": \"ES256\", \"jwk\": {\"kty\": \"EC\", \"crv\": \"P-256\","
	    " \"kid\": \"%s\", \"x\": \"%.*s\", \"y\": \"%.*s\"}}",
	    public->kid, STR_ARG(x), STR_ARG(y));
	unsigned i, bad = 0;

	is_str(name_of(str_dup(arena, signing_key_pem(arena, key))), public->kid,
	    "a new key, written and read");
	ok(strcmp(signing_key_public(signing_key_new(arena))->kid, public->kid) !=
		0,
	    "each new one is another");
	/* numbers that begin with zeros have their 32 bytes, too: one of 128 does */
	for (i = 0; i < 600; i++) {
		signature = signing_key_sign(arena, key, &text);
		bad += signature.n != 64 || jws_verify(arena, header_of(header),
						&text, signature, &err) != RC_OK;
	}
	is_int(bad, 0, "600 signatures of 64 bytes are right");
}

static void
test_base64url(void)
{
	static const struct {
		struct str bytes;
		const char *text;
	} rows[] = {{LIT(""), ""}, {LIT("f"), "Zg"}, {LIT("fo"), "Zm8"},
	    {LIT("foo"), "Zm9v"}, {LIT("foob"), "Zm9vYg"},
	    {LIT("fooba"), "Zm9vYmE"}, {LIT("foobar"), "Zm9vYmFy"},
	    {LIT("\xfb\xff\xbf\x00"), "-_-_AA"}};
	static const char *const wrong[] = {
	    "A", "Zm9vY", "Zg!", "Z g", "Zg\n", "Zg===", "=Zg", "Z=g"};
	struct str out;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		out = base64url_encode(arena, exact_copy(rows[i].bytes));
		is_str(printable(out), rows[i].text, "\"%s\"", rows[i].text);
		ok(base64url_decode(arena, exact_copy(out), &out) &&
			str_eq(out, rows[i].bytes),
		    "and back");
	}
	ok(base64url_decode(arena, TEXT("+/+/AA=="), &out) &&
		str_eq(out, TEXT("\xfb\xff\xbf\x00")),
	    "the usual alphabet, padded");
	for (i = 0; i < COUNT(wrong); i++)
		ok(!base64url_decode(arena, exact_copy(str_of(wrong[i])), &out),
		    "refused: %s", printable(str_of(wrong[i])));
}

int
main(void)
{
	static void (*const tests[])(void) = {
	    test_right, test_wrong, test_files, test_signing, test_base64url};

	return run_tests(tests, COUNT(tests));
}

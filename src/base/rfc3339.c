/* rfc3339.c: see rfc3339.h. */
#include "base/rfc3339.h"

#define SECONDS_SIZE (sizeof("2015-10-31T22:22:56") - 1)

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Has the text the form of the sample? '0' in the sample stands for any digit. */
static bool
is_like(struct str s, const char *sample)
{
	size_t i;

	for (i = 0; i < s.n && sample[i] != '\0'; i++)
		if (sample[i] == '0' ? !is_digit(s.p[i]) : s.p[i] != sample[i])
			return false;
	return i == s.n && sample[i] == '\0';
}

/* Two digits. */
static int
number(const char *p)
{
	return (p[0] - '0') * 10 + p[1] - '0';
}

static int
days_of(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

static bool
is_date_and_time(struct str s)
{
	int month, day;

	if (!is_like(s, "0000-00-00T00:00:00"))
		return false;
	month = number(s.p + 5);
	day = number(s.p + 8);
	return month >= 1 && month <= 12 && day >= 1 &&
	       day <= days_of(number(s.p) * 100 + number(s.p + 2), month) &&
	       number(s.p + 11) < 24 && number(s.p + 14) < 60 &&
	       number(s.p + 17) < 60;
}

static bool
is_zone(struct str s)
{
	if (str_is(s, "Z"))
		return true;
	return (is_like(s, "+00:00") || is_like(s, "-00:00")) &&
	       number(s.p + 1) < 24 && number(s.p + 4) < 60;
}

static struct str
take(struct str *rest, size_t n)
{
	struct str head = str_make(rest->p, n);

	*rest = str_make(rest->p + n, rest->n - n);
	return head;
}

/* The digits after a point; the empty str if there is no point. False: a point without
 * digits. */
static bool
take_fraction(struct str *rest, struct str *out)
{
	size_t n = 1;

	*out = str_of(NULL);
	if (rest->n == 0 || rest->p[0] != '.')
		return true;
	while (n < rest->n && is_digit(rest->p[n]))
		n++;
	*out = take(rest, n);
	*out = str_make(out->p + 1, n - 1);
	return n > 1;
}

bool
rfc3339_parse(struct str text, struct rfc3339 *out)
{
	if (text.n < SECONDS_SIZE)
		return false;
	out->seconds = take(&text, SECONDS_SIZE);
	if (!is_date_and_time(out->seconds) ||
	    !take_fraction(&text, &out->fraction))
		return false;
	out->zone = text;
	return is_zone(text);
}

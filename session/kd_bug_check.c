#include "kd_bug_check.h"

#include <string.h>

static const char announcement[] = "*** Fatal System Error: ";

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* A number in hex, with or without 0x; steps over it. */
static bool hex(const char **at, uint64_t *ret)
{
	const char *p = *at;
	uint64_t value = 0;

	if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X'))
		p += 2;
	if (digit(*p) < 0)
		return false;
	for (; digit(*p) >= 0; p++)
		value = value << 4 | (unsigned)digit(*p);
	*at = p;
	*ret = value;
	return true;
}

/* "(0x1,0x2,0x3,0x4)" */
static bool parameters(const char *p, uint64_t ret[4])
{
	for (size_t i = 0; i < 4; i++) {
		if (*p != (i ? ',' : '('))
			return false;
		p++;
		if (!hex(&p, &ret[i]))
			return false;
	}
	return *p == ')';
}

static bool hear_line(struct kd_bug_check_listener *l)
{
	const char *code = strstr(l->line, announcement);
	const char *open = strchr(l->line, '(');
	uint64_t value;

	if (code) {
		code += sizeof(announcement) - 1;
		if (!hex(&code, &value))
			return false;
		l->found = (struct kd_bug_check){ .code = (uint32_t)value };
		l->code_known = true;
		open = strchr(code, '(');
	}
	return l->code_known && open && parameters(open, l->found.parameter);
}

static bool take(struct kd_bug_check_listener *l, struct kd_bug_check *ret)
{
	*ret = l->found;
	*l = (struct kd_bug_check_listener){ 0 };
	return true;
}

bool kd_bug_check_hear(struct kd_bug_check_listener *l, const char *text,
		       size_t len, struct kd_bug_check *ret)
{
	bool complete = false;

	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (c == '\n' || c == '\r' || c == '\0') {
			l->line[l->len] = '\0';
			complete |= hear_line(l);
			l->len = 0;
		} else if (l->len + 1 < sizeof(l->line)) {
			l->line[l->len++] = c;
		}
	}
	return complete && take(l, ret);
}

bool kd_bug_check_end(struct kd_bug_check_listener *l, struct kd_bug_check *ret)
{
	l->line[l->len] = '\0';
	hear_line(l);
	l->len = 0;
	return l->code_known && take(l, ret);
}

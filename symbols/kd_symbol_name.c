/*
 * Microsoft's C++ compiler writes "?", the innermost name, the names around it
 * from the inside out, each with an "@" behind it, one more "@", and the type,
 * which is of no interest here. A digit stands for a name that was already
 * there.
 */
#include "kd_symbol_name.h"

#include "kd_cursor.h"

#include <string.h>

enum {
	SCOPES_MAX = 16,
	REMEMBERED_MAX = 10, /* one digit */
};

struct piece {
	const char *text;
	size_t len;
};

struct name {
	const char *at;
	struct piece remembered[REMEMBERED_MAX];
	size_t remembered_count;
	struct piece scope[SCOPES_MAX]; /* from the inside out */
	size_t scope_count;
};

/* Functions that have a code and not a name. */
static const struct {
	const char *code, *text;
} specials[] = {
	{ "2", "operator new" },
	{ "3", "operator delete" },
	{ "4", "operator=" },
	{ "8", "operator==" },
	{ "9", "operator!=" },
	{ "A", "operator[]" },
	{ "C", "operator->" },
	{ "D", "operator*" },
	{ "M", "operator<" },
	{ "R", "operator()" },
	{ "_7", "`vftable'" },
	{ "_8", "`vbtable'" },
	{ "_E", "`vector deleting destructor'" },
	{ "_G", "`scalar deleting destructor'" },
	{ "_U", "operator new[]" },
	{ "_V", "operator delete[]" },
};

static bool add_scope(struct name *n, struct piece p)
{
	if (n->scope_count == SCOPES_MAX)
		return false;
	n->scope[n->scope_count++] = p;
	return true;
}

static bool read_fragment(struct name *n, struct piece *ret)
{
	if (*n->at >= '0' && *n->at <= '9') {
		size_t i = (size_t)(*n->at++ - '0');

		if (i >= n->remembered_count)
			return false;
		*ret = n->remembered[i];
		return true;
	}
	const char *end = strchr(n->at, '@');

	if (!end || end == n->at || *n->at == '?')
		return false;
	*ret = (struct piece){ n->at, (size_t)(end - n->at) };
	n->at = end + 1;
	if (n->remembered_count < REMEMBERED_MAX)
		n->remembered[n->remembered_count++] = *ret;
	return true;
}

static bool read_scopes(struct name *n)
{
	static const char anonymous[] = "`anonymous namespace'";
	struct piece p;

	while (*n->at != '@') {
		if (!strncmp(n->at, "?A", 2)) {
			const char *end = strchr(n->at, '@');

			if (!end)
				return false;
			n->at = end + 1;
			p = (struct piece){ anonymous, sizeof(anonymous) - 1 };
		} else if (!read_fragment(n, &p)) {
			return false;
		}
		if (!add_scope(n, p))
			return false;
	}
	return true;
}

static bool read_special(struct name *n)
{
	for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++) {
		size_t len = strlen(specials[i].code);

		if (strncmp(n->at, specials[i].code, len) != 0)
			continue;
		n->at += len;
		return add_scope(n, (struct piece){ specials[i].text,
						    strlen(specials[i].text) });
	}
	return false;
}

static void add(struct kd_writer *out, const char *text, size_t len)
{
	if (len > out->cap - out->pos)
		len = out->cap - out->pos;
	kd_write_bytes(out, text, len);
}

static void write_scopes(const struct name *n, struct kd_writer *out)
{
	for (size_t i = n->scope_count; i; i--) {
		add(out, n->scope[i - 1].text, n->scope[i - 1].len);
		if (i > 1)
			add(out, "::", 2);
	}
}

/* A constructor and a destructor have their class's name. */
static bool write_structor(struct name *n, bool destructor,
			   struct kd_writer *out)
{
	if (!read_scopes(n) || !n->scope_count)
		return false;
	write_scopes(n, out);
	add(out, "::~", destructor ? 3 : 2);
	add(out, n->scope[0].text, n->scope[0].len);
	return true;
}

static bool write_cpp(const char *decorated, struct kd_writer *out)
{
	struct name n = { .at = decorated + 1 };
	struct piece p;

	if (!strncmp(decorated, "??_C@", 5)) {
		add(out, "`string'", 8);
		return true;
	}
	if (*n.at == '?') {
		n.at++;
		if (*n.at == '0' || *n.at == '1') {
			bool destructor = *n.at++ == '1';

			return write_structor(&n, destructor, out);
		}
		if (!read_special(&n))
			return false;
	} else if (!read_fragment(&n, &p) || !add_scope(&n, p)) {
		return false;
	}
	if (!read_scopes(&n))
		return false;
	write_scopes(&n, out);
	return true;
}

/* "_Name", "_Name@8", "@Name@8"; "Name@@16". */
static struct piece undecorated_c(const char *name)
{
	struct piece p = { name, strlen(name) };
	const char *at = strrchr(name, '@');

	if (at && at > name && at[1] &&
	    strspn(at + 1, "0123456789") == strlen(at + 1)) {
		if (at[-1] == '@')
			at--;
		p.len = (size_t)(at - name);
	}
	if (p.len > 1 && (*name == '_' || (*name == '@' && at))) {
		p.text++;
		p.len--;
	}
	return p;
}

/* A pointer to what is imported: "__imp_Name", also of names as above. */
static bool take_import(const char **name)
{
	static const char prefix[] = "__imp_";

	if (strncmp(*name, prefix, sizeof(prefix) - 1) != 0)
		return false;
	*name += sizeof(prefix) - 1;
	return true;
}

void kd_symbol_undecorate(const char *name, bool x86, char *out, size_t cap)
{
	struct kd_writer to = kd_writer_over(out, cap - 1);
	bool imported = take_import(&name);
	struct piece p = { name, strlen(name) };
	size_t start;

	/* with one "_" less, as WinDbg writes them */
	add(&to, "_imp_", imported ? 5 : 0);
	start = to.pos;
	if (*name != '?' || !write_cpp(name, &to)) {
		to.pos = start;
		if (x86 && *name != '?')
			p = undecorated_c(name);
		add(&to, p.text, p.len);
	}
	out[to.pos] = '\0';
}

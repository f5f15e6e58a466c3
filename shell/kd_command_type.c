/* dt: types, and what is there. */

#include "kd_commands.h"
#include "kd_type_list.h"
#include "kd_type_show.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_MAX = 256 };

static const char list_rule[] = "---------------------------------------------";

/* What is asked for. */
struct request {
	struct kd_type_view view;
	struct kd_type_listing listing;
	char name[WORD_MAX]; /* "": an address alone */
	char address_text[WORD_MAX], link[WORD_MAX];
	bool is_name, is_prefix; /* -n, -y: of what comes next */
	bool shows_array;	 /* -a, of what comes next */
	bool is_physical, types_only;
	uint64_t elements; /* of "-a10 ULONG", "ULONG[10]"; 0: it is one */
};

/* The next word; parentheses and quotes keep spaces together. */
static bool take_word(const char **at, char word[WORD_MAX])
{
	int open = 0;
	size_t len = 0;

	*at += strspn(*at, " \t");
	if (!**at)
		return false;
	for (; **at && (open || !strchr(" \t", **at)); ++*at) {
		open += (**at == '(') - (**at == ')');
		if (len < WORD_MAX - 1)
			word[len++] = **at;
	}
	word[len] = '\0';
	return true;
}

/* Digits behind an option's letter; 0 if there are none. */
static uint64_t take_digits(const char **at)
{
	uint64_t n = 0;

	for (; isdigit((unsigned char)(*at)[1]); ++*at)
		if (n < UINT32_MAX)
			n = n * 10 + (uint64_t)((*at)[1] - '0');
	return n;
}

static enum kd_status take_option(struct kd_shell *sh, struct request *r,
				  const char **letter, const char **args)
{
	char word[WORD_MAX];
	uint64_t n;

	switch (**letter) {
	case 'a':
		r->shows_array = true;
		r->view.array_limit = take_digits(letter);
		return KD_OK;
	case 'b':
		r->view.depth = KD_TYPE_DEPTH - 2;
		r->view.shows_arrays = true;
		return KD_OK;
	case 'r':
		n = take_digits(letter);
		r->view.depth = n && n < 10 ? (unsigned)n : 9;
		r->view.follows = true;
		return KD_OK;
	case 'l':
		if (take_word(args, r->link))
			return KD_OK;
		kd_out(sh, "'dt -l' needs the name of a member.\n");
		return KD_E_ARG;
	case 's':
		if (!take_word(args, word))
			strcpy(word, "");
		r->listing.has_size = r->types_only = true;
		return kd_shell_evaluate_all(sh, word, &r->listing.size);
	case 'c':
		r->view.is_compact = true;
		return KD_OK;
	case 'd':
	case 'v':
		r->view.is_verbose = r->listing.is_verbose = true;
		return KD_OK;
	case 'i':
		r->view.no_indent = true;
		return KD_OK;
	case 'o':
		r->view.no_offsets = true;
		return KD_OK;
	case 'p':
		r->is_physical = true;
		return KD_OK;
	case 'e':
	case 't':
		r->types_only = r->listing.types_only = true;
		return KD_OK;
	case 'n':
		r->is_name = true;
		return KD_OK;
	case 'y':
		r->is_prefix = true;
		return KD_OK;
	default:
		kd_out(sh,
		       "'dt' does not know '-%c'; 'dt -h' says what it "
		       "knows.\n",
		       **letter);
		return KD_E_ARG;
	}
}

static bool is_option(const char *word)
{
	return word[0] == '-' && isalpha((unsigned char)word[1]);
}

static bool is_hex(const char *word)
{
	return word[strspn(word, "0123456789abcdefABCDEF`")] == '\0';
}

/* WinDbg's rule: what can be read as a number is an address. */
static bool is_address(const struct request *r, const char *word)
{
	if (r->is_name)
		return false;
	if (isdigit((unsigned char)word[0]) || strchr("@($+-", word[0]) ||
	    !strncmp(word, "poi(", 4))
		return true;
	if (is_hex(word))
		return true;
	/* behind the type's name another one is a variable */
	return r->name[0] && strchr(word, '!');
}

static enum kd_status take_field(struct kd_shell *sh, struct request *r,
				 const char *word)
{
	if (r->view.fields == KD_TYPE_FIELDS ||
	    !kd_type_field_parse(word, r->is_prefix,
				 &r->view.field[r->view.fields])) {
		kd_out(sh, "That is too much: '%.60s'.\n", word);
		return KD_E_ARG;
	}
	r->view.field[r->view.fields++].shows_array = r->shows_array;
	return KD_OK;
}

/* "CHAR[8]": the number is taken off. */
static void take_elements(struct request *r)
{
	char *bracket = strchr(r->name, '[');

	if (bracket && bracket[strcspn(bracket, "]")] == ']' &&
	    !bracket[strcspn(bracket, "]") + 1]) {
		r->elements = strtoull(bracket + 1, NULL, 10);
		*bracket = '\0';
	}
}

static enum kd_status take_positional(struct kd_shell *sh, struct request *r,
				      const char *word)
{
	enum kd_status st = KD_OK;

	if (!r->address_text[0] && is_address(r, word)) {
		strcpy(r->address_text, word);
	} else if (!r->name[0]) {
		size_t len = strlen(word);

		/* a name with spaces stands in parentheses */
		if (word[0] == '(' && word[len - 1] == ')')
			snprintf(r->name, sizeof(r->name), "%.*s",
				 (int)(len - 2), word + 1);
		else
			strcpy(r->name, word);
		if (r->is_prefix && len + 1 < sizeof(r->name))
			strcat(r->name, "*");
		r->view.shows_arrays |= r->shows_array;
		if (r->shows_array)
			r->elements = r->view.array_limit;
	} else {
		st = take_field(sh, r, word);
	}
	r->is_name = r->is_prefix = r->shows_array = false;
	return st;
}

static enum kd_status parse(struct kd_shell *sh, const char *args,
			    struct request *r)
{
	char word[WORD_MAX];
	enum kd_status st = KD_OK;

	*r = (struct request){ 0 };
	while (st == KD_OK && take_word(&args, word)) {
		const char *letter = word + 1;

		if (!is_option(word)) {
			st = take_positional(sh, r, word);
			continue;
		}
		for (; st == KD_OK && *letter; letter++)
			st = take_option(sh, r, &letter, &args);
	}
	return st;
}

static enum kd_status read_physical(void *ctx, uint64_t address, void *buf,
				    size_t len)
{
	return kd_shell_read_all(ctx, address, true, buf, len);
}

static enum kd_status not_found(struct kd_shell *sh, const char *name)
{
	kd_out(sh, "Symbol %s not found: %s.\n", name,
	       kd_typed_detail(sh->symbols)->text);
	return KD_E_NOT_FOUND;
}

/* A type of that name; or a variable, or a member of one: "nt!X.Flink". */
static enum kd_status find(struct kd_shell *sh, struct request *r,
			   struct kd_typed *ret, bool *ret_is_type)
{
	char name[WORD_MAX];
	size_t len = strcspn(r->name, ".[-");
	enum kd_status st;

	*ret_is_type = true;
	st = kd_shell_typed_at(sh, r->name, 0, ret);
	if (st != KD_E_NOT_FOUND || r->types_only)
		return st;
	if (strchr(r->name, '[')) {
		struct request bare = *r;

		take_elements(&bare);
		st = kd_shell_typed_at(sh, bare.name, 0, ret);
		if (st == KD_OK)
			r->elements = bare.elements;
		if (st != KD_E_NOT_FOUND)
			return st;
	}
	memcpy(name, r->name, len);
	name[len] = '\0';
	*ret_is_type = false;
	st = kd_shell_typed_symbol(sh, name, ret);
	if (st == KD_E_NOT_FOUND) { /* the type is what is complained about */
		st = kd_shell_typed_at(sh, r->name, 0, ret);
		return st;
	}
	if (st == KD_OK && r->name[len])
		st = kd_typed_field(ret, r->name + len + (r->name[len] == '.'),
				    ret);
	return st;
}

/* The variable at an address. */
static enum kd_status find_at(struct kd_shell *sh, uint64_t address,
			      struct kd_typed *ret)
{
	char text[KD_ADDRESS_TEXT_MAX];
	char name[KD_SYMBOL_TEXT_MAX];
	struct kd_symbol symbol;
	enum kd_status st = KD_E_NOT_FOUND;

	kd_format_address(text, address, kd_shell_pointer_size(sh));
	if (kd_shell_module_at(sh, address))
		st = kd_symbols_by_address(sh->symbols, address, &symbol);
	if (st == KD_OK && symbol.address == address) {
		snprintf(name, sizeof(name), "%s!%s", symbol.module->name,
			 symbol.name);
		kd_out(sh, "%s\n", name);
		return kd_typed_symbol(sh->symbols, name, ret);
	}
	if (st != KD_OK && st != KD_E_NOT_FOUND)
		return st;
	kd_out(sh,
	       "No variable is known at %s; 'dt TYPE ADDRESS' says what to "
	       "take it for.\n",
	       text);
	return KD_E_ARG;
}

/* "[0] 0x1001098" */
static enum kd_status show_elements(struct kd_shell *sh,
				    const struct request *r,
				    const struct kd_typed *t)
{
	struct kd_typed at = *t;
	struct kd_pdb_type type;
	uint64_t size = 0;
	enum kd_status st = kd_typed_size(t, &size);

	if (st == KD_OK)
		st = kd_typed_type(t, &type);
	if (st != KD_OK)
		return kd_type_fail(sh, st);
	kd_record_open_list(sh, "elements");
	for (uint64_t i = 0; st == KD_OK && i < r->elements; i++) {
		char text[KD_TYPED_TEXT_MAX];

		if (kd_session_is_canceled(sh->session)) {
			st = KD_E_CANCELED;
			break;
		}
		at.address = t->address + i * size;
		st = kd_type_value_text(sh, &at, text);
		if (st != KD_OK)
			break;
		kd_out(sh, "[%" PRIu64 "] ", i);
		kd_out_text(sh, text, strlen(text));
		kd_out(sh, "\n");
		kd_record_open(sh, NULL);
		kd_record_text(sh, "text", text);
		if (type.kind == KD_TYPE_STRUCT || type.kind == KD_TYPE_UNION)
			st = kd_type_show(sh, &at, &r->view);
		kd_record_close(sh);
	}
	kd_record_close(sh);
	return st;
}

static enum kd_status show_entry(struct kd_shell *sh, const struct request *r,
				 const struct kd_typed *t)
{
	char text[KD_ADDRESS_TEXT_MAX];
	enum kd_status st;

	kd_out(sh, "%s at 0x%s\n%s\n", r->link,
	       kd_format_address(text, t->address, kd_shell_pointer_size(sh)),
	       list_rule);
	kd_record_open(sh, NULL);
	kd_record_address(sh, "address", t->address);
	st = kd_type_show(sh, t, &r->view);
	kd_record_close(sh);
	kd_out(sh, "\n");
	return st;
}

/* From an entry on, all of its list. */
static enum kd_status show_list(struct kd_shell *sh, const struct request *r,
				const struct kd_typed *t)
{
	struct kd_typed at = *t;
	struct kd_typed_list l;
	enum kd_status st =
		kd_typed_list_init(&l, sh->symbols, 0, r->name, r->link);

	if (st != KD_OK)
		return kd_type_fail(sh, st);
	l.head = t->address + l.to_entry;
	l.link = t->address + l.to_link;
	kd_record_open_list(sh, "entries");
	do {
		st = show_entry(sh, r, &at);
		if (st != KD_OK)
			break;
		st = kd_typed_list_next(&l, &at);
		if (st != KD_OK && st != KD_E_END)
			kd_type_fail(sh, st);
	} while (st == KD_OK);
	kd_record_close(sh);
	return st == KD_E_END ? KD_OK : st;
}

static enum kd_status show(struct kd_shell *sh, struct request *r,
			   const struct kd_typed *t)
{
	char text[KD_TYPED_NAME_MAX];

	if (!t->type && !t->pointers) {
		kd_out(sh,
		       "%s has no type in its PDB; 'dt TYPE %s' says what "
		       "to take it for.\n",
		       r->name, r->name);
		return KD_E_NOT_FOUND;
	}
	if (kd_typed_type_text(t, text, sizeof(text)) == KD_OK)
		kd_record_text(sh, "type", text);
	if (r->view.with_values)
		kd_record_address(sh, "address", t->address);
	if (r->link[0] && r->view.with_values)
		return show_list(sh, r, t);
	if (r->elements && r->view.with_values)
		return show_elements(sh, r, t);
	return kd_type_show(sh, t, &r->view);
}

/* "." is the name that was used last. */
static bool recall(struct kd_shell *sh, struct request *r)
{
	if (!strcmp(r->name, ".")) {
		if (!sh->last_type[0]) {
			kd_out(sh, "No type has been shown yet that '.' could "
				   "stand for.\n");
			return false;
		}
		snprintf(r->name, sizeof(r->name), "%s", sh->last_type);
		kd_out(sh, "Using sym %s\n", r->name);
	}
	snprintf(sh->last_type, sizeof(sh->last_type), "%s", r->name);
	return true;
}

/* Only a name: the type or variable and, of a type, the place. */
static enum kd_status show_named(struct kd_shell *sh, struct request *r)
{
	struct kd_typed t;
	bool is_type;
	uint64_t address;
	enum kd_status st = KD_OK;

	if (r->address_text[0])
		st = kd_shell_evaluate_all(sh, r->address_text, &address);
	if (st != KD_OK)
		return st;
	st = find(sh, r, &t, &is_type);
	if (st == KD_E_NOT_FOUND)
		return not_found(sh, r->name);
	if (st != KD_OK)
		return kd_type_fail(sh, st);
	r->view.with_values = !is_type || r->address_text[0];
	if (r->address_text[0])
		t.address =
			kd_address_extend(address, kd_shell_pointer_size(sh));
	if (r->is_physical)
		t.memory = (struct kd_memory){ read_physical, sh };
	if (is_type && !strchr(r->name, '!') && t.type >= 0x1000) {
		const struct kd_symbol_module *m =
			kd_symbols_module_at(sh->symbols, t.module);

		kd_out(sh, "%s!%s\n", m ? m->name : "", r->name);
	}
	return show(sh, r, &t);
}

static enum kd_status show_address(struct kd_shell *sh, struct request *r)
{
	struct kd_typed t;
	uint64_t address;
	enum kd_status st =
		kd_shell_evaluate_all(sh, r->address_text, &address);

	if (st != KD_OK)
		return st;
	st = find_at(sh, kd_address_extend(address, kd_shell_pointer_size(sh)),
		     &t);
	if (st == KD_E_ARG)
		return st;
	if (st != KD_OK)
		return kd_type_fail(sh, st);
	r->view.with_values = true;
	strcpy(r->name, r->address_text);
	return show(sh, r, &t);
}

static enum kd_status show_help(struct kd_shell *sh)
{
	kd_out(sh,
	       "dt [-abcdehinoprstvy] [MODULE!]NAME [FIELD...] [ADDRESS] "
	       "[-l FIELD]\n"
	       "  -a[N]   show each element of an array, or the first N\n"
	       "  -b      open structures and arrays, and follow no pointers\n"
	       "  -c      all on one line\n"
	       "  -e -t   NAME is a type, no variable\n"
	       "  -i -o   without indentation, without offsets\n"
	       "  -l F    go along the list that member F links\n"
	       "  -n -y   what follows is a name, the beginning of a name\n"
	       "  -p      ADDRESS is a physical one\n"
	       "  -r[N]   open structures, N deep\n"
	       "  -s N    list the types of that size\n"
	       "  -v      say more\n"
	       "NAME and FIELD may have '*' and '?' in them; 'FIELD.' opens "
	       "it.\n");
	return KD_OK;
}

enum kd_status kd_run_type(struct kd_shell *sh, const struct kd_command *self,
			   const char *args)
{
	struct request r;
	enum kd_status st;

	(void)self;
	if (!strcmp(args, "-h") || !*args)
		return show_help(sh);
	st = parse(sh, args, &r);
	if (st != KD_OK)
		return st;
	if (!r.name[0] && r.address_text[0])
		return show_address(sh, &r);
	if (!r.name[0]) {
		kd_out(sh, "'dt' needs a type, a variable or an address.\n");
		return KD_E_ARG;
	}
	if (!recall(sh, &r))
		return KD_E_ARG;
	if (strpbrk(r.name, "*?") || r.listing.has_size)
		return kd_type_list(sh, r.name, &r.listing);
	return show_named(sh, &r);
}

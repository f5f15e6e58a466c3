#include "kd_type_request.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* The next word; parentheses and quotes keep spaces together. */
static bool take_word(const char **at, char word[KD_TYPE_WORD_MAX])
{
	int open = 0;
	size_t len = 0;

	*at += strspn(*at, " \t");
	if (!**at)
		return false;
	for (; **at && (open || !strchr(" \t", **at)); ++*at) {
		open += (**at == '(') - (**at == ')');
		if (len < KD_TYPE_WORD_MAX - 1)
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

/* Options with a word behind them. */
static enum kd_status take_value(struct kd_shell *sh, struct kd_type_request *r,
				 char letter, const char **args)
{
	char word[KD_TYPE_WORD_MAX] = "";

	if (letter == 's') {
		take_word(args, word);
		r->listing.has_size = r->types_only = true;
		return kd_shell_evaluate_all(sh, word, &r->listing.size);
	}
	if (take_word(args, r->link))
		return KD_OK;
	kd_out(sh, "'dt -l' needs the name of a member.\n");
	return KD_E_ARG;
}

static enum kd_status take_option(struct kd_shell *sh,
				  struct kd_type_request *r,
				  const char **letter, const char **args)
{
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
	case 's':
		return take_value(sh, r, **letter, args);
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

/* "ffff8000", "ffff8000+38" */
static bool is_hex(const char *word)
{
	size_t len = strspn(word, "0123456789abcdefABCDEF`");

	return !word[len] || (len && (word[len] == '+' || word[len] == '-'));
}

/* "poi(ffff8000)+8" */
static bool is_read(const char *word)
{
	static const char *const names[] = { "poi(", "by(", "wo(", "dwo(",
					     "qwo(" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strncmp(word, names[i], strlen(names[i])))
			return true;
	return false;
}

/* WinDbg's rule: what can be read as a number is an address. */
static bool is_address(const struct kd_type_request *r, const char *word)
{
	if (r->is_name)
		return false;
	if (isdigit((unsigned char)word[0]) || strchr("@($+-", word[0]) ||
	    is_hex(word) || is_read(word))
		return true;
	/* behind the type's name another one is a variable */
	return r->name[0] && strchr(word, '!');
}

static enum kd_status take_field(struct kd_shell *sh, struct kd_type_request *r,
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
void kd_type_request_elements(struct kd_type_request *r)
{
	char *bracket = strchr(r->name, '[');

	if (bracket && bracket[strcspn(bracket, "]")] == ']' &&
	    !bracket[strcspn(bracket, "]") + 1]) {
		r->elements = strtoull(bracket + 1, NULL, 10);
		*bracket = '\0';
	}
}

static enum kd_status take_positional(struct kd_shell *sh,
				      struct kd_type_request *r,
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

enum kd_status kd_type_request_parse(struct kd_shell *sh, const char *args,
				     struct kd_type_request *r)
{
	char word[KD_TYPE_WORD_MAX];
	enum kd_status st = KD_OK;

	*r = (struct kd_type_request){ 0 };
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

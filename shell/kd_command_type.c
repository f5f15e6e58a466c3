/* dt: types, and what is there. */

#include "kd_commands.h"
#include "kd_type_request.h"

#include <inttypes.h>
#include <string.h>

static const char list_rule[] = "---------------------------------------------";

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
static enum kd_status find(struct kd_shell *sh, struct kd_type_request *r,
			   struct kd_typed *ret, bool *ret_is_type)
{
	char name[KD_TYPE_WORD_MAX];
	size_t len = strcspn(r->name, ".[-");
	enum kd_status st;

	*ret_is_type = true;
	st = kd_shell_typed_at(sh, r->name, 0, ret);
	if (st != KD_E_NOT_FOUND || r->types_only)
		return st;
	if (strchr(r->name, '[')) {
		struct kd_type_request bare = *r;

		kd_type_request_elements(&bare);
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
				    const struct kd_type_request *r,
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

static enum kd_status show_entry(struct kd_shell *sh,
				 const struct kd_type_request *r,
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
static enum kd_status show_list(struct kd_shell *sh,
				const struct kd_type_request *r,
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

static enum kd_status show(struct kd_shell *sh, struct kd_type_request *r,
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
static bool recall(struct kd_shell *sh, struct kd_type_request *r)
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
static enum kd_status show_named(struct kd_shell *sh, struct kd_type_request *r)
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

static enum kd_status show_address(struct kd_shell *sh,
				   struct kd_type_request *r)
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
	struct kd_type_request r;
	enum kd_status st;

	(void)self;
	if (!strcmp(args, "-h") || !*args)
		return show_help(sh);
	st = kd_type_request_parse(sh, args, &r);
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

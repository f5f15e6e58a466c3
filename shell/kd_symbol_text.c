#include "kd_symbol_text.h"

#include "kd_typed.h"

#include <inttypes.h>
#include <stdio.h>

/* What a damaged or stripped file does not tell is not known. */
static bool is_unknown(enum kd_status st)
{
	return st == KD_E_NOT_FOUND || st == KD_E_FORMAT || st == KD_E_SPACE ||
	       st == KD_E_ARG || st == KD_E_TARGET;
}

enum kd_status kd_symbol_type_text(struct kd_shell *sh,
				   const struct kd_symbol *s,
				   char out[KD_SYMBOL_KIND_MAX])
{
	struct kd_pdb *pdb;
	enum kd_status st = KD_E_NOT_FOUND;

	if (s->type)
		st = kd_symbols_pdb(sh->symbols, s->module->base, &pdb);
	if (st == KD_OK)
		st = kd_pdb_type_c_text(pdb, s->type, out, KD_SYMBOL_KIND_MAX);
	if (!is_unknown(st))
		return st;
	snprintf(out, KD_SYMBOL_KIND_MAX, "<NoType>");
	return KD_OK;
}

enum kd_status kd_symbol_size(struct kd_shell *sh, const struct kd_symbol *s,
			      uint64_t *ret)
{
	struct kd_pdb *pdb;
	enum kd_status st = KD_E_NOT_FOUND;

	*ret = s->size;
	if (s->is_function || !s->type)
		return KD_OK;
	st = kd_symbols_pdb(sh->symbols, s->module->base, &pdb);
	if (st == KD_OK)
		st = kd_pdb_type_size(pdb, s->type, ret);
	return is_unknown(st) ? KD_OK : st;
}

static enum kd_status parameters(struct kd_shell *sh, const struct kd_symbol *s,
				 char out[KD_SYMBOL_KIND_MAX])
{
	struct kd_pdb *pdb;
	enum kd_status st = KD_E_NOT_FOUND;

	if (s->type)
		st = kd_symbols_pdb(sh->symbols, s->module->base, &pdb);
	if (st == KD_OK)
		st = kd_pdb_parameters_text(pdb, s->type, out,
					    KD_SYMBOL_KIND_MAX);
	if (!is_unknown(st))
		return st;
	snprintf(out, KD_SYMBOL_KIND_MAX, "(<no parameter info>)");
	return KD_OK;
}

/* The number that is there; KD_E_ARG if it is none. */
static enum kd_status value(const struct kd_typed *t,
			    char out[KD_SYMBOL_KIND_MAX])
{
	struct kd_pdb_type type;
	bool is_signed = false;
	uint64_t v = 0;
	enum kd_status st = kd_typed_type(t, &type);

	if (st == KD_OK && type.kind != KD_TYPE_BASIC &&
	    type.kind != KD_TYPE_POINTER && type.kind != KD_TYPE_ENUM)
		return KD_E_ARG;
	if (st == KD_OK && type.kind != KD_TYPE_POINTER)
		st = kd_typed_is_signed(t, &is_signed);
	if (st == KD_OK)
		st = kd_typed_u64(t, &v);
	if (st != KD_OK)
		return st;
	if (type.kind == KD_TYPE_POINTER && t->pointer_size == 8)
		snprintf(out, KD_SYMBOL_KIND_MAX,
			 "= 0x%08" PRIx32 "`%08" PRIx32, (uint32_t)(v >> 32),
			 (uint32_t)v);
	else if (type.kind == KD_TYPE_POINTER)
		snprintf(out, KD_SYMBOL_KIND_MAX, "= 0x%08" PRIx32,
			 (uint32_t)v);
	else if (is_signed)
		snprintf(out, KD_SYMBOL_KIND_MAX, "= 0n%" PRId64, (int64_t)v);
	else
		snprintf(out, KD_SYMBOL_KIND_MAX, "= 0x%" PRIx64, v);
	return KD_OK;
}

static enum kd_status data(struct kd_shell *sh, const struct kd_symbol *s,
			   char out[KD_SYMBOL_KIND_MAX])
{
	char type[KD_SYMBOL_KIND_MAX];
	struct kd_typed t;
	enum kd_status st = KD_E_NOT_FOUND;

	if (s->type)
		st = kd_typed_of_symbol(sh->symbols, s, &t);
	if (st == KD_OK)
		st = value(&t, out);
	if (!is_unknown(st))
		return st;
	st = kd_symbol_type_text(sh, s, type);
	if (st == KD_OK)
		snprintf(out, KD_SYMBOL_KIND_MAX, "= %.*s",
			 KD_SYMBOL_KIND_MAX - 3,
			 s->type ? type : "<no type information>");
	return st;
}

enum kd_status kd_symbol_kind_text(struct kd_shell *sh,
				   const struct kd_symbol *s,
				   char out[KD_SYMBOL_KIND_MAX])
{
	return s->is_function ? parameters(sh, s, out) : data(sh, s, out);
}

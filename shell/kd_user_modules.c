#include "kd_user_modules.h"

#include "kd_kernel_text.h"

enum {
	DOTS_PER_ROW = 64,
	LOWEST_IMAGE = 0x10000,
	IMAGES_MAX = 1 << 12, /* of a process, are believed in */
};

void kd_shell_forget_user_modules(struct kd_shell *sh)
{
	for (size_t i = kd_symbols_count(sh->symbols); i; i--) {
		const struct kd_symbol_module *m =
			kd_symbols_module(sh->symbols, i - 1);

		if (m->is_user)
			kd_symbols_remove(sh->symbols, m->base);
	}
}

/*
 * A process writes its list itself: what it says must not take the place of
 * what the kernel says.
 */
static bool is_believable(struct kd_shell *sh, const struct kd_symbol_module *m)
{
	uint64_t last = m->base + m->size - 1;
	const struct kd_symbol_module *first_there =
		kd_symbols_module_at(sh->symbols, m->base);
	const struct kd_symbol_module *last_there =
		kd_symbols_module_at(sh->symbols, last);

	return m->name[0] && m->base >= LOWEST_IMAGE && m->size &&
	       last >= m->base && !(last >> 63) && !first_there && !last_there;
}

static enum kd_status add_image(struct kd_shell *sh,
				const struct kd_typed *entry)
{
	char path[KD_SYMBOL_MODULE_PATH_MAX];
	struct kd_symbol_module m = { .is_user = true };
	struct kd_typed name;
	uint64_t size;
	enum kd_status st = kd_typed_field_u64(entry, "DllBase", &m.base);

	if (st == KD_OK)
		st = kd_typed_field_u64(entry, "SizeOfImage", &size);
	if (st == KD_OK)
		st = kd_typed_field(entry, "FullDllName", &name);
	if (st == KD_OK)
		st = kd_session_read_unicode_string(sh->session, name.address,
						    kd_shell_deadline(sh), path,
						    sizeof(path));
	/* paged out: nobody knows what it is called */
	if (st == KD_E_TARGET)
		return KD_OK;
	if (st != KD_OK)
		return st;
	m.size = (uint32_t)size;
	kd_symbol_module_name(&m, path, strlen(path));
	if (size <= UINT32_MAX && is_believable(sh, &m))
		kd_shell_add_module(sh, &m);
	return KD_OK;
}

static enum kd_status find_list(struct kd_shell *sh, struct kd_typed_list *ret)
{
	struct kd_typed t;
	uint64_t address;
	enum kd_status st = kd_current_peb(sh, &address);

	/* a system process */
	if (st == KD_OK && !address)
		return KD_E_END;
	if (st == KD_OK)
		st = kd_typed_at(sh->symbols, "nt!_PEB", address, &t);
	if (st == KD_OK)
		st = kd_typed_field(&t, "Ldr", &t);
	if (st == KD_OK)
		st = kd_typed_deref(&t, &t);
	/* it is only being started */
	if (st == KD_OK && !t.address)
		return KD_E_END;
	if (st == KD_OK)
		st = kd_typed_field(&t, "InLoadOrderModuleList", &t);
	if (st != KD_OK)
		return st;
	return kd_typed_list_init(ret, sh->symbols, t.address,
				  "nt!_LDR_DATA_TABLE_ENTRY",
				  "InLoadOrderLinks");
}

enum kd_status kd_shell_load_user_modules(struct kd_shell *sh)
{
	struct kd_typed_list list;
	struct kd_typed entry;
	enum kd_status st = kd_kernel_needed(sh);
	size_t count = 0;

	if (st != KD_OK)
		return st;
	/* what the kernel lists comes first, or it would take these away */
	st = kd_shell_read_modules(sh);
	kd_shell_forget_user_modules(sh);
	kd_out(sh, "Loading User Symbols\n");
	if (st == KD_OK || st == KD_E_TARGET)
		st = find_list(sh, &list);
	while (st == KD_OK) {
		st = count < IMAGES_MAX ? kd_kernel_breathe(sh) : KD_E_END;
		if (st == KD_OK)
			st = kd_typed_list_next(&list, &entry);
		if (st == KD_OK)
			st = add_image(sh, &entry);
		if (st == KD_OK)
			kd_out(sh, ++count % DOTS_PER_ROW ? "." : ".\n");
	}
	kd_out_fresh_line(sh);
	kd_record_number(sh, "user_modules", count);
	if (st == KD_E_END)
		return KD_OK;
	return kd_kernel_fail(sh, st, "Cannot read which images it has");
}

#include "kd_typed.h"
#include "kd_vm.h"

#include <string.h>

static enum kd_status read_name(const struct kd_typed *process, char name[16])
{
	struct kd_typed field;
	uint64_t size;
	enum kd_status st = kd_typed_field(process, "ImageFileName", &field);

	if (st == KD_OK)
		st = kd_typed_size(&field, &size);
	if (st != KD_OK)
		return st;
	memset(name, 0, 16);
	return kd_typed_read(&field, name, size < 16 ? (size_t)size : 15);
}

static enum kd_status read_process(const struct kd_typed *at,
				   struct kd_typed_copy *copy,
				   struct kd_vm_process *ret)
{
	struct kd_typed t;
	enum kd_status st = kd_typed_copy(at, copy, &t);

	if (st == KD_OK)
		st = kd_typed_field_u64(&t, "UniqueProcessId", &ret->id);
	if (st == KD_OK)
		st = kd_typed_field_u64(&t, "CommitCharge", &ret->commit);
	return st == KD_OK ? read_name(&t, ret->name) : st;
}

enum kd_status kd_vm_each_process(struct kd_pool *p, kd_vm_process_fn *found,
				  void *ctx)
{
	struct kd_typed_list list;
	struct kd_typed_copy copy;
	struct kd_typed head, at;
	enum kd_status st =
		kd_typed_symbol(p->symbols, "nt!PsActiveProcessHead", &head);

	if (st == KD_OK)
		st = kd_typed_list_init(&list, p->symbols, head.address,
					"nt!_EPROCESS", "ActiveProcessLinks");
	while (st == KD_OK) {
		struct kd_vm_process process;

		if (kd_session_is_canceled(p->session))
			return KD_E_CANCELED;
		st = kd_typed_list_next(&list, &at);
		if (st == KD_OK)
			st = read_process(&at, &copy, &process);
		if (st == KD_OK && !found(ctx, &process))
			return KD_OK;
	}
	if (st == KD_E_NOT_FOUND || st == KD_E_FORMAT)
		p->detail = *kd_typed_detail(p->symbols);
	return st == KD_E_END ? KD_OK : st;
}

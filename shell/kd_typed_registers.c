#include "kd_typed_registers.h"

#include "kd_pe.h"
#include "kd_shell_state.h"

/* Without a PDB nobody knows. */
static enum kd_status known(enum kd_status st)
{
	return st == KD_E_NOT_FOUND || st == KD_E_ARG ? KD_E_UNSUPPORTED : st;
}

/* A member of a structure that is somewhere. */
static enum kd_status member(struct kd_shell *sh, const char *type,
			     uint64_t address, const char *path, uint64_t *ret)
{
	struct kd_typed t;
	enum kd_status st;

	if (!address)
		return KD_E_UNSUPPORTED;
	st = kd_shell_typed_at(sh, type, address, &t);
	return known(st == KD_OK ? kd_typed_field_u64(&t, path, ret) : st);
}

enum kd_status kd_current_prcb(struct kd_shell *sh, uint64_t *ret)
{
	struct kd_typed list, block;
	enum kd_status st =
		kd_shell_typed_symbol(sh, "nt!KiProcessorBlock", &list);

	/* whatever its type is there: pointers, one for each processor */
	if (st == KD_OK)
		st = kd_typed_at(sh->symbols, "nt!void *", list.address,
				 &block);
	if (st != KD_OK)
		return known(st);
	block.address += (uint64_t)kd_shell_processor(sh) * block.pointer_size;
	return known(kd_typed_u64(&block, ret));
}

enum kd_status kd_current_pcr(struct kd_shell *sh, uint64_t *ret)
{
	uint64_t prcb, offset;
	enum kd_status st = kd_current_prcb(sh, &prcb);

	if (st != KD_OK)
		return st;
	st = kd_types_offset(sh->symbols, "nt!_KPCR", "Prcb", &offset);
	if (st == KD_E_NOT_FOUND) /* on x86 */
		st = kd_types_offset(sh->symbols, "nt!_KPCR", "PrcbData",
				     &offset);
	if (st == KD_OK)
		*ret = prcb - offset;
	return known(st);
}

enum kd_status kd_current_thread(struct kd_shell *sh, uint64_t *ret)
{
	const struct kd_stop *stop = kd_session_stop(sh->session);
	uint64_t prcb;
	enum kd_status st;

	if (!stop)
		return KD_E_STATE;
	if (stop->processor == kd_shell_processor(sh)) {
		*ret = stop->thread;
		return KD_OK;
	}
	st = kd_current_prcb(sh, &prcb);
	return st == KD_OK ? member(sh, "nt!_KPRCB", prcb, "CurrentThread", ret)
			   : st;
}

enum kd_status kd_current_process(struct kd_shell *sh, uint64_t *ret)
{
	uint64_t thread;
	enum kd_status st;

	if (sh->process) {
		*ret = sh->process;
		return KD_OK;
	}
	st = kd_current_thread(sh, &thread);
	/* whose memory it sees, not whose it is */
	return st == KD_OK ? member(sh, "nt!_KTHREAD", thread,
				    "ApcState.Process", ret)
			   : st;
}

enum kd_status kd_current_peb(struct kd_shell *sh, uint64_t *ret)
{
	uint64_t process;
	enum kd_status st = kd_current_process(sh, &process);

	return st == KD_OK ? member(sh, "nt!_EPROCESS", process, "Peb", ret)
			   : st;
}

enum kd_status kd_current_teb(struct kd_shell *sh, uint64_t *ret)
{
	uint64_t thread;
	enum kd_status st = kd_current_thread(sh, &thread);

	return st == KD_OK ? member(sh, "nt!_KTHREAD", thread, "Teb", ret) : st;
}

enum kd_status kd_current_process_id(struct kd_shell *sh, uint64_t *ret)
{
	uint64_t process;
	enum kd_status st = kd_current_process(sh, &process);

	return st == KD_OK ? member(sh, "nt!_EPROCESS", process,
				    "UniqueProcessId", ret)
			   : st;
}

enum kd_status kd_current_thread_id(struct kd_shell *sh, uint64_t *ret)
{
	uint64_t thread;
	enum kd_status st = kd_current_thread(sh, &thread);

	return st == KD_OK ? member(sh, "nt!_ETHREAD", thread,
				    "Cid.UniqueThread", ret)
			   : st;
}

static enum kd_status read_image(void *ctx, uint64_t address, void *buf,
				 size_t len)
{
	return kd_shell_read_all(ctx, address, false, buf, len);
}

/* Of the program that the process runs, by its own headers. */
enum kd_status kd_current_entry(struct kd_shell *sh, uint64_t *ret)
{
	const struct kd_memory memory = { read_image, sh };
	struct kd_pe image;
	uint64_t peb, base;
	enum kd_status st = kd_current_peb(sh, &peb);

	if (st == KD_OK)
		st = member(sh, "nt!_PEB", peb, "ImageBaseAddress", &base);
	if (st == KD_OK)
		st = kd_pe_init(memory, base, KD_PE_LOADED, &image);
	if (st == KD_E_FORMAT || (st == KD_OK && !image.entry_point))
		return KD_E_UNSUPPORTED;
	if (st == KD_OK)
		*ret = base + image.entry_point;
	return st;
}

/* What the stack at a hit tells: who calls the pool, and about which block. */

#include "kd_pool_hunt_parts.h"
#include "kd_session_parts.h"

#include <string.h>

/* ---- which functions are the pool's ---- */

static enum kd_status find_role(struct kd_pool_hunt *h, uint64_t pc,
				enum kd_pool_role *ret)
{
	const struct kd_pool_code *c = &h->config.code;
	const struct kd_symbol_module *m = kd_symbols_module_at(c->symbols, pc);
	const struct kd_pe *pe = NULL;
	struct kd_symbol symbol;
	uint64_t function;
	enum kd_status st;

	*ret = KD_POOL_ROLE_NONE;
	if (!m || strcmp(m->name, "nt") != 0)
		return KD_OK;
	st = kd_pool_image_at(&h->images, pc, &pe);
	if (st == KD_OK)
		st = kd_pool_function_at(c, pe, pc, &function);
	if (st == KD_OK)
		st = kd_symbols_by_address(c->symbols, function, &symbol);
	if (st == KD_OK)
		*ret = kd_pool_role_of(symbol.name);
	return st == KD_E_NOT_FOUND ? KD_OK : st;
}

static enum kd_status role_of(struct kd_pool_hunt *h, uint64_t pc,
			      enum kd_pool_role *ret)
{
	struct kd_pool_place *p = &h->place[pc % KD_POOL_PLACES];
	enum kd_status st = KD_OK;

	if (p->role == KD_POOL_ROLE_UNKNOWN || p->pc != pc) {
		p->role = KD_POOL_ROLE_UNKNOWN;
		st = find_role(h, pc, ret);
		if (st != KD_OK)
			return st;
		*p = (struct kd_pool_place){ pc, *ret };
	}
	*ret = p->role;
	return KD_OK;
}

/* ---- what may be the block ---- */

/* Arguments first; then what a function keeps over its calls. */
static const struct {
	enum kd_arch arch;
	const char *names[16];
} registers[] = {
	// clang-format off
	{ KD_ARCH_X64, { "rcx", "rdx", "r8", "r9", "rax", "rbx", "rsi", "rdi",
			 "rbp", "r12", "r13", "r14", "r15", "r10", "r11" } },
	{ KD_ARCH_X86, { "ecx", "edx", "eax", "ebx", "esi", "edi", "ebp" } },
	{ KD_ARCH_ARM64, { "x0", "x1", "x2", "x3", "x8", "x19", "x20", "x21",
			   "x22", "x23", "x24", "x25", "x26", "x27", "x28" } },
	// clang-format on
};

static void add_candidate(struct kd_pool_hit *hit, uint64_t value)
{
	if (value && hit->candidates < KD_POOL_CANDIDATES)
		hit->candidate[hit->candidates++] = value;
}

static void add_registers(struct kd_pool_hit *hit, const struct kd_context *c)
{
	for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
		if (registers[i].arch != c->arch)
			continue;
		for (size_t j = 0; j < 16 && registers[i].names[j]; j++) {
			const struct kd_register *r = kd_register_find(
				c->arch, registers[i].names[j]);
			uint64_t value;

			if (r && kd_register_get(c, r, &value))
				add_candidate(hit, value);
		}
	}
}

enum { PARAMETERS = 4 };

static void add_parameters(struct kd_pool_hunt *h, struct kd_pool_hit *hit,
			   const struct kd_stack_frame *f)
{
	unsigned size = kd_arch_pointer_size(f->context.arch);
	uint8_t bytes[PARAMETERS * 8];
	struct kd_reader in = kd_reader_over(bytes, PARAMETERS * size);

	if (!f->arguments ||
	    kd_pool_read_all(&h->config.code, f->arguments, bytes,
			     PARAMETERS * size) != KD_OK)
		return;
	for (unsigned i = 0; i < PARAMETERS; i++)
		add_candidate(hit, size == 8 ? kd_read_le64(&in)
					     : kd_read_le32(&in));
}

/* ---- the walk ---- */

static enum kd_status read_stack(void *ctx, uint64_t address, void *buf,
				 size_t len)
{
	const struct kd_pool_hunt *h = ctx;

	return kd_pool_read_all(&h->config.code, address, buf, len);
}

static enum kd_status image_at(void *ctx, uint64_t address,
			       const struct kd_pe **ret)
{
	struct kd_pool_hunt *h = ctx;

	return kd_pool_image_at(&h->images, address, ret);
}

/* One frame of the hit. KD_E_NOT_FOUND: it is none of the pool's stops. */
static enum kd_status take_frame(struct kd_pool_hunt *h,
				 const struct kd_stack_frame *f,
				 struct kd_pool_hit *hit)
{
	struct kd_pool_stack *s = &hit->stack;
	enum kd_pool_role role = KD_POOL_ROLE_NONE;
	enum kd_status st = KD_OK;

	if (!hit->is_outside) {
		st = role_of(h, f->is_exact ? f->pc : f->pc - 1, &role);
		if (st != KD_OK)
			return st;
		hit->is_outside = role == KD_POOL_ROLE_NONE;
	}
	if (role == KD_POOL_ROLE_FREES || role == KD_POOL_ROLE_ALLOCATES) {
		if (!s->site)
			s->is_free = role == KD_POOL_ROLE_FREES;
		s->site = s->frames + 1;
		hit->return_address = f->return_address;
		hit->caller_sp = f->caller_sp;
	}
	if (!hit->is_outside) {
		add_registers(hit, &f->context);
		add_parameters(h, hit, f);
	}
	s->pc[s->frames++] = f->pc;
	return s->site || !hit->is_outside ? KD_OK : KD_E_NOT_FOUND;
}

enum kd_status kd_pool_hit_read(struct kd_pool_hunt *h,
				const struct kd_stop *stop,
				struct kd_pool_hit *ret)
{
	const struct kd_stack_source source = { .memory = { read_stack, h },
						.image_at = image_at,
						.ctx = h };
	struct kd_session *s = h->config.code.session;
	struct kd_stack_frame frame;
	struct kd_stack stack;
	struct kd_context context;
	enum kd_status st;

	memset(ret, 0, sizeof(*ret));
	if (!stop->hard_coded)
		return KD_E_NOT_FOUND;
	st = kd_session_get_context(
		s, stop->processor,
		kd_clock_after(kd_ops_now(s), h->config.code.request_us),
		&context);
	if (st != KD_OK)
		return st;
	kd_stack_init(&stack, &source, &context);
	while (st == KD_OK && ret->stack.frames < KD_POOL_FRAMES_MAX) {
		st = kd_stack_next(&stack, &frame);
		if (st == KD_OK)
			st = take_frame(h, &frame, ret);
	}
	if (st == KD_E_END)
		st = KD_OK;
	return st == KD_OK && !ret->stack.site ? KD_E_NOT_FOUND : st;
}

#include "kd_context_layout.h"

#include <string.h>

static const struct kd_context_layout *layout_of(enum kd_arch arch)
{
	switch (arch) {
	case KD_ARCH_X64:
		return &kd_context_layout_x64;
	case KD_ARCH_X86:
		return &kd_context_layout_x86;
	case KD_ARCH_ARM:
		return &kd_context_layout_arm;
	case KD_ARCH_ARM64:
		return &kd_context_layout_arm64;
	case KD_ARCH_UNKNOWN:
		break;
	}
	return NULL;
}

size_t kd_context_size(enum kd_arch arch)
{
	const struct kd_context_layout *l = layout_of(arch);

	return l ? l->size : 0;
}

size_t kd_context_special_size(enum kd_arch arch)
{
	const struct kd_context_layout *l = layout_of(arch);

	return l ? l->special_size : 0;
}

const struct kd_register *kd_context_registers(enum kd_arch arch,
					       size_t *ret_count)
{
	const struct kd_context_layout *l = layout_of(arch);

	*ret_count = l ? l->count : 0;
	return l ? l->registers : NULL;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_name(const char *known, const char *asked)
{
	while (*known && *known == lower(*asked)) {
		known++;
		asked++;
	}
	return *known == *asked;
}

const struct kd_register *kd_register_find(enum kd_arch arch, const char *name)
{
	size_t count;
	const struct kd_register *r = kd_context_registers(arch, &count);

	for (size_t i = 0; i < count; i++)
		if (same_name(r[i].name, name))
			return &r[i];
	return NULL;
}

unsigned kd_register_bits(const struct kd_register *r)
{
	return r->width ? r->width : r->size * 8u;
}

/* Are its bytes in what the target sent? */
static bool is_held(const struct kd_context *c, const struct kd_register *r)
{
	size_t len = r->special ? c->special_len : c->len;
	size_t cap = r->special ? sizeof(c->special) : sizeof(c->bytes);

	return len <= cap && r->size <= len && r->offset <= len - r->size;
}

static uint64_t load(const uint8_t *from, unsigned size)
{
	uint64_t v = 0;

	for (unsigned i = size; i; i--)
		v = v << 8 | from[i - 1];
	return v;
}

static void store(uint8_t *to, unsigned size, uint64_t v)
{
	for (unsigned i = 0; i < size; i++)
		to[i] = (uint8_t)(v >> (8 * i));
}

static uint64_t ones(unsigned bits)
{
	return bits < 64 ? (UINT64_C(1) << bits) - 1 : UINT64_MAX;
}

bool kd_register_get(const struct kd_context *c, const struct kd_register *r,
		     uint64_t *ret)
{
	if (r->size > 8 || !is_held(c, r))
		return false;
	const uint8_t *at = (r->special ? c->special : c->bytes) + r->offset;

	*ret = load(at, r->size) >> r->bit & ones(kd_register_bits(r));
	return true;
}

/* Second names of whole bytes, as "mm0", have bytes, too. */
static bool is_whole(const struct kd_register *r)
{
	return !r->width || r->width == r->size * 8u;
}

bool kd_register_get_bytes(const struct kd_context *c,
			   const struct kd_register *r,
			   uint8_t out[KD_REGISTER_BYTES_MAX])
{
	if (!is_whole(r) || r->size > KD_REGISTER_BYTES_MAX || !is_held(c, r))
		return false;
	memcpy(out, (r->special ? c->special : c->bytes) + r->offset, r->size);
	return true;
}

bool kd_register_set_bytes(struct kd_context *c, const struct kd_register *r,
			   const uint8_t bytes[KD_REGISTER_BYTES_MAX])
{
	if (!is_whole(r) || r->size > KD_REGISTER_BYTES_MAX || !is_held(c, r))
		return false;
	memcpy((r->special ? c->special : c->bytes) + r->offset, bytes,
	       r->size);
	return true;
}

bool kd_register_set(struct kd_context *c, const struct kd_register *r,
		     uint64_t value)
{
	if (r->size > 8 || !is_held(c, r))
		return false;
	uint8_t *at = (r->special ? c->special : c->bytes) + r->offset;
	uint64_t mask = ones(kd_register_bits(r)) << r->bit;
	uint64_t kept = load(at, r->size) & ~mask;

	store(at, r->size, kept | (value << r->bit & mask));
	return true;
}

/* A pointer-sized register that every architecture has. */
static struct kd_register pointer_at(enum kd_arch arch, uint16_t offset)
{
	return (struct kd_register){
		.offset = offset,
		.size = (uint8_t)kd_arch_pointer_size(arch),
	};
}

uint64_t kd_context_pc(const struct kd_context *c)
{
	const struct kd_context_layout *l = layout_of(c->arch);
	uint64_t pc = 0;

	if (l) {
		struct kd_register r = pointer_at(c->arch, l->pc);

		kd_register_get(c, &r, &pc);
	}
	return pc;
}

uint64_t kd_context_sp(const struct kd_context *c)
{
	const struct kd_context_layout *l = layout_of(c->arch);
	uint64_t sp = 0;

	if (l) {
		struct kd_register r = pointer_at(c->arch, l->sp);

		kd_register_get(c, &r, &sp);
	}
	return sp;
}

bool kd_context_set_pc(struct kd_context *c, uint64_t pc)
{
	const struct kd_context_layout *l = layout_of(c->arch);

	if (!l)
		return false;
	struct kd_register r = pointer_at(c->arch, l->pc);

	return kd_register_set(c, &r, pc);
}

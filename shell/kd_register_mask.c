#include "kd_register_mask.h"

#include "kd_register_text.h"
#include "kd_vector_text.h"

#include <stdio.h>
#include <string.h>

// clang-format off
static const struct {
	unsigned bit;
	const char *name; /* on x64 */
} bits[] = {
	{ KD_MASK_SHORT,      "Integer state (32-bit)" },
	{ KD_MASK_INTEGER,    "Integer state (64-bit)" },
	{ KD_MASK_FLOAT,      "Floating-point registers" },
	{ KD_MASK_SEGMENT,    "Segment registers" },
	{ KD_MASK_MMX,        "MMX registers" },
	{ KD_MASK_DEBUG,      "Debug registers and CR4" },
	{ KD_MASK_XMM,        "SSE XMM registers" },
	{ KD_MASK_CONTROL,    "Control registers" },
	{ KD_MASK_DESCRIPTOR, "Descriptor and task registers" },
};

/* Layouts as in kd_register_text.c. */
static const struct {
	unsigned bit;
	const char *x64, *x86;
} layouts[] = {
	{ KD_MASK_DEBUG,
	  "dr0={dr0} dr1={dr1} dr2={dr2}\n"
	  "dr3={dr3} dr6={dr6} dr7={dr7} cr4={cr4}\n",
	  "dr0={dr0} dr1={dr1} dr2={dr2}\n"
	  "dr3={dr3} dr6={dr6} dr7={dr7} cr4={cr4}\n" },
	{ KD_MASK_CONTROL,
	  "cr0={cr0} cr2={cr2} cr3={cr3}\n"
	  "cr8={cr8}\n",
	  "cr0={cr0} cr2={cr2} cr3={cr3}\n" },
	{ KD_MASK_DESCRIPTOR,
	  "gdtr={gdtr}   gdtl={gdtl} idtr={idtr}   idtl={idtl} tr={tr}  ldtr={ldtr}\n",
	  "gdtr={gdtr}   gdtl={gdtl} idtr={idtr}   idtl={idtl} tr={tr}  ldtr={ldtr}\n" },
};
// clang-format on

static bool is_x86(enum kd_arch arch)
{
	return arch == KD_ARCH_X64 || arch == KD_ARCH_X86;
}

unsigned kd_register_mask_default(enum kd_arch arch)
{
	unsigned integers = kd_arch_pointer_size(arch) == 4 ? KD_MASK_SHORT
							    : KD_MASK_INTEGER;

	return is_x86(arch) ? integers | KD_MASK_SEGMENT : integers;
}

unsigned kd_register_mask_known(enum kd_arch arch)
{
	unsigned known = 0;

	if (!is_x86(arch))
		return KD_MASK_SHORT | KD_MASK_INTEGER;
	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
		known |= bits[i].bit;
	return known;
}

bool kd_register_mask_at(enum kd_arch arch, size_t i, unsigned *ret_bit,
			 const char **ret_name)
{
	if (i >= sizeof(bits) / sizeof(bits[0]) ||
	    !(bits[i].bit & kd_register_mask_known(arch)))
		return false;
	*ret_bit = bits[i].bit;
	*ret_name = bits[i].name;
	return true;
}

/* "st0" and so on, as many as there are. */
static void add_numbered(struct kd_text *out, const struct kd_context *c,
			 const char *prefix, unsigned columns)
{
	for (unsigned i = 0;; i++) {
		char name[8];
		const struct kd_register *r;

		snprintf(name, sizeof(name), "%s%u", prefix, i);
		r = kd_register_find(c->arch, name);
		if (!r || !kd_format_any_register(out, c, r))
			return;
		kd_text_add(out, (i + 1) % columns ? "  " : "\n");
	}
}

static void add_float(struct kd_text *out, const struct kd_context *c)
{
	kd_format_layout(out, c, "fpcw={fpcw}  fpsw={fpsw}  fptw={fptw}\n");
	add_numbered(out, c, "st", 1);
}

bool kd_format_masked(struct kd_text *out, const struct kd_context *c,
		      unsigned mask)
{
	bool x64 = c->arch == KD_ARCH_X64;

	if (mask & (KD_MASK_SHORT | KD_MASK_INTEGER) &&
	    !kd_format_integers(out, c))
		return false;
	if (!is_x86(c->arch))
		return true;
	if (mask & KD_MASK_SEGMENT)
		kd_format_segments(out, c);
	if (mask & KD_MASK_FLOAT)
		add_float(out, c);
	if (mask & KD_MASK_MMX)
		add_numbered(out, c, "mm", 2);
	if (mask & KD_MASK_XMM)
		add_numbered(out, c, "xmm", 1);
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++)
		if (mask & layouts[i].bit)
			kd_format_layout(out, c,
					 x64 ? layouts[i].x64 : layouts[i].x86);
	return true;
}
